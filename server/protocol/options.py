"""The options of viewers, and the check of every wish that comes from outside."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from capture.encode.image import Format, Rendition
from capture.reason import Reason
from server import reasons
from server.errors import ProtocolError

Unchanged = Literal["repeat", "skip"]

AnyFormat = Literal["jpeg", "png", "webp", "h264", "auto"]
"""A format of the binary form: those of single pictures, video, or whichever is leaner just now."""

FORMATS: Mapping[str, Format] = {"jpeg": "jpeg", "jpg": "jpeg", "png": "png", "webp": "webp"}
BINARY_FORMATS: Mapping[str, AnyFormat] = {**FORMATS, "h264": "h264", "auto": "auto"}


class InvalidOption(ProtocolError):
    """A value that is not allowed; ``field`` names it, ``reason`` says what is."""

    def __init__(self, field: str, value: object, allowed: Reason) -> None:
        shown = str(value) if isinstance(value, str | int | float) else type(value).__name__
        if len(shown) > 40:
            shown = shown[:39] + "…"
        super().__init__("invalid_option", reasons.OPTION_WRONG.of(option=field, allowed=allowed, value=shown), field)


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """One viewer's wishes; replaced whole. Ranges and defaults are those of the public protocol.

    Attributes:
        fps: pictures per second, 0.1 to 60.
        quality: 10 to 100.
        format: ``jpeg``, ``png`` or ``webp``; in the binary form also ``h264`` or ``auto``.
        unchanged: ``repeat`` sends the same message again while nothing changes, ``skip`` sends nothing.
        scale: 0.1 to 1.0.
        max_width, max_height: bounds in pixels, None for none.
        cursor: draw the mouse pointer.
        adaptive: let the server lower what was asked to keep up.
    """

    fps: float = 10
    quality: int = 80
    format: AnyFormat = "jpeg"
    unchanged: Unchanged = "repeat"
    scale: float = 1.0
    max_width: int | None = None
    max_height: int | None = None
    cursor: bool = True
    adaptive: bool = False

    @property
    def rendition(self) -> Rendition:
        """Return how single pictures are to be encoded for these options."""
        return Rendition(
            FORMATS.get(self.format, "jpeg"), self.quality, self.scale, self.max_width, self.max_height, self.cursor
        )

    def to_wire(self) -> dict[str, object]:
        """Return the options as messages show them; unset bounds are left out."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}

    def patched(self, patch: Mapping[str, object], formats: Mapping[str, AnyFormat] = FORMATS) -> StreamOptions:
        """Return the options with ``patch`` applied, all of it or, on the first bad value, nothing.

        Raises:
            InvalidOption: an unknown name, a wrong type, a value out of range.
        """
        changes: dict[str, Any] = {}
        for name, value in patch.items():
            option = Choice(formats) if name == "format" else OPTIONS.get(name)
            if option is None:
                raise InvalidOption(name[:40], value, reasons.ALLOWED_OPTIONS.of(known=", ".join(OPTIONS)))
            changes[name] = option.read(name, value)
        return dataclasses.replace(self, **changes)

    def from_query(self, query: Mapping[str, str], formats: Mapping[str, AnyFormat] = FORMATS) -> StreamOptions:
        """Return the options with those of an address applied; unknown parameters are ignored.

        Raises:
            InvalidOption: a value that is no number where one is due, or out of range.
        """
        patch: dict[str, object] = {}
        for name in OPTIONS:
            if name in query:
                text = query[name]
                patch[name] = text if name in ("format", "unchanged") else number(text)
        return self.patched(patch, formats)

    def for_form(self, binary: bool) -> StreamOptions:
        """Return the options as they hold in the binary or in the JSON form.

        In the binary form nothing is sent twice; a format that only it has is JPEG in the other one.
        """
        if binary:
            return dataclasses.replace(self, unchanged="skip")
        return self if self.format in FORMATS else dataclasses.replace(self, format="jpeg")


def number(text: str) -> object:
    """Return the number that ``text`` writes, or the text itself for the reader to refuse."""
    try:
        return int(text) if text.lstrip("+-").isdecimal() and len(text) < 20 else float(text)
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class Real:
    """A number from ``low`` to ``high``."""

    low: float
    high: float

    def read(self, name: str, value: object) -> float:
        """Return ``value`` if it is one. Raises `InvalidOption`."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidOption(name, value, reasons.ALLOWED_NUMBER.of(low=self.low, high=self.high))
        # Neither NaN nor what is too large for a float is between the two.
        if not self.low <= value <= self.high:
            raise InvalidOption(name, value, reasons.ALLOWED_NUMBER.of(low=self.low, high=self.high))
        return int(value) if value == int(value) else float(value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``low`` to ``high``; or, where it is optional, None."""

    low: int
    high: int
    optional: bool = False

    def read(self, name: str, value: object) -> int | None:
        """Return ``value`` if it is one. Raises `InvalidOption`."""
        if value is None and self.optional:
            return None
        allowed = reasons.ALLOWED_WHOLE.of(low=self.low, high=self.high)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidOption(name, value, allowed)
        if not self.low <= value <= self.high or value != int(value):
            raise InvalidOption(name, value, allowed)
        return int(value)


class Switch:
    """On or off."""

    def read(self, name: str, value: object) -> bool:
        """Return ``value`` if it is that, as a truth value or as 0 or 1. Raises `InvalidOption`."""
        if isinstance(value, bool):
            return value
        if isinstance(value, int) and value in (0, 1):
            return bool(value)
        raise InvalidOption(name, value, reasons.ALLOWED_FLAG)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words; each stands for its value in ``choices``."""

    choices: Mapping[str, str]

    def read(self, name: str, value: object) -> str:
        """Return what ``value`` stands for. Raises `InvalidOption`."""
        if isinstance(value, str) and value.lower() in self.choices:
            return self.choices[value.lower()]
        raise InvalidOption(
            name, value, reasons.ALLOWED_CHOICE.of(known=", ".join(dict.fromkeys(self.choices.values())))
        )


OPTIONS: Mapping[str, Real | Whole | Switch | Choice] = MappingProxyType(
    {
        "fps": Real(0.1, 60),
        "quality": Whole(10, 100),
        "format": Choice(FORMATS),
        "unchanged": Choice({"repeat": "repeat", "skip": "skip"}),
        "scale": Real(0.1, 1),
        "max_width": Whole(16, 16384, optional=True),
        "max_height": Whole(16, 16384, optional=True),
        "cursor": Switch(),
        "adaptive": Switch(),
    }
)
"""Every option and what it may be."""
