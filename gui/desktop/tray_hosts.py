"""Whether the desktop shows tray icons, and how, as it comes and goes; only Linux has to be asked.

Icons are brought to a StatusNotifierWatcher on the session's bus, which has a host where somebody shows them
(https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/), or to a window of the X server (XEmbed).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtGui import QGuiApplication

from capture.platforms.choose import make_system_tray
from capture.platforms.linux.dbus import BUS, PROPERTIES, NoAnswer, call, connect, follow, owner, session_bus

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
PATH = "/StatusNotifierWatcher"
TrayKind = Literal["notifier", "xembed", ""]
"""Empty where nobody shows icons."""


def are_asked() -> bool:
    """Tell whether hosts come and go here; elsewhere Qt knows all that is to be known."""
    return QGuiApplication.platformName() in ("xcb", "wayland", "wayland-egl")


class TrayHosts:
    """Follows them from `start` to `close`; nothing is polled. Loop only."""

    def __init__(self, changed: Callable[[], None], address: str | None = None) -> None:
        """``changed()`` tells of each change, and when all is known; ``address`` is the bus, else the session's."""
        self._changed = changed
        self._address = address
        self._has_notifier: bool | None = None
        self._has_xembed: bool | None = None
        self._xembed = None if QGuiApplication.platformName() != "xcb" else make_system_tray(self._set_xembed)
        self._task: asyncio.Task[None] | None = None

    @property
    def is_known(self) -> bool:
        """Tell whether all have been asked."""
        return self._has_notifier is not None and (self._xembed is None or self._has_xembed is not None)

    @property
    def kind(self) -> TrayKind:
        """Return how icons are shown; Qt prefers it in this order."""
        return "notifier" if self._has_notifier else "xembed" if self._has_xembed else ""

    def start(self) -> None:
        """Begin to follow."""
        if self._xembed is not None:
            self._xembed.start()
        self._task = asyncio.get_running_loop().create_task(self._follow(), name="tray hosts")

    async def close(self) -> None:
        """Follow them no longer."""
        if self._xembed is not None:
            await self._xembed.stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _follow(self) -> None:
        try:
            await self._follow_bus()
        except Exception as fault:  # noqa: BLE001  a missing bus shows in many ways
            log.info("tray hosts on the session's bus are not followed: %s", fault)
        self._set_notifier(False)

    async def _follow_bus(self) -> None:
        address = self._address or session_bus()
        if address is None:
            raise NoAnswer("there is no session bus")
        bus = await connect(address)
        news = asyncio.Event()

        def receive(message: Any) -> None:
            if message.interface == WATCHER or (message.sender == BUS and message.member == "NameOwnerChanged"):
                news.set()

        ended = asyncio.ensure_future(bus.wait_for_disconnect())
        ended.add_done_callback(lambda _ended: news.set())
        try:
            bus.add_message_handler(receive)
            await follow(bus, f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{WATCHER}'")
            await follow(bus, f"type='signal',sender='{WATCHER}',interface='{WATCHER}'")
            while bus.connected:
                news.clear()
                self._set_notifier(await _has_host(bus))
                await news.wait()
        finally:
            bus.disconnect()
            with contextlib.suppress(Exception):  # however the connection ends, it has ended
                await ended

    def _set_notifier(self, is_there: bool) -> None:
        if is_there is not self._has_notifier:
            self._has_notifier = is_there
            self._tell()

    def _set_xembed(self, is_there: bool) -> None:
        self._has_xembed = is_there
        self._tell()

    def _tell(self) -> None:
        if self.is_known:
            self._changed()


async def _has_host(bus: Any) -> bool:
    if not await _has_watcher(bus):
        return False
    try:
        reply = await call(bus, WATCHER, PATH, PROPERTIES, "Get", "ss", WATCHER, "IsStatusNotifierHostRegistered")
    except (NoAnswer, TimeoutError):
        return await _has_watcher(bus)  # it is gone by now; or it does not say, or is busy, as at login
    return bool(reply.body[0].value)


async def _has_watcher(bus: Any) -> bool:
    try:
        return bool(await owner(bus, WATCHER))
    except (NoAnswer, TimeoutError):
        return False
