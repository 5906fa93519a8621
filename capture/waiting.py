"""Blocking until something can be read, in threads of our own."""

from __future__ import annotations

import select


def wait_readable(descriptors: tuple[int, ...], seconds: float | None) -> set[int]:
    """Block until one of ``descriptors`` is readable or broken, or ``seconds`` are over; return those that are."""
    # select() ends at descriptor 1024, poll() does not.
    poller = select.poll()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    # Rounded up: a wait that ends a fraction early would spin until the time has come.
    milliseconds = None if seconds is None else max(0, -int(-seconds * 1000 // 1))
    return {descriptor for descriptor, _ in poller.poll(milliseconds)}
