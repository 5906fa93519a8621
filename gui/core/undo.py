"""What the person does to end somebody's access: it ends at once, and for ten seconds all of it can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from gui.core.controller import Controller
from gui.core.state import Message, ViewerRow, watchers
from resources.translate import _, ngettext
from server.access.control import AccessControl
from server.access.devices import Device
from server.stream.registry import SessionRegistry

UNDO_SECONDS = 10.0
UNDO = "undo"
"""The subject of the message with the button."""


@dataclass(frozen=True, slots=True, eq=False)
class _Undoable:
    """Something that was done: in words, and what takes it back."""

    words: str
    take_back: Callable[[], None]


class Undo:
    """Disconnects, revokes, forgets and blocks. Loop only."""

    def __init__(
        self, controller: Controller, registry: SessionRegistry, changed: Callable[[], None], undo_seconds: float
    ) -> None:
        """``changed()`` is called when `undo_words` are other ones; ``undo_seconds`` is how long there is to undo."""
        self._controller = controller
        self._registry = registry
        self._access: AccessControl = registry.access
        self._changed = changed
        self._undo_seconds = undo_seconds
        self._undoable: list[_Undoable] = []
        self._timers: list[asyncio.TimerHandle] = []

    @property
    def undo_words(self) -> str:
        """Return what would be undone, in words; empty for nothing."""
        return self._undoable[-1].words if self._undoable else ""

    def disconnect(self, viewer_id: str) -> None:
        """Part from a viewer until sharing stops, or until `allow_again`.

        A program or browser of this computer itself only has to connect anew: it needs nothing that could be held back.
        """
        viewers = (watcher for watcher in watchers(self._registry.sessions()) if watcher.id == viewer_id)
        viewer = next((watcher.sessions[0].viewer for watcher in viewers), None)
        # First, for it tells why.
        self._registry.disconnect(viewer_id)
        if viewer is not None:
            self._access.dismiss(viewer)

    def allow_again(self, device_id: str) -> None:
        """Let in again a device that was disconnected."""
        self._access.allow_again(device_id)

    def revoke_link(self, link_id: str) -> None:
        """Let nobody in by a link any more."""
        link = self._access.links.all.get(link_id)
        if link is None:
            return
        devices = self._access.devices.of(link_id)
        once = self._once(devices)
        self._access.links.revoke(link_id)

        def take_back() -> None:
            self._access.links.restore(link)
            self._access.devices.restore(devices, once)

        words = _("“{name}” was revoked.").format(name=link.name)
        self._offer(f"{words} {_lost(len(devices))}", take_back)

    def forget(self, viewer: ViewerRow) -> None:
        """Part from a viewer and have that device come in anew, by a link or a PIN."""
        self.forget_devices((viewer.sessions[0].viewer.device_id,))

    def forget_devices(self, device_ids: tuple[str, ...]) -> None:
        """Let these devices in no longer."""
        known = self._access.devices
        devices = tuple(known.all[device_id] for device_id in device_ids if device_id in known.all)
        if devices:
            once = self._once(devices)
            for device in devices:
                known.forget(device.id)
            self._offer(_forgotten(devices), lambda: known.restore(devices, once))

    def block(self, viewer: ViewerRow) -> None:
        """Part from a viewer and let that address in no more."""
        key = viewer.sessions[0].viewer.peer_key
        if key:
            self._access.block(key)
            self._registry.disconnect(viewer.id)
            self._offer(_("{address} was blocked.").format(address=key), lambda: self._access.unblock(key))

    def undo(self) -> None:
        """Take back what was done last."""
        if self._undoable:
            self._undoable.pop().take_back()
            self._show()

    def close(self) -> None:
        """Let nothing be taken back any more."""
        for timer in self._timers:
            timer.cancel()

    def _once(self, devices: tuple[Device, ...]) -> frozenset[str]:
        return frozenset(device.id for device in devices if self._access.devices.is_once(device.id))

    def _offer(self, words: str, take_back: Callable[[], None]) -> None:
        done = _Undoable(words, take_back)
        self._undoable.append(done)
        loop = asyncio.get_running_loop()
        self._timers = [timer for timer in self._timers if timer.when() > loop.time()]
        self._timers.append(loop.call_later(self._undo_seconds, self._forget, done))
        self._show()

    def _forget(self, done: _Undoable) -> None:
        if done in self._undoable:
            self._undoable.remove(done)
            self._show()

    def _show(self) -> None:
        if self._undoable:
            self._controller.tell(Message(UNDO, self.undo_words, "notice", action=_("Undo"), act=self.undo))
        else:
            self._controller.dismiss(UNDO)
        self._changed()


def _lost(count: int) -> str:
    """Return how many devices have lost access, as a sentence."""
    if not count:
        return _("No device used it.")
    return ngettext("{count} device has lost access.", "{count} devices have lost access.", count).format(count=count)


def _forgotten(devices: tuple[Device, ...]) -> str:
    if len(devices) == 1:
        words = _("{device} at {address} was forgotten and has lost access.")
        return words.format(device=devices[0].name, address=devices[0].address)
    words = ngettext(
        "{count} device was forgotten and has lost access.",
        "{count} devices were forgotten and have lost access.",
        len(devices),
    )
    return words.format(count=len(devices))
