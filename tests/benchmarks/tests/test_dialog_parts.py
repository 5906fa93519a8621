"""Every thing is told with the plain dialog of the same run beside it."""

from __future__ import annotations

from tests.benchmarks.dialog_parts import WORDS, rows


def test_each_thing_is_held_against_the_plain_dialog_of_its_own_time() -> None:
    found = {
        mark + name: [
            {"seen": 20.0, "over": 60.0, "held": held, "worked": worked, "watchdog": 7.0} for held in (12.0, 30.0)
        ]
        for mark, worked in (("", 5.0), ("first ", 8.0))
        for name in ("reference", *WORDS)
    }
    found["settings"] = [{"seen": 90.0, "over": 200.0, "held": 33.0, "worked": 20.0, "watchdog": 41.0}]
    table = list(rows(found))

    assert len(table) == 2 * len(WORDS)
    assert table[0].what == "settings dialog"
    assert table[0].beside == "a plain dialog seen after 20 ms; longest turn 30 ms, of processor time 5 ms"
    assert table[0].measured == (
        "seen after 90 ms; longest turn 33 ms, of processor time 20 ms, 4.00 ×; by the watchdog 41 ms"
    )
    assert table[0].target == "seen ≤ 150 ms, held ≤ 50 ms"
    assert table[-1].what == "first start, for the first time"
