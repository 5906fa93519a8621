"""Every server that can be watched in a browser: ours in each rendition, and its peers.

A server is named by what it is, the way in which it shows pictures, and at most one setting with its value:
``panecast auto``, ``panecast auto quality 60``, ``pixelflux h264-full crf 21``, ``x11vnc + noVNC``, ``naive``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.ours import page_path, serving
from tests.benchmarks.running import Content, line, module, running

OWN = "panecast auto"
"""What our page takes by itself; the targets are for it."""
OURS = (OWN, "panecast jpeg", "panecast h264")
NAIVE = "naive"
VNC = "x11vnc + noVNC"
PIXELFLUX = ("pixelflux jpeg", "pixelflux h264", "pixelflux h264-full")
MISSING_PIXELFLUX = "pixelflux is not installed; to have it measured too: pip install -e '.[test,peers]'"
MISSING_VNC = "x11vnc is not installed; to have it measured too: apt install x11vnc novnc websockify"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server shows the window.

    Attributes:
        subject: the server's name in the table.
        pid: its process.
        port, path: where its page is.
        format: what a person chooses in the page, None to leave it as it comes.
        counters: what the server tells of itself, None when it does not.
    """

    subject: str
    pid: int
    port: int
    path: str
    format: str | None = None
    counters: Callable[[], dict[str, Any]] | None = None

    def url(self, port: int | None = None) -> str:
        """Return the page's address, by way of another port where one is given."""
        return f"http://127.0.0.1:{port or self.port}{self.path}"


def is_installed(name: str) -> bool:
    """Tell whether a server can be run here."""
    if name.startswith("pixelflux"):
        return importlib.util.find_spec("pixelflux") is not None
    return name != VNC or None not in map(shutil.which, ("x11vnc", "websockify"))


def missing() -> list[str]:
    """Return what to say of the peers that cannot be run here."""
    peers = {PIXELFLUX[0]: MISSING_PIXELFLUX, VNC: MISSING_VNC}
    return [words for name, words in peers.items() if not is_installed(name)]


def is_ours(name: str) -> bool:
    """Tell whether a name is of a server of ours."""
    return name.startswith("panecast")


def addresses(content: Content, names: Iterable[str], fps: int = 30, on_phone: bool = False) -> Iterator[Address]:
    """Yield each named server in turn, running, asked for ``fps``; those of ours come last and are one process."""
    own = []
    for name in names:
        if is_ours(name):
            own.append(name)
        elif is_installed(name):
            with peer(name, content, fps, on_phone) as address:
                yield address
    if not own:
        return
    with serving(content) as subject:
        for name in own:
            rendition, setting = setting_of(name.removeprefix("panecast "))
            # 30 a second is what the page asks for by itself.
            query = urlencode(setting | ({"fps": fps} if fps != 30 else {}))
            chosen = None if rendition == "auto" else rendition
            path = page_path(content) + (f"?{query}" if query else "")
            yield Address(name, subject.pid, subject.port, path, chosen, subject.counters)


@contextlib.contextmanager
def peer(name: str, content: Content, fps: int = 30, on_phone: bool = False) -> Iterator[Address]:
    """Have a peer run while the block lasts."""
    _, _, width, height = content.box
    path = f"/?fps={fps}&width={width}&height={height}"
    if name == NAIVE:
        command = module("peers.naive", *content.box)
    elif name == VNC:
        command = module("peers.x11vnc", *content.box)
        path = f"/vnc_lite.html{'?scale=true' if on_phone else ''}"
    else:
        rendition, setting = setting_of(name.removeprefix("pixelflux "))
        command = module("peers.pixelflux_server", *content.box, rendition, fps, setting.get("crf", ""))
    with running(*command) as process:
        yield Address(name, process.pid, int(line(process)), path)


def setting_of(words: str) -> tuple[str, dict[str, str]]:
    """Return the rendition that a name's last words tell, and the setting where they tell one."""
    found = re.fullmatch(r"(\S+)(?: (\S+) (\d+))?", words)
    assert found is not None, words
    rendition, key, value = found.groups()
    return rendition, {key: value} if key else {}
