"""Faults while taking pictures, in words a person can act on."""

from __future__ import annotations


class CaptureError(Exception):
    """A picture could not be taken or encoded.

    ``title`` names the fault in a few words, ``message`` says what happened and what can be done.
    """

    title = "No picture"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SourceGone(CaptureError):
    """The source does not exist any more and will not come back under this identity."""

    title = "Closed"


class DisplayGone(CaptureError):
    """The display server does not answer; it may return."""

    title = "No display"


class NoPicture(CaptureError):
    """The source exists but has no picture to show in the time allowed."""

    title = "No picture yet"


class EncodeError(CaptureError):
    """A picture could not be turned into the wished format."""

    title = "Not encoded"
