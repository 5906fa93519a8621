"""Memory for pictures is used again, but never while somebody looks at it."""

from __future__ import annotations

import weakref

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from capture.picture.buffers import IDLE_COPIES, KEPT, Buffers


def shade(value: int, height: int = 4) -> np.ndarray:
    return np.full((height, 5, 4), value, dtype=np.uint8)


def test_memory_nobody_looks_at_is_used_again() -> None:
    buffers = Buffers()
    first = buffers.copy(shade(1))
    address = first.ctypes.data
    del first

    assert buffers.copy(shade(2)).ctypes.data == address


def test_a_view_keeps_its_memory() -> None:
    buffers = Buffers()
    view = buffers.copy(shade(1))[1:2, :, 2]
    second = buffers.copy(shade(2))

    assert view.tolist() == [[1] * 5]
    assert second.tolist() == shade(2).tolist()


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(1, 2), st.booleans()), max_size=40))
def test_what_is_held_never_changes(steps: list[tuple[int, int, bool]]) -> None:
    buffers = Buffers()
    held = []
    for value, height, keep in steps:
        copied = buffers.copy(shade(value, height))
        assert (copied == value).all()
        if keep:
            held.append((copied, value))
        del copied
        assert all((pixels == value).all() for pixels, value in held)


def test_only_a_few_are_kept() -> None:
    buffers = Buffers()
    held = [buffers.copy(shade(number)) for number in range(KEPT + 5)]
    addresses = [copied.ctypes.data for copied in held]
    del held
    again = [buffers.copy(shade(number)).ctypes.data for number in range(3)]

    assert set(again) <= set(addresses[:KEPT])


def test_what_is_not_needed_for_long_is_given_up() -> None:
    buffers = Buffers()
    many = [buffers.copy(shade(number)) for number in range(KEPT)]
    held = [weakref.ref(copied) for copied in many]
    del many
    for _ in range(IDLE_COPIES - 1):
        buffers.copy(shade(1))
    assert all(ref() is not None for ref in held)
    for _ in range(KEPT * IDLE_COPIES):
        buffers.copy(shade(1))

    assert [ref() is not None for ref in held] == [True] + [False] * (KEPT - 1)
