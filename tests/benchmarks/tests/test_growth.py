"""How a cost grows is told right, drawn, and put into the documentation."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks.growth.curves import Curve
from tests.benchmarks.growth.drawing import drawn, short
from tests.benchmarks.writing import BEGIN, DOCUMENT, END, replaced

LINEAR = Curve("viewers", "in motion", ((1, 2.0), (4, 8.0), (16, 32.0)))
FLAT = Curve("viewers", "still & quiet", ((1, 0.2), (4, 0.2), (16, 0.2)))


def test_what_doubles_with_its_size_has_the_exponent_one_and_what_stays_has_none() -> None:
    assert LINEAR.exponent == pytest.approx(1)
    assert FLAT.exponent == pytest.approx(0)
    assert Curve("pixels", "bent", ((1, 1.0), (2, 1.0), (4, 4.0))).last_exponent == pytest.approx(2)
    assert math.isnan(Curve("pixels", "one", ((1, 1.0),)).exponent)


def test_curves_of_one_panel_are_drawn_together_and_each_has_its_points() -> None:
    picture = drawn([LINEAR, Curve("pixels", "motion", ((1000, 1.0), (8_000_000, 90.0))), FLAT])

    root = ET.fromstring(picture)
    words = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [word for word in words if word in ("pixels", "viewers")] == ["pixels", "viewers"]
    assert "still & quiet: exponent 0.00" in words
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 8 + 3


def test_sizes_are_written_short() -> None:
    assert [short(one) for one in (64, 230_400, 8_294_400)] == ["64", "230 k", "8.3 M"]


def test_a_report_takes_the_place_of_the_one_before() -> None:
    document = f"above\n\n{BEGIN}\n\nold\n\n{END}\n\nbelow\n"

    assert replaced(document, "new") == document.replace("old", "new")
    with pytest.raises(ValueError, match="no place"):
        replaced("nothing", "new")


def test_the_documentation_has_a_place_for_it() -> None:
    assert replaced(DOCUMENT.read_text(encoding="utf-8"), "new").count(BEGIN) == 1
