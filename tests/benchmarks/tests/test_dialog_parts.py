"""Every thing is told with the plain dialog of the same run beside it."""

from __future__ import annotations

from tests.benchmarks.dialog_parts import WORDS, rows

PLAIN = {"seen": 20.0, "seen at work": 10.0, "over": 60.0, "over at work": 12.0, "held": 30.0, "worked": 5.0}


def test_each_thing_is_held_against_the_plain_dialog() -> None:
    found = {mark + name: [PLAIN | {"watchdog": 7.0}] for mark in ("", "first ") for name in ("reference", *WORDS)}
    found["settings"] = [PLAIN | {"seen": 90.0, "seen at work": 45.0, "worked": 20.0, "watchdog": 41.0}]
    table = list(rows(found))

    assert len(table) == 1 + 2 * len(WORDS)
    assert table[1].what == "settings dialog"
    assert table[1].beside == "4.50 ×, 4.00 ×"
    assert table[1].measured == (
        "seen after 90 ms, at work 45 ms; longest turn 30 ms, at work 20 ms; by the watchdog 41 ms"
    )
    assert table[1].target == "seen ≤ 150 ms, held ≤ 50 ms"
    assert table[-1].what == "first start, for the first time"
