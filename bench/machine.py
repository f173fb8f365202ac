"""Where and with what a run was made."""

import os
import pathlib
import re
import subprocess


def describe(session):
    """Pairs of a word and its value."""
    yield "processor", _first("/proc/cpuinfo", r"model name\s*:\s*(.*)") + f", {os.cpu_count()} cores"
    memory_kb = int(_first("/proc/meminfo", r"MemTotal:\s*(\d+)"))
    yield "memory", f"{memory_kb / 2**20:.0f} GB"
    yield "system", _first("/etc/os-release", r'PRETTY_NAME="(.*)"')
    yield "server", re.sub(r",.*", "", session.value("SELECT version()"))
    yield "shared_buffers", session.value("SELECT current_setting('shared_buffers')")
    version = session.value("SELECT default_version FROM pg_available_extensions WHERE name = 'fkaudit'")
    yield "fkaudit", f"{version}, commit {_commit()}"
    yield "load at the start", f"{os.getloadavg()[0]:.1f}"


def _first(path, pattern):
    found = re.search(pattern, pathlib.Path(path).read_text(encoding="utf-8"))
    return found.group(1) if found else "unknown"


def _commit():
    def git(*arguments):
        try:
            done = subprocess.run(["git", *arguments], cwd=pathlib.Path(__file__).parent, capture_output=True, text=True,
                                  check=False)
        except FileNotFoundError:
            return ""  # a machine without git, or a copy of the checkout on it
        return done.stdout.strip() if done.returncode == 0 else ""

    changed = [line for line in git("status", "--porcelain").splitlines() if not line.endswith("bench/RESULTS.md")]
    return (git("rev-parse", "--short=10", "HEAD") or "unknown") + (" with changes" if changed else "")
