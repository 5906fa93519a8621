"""The H.264 encoders that work on this computer, in hardware or not, and what their units look like."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from capture import reasons
from capture.errors import EncodeError
from capture.platforms.system import Family, family
from capture.video.codecs import SOFTWARE, AvCodec, Setting
from capture.video.conversion import Converter

if TYPE_CHECKING:
    import av

log = logging.getLogger(__name__)

HARDWARE: Mapping[Family, tuple[str, ...]] = MappingProxyType(
    {
        "linux": ("h264_nvenc", "h264_vaapi", "h264_qsv", "h264_amf"),
        "windows": ("h264_nvenc", "h264_qsv", "h264_amf", "h264_mf"),
        "macos": ("h264_videotoolbox",),
    }
)
"""Names of encoders that a platform's graphics hardware may have, the quickest first."""

TRIAL_SIZE = (640, 360)
"""Width and height of the trial pictures: hardware refuses very small ones."""

# H.264, table 7-1: what a unit is made of.
_SLICE, _KEY_SLICE, _SEQUENCE_SET, _PICTURE_SET = 1, 5, 7, 8


class Codec(Protocol):
    """An open encoder; one thread at a time. Whatever one of these raises, the encoder is not to be used any more."""

    @property
    def name(self) -> str:
        """Return what FFmpeg calls the encoder."""
        ...

    def encode(self, frame: av.VideoFrame, want_key: bool) -> bytes:
        """Return the one access unit that ``frame``, which a `Converter` made, became."""
        ...

    def close(self) -> None:
        """Free what it holds; closing twice does nothing."""
        ...


Opener = Callable[[str, Setting], Codec]
"""Opens the encoder of that name, or raises what it likes."""


def is_key(unit: bytes) -> bool:
    """Tell whether a decoder may begin with ``unit``: it has both parameter sets and a key picture."""
    kinds = set()
    at = unit.find(b"\0\0\1")
    while 0 <= at < len(unit) - 3:
        kinds.add(unit[at + 3] & 31)
        if kinds & {_SLICE, _KEY_SLICE}:
            break  # the slices of a unit are all of one kind, and long
        at = unit.find(b"\0\0\1", at + 3)
    return kinds >= {_SEQUENCE_SET, _PICTURE_SET, _KEY_SLICE}


class Encoders:
    """Knows which encoders work on this computer. Any thread; made once, by the maker of video.

    A hardware encoder is tried with two small pictures; one that fails then, or later while it encodes, is not used
    again as long as this object lives.
    """

    def __init__(self, open_codec: Opener | None = None, hardware: Sequence[str] | None = None) -> None:
        self._open_codec: Opener = open_codec or AvCodec
        self._untried = list(HARDWARE.get(family(), ()) if hardware is None else hardware)
        self._proven: str | None = None
        self._refused: dict[str, str] = {}
        self._lock = threading.Lock()

    def open(self, setting: Setting) -> Codec:
        """Return an open encoder, the best that works.

        Raises:
            EncodeError: not even the one in software does.
        """
        hardware = self._find()
        if hardware is not None:
            try:
                return self._open_codec(hardware, setting)
            except Exception as error:  # noqa: BLE001  what a driver raises is anybody's guess
                # It works in general, so it must be the size, or too many at once.
                log.debug("%s does not take %s × %s: %s", hardware, setting.width, setting.height, error)
        try:
            return self._open_codec(SOFTWARE, setting)
        except Exception as error:
            raise EncodeError(
                reasons.VIDEO_NOT_ENCODED.of(width=setting.width, height=setting.height, problem=str(error))
            ) from error

    def hardware(self) -> tuple[str | None, Mapping[str, str]]:
        """Return the hardware encoder that is used, None without one; and of those that are not the reason, by name.

        The reasons are the library's and the driver's own words.
        """
        return self._find(), MappingProxyType(self._refused)

    def invalidate(self, name: str) -> None:
        """Use that encoder no more. The one in software always stays."""
        with self._lock:
            if name == self._proven:
                log.warning("%s failed while it encoded and is not used any more", name)
                self._proven = None

    def _find(self) -> str | None:
        with self._lock:
            while self._proven is None and self._untried:
                name = self._untried.pop(0)
                problem = self._problem(name)
                if problem is None:
                    self._proven = name
                else:
                    log.debug("%s does not work here: %s", name, problem)
                    self._refused[name] = problem
            return self._proven

    def _problem(self, name: str) -> str | None:
        """Return why an encoder cannot be used, in its own words; None where it can."""
        width, height = TRIAL_SIZE
        grey = np.full((height, width, 4), 128, dtype=np.uint8)
        try:
            frame = Converter(width, height).convert(grey)
            codec = self._open_codec(name, Setting(width, height, 30, 24, 500_000))
            try:
                # The second picture shows that a key frame comes when one is asked for.
                proves_itself = all(is_key(codec.encode(frame, want_key)) for want_key in (False, True))
            finally:
                codec.close()
        except Exception as error:  # noqa: BLE001  what a driver raises is anybody's guess
            return str(error) or type(error).__name__
        return None if proves_itself else "no key frame"
