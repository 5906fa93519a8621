"""What the settings say about privacy is held to, from the beginning and after each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from capture.privacy.exclusions import Exclusions
from capture.privacy.masks import Mask
from capture.source import Source
from gui.core.notices.reminder import Reminder, lasting
from gui.core.privacy import PrivacyController, rules_of
from gui.core.settings import Settings
from gui.core.state import AppState, SourceState
from tests.helpers.canvas import Canvas
from tests.helpers.desk import Desk
from tests.helpers.waiting import Until


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    # No display: the hot key has a test of its own.
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    made = Desk(Settings())
    yield made
    await made.close()


@pytest.fixture
def exclusions() -> Exclusions:
    return Exclusions()


@pytest.fixture
async def guarding(desk: Desk, exclusions: Exclusions) -> AsyncIterator[PrivacyController]:
    made = PrivacyController(desk.controller, exclusions, desk.hub, desk.shares.hide_titles, lambda title, words: None)
    made.open()
    yield made
    await made.close()


@pytest.mark.usefixtures("guarding")
async def test_own_programs_are_never_shown_and_listed_ones_only_by_choice(desk: Desk, exclusions: Exclusions) -> None:
    assert exclusions.rules.names_one_of(["KeePassXC"])
    desk.controller.set_privacy("never_shown", ("Mail",))
    desk.controller.set_privacy("shown_anyway", ("keepass",))

    assert exclusions.rules.names_one_of(["mail"])
    assert not exclusions.rules.names_one_of(["keepassxc"])
    assert exclusions.rules == rules_of(desk.controller.settings)


@pytest.mark.usefixtures("guarding")
async def test_viewers_are_told_programs_in_place_of_titles(desk: Desk, window: Callable[..., Source]) -> None:
    desk.catalog.feed(window(1, "salary.ods", "localc"), window(2, "?", ""))
    for number in (1, 2):
        desk.controller.set_shared(window(number, "?", ""), True)
    desk.controller.set_shared(window(1, "salary.ods", "localc"), True)
    desk.controller.set_privacy("hide_titles", True)
    hidden = {source.title for source in desk.shares.shared.values()}
    desk.controller.set_privacy("hide_titles", False)

    assert hidden == {"localc", "Window"}
    assert desk.shares.shared["1"].title == "salary.ods"


async def test_curtain_is_drawn_and_opened_by_one_key(desk: Desk) -> None:
    controller = desk.controller
    told: list[str] = []
    controller.subscribe(
        lambda: told.append("" if controller.state.blanking is None else controller.state.blanking.state)
    )
    controller.toggle_blanking()
    controller.toggle_blanking()
    controller.set_privacy("hot_key_does", "pause")
    controller.toggle_blanking()
    controller.blank()
    controller.go_on()

    assert told == ["blanked", "", "paused", "blanked", ""]
    assert desk.hub.blanking is None


async def test_masks_belong_to_what_is_selected(desk: Desk, window: Callable[..., Source]) -> None:
    desk.catalog.feed(window(1), window(2))
    masks = (Mask(0.25, 0.25, 0.75, 0.75),)
    desk.controller.select(window(1))
    desk.controller.set_masks(masks)
    assert desk.controller.state.masks == masks
    desk.controller.select(window(2))

    assert desk.controller.state.masks == ()
    assert desk.hub.masks(window(1)) == masks


@pytest.mark.usefixtures("guarding")
async def test_a_window_with_masks_is_kept_out_of_pictures_of_the_screen_which_is_said(
    desk: Desk, exclusions: Exclusions, window: Callable[..., Source]
) -> None:
    screen = Source("0", "desktop", "Whole desktop", "", 800, 600)
    desk.catalog.feed(screen, window(1))
    desk.controller.select(window(1))
    desk.controller.set_masks((Mask(0.25, 0.25, 0.75, 0.75),))
    assert exclusions.rules.masked == {1}
    desk.controller.select(screen)
    desk.controller.set_masks((Mask(0.25, 0.25, 0.75, 0.75),))
    assert exclusions.rules.masked == {1}
    await asyncio.sleep(0)
    assert desk.controller.state.message is None

    desk.controller.set_shared(screen, True)
    await asyncio.sleep(0)
    message = desk.controller.state.message
    assert message is not None
    assert "is covered completely when you share the screen" in message.text
    desk.controller.dismiss(message.subject)
    desk.controller.set_masks(())
    await asyncio.sleep(0)
    assert desk.controller.state.message is None
    desk.controller.select(window(1))
    desk.controller.set_masks(())
    assert exclusions.rules.masked == frozenset()


async def test_a_window_whose_masks_have_to_be_looked_at_is_told_of_once(window: Callable[..., Source]) -> None:
    canvas = Canvas(320, 240)
    desk = Desk(Settings(), canvas.backend)
    try:
        source, other = window(1, "bank"), window(2)
        desk.catalog.feed(source, other)
        desk.controller.select(source)
        desk.hub.subscribe(source, fps=60, pointer=False, changed=lambda: None)
        mask = Mask(0.25, 0.25, 0.75, 0.75, 320, 240)
        desk.controller.set_masks((mask,))
        desk.controller.select(other)
        canvas.resize(500, 240)
        await desk.until(lambda: desk.controller.state.message is not None)
        message = desk.controller.state.message
        assert "The size of “bank” has changed" in message.text
        assert {row.source.id for row in desk.controller.state.sources if row.is_doubtful} == {"1"}
        desk.controller.dismiss(message.subject)
        canvas.resize(510, 240)
        await desk.until(lambda: desk.hub.picture_size(source) == (510, 240))
        await asyncio.sleep(0)
        assert desk.controller.state.message is None

        message.act()
        assert desk.controller.state.selected == source
        desk.controller.set_masks((mask.laid_over(510, 240),))
        assert not any(row.is_doubtful for row in desk.controller.state.sources)
        canvas.resize(320, 240)
        await desk.until(lambda: any(row.is_doubtful for row in desk.controller.state.sources))
        assert desk.controller.state.message is None  # it is said beneath the preview
    finally:
        await desk.close()


async def test_keys_that_cannot_be_had_are_told_of(desk: Desk, guarding: PrivacyController, until: Until) -> None:
    await asyncio.sleep(0)
    assert desk.controller.state.message is None
    desk.controller.set_privacy("hot_key", "Ctrl+F9")
    await until(lambda: desk.controller.state.message)
    message = desk.controller.state.message
    assert message is not None
    assert "no keys" in message.text
    desk.controller.set_privacy("hot_key", "B")
    await until(lambda: desk.controller.state.message != message)


async def test_reminder_speaks_once_each_time_and_stops_with_the_sharing(
    monkeypatch: pytest.MonkeyPatch, window: Callable[..., Source], until: Until
) -> None:
    monkeypatch.setattr("gui.core.notices.reminder.MINUTE", 0.001)
    said: list[tuple[str, str]] = []
    reminder = Reminder(lambda title, words: said.append((title, words)))
    sharing = AppState(phase="sharing", sources=(SourceState(window(1, "build log"), shared=True),))
    reminder.follow(sharing, 30)
    reminder.follow(replace(sharing, port=1), 30)
    await until(lambda: len(said) >= 2)
    reminder.follow(replace(sharing, phase="idle"), 30)
    reminder.follow(sharing, 0)
    reminder.close()

    assert len(set(said)) == len(said)
    assert said[:2] == [
        ("You have been sharing for 30 minutes", "build log. No one is watching now."),
        ("You have been sharing for 1 hour", "build log. No one is watching now."),
    ]


@pytest.mark.parametrize(("minutes", "words"), [(30, "30 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes")])
def test_times_are_said_as_people_do(minutes: int, words: str) -> None:
    assert lasting(minutes) == words
