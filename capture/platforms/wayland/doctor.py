"""The needs of taking pictures in a Wayland session, and whether each is met."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from capture import reasons
from capture.errors import CaptureError
from capture.platforms.contract import Finding
from capture.platforms.linux.dbus import session_bus
from capture.platforms.wayland.pipewire.library import version
from capture.platforms.wayland.portal import KNOWS_TOKENS, ScreenCast
from capture.reason import Reason
from resources.translate import _

MEND_LIBRARY = reasons.AS_SAID.of(text="apt-get install libpipewire-0.3-0")
MEND_PORTAL = reasons.AS_SAID.of(text="apt-get install xdg-desktop-portal-gnome (-kde, -wlr)")


def findings(address: str | None = None) -> Iterator[Finding]:
    """Yield what was looked at; ``address`` is the bus, else the session's."""
    try:
        yield Finding("PipeWire", True, reasons.AS_SAID.of(text=version()))
    except CaptureError as fault:
        yield Finding("PipeWire", False, fault.reason, MEND_LIBRARY)
    try:
        # Of its own: a loop may run in this one.
        with ThreadPoolExecutor(1) as thread:
            found = thread.submit(asyncio.run, _look(address or session_bus())).result()
    except CaptureError as fault:
        yield Finding(_("Screen casts"), False, fault.reason, MEND_PORTAL)
        return
    yield Finding(_("Screen casts"), True, found)


async def _look(address: str | None) -> Reason:
    portal = await ScreenCast.reach(address, lambda _gone: None)
    try:
        reason = reasons.PORTAL_FORGETS if portal.version < KNOWS_TOKENS else reasons.PORTAL_VERSION
        return reason.of(version=portal.version)
    finally:
        portal.close()
