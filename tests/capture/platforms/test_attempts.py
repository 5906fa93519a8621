"""Of several techniques the first that begins takes the pictures, and the next one where it cannot go on."""

from __future__ import annotations

import pytest

from capture import reasons
from capture.errors import CaptureError, DisplayGone, NoPicture, SourceGone
from capture.platforms.attempts import FirstThatBegins
from capture.platforms.contract import Around
from capture.source import Source
from tests.capture.platforms.scripted_backend import ScriptedBackend

SOURCE = Source("7", "window", "", "", 2, 2)
CANNOT = NoPicture(reasons.FIRST_TAKE_EMPTY)


def of(*backends: ScriptedBackend) -> FirstThatBegins:
    return FirstThatBegins([each.technique for each in backends], SOURCE, Around())


def test_the_first_that_begins_takes_all_pictures() -> None:
    record: list[str] = []
    backend = of(
        ScriptedBackend("A", record, opening=CANNOT), ScriptedBackend("B", record), ScriptedBackend("C", record)
    )

    backend.open()
    backend.take(False)
    backend.take(False)
    backend.close()
    backend.close()

    assert record == ["open A", "close A", "open B", "take B", "take B", "close B"]


def test_one_that_finds_out_late_makes_way_for_the_next_which_takes_that_picture() -> None:
    record: list[str] = []
    first, second = ScriptedBackend("A", record, takes=(None, CANNOT)), ScriptedBackend("B", record)
    backend = of(first, second)
    backend.open()
    backend.take(False)
    backend.set_rate(5)

    take = backend.take(False)
    backend.set_rate(6)

    assert take.pixels is not None
    assert record == ["open A", "take A", "take A", "close A", "open B", "take B"]
    assert (first.rates, second.rates) == ([5], [5, 6])


def test_where_none_begins_it_is_said_of_each_why() -> None:
    backend = of(
        ScriptedBackend("WGC", opening=NoPicture(reasons.NO_PICTURE_NOW)), ScriptedBackend("BitBlt", takes=(CANNOT,))
    )
    backend.open()

    with pytest.raises(CaptureError) as fault:
        backend.take(False)

    assert fault.value.reason.english == (
        "WGC: There is no picture of it at the moment. BitBlt: The first take brought no picture."
    )


@pytest.mark.parametrize("fault", [SourceGone(reasons.WINDOW_CLOSED), DisplayGone(reasons.DISPLAY_SILENT)])
def test_what_another_technique_would_not_mend_is_passed_on(fault: CaptureError) -> None:
    record: list[str] = []
    backend = of(ScriptedBackend("A", record, opening=fault), ScriptedBackend("B", record))

    with pytest.raises(type(fault)):
        backend.open()
    backend.close()

    assert record == ["open A", "close A"]
