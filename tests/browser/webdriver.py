"""A real headless Chromium, spoken to as the W3C's WebDriver describes, without another package."""

from __future__ import annotations

import base64
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 30
_ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


@dataclass(frozen=True, kw_only=True)
class Browser:
    """One window."""

    session: str

    def open(self, page: Path) -> None:
        _call("POST", f"{self.session}/url", {"url": page.as_uri()})

    def resize(self, width: int, height: int = 900) -> None:
        """The page's own size; a window can be no narrower than 500."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.cdp("Emulation.setDeviceMetricsOverride", metrics)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function's body returns."""
        body = {"script": script, "args": list(arguments)}
        return _call("POST", f"{self.session}/execute/sync", body)

    def cdp(self, command: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """A command of the Chrome DevTools Protocol."""
        body = {"cmd": command, "params": dict(parameters or {})}
        return _call("POST", f"{self.session}/goog/cdp/execute", body)

    def media(self, kind: str = "screen", **features: str) -> None:
        """How the page is shown, for example `prefers_color_scheme="dark"`."""
        listed = [{"name": name.replace("_", "-"), "value": v} for name, v in features.items()]
        self.cdp("Emulation.setEmulatedMedia", {"media": kind, "features": listed})

    def press(self, key: str) -> None:
        code = {"Tab": "\ue004", "Right": "\ue014", "Enter": "\ue007", "Space": " "}[key]
        keys = [{"type": "keyDown", "value": code}, {"type": "keyUp", "value": code}]
        actions = [{"type": "key", "id": "keyboard", "actions": keys}]
        _call("POST", f"{self.session}/actions", {"actions": actions})

    def log(self) -> list[Any]:
        """What the page complained of."""
        return list(_call("POST", f"{self.session}/se/log", {"type": "browser"}))

    def screenshot(self, file: Path) -> None:
        shot = self.cdp("Page.captureScreenshot", {"captureBeyondViewport": True})
        file.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def chromium(driver: str, binary: str) -> Iterator[Browser]:
    """A browser, from its start to its end."""
    with subprocess.Popen(
        [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        url = _address(process)
        options = {"binary": binary, "args": _ARGUMENTS}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options}
        wanted["goog:loggingPrefs"] = {"browser": "ALL"}
        made = _call("POST", f"{url}/session", {"capabilities": {"alwaysMatch": wanted}})
        session = f"{url}/session/{made['sessionId']}"
        try:
            yield Browser(session=session)
        finally:
            _call("DELETE", session)
            process.terminate()


def _address(process: subprocess.Popen[str]) -> str:
    end = time.monotonic() + PATIENCE_SECONDS
    assert process.stdout
    for line in process.stdout:
        if "on port " in line and "successfully" in line:
            port = line.rpartition("on port ")[2].strip(" .\n")
            return f"http://127.0.0.1:{port}"
        assert time.monotonic() < end
    raise AssertionError("chromedriver did not start")


def _call(method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
    data = None if method == "DELETE" else json.dumps(body or {}).encode()
    request = urllib.request.Request(url, method=method, data=data)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {url}: {error.read().decode()[:500]}") from error
