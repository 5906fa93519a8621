"""What PipeWire is asked for is read again as it was meant, and nonsense is read as nothing."""

from __future__ import annotations

import random

from capture.platforms.wayland.pipewire import pods


def test_a_record_is_read_as_it_was_packed() -> None:
    packed = pods.record(
        pods.FORMAT_OBJECT,
        pods.ENUM_FORMAT,
        {
            1: pods.identifier(2),
            2: pods.number(-3),
            3: pods.choice_of_ids((8, 12)),
            4: pods.choice_of_rectangles((5, 6), (1, 1), (9, 9)),
            5: pods.choice_of_fractions((30, 1), (0, 1), (60, 1)),
            6: pods.flags(6),
            7: pods.choice_of_numbers(4, 2, 8),
        },
    )

    assert len(packed) == pods.size_of(packed)
    assert pods.read(packed) == {1: 2, 2: -3, 3: 8, 4: (5, 6), 5: (30, 1), 6: 6, 7: 4}


def test_nonsense_is_read_as_nothing_and_never_for_ever() -> None:
    chance = random.Random(7)
    packed = pods.record(pods.FORMAT_OBJECT, pods.ENUM_FORMAT, {3: pods.choice_of_ids((8, 12)), 4: pods.number(1)})
    for length in range(len(packed)):
        pods.read(packed[:length])
    for _ in range(300):
        spoilt = bytearray(packed)
        for _ in range(3):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        pods.read(bytes(spoilt))

    assert pods.read(b"") is None
    assert pods.read(bytes(8)) is None
