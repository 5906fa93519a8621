"""H.264 encoders that do what a test wrote down for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import av

from capture.video.codecs import SOFTWARE, Setting
from capture.video.h264 import Codec, Opener

KEY = b"\0\0\0\1\x67set\0\0\0\1\x68set\0\0\1\x65picture"
DELTA = b"\0\0\0\1\x41picture"


class CannedCodec:
    """Gives the next of its answers for each picture; without any, key units when they are wanted.

    Attributes:
        setting: what it was opened for.
    """

    def __init__(self, name: str, setting: Setting, answers: list[bytes | Exception] | None) -> None:
        self.name = name
        self.setting = setting
        self.is_closed = False
        self._answers = answers

    def encode(self, frame: av.VideoFrame, want_key: bool) -> bytes:
        """Return the next answer, or raise it."""
        assert (frame.width, frame.height) == (self.setting.width, self.setting.height)
        if self._answers is None:
            return KEY if want_key else DELTA
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True


class CannedCodecs:
    """Opens codecs whose answers are shared by all of one name; a name without answers cannot be opened.

    Attributes:
        opened: the canned codecs, in the order in which they were opened.
        asked: the names in the order in which they were asked for.
    """

    def __init__(
        self, answers: Mapping[str, Sequence[bytes | Exception]] | None = None, software: Opener | None = None
    ) -> None:
        self._answers = {name: list(given) for name, given in (answers or {}).items()}
        self._software = software
        self.opened: list[CannedCodec] = []
        self.asked: list[str] = []

    def __call__(self, name: str, setting: Setting) -> Codec:
        """Open the codec of that name."""
        self.asked.append(name)
        if name == SOFTWARE and self._software is not None:
            return self._software(name, setting)
        if name != SOFTWARE and name not in self._answers:
            raise OSError(f"no {name} here")
        codec = CannedCodec(name, setting, self._answers.get(name))
        self.opened.append(codec)
        return codec
