"""The list of windows as Windows tells it, of windows of this and of other processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from capture.errors import DisplayGone
from capture.picture.pixels import Rect
from capture.platforms.windows.win32.processes import process_of, process_started
from capture.privacy.exclusions import ExclusionRules, Exclusions
from tests.capture.platforms.windows.native.desk import Desk, listing
from tests.helpers.windows.painted_window import (
    CAPTIONED,
    MINIMISE,
    RESTORE,
    TOOL_WINDOW,
    Look,
    move,
    own_window,
    show,
    start_foreign,
    wait_until,
)

PLACE = Rect(100, 80, 240, 160)


@pytest.fixture
def foreign() -> Iterator[subprocess.Popen[bytes]]:
    process = start_foreign(Look("Letter to Ada", place=PLACE))
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with listing() as running:
        yield running


def test_a_program_of_windows_is_listed_with_name_icon_and_size(desk: Desk) -> None:
    process = subprocess.Popen(["notepad.exe"])
    try:
        title = "Untitled - Notepad"  # on a Windows that speaks English
        source = desk.wait_for(title)
        assert "notepad" in " ".join(process_of(source.pid or 0).names).casefold()
        assert source.app in process_of(source.pid or 0).names
        assert source.started == process_started(source.pid or 0)
        assert source.width > 50 < source.height
        assert source.icon is not None
        assert len(source.icon.bgra) == source.icon.width * source.icon.height * 4
        assert abs(time.time() * 1000 - (source.started or 0)) < 120_000
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: title not in desk.windows())


def test_it_is_followed_from_its_opening_to_its_end(desk: Desk, foreign: subprocess.Popen[bytes]) -> None:
    source = desk.wait_for("Letter to Ada")
    window = int(source.id)
    assert (source.pid, source.width, source.height, source.state) == (foreign.pid, 240, 160, "live")
    assert desk.generations.confirm(window, source.generation)

    move(window, Rect(50, 50, 300, 200))
    wait_until(lambda: (desk.windows()["Letter to Ada"].width, desk.windows()["Letter to Ada"].height) == (300, 200))
    show(window, MINIMISE)
    wait_until(lambda: desk.windows()["Letter to Ada"].state == "minimised")
    assert desk.windows()["Letter to Ada"].width == 300
    show(window, RESTORE)
    wait_until(lambda: desk.windows()["Letter to Ada"].state == "live")
    assert desk.windows()["Letter to Ada"].generation == source.generation

    foreign.kill()
    wait_until(lambda: "Letter to Ada" not in desk.windows())
    assert not desk.generations.confirm(window, source.generation)


def test_the_list_sleeps_while_nothing_happens(desk: Desk, foreign: subprocess.Popen[bytes]) -> None:
    desk.wait_for("Letter to Ada")
    with own_window(Look("of ours")):
        told = len(desk.listings)
        desk.watch.look_again()
        assert desk.generations.confirm(1, "none") is False
    assert len(desk.listings) == told


def test_nobody_answers_for_a_list_that_has_ended() -> None:
    with listing() as desk:
        pass
    with pytest.raises(DisplayGone):
        desk.generations.confirm(1, "none")


def test_what_is_no_window_for_people_is_left_out(desk: Desk) -> None:
    looks = [
        Look("a tool", "Tool", more_style=TOOL_WINDOW),
        Look("", "Untitled"),
        Look("the last one", "Last", style=CAPTIONED),
    ]
    processes = [start_foreign(look) for look in looks]
    try:
        desk.wait_for("the last one")
        assert not {"a tool", ""} & desk.windows().keys()
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_ours_and_never_shown_ones_are_left_out(foreign: subprocess.Popen[bytes]) -> None:
    exclusions = Exclusions(ExclusionRules(programs=("Secret Vault",)))
    secret = start_foreign(Look("all passwords", "SecretVault7", place=Rect(400, 80, 100, 100)))
    by_file = [program for program in process_of(foreign.pid).names if program.endswith(".exe")]
    try:
        with own_window(Look("of ours")), listing(exclusions.rules) as desk:
            desk.wait_for("Letter to Ada")
            desk.wait_for("all passwords")
            assert desk.windows().keys() & {"all passwords", "of ours"} == {"all passwords"}, "words are apart"
            desk.watch.stop()
        exclusions.set_rules(ExclusionRules(programs=("secretvault7", *by_file)))
        with listing(exclusions.rules) as desk:
            assert not desk.windows().keys() & {"all passwords", "of ours", "Letter to Ada"}
    finally:
        secret.kill()
        secret.wait()


def test_other_rules_hold_at_once(foreign: subprocess.Popen[bytes]) -> None:
    exclusions = Exclusions(ExclusionRules(programs=()))
    desk = Desk(exclusions)
    desk.watch.start()
    try:
        desk.wait_for("Letter to Ada")
        exclusions.set_rules(ExclusionRules(programs=("paintedwindow",)))
        desk.watch.look_again()
        wait_until(lambda: "Letter to Ada" not in desk.windows())
    finally:
        desk.watch.stop()
        desk.watch.join(5)


def test_screens_are_listed_by_their_device(desk: Desk) -> None:
    desktop, *monitors = desk.screens()

    assert (desktop.id, desktop.width > 0) == ("0", True)
    assert monitors
    assert monitors[0].id == "monitor-1"
    assert monitors[0].output.startswith("\\\\")
    assert sys.platform == "win32"
