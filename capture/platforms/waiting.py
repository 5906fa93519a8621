"""Blocking until something can be read, in threads of our own."""

from __future__ import annotations

import contextlib
import select
import socket
import sys


def by_select(descriptors: tuple[int, ...], seconds: float | None) -> set[int]:
    """Wait as `wait_readable`, by select(2): for sockets only on Windows, which counts them and not their numbers."""
    readable, _, broken = select.select(descriptors, (), descriptors, None if seconds is None else max(0.0, seconds))
    return {*readable, *broken}


if sys.platform == "win32":
    _wait = by_select
else:

    def by_poll(descriptors: tuple[int, ...], seconds: float | None) -> set[int]:
        """Wait as `wait_readable`, by poll(2), which does not end at descriptor 1024 as select(2) does."""
        poller = select.poll()
        for descriptor in descriptors:
            poller.register(descriptor, select.POLLIN)
        # Rounded up: a wait that ends a fraction early would spin until the time has come.
        milliseconds = None if seconds is None else max(0, -int(-seconds * 1000 // 1))
        return {descriptor for descriptor, _ in poller.poll(milliseconds)}

    _wait = by_poll


def wait_readable(descriptors: tuple[int, ...], seconds: float | None) -> set[int]:
    """Block until one of ``descriptors`` is readable or broken, or ``seconds`` are over; return those that are.

    None waits for ever. On Windows they have to be sockets.
    """
    return _wait(descriptors, seconds)


class Bell:
    """What one thread waits for beside its descriptors, and any thread may ring."""

    def __init__(self) -> None:
        self._outside, self._inside = socket.socketpair()
        self._outside.setblocking(False)
        self._inside.setblocking(False)

    @property
    def descriptor(self) -> int:
        """Return what is readable from the first `ring` until `hush`."""
        return self._inside.fileno()

    def ring(self) -> None:
        """End the wait, now or when it begins; after `close` nothing happens."""
        # Full: it rings already.
        with contextlib.suppress(BlockingIOError, OSError):
            self._outside.send(b"!")

    def hush(self) -> None:
        """Take note that it rang. Only the thread that waits calls this."""
        with contextlib.suppress(BlockingIOError):
            while self._inside.recv(4096):
                pass

    def close(self) -> None:
        """Give both ends back; may be called twice."""
        self._outside.close()
        self._inside.close()
