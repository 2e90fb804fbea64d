"""Opens the page of `dash-reinforce demo` in a headless Chromium and looks at it as a person would.

Usage: page_check.py [--quick] BINARY [SCREENSHOT_FOLDER]. `--quick` looks at each size once only. Skipped, visibly, where
there is no Chromium. It needs nothing beside Python's own library: the browser is driven over a pipe (its DevTools protocol).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

PATIENCE = 120


class Browser:
    """A Chromium with one page, driven over two pipes."""

    def __init__(self, program, width, height, dark):
        self.profile = tempfile.mkdtemp(prefix="page-check-")
        command_read, self.write_to = os.pipe()
        self.read_from, answer_write = os.pipe()

        def in_child():
            # both ends out of the way first, then where the browser looks for them
            ends = [os.dup(command_read), os.dup(answer_write)]
            high = [fd + 100 for fd in ends]
            for end, place in zip(ends, high):
                os.dup2(end, place)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--mute-audio",
             "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
             f"--user-data-dir={self.profile}", f"--window-size={width},{height}", "about:blank"],
            preexec_fn=in_child, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(command_read)
        os.close(answer_write)
        self.number = 0
        self.rest = b""
        self.events = []
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t for t in targets if t["type"] == "page")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.write_to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self):
        while b"\0" not in self.rest:
            part = os.read(self.read_from, 1 << 20)
            if not part:
                raise RuntimeError("the browser has ended")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def key(self, name, text=""):
        for kind in ("keyDown", "keyUp"):
            code = {"Enter": 13, "Escape": 27, "Tab": 9}[name]
            extra = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **extra)

    def wait(self, script, what):
        until = time.time() + PATIENCE
        while time.time() < until:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.2)
        raise AssertionError(f"this never came: {what}")

    def picture(self, path, whole=True):
        import base64
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.write_to)
        os.close(self.read_from)
        shutil.rmtree(self.profile, ignore_errors=True)


HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>\u001b[31m\u202eRTL"


def ask(url, token=None):
    return urllib.request.urlopen(urllib.request.Request(
        url, headers={"Authorization": "Bearer " + token} if token else {}))


def check_token(address, token):
    """Without the token nothing but the probes answers."""
    for path in ("", "status", "metrics", "api/groups", "api/events", "?token=" + "x" * 32):
        try:
            ask(address + path)
            raise AssertionError(f"/{path} answers without the token")
        except urllib.error.HTTPError as error:
            assert error.code == 401, (path, error.code)
            assert token not in error.read().decode()
    assert ask(address + "livez").status == 200 and ask(address + "status", token).status == 200
    print("page check: without its token only the probes answer: good", flush=True)


def look(program, address, width, height, dark, folder, token=None):
    """One size and colour: everything that must hold."""
    name = f"{width}-{'dark' if dark else 'light'}" + ("-token" if token else "")
    browser = Browser(program, width, height, dark)
    try:
        if token:
            # the token travels once, and is in no address afterwards
            browser.call("Page.navigate", url=address + "?token=" + token)
            browser.wait("document.title !== ''", "the page behind the token")
            assert browser.run("location.href") == address, browser.run("location.href")
            assert token not in browser.run("document.cookie"), f"{name}: a script can read the token"
        else:
            browser.call("Page.navigate", url=address)
        browser.wait("document.querySelectorAll('#list button').length > 3", "groups in the list")
        browser.wait("document.querySelectorAll('#c-reward svg').length > 0", "a curve")
        assert browser.run("document.documentElement.scrollWidth <= innerWidth"), f"{name}: wider than the window"
        # the numbers are those of /status at the same moment
        shown = browser.run("""[status.counts.batches, document.querySelectorAll('.tile')[3].querySelector('b').textContent,
            status.lag, document.querySelectorAll('.tile')[1].querySelector('b').textContent]""")
        assert shown[1].replace(",", "") == str(shown[0]), shown
        assert shown[3].replace(",", "") == str(shown[2]), shown
        with ask(address + "status", token) as answer:
            told = json.load(answer)
        assert told["counts"]["batches"] >= shown[0] and told["ledger"]["imbalance"] == 0, told["ledger"]
        if folder:
            browser.picture(f"{folder}/page-{name}.png")
        # a group by keyboard alone
        browser.run("document.querySelector('#list button').focus()")
        browser.key("Enter", "\r")
        browser.wait("document.getElementById('detail').open && document.querySelectorAll('.rollout').length",
                     "a group that opens by keyboard")
        assert browser.run("document.querySelectorAll('.rollout pre').length") > 0, f"{name}: no text of a rollout"
        if folder:
            browser.picture(f"{folder}/group-{name}.png", whole=False)
        browser.key("Escape")
        browser.wait("!document.getElementById('detail').open", "a dialog that closes by Escape")
        # what an agent writes is text, whatever it is
        hostile = json.dumps({"thread_id": HOSTILE, "rollout_index": 0, "status": HOSTILE, "reward": 1, "advantage": 0,
                              "rewards": [{"name": HOSTILE, "status": "ok", "weight": 1, "value": 1}], "nodes": 1,
                              "tool_calls": 0, "tool_failures": 0, "started_at_us": 0, "ended_at_us": 0,
                              "source": [{"topic": HOSTILE, "partition": 0, "first_offset": 0, "last_offset": 1}],
                              "samples": [{"node_id": HOSTILE, "prompt": [{"role": HOSTILE, "content": HOSTILE}],
                                           "completion": HOSTILE + "x" * 1_000_000}]})
        kept = browser.run(f"""(() => {{ const r = {hostile}; const e = rollout(r, {{reason: r.thread_id}}, {{fate: r.status}});
            document.body.append(e);
            const same = e.querySelector('h3').textContent === r.thread_id &&
                [...e.querySelectorAll('pre')].some(p => p.textContent === r.samples[0].completion);
            const clean = !e.querySelector('img,script');
            const fits = document.documentElement.scrollWidth <= innerWidth;
            e.remove(); return [same, clean, fits] }})()""")
        assert kept == [True, True, True], f"{name}: hostile text: same, without elements, fits: {kept}"
        time.sleep(0.3)
        assert not browser.run("window.hacked"), f"{name}: a script of the data ran"
        problems, elsewhere = [], []
        for event in browser.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                problems.append(parameters["exceptionDetails"])
            elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                problems.append(parameters["entry"])
            elif method == "Runtime.consoleAPICalled" and parameters["type"] == "error":
                problems.append(parameters)
            elif method == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                if not url.startswith((address, "data:", "about:")):
                    elsewhere.append(url)
        assert not problems, f"{name}: errors on the console: {problems}"
        assert not elsewhere, f"{name}: requests to elsewhere: {elsewhere}"
        print(f"page check: {name}: good", flush=True)
    finally:
        browser.close()


class Demo:
    """A demo with its page; `token`: what the page wants."""

    def __init__(self, binary, port, token=None):
        arguments = [binary, "demo", "--headless", "--rounds", "100000", "--listen", f"127.0.0.1:{port}"]
        self.file = None
        if token:
            self.file = tempfile.NamedTemporaryFile("w", suffix=".token")
            self.file.write(token + "\n")
            self.file.flush()
            arguments += ["--token-file", self.file.name]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.match(r"page: (\S+)", line)
            if found:
                self.address = found.group(1)
                break
        else:
            raise AssertionError("the demo told no address of its page")
        # the pipe must not fill up
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def __enter__(self):
        return self.address

    def __exit__(self, *problem):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.file:
            self.file.close()


def main():
    arguments = [a for a in sys.argv[1:] if a != "--quick"]
    is_quick = len(arguments) < len(sys.argv) - 1
    binary = arguments[0]
    folder = arguments[1] if len(arguments) > 1 else None
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        print("page check: SKIPPED: there is no chromium")
        return
    if folder:
        os.makedirs(folder, exist_ok=True)
    sizes = [(1280, 900, True), (360, 780, False), (3840, 2160, True)]
    if not is_quick:
        sizes += [(1280, 900, False), (360, 780, True), (3840, 2160, False)]
    with Demo(binary, 19464) as address:
        for width, height, dark in sizes:
            look(program, address, width, height, dark, folder)
    token = "0123456789abcdef" * 2
    with Demo(binary, 19484, token) as address:
        check_token(address, token)
        for width, height, dark in sizes[:1] if is_quick else sizes:
            look(program, address, width, height, dark, folder, token)


if __name__ == "__main__":
    main()
