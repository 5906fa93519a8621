"""A hot key on X11: the keys are grabbed on the root window, by a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable
from typing import Any

import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import GrabMode

from capture import reasons
from capture.errors import CaptureError, DisplayGone
from capture.platforms.keys import HotKeyError, Keys
from capture.platforms.threads import WakeableThread
from capture.platforms.x11.protocol.display import Display, speaks_to_display
from capture.reason import Reason

log = logging.getLogger(__name__)

JOIN_SECONDS = 2.0
NUM_LOCK = (0xFF7F,)
HELD = {"Alt": (0xFFE9, 0xFFEA), "Meta": (0xFFEB, 0xFFEC)}
"""Keysyms of the keys that may be bound to any of the modifiers Mod1 to Mod5."""
FIXED = {"Shift": 1, "Ctrl": 4}
CAPS_LOCK = 2
USUAL = {"Alt": 1 << 3, "Meta": 1 << 6}


class X11HotKey:
    """Grabs ``keys`` while started. When the display dies it ends quietly: everything else tells of that."""

    def __init__(self, keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> None:
        self._keys = keys
        self._pressed = pressed
        self._failed = failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._released_at = 0
        self._grabbed: frozenset[tuple[int, int]] = frozenset()
        self._thread = WakeableThread("hot key", self._body)

    def start(self) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Give the keys back to others."""
        self._thread.stop()
        if self._loop is not None:
            await self._loop.run_in_executor(None, self._thread.join, JOIN_SECONDS)

    # The hot key's thread from here on.

    def _body(self) -> None:
        try:
            self._listen()
        except DisplayGone as fault:
            log.info("the hot key ended: %s", fault)
        except CaptureError as fault:
            self._tell(self._failed, fault.reason)
        except Exception:
            # The thread's border: the person still has the tray.
            log.exception("listening for the hot key failed")
            self._tell(self._failed, reasons.KEYS_FAILED.of(keys=str(self._keys)))

    def _tell(self, listener: Callable[..., None], *values: object) -> None:
        if self._loop is not None and not self._thread.is_stopping:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(listener, *values)

    @speaks_to_display
    def _listen(self) -> None:
        display = Display()
        try:
            self._grab(display)
            while not self._thread.is_stopping:
                events = list(display.events())
                for event in events:
                    self._receive(display, event)
                # Events that came along with answers are here already, and the socket tells of them no more.
                if not events:
                    display.wait(None, self._thread.descriptor)
        finally:
            display.close()  # which gives the keys back too

    def _receive(self, display: Display, event: Any) -> None:
        match event:
            case xcffib.xproto.KeyReleaseEvent():
                self._released_at = event.time
            # A key that is held repeats itself: released and pressed in the same moment.
            case xcffib.xproto.KeyPressEvent() if event.time != self._released_at:
                self._tell(self._pressed)
            case xcffib.xproto.MappingNotifyEvent() if event.request != xcffib.xproto.Mapping.Pointer:
                self._grab(display)

    def _grab(self, display: Display) -> None:
        """Have the keys told to us and to nobody else, whether or not Num Lock and Caps Lock are on.

        Does nothing where they are where they were. The X server says that the mapping may be another whenever another
        keyboard is typed on, and it says so with the first key: a person that let go then would miss what follows.
        """
        layout = _Layout(display)
        codes = layout.codes(self._keys.keysym)
        if not codes:
            raise HotKeyError(reasons.KEYS_MISSING.of(keys=str(self._keys)))
        held = sum(FIXED.get(name) or layout.modifier(HELD[name]) or USUAL[name] for name in self._keys.modifiers)
        locks = {0, CAPS_LOCK} | {layout.modifier(NUM_LOCK)} | {CAPS_LOCK | layout.modifier(NUM_LOCK)}
        wanted = frozenset((code, held | shift | lock) for (code, shift), lock in itertools.product(codes, locks))
        core = display.connection.core
        for code, modifiers in self._grabbed - wanted:
            core.UngrabKey(code, display.root, modifiers)
        for code, modifiers in wanted - self._grabbed:
            try:
                core.GrabKey(
                    False, display.root, modifiers, code, GrabMode.Async, GrabMode.Async, is_checked=True
                ).check()
            except XError as error:
                raise HotKeyError(reasons.KEYS_TAKEN.of(keys=str(self._keys))) from error
        self._grabbed = wanted


class _Layout:
    """The keys of the keyboard, and what they mean now."""

    def __init__(self, display: Display) -> None:
        setup = display.connection.get_setup()
        self._first = setup.min_keycode
        core = display.connection.core
        mapping = core.GetKeyboardMapping(self._first, setup.max_keycode - self._first + 1)
        modifiers = core.GetModifierMapping()
        reply = mapping.reply()
        each = reply.keysyms_per_keycode
        symbols = list(reply.keysyms)
        self._rows = [symbols[at : at + each] for at in range(0, len(symbols), each)]
        held = modifiers.reply()
        codes = list(held.keycodes)
        width = held.keycodes_per_modifier
        self._modifiers = [codes[at : at + width] for at in range(0, len(codes), width)]

    def codes(self, keysym: int) -> list[tuple[int, int]]:
        """Return the keys that mean ``keysym``, each with Shift's bit where it has to be held for that."""
        for column, shift in ((0, 0), (1, FIXED["Shift"])):
            found = [self._first + at for at, row in enumerate(self._rows) if row[column : column + 1] == [keysym]]
            if found:
                return [(code, shift) for code in found]
        return []

    def modifier(self, keysyms: tuple[int, ...]) -> int:
        """Return the bit of the modifier that a key with one of ``keysyms`` sets, 0 for none."""
        for bit, codes in enumerate(self._modifiers):
            for code in filter(None, codes):
                if set(keysyms) & set(self._rows[code - self._first]):
                    return 1 << bit
        return 0
