from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from resources import formats
from resources.translate import use

AFTERNOON = time.mktime((2027, 5, 6, 14, 5, 0, 0, 0, -1))


@pytest.fixture(autouse=True)
def speaking_english() -> Iterator[None]:
    yield
    use("en")


@pytest.mark.parametrize(
    ("say", "english", "german"),
    [
        (lambda: formats.number(1234.56, 1), "1,234.6", "1.234,6"),
        (lambda: formats.number(-0.04, 1), "0.0", "0,0"),
        (lambda: formats.percent(0.5), "50%", "50 %"),
        (lambda: formats.rate(1_500_000), "1.5 MB/s", "1,5 MB/s"),
        (lambda: formats.rate(999_000), "999 kB/s", "999 kB/s"),
        (lambda: formats.clock(AFTERNOON), "14:05", "14:05"),
        (lambda: formats.moment(AFTERNOON), "2027-05-06 14:05", "06.05.2027 14:05"),
        (formats.moment_pattern, "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"),
        (lambda: formats.listed(["A", "B", "C"]), "A, B and C", "A, B und C"),
        (lambda: formats.listed(["A"]), "A", "A"),
        (lambda: formats.either(["A", "B"]), "A or B", "A oder B"),
        (lambda: formats.and_more(["A", "B", "C", "D"], 2), "A, B and 2 more", "A, B und 2 weitere"),
        (lambda: formats.and_more(["A", "B"], 2), "A and B", "A und B"),
        (lambda: formats.lasted(59), "59 s", "59 s"),
        (lambda: formats.lasted(4000), "1 h 6 min", "1 h 6 min"),
        (lambda: formats.lasting(90), "1 hour 30 minutes", "1 Stunde 30 Minuten"),
        (lambda: formats.lasting(120), "2 hours", "2 Stunden"),
    ],
)
def test_each_language_writes_it_in_its_way(say: Callable[[], str], english: str, german: str) -> None:
    assert say() == english
    use("de")
    assert say() == german


def test_a_size_is_width_and_height_also_where_people_read_from_the_right() -> None:
    assert formats.size(3840, 1080) == "3840 × 1080"
    use("qps-rtl")
    assert formats.size(3840, 1080) == "\N{LEFT-TO-RIGHT ISOLATE}3840 × 1080\N{POP DIRECTIONAL ISOLATE}"
