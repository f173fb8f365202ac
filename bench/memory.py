"""How much memory a backend and its parallel workers take, sampled from /proc while they run."""

import pathlib
import re
import threading
import time

_PAUSE_SECONDS = 0.004


class MemoryWatch:
    """For a `with`: `peak_kb` is then the most that was seen above what was there at the start: anonymous memory of the
    backend and its workers, and dynamic shared memory that they have mapped."""

    def __init__(self, process):
        self._process = process
        self._postmaster = _parent(process)
        self.peak_kb = 0

    def __enter__(self):
        self._start = self._sample()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, kind, error, trace):
        self._ends.set()
        self._thread.join()
        return False

    def _watch(self):
        while not self._ends.is_set():
            self.peak_kb = max(self.peak_kb, self._sample() - self._start)
            time.sleep(_PAUSE_SECONDS)

    def _sample(self):
        processes = [self._process] + list(self._workers())
        segments = {}
        for process in processes:
            segments.update(_shared_segments(process))
        return sum(map(_anonymous_kb, processes)) + sum(segments.values())

    def _workers(self):
        children = _read(f"{self._postmaster}/task/{self._postmaster}/children").split()
        for child in children:
            if f"parallel worker for PID {self._process}" in _read(f"{child}/cmdline"):
                yield int(child)


def _read(path):
    """Empty where the process has ended."""
    try:
        return pathlib.Path("/proc", path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _parent(process):
    return int(re.search(r"^PPid:\s*(\d+)", _read(f"{process}/status"), re.M).group(1))


def _anonymous_kb(process):
    found = re.search(r"^RssAnon:\s*(\d+)", _read(f"{process}/status"), re.M)
    return int(found.group(1)) if found else 0


def _shared_segments(process):
    """Dynamic shared memory that the process has mapped: kB by name."""
    segments = {}
    for start, end, name in re.findall(r"^(\w+)-(\w+) .*(/PostgreSQL\.\d+)", _read(f"{process}/maps"), re.M):
        segments[name] = (int(end, 16) - int(start, 16)) // 1024
    return segments
