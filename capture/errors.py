"""Faults while taking pictures, in words a person can act on."""

from __future__ import annotations

from capture.reason import ReasonedError


class CaptureError(ReasonedError):
    """A picture could not be taken or encoded."""


class SourceGone(CaptureError):
    """The source does not exist any more and will not come back under this identity."""


class DisplayGone(CaptureError):
    """The display server does not answer; it may return."""


class NoPicture(CaptureError):
    """The source exists but has no picture to show in the time allowed, or not by this technique; by another it may."""


class EncodeError(CaptureError):
    """A picture could not be turned into the wished format."""
