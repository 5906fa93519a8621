"""WebKit, the engine of Safari, as Debian has it: GTK's small browser, driven over WebDriver."""

from __future__ import annotations

import base64
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.browser.parts import eventually
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import XServer

DRIVER = "/usr/bin/WebKitWebDriver"
BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
# It would want a namespace of its own for each page, which containers do not give; what it shows here is ours.
WITHOUT_SANDBOX = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
ANSWER_SECONDS = 120.0


class WebKit:
    """A page in it."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        eventually(self._is_ready)
        wanted = {"binary": BROWSER, "args": ["--automation"]}
        capabilities = {"browserName": "MiniBrowser", "webkitgtk:browserOptions": wanted}
        made = self._call("/session", {"capabilities": {"alwaysMatch": capabilities}})
        self._base += f"/session/{made['sessionId']}"

    def open(self, url: str) -> None:
        """Go to an address."""
        self._call("/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        """Return what a script's expression is."""
        return self._call("/execute/sync", {"script": f"return {expression};", "args": []})

    def screenshot(self) -> bytes:
        """Return what is seen, as a PNG file."""
        return base64.b64decode(self._call("/screenshot"))

    def close(self) -> None:
        """End the browser."""
        self._call("", method="DELETE")

    def _is_ready(self) -> bool:
        try:
            return bool(self._call("/status")["ready"])
        except urllib.error.URLError:
            return False

    def _call(self, path: str, body: object = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)["value"]


@contextmanager
def webkit(display: XServer) -> Iterator[WebKit]:
    """Have a page in WebKit while the block lasts."""
    port = free_port()
    driver = subprocess.Popen(
        [DRIVER, f"--port={port}"], env=display.environment | WITHOUT_SANDBOX, stderr=subprocess.DEVNULL
    )
    try:
        page = WebKit(port)
        try:
            yield page
        finally:
            page.close()
    finally:
        driver.terminate()
        driver.wait(20)
