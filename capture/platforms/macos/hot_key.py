"""A hot key on macOS: RegisterEventHotKey of Carbon, which needs no permission and listens to no other keys.

The main thread has to call it, and to take in what the system sends: Qt does so. Written by the documentation.
"""

from __future__ import annotations

import asyncio
import ctypes
import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from capture import reasons
from capture.platforms.keys import Keys
from capture.reason import Reason

Pointer, Number, Small = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint16
Handler = ctypes.CFUNCTYPE(ctypes.c_int32, Pointer, Pointer, Pointer)
"""EventHandlerUPP: the caller, the event, what was given."""


class Pair(ctypes.Structure):
    """EventTypeSpec: category and kind; EventHotKeyID: signature and number."""

    _fields_ = (("first", Number), ("second", Number))


MODIFIER_BITS = MappingProxyType({"Ctrl": 0x0100, "Shift": 0x0200, "Alt": 0x0800, "Meta": 0x1000})
"""cmdKey, shiftKey, optionKey, controlKey: what Qt, and so our settings, calls Ctrl is the command key here."""
CODES: Mapping[str, int] = MappingProxyType(
    {
        "Return": 0x24, "Tab": 0x30, "Space": 0x31, "Backspace": 0x33, "Esc": 0x35, "Ins": 0x72, "Home": 0x73,
        "PgUp": 0x74, "Del": 0x75, "End": 0x77, "PgDown": 0x79, "Left": 0x7B, "Right": 0x7C, "Down": 0x7D, "Up": 0x7E,
        "F1": 0x7A, "F2": 0x78, "F3": 0x63, "F4": 0x76, "F5": 0x60, "F6": 0x61, "F7": 0x62, "F8": 0x64, "F9": 0x65,
        "F10": 0x6D, "F11": 0x67, "F12": 0x6F, "F13": 0x69, "F14": 0x6B, "F15": 0x71, "F16": 0x6A, "F17": 0x40,
        "F18": 0x4F, "F19": 0x50, "F20": 0x5A,
    }
)  # fmt: skip
"""Virtual key codes that are the same on every keyboard (Events.h, kVK_…)."""
KEYBOARD, PRESSED = 0x6B657962, 5
"""kEventClassKeyboard, kEventHotKeyPressed."""
OURS = Pair(0x506E6373, 1)
MOST_CODES = 128
SHOWN, WITHOUT_DEAD_KEYS = 3, 1
"""kUCKeyActionDisplay, kUCKeyTranslateNoDeadKeysMask."""


@functools.cache
def carbon() -> Any:
    """Return Carbon, and with it CoreFoundation."""
    library = ctypes.CDLL("/System/Library/Frameworks/Carbon.framework/Carbon")
    makes = (library.GetApplicationEventTarget, library.TISCopyCurrentKeyboardLayoutInputSource)
    for function in (*makes, library.TISGetInputSourceProperty, library.CFDataGetBytePtr):
        function.restype = Pointer
    library.LMGetKbdType.restype = ctypes.c_uint8
    library.InstallEventHandler.argtypes = (Pointer, Handler, ctypes.c_ulong, Pointer, Pointer, Pointer)
    library.RegisterEventHotKey.argtypes = (Number, Number, Pair, Pointer, Number, Pointer)
    library.TISGetInputSourceProperty.argtypes = (Pointer, Pointer)
    ends = (library.RemoveEventHandler, library.UnregisterEventHotKey, library.CFRelease)
    for function in (*ends, library.CFDataGetBytePtr):
        function.argtypes = (Pointer,)
    library.UCKeyTranslate.argtypes = (
        Pointer, Small, Small, Number, Number, Number, Pointer, ctypes.c_ulong, Pointer, Pointer,
    )  # fmt: skip
    return library


def layout_property() -> int:
    """Return kTISPropertyUnicodeKeyLayoutData, a constant of Carbon's."""
    return Pointer.in_dll(carbon(), "kTISPropertyUnicodeKeyLayoutData").value or 0


class MacHotKey:
    """Registers ``keys`` while started. ``pressed()`` is called on the loop each time, ``failed(reason)`` once."""

    def __init__(self, keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> None:
        self._keys = keys
        self._pressed = pressed
        self._failed = failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handler = Handler(self._hear)
        self._installed, self._registered = Pointer(), Pointer()

    def start(self) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        code = key_code(self._keys.key)
        if code is None:
            self._tell(self._failed, reasons.KEYS_MISSING.of(keys=str(self._keys)))
            return
        library = carbon()
        kind, target = Pair(KEYBOARD, PRESSED), library.GetApplicationEventTarget()
        installed = ctypes.byref(self._installed)
        if library.InstallEventHandler(target, self._handler, 1, ctypes.byref(kind), None, installed):
            self._tell(self._failed, reasons.KEYS_FAILED.of(keys=str(self._keys)))
            return
        bits = sum(MODIFIER_BITS[name] for name in self._keys.modifiers)
        if library.RegisterEventHotKey(code, bits, OURS, target, 0, ctypes.byref(self._registered)):
            self._tell(self._failed, reasons.KEYS_TAKEN.of(keys=str(self._keys)))

    async def stop(self) -> None:
        """Give the keys back to others; may be called twice."""
        if self._registered.value:
            carbon().UnregisterEventHotKey(self._registered)
        if self._installed.value:
            carbon().RemoveEventHandler(self._installed)
        self._installed, self._registered = Pointer(), Pointer()

    def _hear(self, caller: int | None, event: int | None, given: int | None) -> int:
        # It is the only one of ours, so it is not asked which one.
        self._tell(self._pressed)
        return 0

    def _tell(self, listener: Callable[..., None], *values: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(listener, *values)


def key_code(key: str) -> int | None:
    """Return the number of a key on this keyboard, as its layout has it; None where there is none."""
    if key in CODES:
        return CODES[key]
    if len(key) != 1:
        return None
    library = carbon()
    source = library.TISCopyCurrentKeyboardLayoutInputSource()
    if not source:
        return None
    try:
        data = library.TISGetInputSourceProperty(source, layout_property())
        layout = library.CFDataGetBytePtr(data) if data else None
        if not layout:
            return None
        return next((code for code in range(MOST_CODES) if _written(layout, code).upper() == key), None)
    finally:
        library.CFRelease(source)


def _written(layout: int, code: int) -> str:
    """Return what a key writes, without any that are held with it."""
    library = carbon()
    dead, length, letters = ctypes.c_uint32(), ctypes.c_ulong(), (ctypes.c_uint16 * 4)()
    error = library.UCKeyTranslate(
        layout, code, SHOWN, 0, library.LMGetKbdType(), WITHOUT_DEAD_KEYS,
        ctypes.byref(dead), len(letters), ctypes.byref(length), letters,
    )  # fmt: skip
    return "" if error else "".join(map(chr, letters[: length.value]))
