import time

from pytestqt.qtbot import QtBot

from gui.panel.throttle import Throttle


def test_first_value_at_once_then_only_the_last(qtbot: QtBot) -> None:
    got: list[int] = []
    throttle = Throttle(got.append, interval_ms=40)
    for value in range(10):
        throttle(value)

    assert got == [0]
    qtbot.waitUntil(lambda: len(got) > 1, timeout=1000)
    assert got == [0, 9]


def test_value_after_a_pause_goes_at_once(qtbot: QtBot) -> None:
    got: list[int] = []
    throttle = Throttle(got.append, interval_ms=20)
    throttle(1)
    qtbot.wait(60)
    throttle(2)

    assert got == [1, 2]


def test_hand_that_keeps_moving_is_followed(qtbot: QtBot) -> None:
    got: list[int] = []
    throttle = Throttle(got.append, interval_ms=20)
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        throttle(len(got))
        qtbot.wait(2)

    assert 5 <= len(got) <= 17


def test_flush_passes_on_what_waits(qtbot: QtBot) -> None:
    got: list[int] = []
    throttle = Throttle(got.append, interval_ms=10_000)
    throttle(1)
    throttle(2)
    throttle.flush()

    assert got == [1, 2]
