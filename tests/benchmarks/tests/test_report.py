"""The table can be read, also when something is missing."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.report import Row, Watched, delay, likeness, percent, printed, rate, times


@pytest.mark.parametrize(("value", "shown"), [(0.0, "0 B/s"), (2500.0, "2.5 kB/s"), (274_000.0, "274 kB/s")])
def test_rates_have_the_unit_that_fits(value: float, shown: str) -> None:
    assert rate(value) == shown


def test_small_shares_have_more_digits() -> None:
    assert (percent(0.151), percent(15.12)) == ("0.15 %", "15.1 %")


def test_what_was_not_seen_is_a_dash() -> None:
    assert (delay(math.nan, math.nan), times(3, 0)) == ("–", "–")
    assert (likeness(math.inf), likeness(41.23)) == ("identical", "41.2 dB")


def test_both_tables_are_printed_with_one_line_for_each_figure() -> None:
    rows = [Row("one", "floor 1", "2", "≤ 3"), Row("two", "", "4")]
    watched = [Watched("still", "naive", 20.0, 1e6, 0.0, math.nan, math.nan, 100.0, likeness=((1.0, math.inf),))]

    lines = printed(rows, watched, 3.2).splitlines()

    assert "3 % of them busy with other things" in lines[0]
    assert "| one | floor 1 | 2 | ≤ 3 |" in lines
    assert "| two |  | 4 |  |" in lines
    assert "| still | naive | 20.0 % | – | 1000 kB/s | 0.0 | – | – | 100 ms | identical after 1 s |" in lines


def test_a_table_without_figures_is_left_out() -> None:
    assert "first picture" not in printed([Row("one", "", "2")], [], 0)
