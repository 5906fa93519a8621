"""Memory that was freed, and that the C library keeps for the next time, goes back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from capture.platforms.system import family


def _trimmer() -> Callable[[int], int] | None:
    """Return glibc's ``malloc_trim(3)``, None with other C libraries, which give back by themselves or not at all."""
    if family() != "linux":
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


_trim = _trimmer()


def give_back() -> None:
    """Give memory back that nobody uses.

    glibc keeps what threads have freed, each thread's for itself, in pieces that lie between others that are used: 5 to
    20 MB after some hundred viewers came and went (measured). Takes up to some milliseconds, in which other threads may
    have to wait when they want memory: for the end of something, not for its middle.
    """
    if _trim is not None:
        _trim(0)
