"""Faults while taking pictures, in words a person can act on."""

from __future__ import annotations

from capture.reason import Reason


class CaptureError(Exception):
    """A picture could not be taken or encoded; ``reason`` says what happened and what can be done."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def message(self) -> str:
        """Return the reason in words for the person at this computer."""
        return self.reason.words


class SourceGone(CaptureError):
    """The source does not exist any more and will not come back under this identity."""


class DisplayGone(CaptureError):
    """The display server does not answer; it may return."""


class NoPicture(CaptureError):
    """The source exists but has no picture to show in the time allowed."""


class EncodeError(CaptureError):
    """A picture could not be turned into the wished format."""
