"""Only so many threads take pictures at the same time; one that hangs keeps nobody waiting."""

from __future__ import annotations

import threading

from capture.feed.turns import Turn

FOREVER = 1000.0


def test_who_comes_when_all_turns_are_taken_waits_for_one() -> None:
    free = threading.Semaphore(2)
    first, second, third = (Turn(free, FOREVER) for _ in range(3))
    came = threading.Event()

    def work() -> None:
        with third:
            came.set()

    thread = threading.Thread(target=work, daemon=True)
    with first:
        with second:
            thread.start()
            assert not came.wait(0.05)
        assert came.wait(FOREVER)
    thread.join()


def test_a_turn_that_was_given_back_for_a_thread_that_hangs_is_not_given_back_twice() -> None:
    free = threading.Semaphore(1)
    hanging, other, third = (Turn(free, patience=0) for _ in range(3))
    with hanging:
        hanging.give_back()
        with other as has_one:
            assert has_one
            hanging.give_back()
            with third as has_another:
                assert not has_another
    # What hung goes on and ends: there still is one turn, not two.
    with other as has_one, third as has_another:
        assert has_one
        assert not has_another


def test_nobody_waits_for_long_while_all_that_have_a_turn_hang() -> None:
    free = threading.Semaphore(1)
    hanging, other, third = (Turn(free, patience=0) for _ in range(3))
    with hanging:
        with other as has_one:
            assert not has_one
        # It gave nothing back that it did not have.
        with third as has_one:
            assert not has_one
