"""Opens a page in headless Chromium, asks it questions and takes pictures: the DevTools protocol over a pipe.

    browser.py PAGE.html < QUESTIONS.json

QUESTIONS is an object: `expressions` (pairs of a name and JavaScript, evaluated one after the other), `pictures` (objects
with `file`, `width`, `height` and `dark`; a height of 0 takes the whole page) and `expressions_after` (as the page is after
the last picture). Prints an object: `answers`, `errors` (whatever the console said, and exceptions) and `requests` (every
address that the page asked for).
"""

import base64
import json
import os
import subprocess
import sys
import tempfile

CHROMIUM = "/usr/bin/chromium"


class Browser:
    """One browser with one page."""

    def __init__(self, profile):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def give_pipes():
            # The protocol's place is 3 and 4. The ends may be these numbers already: so by way of higher ones.
            spare_in, spare_out = os.dup(to_browser), os.dup(from_browser)
            os.dup2(spare_in, 3)
            os.dup2(spare_out, 4)

        self.process = subprocess.Popen(
            [
                CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync",
                "--hide-scrollbars", "--force-color-profile=srgb", f"--user-data-dir={profile}", "--remote-debugging-pipe",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=give_pipes, close_fds=False)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.errors = []
        self.requests = []
        self.loaded = False
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def read_message(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.read_end, 1 << 16)
            if not chunk:
                sys.exit("browser.py: Chromium is gone")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def note(self, event):
        method, about = event["method"], event.get("params", {})
        if method == "Log.entryAdded":
            self.errors.append(f'{about["entry"]["level"]}: {about["entry"]["text"]}')
        elif method == "Runtime.consoleAPICalled":
            self.errors.append(f'console.{about["type"]}: {about["args"]}')
        elif method == "Runtime.exceptionThrown":
            self.errors.append(f'exception: {about["exceptionDetails"]["text"]}')
        elif method == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.errors.append(f'dialog: {about["message"]}')
        elif method == "Page.loadEventFired":
            self.loaded = True

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read_message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f'browser.py: {method}: {answer["error"]}')
                return answer["result"]
            if "method" in answer:
                self.note(answer)

    def open(self, path):
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        while not self.loaded:
            message = self.read_message()
            if "method" in message:
                self.note(message)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit(f'browser.py: {expression}: {result["exceptionDetails"]}')
        return result["result"].get("value")

    def picture(self, file, width, height, dark):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height or 900, deviceScaleFactor=1,
                  mobile=width < 600)
        if not height:
            height = min(int(self.evaluate("document.documentElement.scrollHeight")), 12000)
        image = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                          clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
        with open(file, "wb") as out:
            out.write(base64.b64decode(image["data"]))

    def close(self):
        os.write(self.write_end, json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def main():
    questions = json.load(sys.stdin)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        browser.open(sys.argv[1])
        answers = {name: browser.evaluate(expression) for name, expression in questions["expressions"]}
        for one in questions["pictures"]:
            browser.picture(one["file"], one["width"], one.get("height", 0), one.get("dark", False))
        for name, expression in questions["expressions_after"]:
            answers[name] = browser.evaluate(expression)
        browser.close()
    json.dump({"answers": answers, "errors": browser.errors, "requests": browser.requests}, sys.stdout)


main()
