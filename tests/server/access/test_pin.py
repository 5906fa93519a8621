from __future__ import annotations

import secrets

import pytest

from server.access import pin as access_pin
from server.access.pin import LONGEST_GUESS, MOST_FAILURES, SHOWN_SECONDS, OneTimePin
from server.access.tokens import same
from tests.server.access.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pins(clock: FakeClock) -> OneTimePin:
    return OneTimePin(clock, lambda below: 42_042 % below)


def test_there_is_none_until_it_is_shown(pins: OneTimePin) -> None:
    assert pins.pin is None
    assert not pins.accepts("042042")
    assert not pins.accepts("")


def test_has_six_digits_also_with_zeros_in_front(pins: OneTimePin) -> None:
    assert pins.show().digits == "042042"


@pytest.mark.parametrize("guess", ["042042", "042 042", " 042042 ", "0 4 2 0 4 2"])
def test_right_one_is_accepted_once(pins: OneTimePin, guess: str) -> None:
    pins.show()

    assert pins.accepts(guess)
    assert not pins.accepts(guess)
    assert pins.pin is None


@pytest.mark.parametrize(
    "guess", ["", "42042", "0420420", "042-042", "٠٤٢٠٤٢", "042042\x00", "\ud800", "042042" + " " * LONGEST_GUESS]
)
def test_anything_else_is_not(pins: OneTimePin, guess: str) -> None:
    pins.show()

    assert not pins.accepts(guess)
    assert pins.pin is not None


def test_ends_by_itself(clock: FakeClock, pins: OneTimePin) -> None:
    pins.show()
    clock.advance(SHOWN_SECONDS)

    assert pins.pin is None
    assert not pins.accepts("042042")


def test_burns_after_ten_failures_in_all(pins: OneTimePin) -> None:
    pins.show()
    for _ in range(MOST_FAILURES):
        assert pins.pin is not None
        assert not pins.accepts("000000")

    assert pins.pin is None
    assert not pins.accepts("042042")


def test_no_more_than_ten_guesses_are_ever_compared(pins: OneTimePin, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def spying(expected: str, given: str) -> bool:
        compared.append(given)
        return same(expected, given)

    monkeypatch.setattr(access_pin, "same", spying)
    pins.show()
    for number in range(10_000):
        pins.accepts(f"{number:06}")

    assert compared == [f"{number:06}" for number in range(MOST_FAILURES)]


def test_new_one_has_its_own_ten(pins: OneTimePin) -> None:
    pins.show()
    for _ in range(MOST_FAILURES - 1):
        pins.accepts("000000")
    pins.show()

    assert not pins.accepts("000000")
    assert pins.accepts("042042")


def test_old_one_ends_with_a_new_one(clock: FakeClock) -> None:
    numbers = iter([111_111, 222_222])
    pins = OneTimePin(clock, lambda below: next(numbers))
    pins.show()
    pins.show()

    assert not pins.accepts("111111")
    assert pins.accepts("222222")


def test_is_told_when_it_comes_and_goes(pins: OneTimePin) -> None:
    told: list[bool] = []
    unsubscribe = pins.subscribe(lambda: told.append(pins.pin is not None))
    pins.show()
    pins.hide()
    pins.hide()
    unsubscribe()
    pins.show()

    assert told == [True, False]


def test_is_not_printed_with_the_value(pins: OneTimePin) -> None:
    assert "042042" not in repr(pins.show())


def test_is_random_and_not_twice_the_same() -> None:
    pins = OneTimePin()
    found = {pins.show().digits for _ in range(200)}

    assert len(found) > 150
    assert all(len(digits) == 6 and digits.isdecimal() for digits in found)
    assert OneTimePin.__init__.__defaults__ is not None
    assert secrets.randbelow in OneTimePin.__init__.__defaults__
