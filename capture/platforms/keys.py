"""Keys that work wherever one is: which there are, and how each system names them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from capture.errors import CaptureError
from resources.translate import _

MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")

NAMED = {
    # name: X keysym, its name, Windows virtual key
    "Space": (0x20, "space", 0x20),
    "Backspace": (0xFF08, "BackSpace", 0x08),
    "Tab": (0xFF09, "Tab", 0x09),
    "Return": (0xFF0D, "Return", 0x0D),
    "Pause": (0xFF13, "Pause", 0x13),
    "ScrollLock": (0xFF14, "Scroll_Lock", 0x91),
    "Esc": (0xFF1B, "Escape", 0x1B),
    "Home": (0xFF50, "Home", 0x24),
    "Left": (0xFF51, "Left", 0x25),
    "Up": (0xFF52, "Up", 0x26),
    "Right": (0xFF53, "Right", 0x27),
    "Down": (0xFF54, "Down", 0x28),
    "PgUp": (0xFF55, "Page_Up", 0x21),
    "PgDown": (0xFF56, "Page_Down", 0x22),
    "End": (0xFF57, "End", 0x23),
    "Print": (0xFF61, "Print", 0x2C),
    "Ins": (0xFF63, "Insert", 0x2D),
    "Menu": (0xFF67, "Menu", 0x5D),
    "Del": (0xFFFF, "Delete", 0x2E),
} | {f"F{number}": (0xFFBD + number, f"F{number}", 0x6F + number) for number in range(1, 25)}


@dataclass(frozen=True, slots=True)
class Keys:
    """One key and those held with it.

    Attributes:
        key: a letter or digit in capitals, another character, or a name in `NAMED`.
        modifiers: of `MODIFIERS`.
    """

    key: str
    modifiers: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Keys:
        """Return the keys that ``text`` names, such as ``Ctrl+Alt+F9``.

        Raises:
            ValueError: it names none that can be used everywhere; the message says why.
        """
        # The key may be a plus itself, as in “Ctrl++”.
        front, _plus, key = (text[:-2], "", "+") if text.endswith("+") else text.rpartition("+")
        held = set(front.split("+")) if front else set()
        if key not in NAMED and (len(key) != 1 or not key.isprintable() or key.isspace()):
            raise ValueError(_("“{text}” is no key that works everywhere.").format(text=text))
        if held - set(MODIFIERS):
            raise ValueError(_("“{text}” names unknown keys to hold.").format(text=text))
        if not held - {"Shift"} and (len(key) == 1 or key in ("Space", "Return", "Tab", "Backspace", "Esc", "Del")):
            raise ValueError(_("“{text}” is needed for typing; add Ctrl, Alt or Meta.").format(text=text))
        # “ß” has no capital of its own.
        is_letter = len(key) == 1 and len(key.upper()) == 1
        return cls(key.upper() if is_letter else key, frozenset(held))

    def __str__(self) -> str:
        return "+".join((*(name for name in MODIFIERS if name in self.modifiers), self.key))

    @property
    def keysym(self) -> int:
        """Return the key's number in X11."""
        if self.key in NAMED:
            return NAMED[self.key][0]
        code = ord(self.key.lower())
        return code if code < 0x100 else 0x01000000 + code

    @property
    def trigger(self) -> str:
        """Return the keys as the XDG shortcuts specification writes them."""
        names = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Meta": "LOGO"}
        key = NAMED[self.key][1] if self.key in NAMED else self.key.lower()
        return "+".join((*(names[name] for name in MODIFIERS if name in self.modifiers), key))


class HotKeyError(CaptureError):
    """The keys cannot be listened for."""
