"""Memory that the C library keeps for the next time: little of it, and it goes back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from capture.platforms.system import family

M_ARENA_MAX = -8
"""Of glibc's ``mallopt(3)``."""


def _glibc(name: str) -> Callable[..., int] | None:
    """Return a function of glibc, None with other C libraries, which give back by themselves or not at all."""
    if family() != "linux":
        return None
    return getattr(ctypes.CDLL(None), name, None)


_trim, _mallopt = _glibc("malloc_trim"), _glibc("mallopt")


def share_one_heap() -> None:
    """Have all threads take memory from the same place; to be called before they are started.

    glibc gives each thread a heap of its own, and in each of them stays room for the pictures that it had, which no
    other thread gets: 11 to 20 MB in the tray app, which has many threads (docs/decisions/020-memory-back.md).
    """
    if _mallopt is not None:
        _mallopt(M_ARENA_MAX, 1)


def give_back() -> None:
    """Give memory back that nobody uses.

    glibc keeps what threads have freed, each thread's for itself, in pieces that lie between others that are used: 5 to
    20 MB after some hundred viewers came and went (measured). Takes up to some milliseconds, in which other threads may
    have to wait when they want memory: for the end of something, not for its middle.
    """
    if _trim is not None:
        _trim(0)
