"""The needs of taking pictures in a Wayland session, and whether each is met."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from capture.errors import CaptureError
from capture.platforms.contract import Finding
from capture.platforms.linux.dbus import session_bus
from capture.platforms.wayland.pipewire.library import version
from capture.platforms.wayland.portal import KNOWS_TOKENS, ScreenCast
from resources.translate import _


def findings(address: str | None = None) -> Iterator[Finding]:
    """Yield what was looked at; ``address`` is the bus, else the session's."""
    try:
        yield ("PipeWire", True, version(), "")
    except CaptureError as fault:
        yield ("PipeWire", False, fault.message, "apt-get install libpipewire-0.3-0")
    try:
        # Of its own: a loop may run in this one.
        with ThreadPoolExecutor(1) as thread:
            found = thread.submit(asyncio.run, _look(address or session_bus())).result()
    except CaptureError as fault:
        yield ("ScreenCast portal", False, fault.message, "apt-get install xdg-desktop-portal-gnome (-kde, -wlr)")
        return
    yield ("ScreenCast portal", True, found, "")


async def _look(address: str | None) -> str:
    portal = await ScreenCast.reach(address, lambda _: None)
    try:
        if portal.version < KNOWS_TOKENS:
            return _("version {version}; sources have to be picked anew after each start").format(
                version=portal.version
            )
        return _("version {version}").format(version=portal.version)
    finally:
        portal.close()
