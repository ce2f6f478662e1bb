#!/usr/bin/env python3
# browser.py PAGE... [--shots FOLDER]: looks at report pages in headless Chromium and says what is wrong.
#
# Speaks the DevTools protocol over a pipe, with Python's standard library alone. Every page is opened
# at 400 and 1,600 px, light and dark. Checked: no error of a script or of the content policy, no request
# but for the page itself, no text smaller than 10 px, nothing wider than the window, contrast of text,
# that the keyboard moves from region to region and along a line, that choosing a view redraws.
# SPDX-License-Identifier: Apache-2.0
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


class Browser:
    """A headless Chromium, spoken to over a pipe."""

    def __init__(self):
        program = next((p for p in map(shutil.which, ["chromium", "chromium-browser"]) if p), None)
        if program is None:
            sys.exit("no Chromium here: apt-get install chromium")
        self.profile = tempfile.mkdtemp()
        to_read, self.to_write = os.pipe()
        self.from_read, from_write = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4.
        high = [os.dup2(to_read, 93), os.dup2(from_write, 94)]

        def wire():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-extensions", "--disable-background-networking",
             "--disable-dev-shm-usage", "--remote-debugging-pipe", "--user-data-dir=" + self.profile],
            preexec_fn=wire, pass_fds=(3, 4, 93, 94), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for descriptor in high + [to_read, from_write]:
            os.close(descriptor)
        self.number, self.buffer, self.events = 0, b"", []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(domain + ".enable")

    def message(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.from_read, 1 << 16)
            if not piece:
                sys.exit("Chromium ended")
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        text = json.dumps(message).encode() + b"\0"
        while text:
            text = text[os.write(self.to_write, text):]
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(method + ": " + answer["error"]["message"])
                return answer["result"]
            self.events.append(answer)

    def open(self, path, width, scheme, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme},
                            {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.events = []
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        end = time.time() + 60
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            if time.time() > end:
                sys.exit(path + ": not loaded within a minute")
            self.events.append(self.message())
        self.run("0")

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:500])
        return result["result"].get("value")

    def press(self, key):
        for kind in ["rawKeyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode={"Tab": 9, "ArrowRight": 39, "ArrowLeft": 37,
                                             "ArrowDown": 40, "Home": 36, "End": 35}[key])

    def shoot(self, path):
        height = self.run("document.documentElement.scrollHeight")
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": self.run("innerWidth"),
                               "height": min(height, 6000), "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def troubles(self):
        """Errors of scripts and of the policy, and requests for anything but the page."""
        found = []
        for event in self.events:
            method, values = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append("exception: " + json.dumps(values["exceptionDetails"])[:300])
            elif method == "Runtime.consoleAPICalled":
                found.append("console: " + json.dumps(values["args"])[:300])
            elif method == "Log.entryAdded":
                found.append("log: " + values["entry"]["text"][:300])
            elif method == "Network.requestWillBeSent" and values["type"] != "Document":
                found.append("request: " + values["request"]["url"][:300])
        return found

    def close(self):
        try:
            self.call("Browser.close")
        except (SystemExit, RuntimeError, OSError):
            pass
        self.process.wait(30)
        shutil.rmtree(self.profile, ignore_errors=True)


# What is wider than the window, smaller than 10 px, or too close in colour to what it stands on.
LOOK = """
(function () {
  var wrong = [];
  var wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) { wrong.push("the page is " + wide + " px wider than the window"); }
  function seen(element) {
    return element.getClientRects().length > 0 && !element.closest(".unseen, .skip, [hidden]") &&
      getComputedStyle(element).visibility !== "hidden";
  }
  function text(element) {
    return Array.from(element.childNodes).some(function (node) {
      return node.nodeType === 3 && node.data.trim() !== "";
    });
  }
  function light(color) {
    var parts = color.match(/[\\d.]+/g).map(Number).slice(0, 3).map(function (part) {
      part /= 255;
      return part <= .04045 ? part / 12.92 : Math.pow((part + .055) / 1.055, 2.4);
    });
    return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2];
  }
  function ground(element) {
    for (; element; element = element.parentElement) {
      var color = getComputedStyle(element).backgroundColor;
      if (!/, 0\\)$/.test(color) && color !== "transparent") { return color; }
    }
    return "rgb(255, 255, 255)";
  }
  document.querySelectorAll("body *").forEach(function (element) {
    if (!seen(element) || !text(element) || /^(title|desc|script|option)$/i.test(element.tagName)) {
      return;
    }
    var style = getComputedStyle(element), size = parseFloat(style.fontSize), svg = element.closest("text");
    if (svg) { size *= svg.getScreenCTM().a; }
    if (size < 10) { wrong.push("text of " + size.toFixed(1) + " px: " + element.textContent.slice(0, 30)); }
    var front = svg ? style.fill : style.color;
    var back = svg && svg.closest(".map") ? style.stroke : ground(element);
    var a = light(front), b = light(back);
    var contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < 4.5) {
      wrong.push("contrast " + contrast.toFixed(2) + ": " + element.tagName + " " +
        element.textContent.slice(0, 30));
    }
  });
  return wrong.slice(0, 12);
})()
"""

STATE = """
(function () {
  var element = document.activeElement, figure = element && element.closest("figure");
  return JSON.stringify({
    region: element && element.dataset ? element.dataset.r : null,
    label: element && element.getAttribute("aria-label"),
    value: element && element.getAttribute("aria-valuetext"),
    readout: figure && figure.querySelector(".readout").textContent,
  });
})()
"""


def check_map(browser):
    """Moves about on the map, and chooses other views."""
    wrong = []
    browser.run("document.querySelector('.regions [tabindex=\"0\"]').focus()")
    first = json.loads(browser.run(STATE))
    seen = [first]
    for key in ["End", "Home", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowRight"]:
        browser.press(key)
        seen.append(json.loads(browser.run(STATE)))
    for state in seen:
        if state["region"] is None or not state["label"] or state["label"] != state["readout"]:
            wrong.append("a region without a name or a readout: " + json.dumps(state))
    if browser.run("document.querySelectorAll('.regions path').length") > 2:
        if len({state["region"] for state in seen}) < 2:
            wrong.append("the keyboard does not move from region to region")
    if browser.run("document.querySelectorAll('.regions [tabindex=\"0\"]').length") != 1:
        wrong.append("not exactly one region can be reached by the tabulator")
    before = "document.querySelector('figure.map svg title').textContent"
    for number in range(browser.run("document.querySelectorAll('.views[data-of=map] select').length")):
        script = """
          (function () {
            var list = document.querySelectorAll(".views[data-of=map] select")[%d];
            if (list.length < 2) { return null; }
            var before = %s;
            list.selectedIndex = list.length - 1;
            list.dispatchEvent(new Event("change"));
            return before !== %s;
          })()""" % (number, before, before)
        if browser.run(script) is False:
            wrong.append("choosing another view shows the same one")
    browser.run("document.querySelector('figure.map details').open = true")
    browser.run("new Promise(function (go) { setTimeout(go, 100); })")
    rows = browser.run("document.querySelectorAll('figure.map details tbody tr').length")
    names = browser.run("JSON.parse(document.querySelector('figure.map .data').textContent).names.length")
    if rows != names:
        wrong.append("the table has %s rows for %s regions" % (rows, names))
    browser.run("document.querySelector('figure.map details').open = false")
    return wrong


def check_series(browser):
    """Moves along the line, and chooses other views."""
    wrong = []
    browser.run("document.querySelector('.chart:not([hidden])').focus()")
    seen = []
    for key in ["Home", "ArrowRight", "End"]:
        browser.press(key)
        seen.append(json.loads(browser.run(STATE)))
    if len({state["readout"] for state in seen}) < 2 or any(
            not state["readout"] or state["readout"] != state["value"] for state in seen):
        wrong.append("the keyboard does not move along the line: " + json.dumps(seen))
    if browser.run("document.querySelectorAll('.chart:not([hidden])').length") != 1:
        wrong.append("not exactly one line is shown")
    return wrong


def main():
    arguments = sys.argv[1:]
    shots = None
    if "--shots" in arguments:
        place = arguments.index("--shots")
        shots = arguments[place + 1]
        del arguments[place:place + 2]
        os.makedirs(shots, exist_ok=True)
    browser, bad = Browser(), 0
    for page in arguments:
        name = os.path.basename(os.path.dirname(os.path.abspath(page)))
        for width in [400, 1600]:
            for scheme in ["light", "dark"]:
                browser.open(page, width, scheme)
                wrong = browser.run(LOOK)
                if shots:
                    browser.shoot(os.path.join(shots, "%s-%d-%s.png" % (name, width, scheme)))
                if browser.run("!!document.querySelector('figure.map svg')"):
                    wrong += check_map(browser)
                if browser.run("!!document.querySelector('figure.series')"):
                    wrong += check_series(browser)
                wrong += browser.run(LOOK) + browser.troubles()
                for line in wrong:
                    print("%s at %d px, %s: %s" % (page, width, scheme, line))
                bad += len(wrong)
        print("%s: %s" % (page, "looked at" if not bad else "%d things are wrong so far" % bad))
    browser.close()
    sys.exit(1 if bad else 0)


main()
