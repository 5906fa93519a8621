"""What follows the start: sharing begins by itself, where and when it was chosen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from capture.source import Source
from gui.core.after_start import AfterStart
from gui.core.remembered import remember
from gui.core.settings import Settings, cautious
from server.net.interfaces import Interface
from tests.helpers.desk import Desk
from tests.helpers.waiting import Until

HOME = Interface("192.168.1.20", "wlan0", "wifi")
CAFE = Interface("10.0.0.7", "wlan0", "wifi")


@pytest.fixture
async def begun(
    window: Callable[..., Source],
) -> AsyncIterator[Callable[..., tuple[Desk, AfterStart, list[Interface]]]]:
    made: list[tuple[Desk, AfterStart]] = []

    def begin(*, has_crashed: bool = False, **settings: object) -> tuple[Desk, AfterStart, list[Interface]]:
        shared = (remember(window(1)), remember(window(2)))
        desk = Desk(Settings(**({"shared": shared, "port": 0} | settings)))  # type: ignore[arg-type]
        there = [CAFE]
        after = AfterStart(desk.controller, lambda: there, 0.01)
        made.append((desk, after))
        after.open(has_crashed=has_crashed)
        return desk, after, there

    yield begin
    for desk, after in made:
        after.close()
        await desk.close()


async def test_what_was_shared_is_shared_again_as_soon_as_it_is_open(
    begun: Callable[..., tuple[Desk, AfterStart, list[Interface]]], window: Callable[..., Source], until: Until
) -> None:
    desk, _after, _there = begun(after_start="share")
    desk.catalog.feed(window(1))
    await until(lambda: desk.controller.state.is_sharing)
    assert [row.source.id for row in desk.controller.state.shared] == ["1"]

    desk.catalog.feed(window(1), window(2))
    await until(lambda: len(desk.controller.state.shared) == 2)
    # Once: another window that is named like one that was closed is nobody's wish.
    desk.catalog.feed(window(1))
    await until(lambda: len(desk.controller.state.shared) == 1)
    desk.catalog.feed(window(1), window(3, title="Window 2"))
    desk.controller.refresh()
    await until(lambda: len(desk.controller.state.sources) == 3)
    assert [row.source.id for row in desk.controller.state.shared] == ["1"]


async def test_it_waits_for_a_chosen_network(
    begun: Callable[..., tuple[Desk, AfterStart, list[Interface]]], until: Until
) -> None:
    desk, _after, there = begun(after_start="networks", start_networks=("wlan0 192.168.1.0/24",))
    await until(lambda: desk.controller.state.message is not None)
    assert desk.controller.state.message is not None
    assert "network that you chose" in desk.controller.state.message.text
    assert desk.controller.state.phase == "idle"
    there[:] = [HOME]
    await until(lambda: desk.controller.state.is_sharing)
    assert desk.controller.state.message is None


@pytest.mark.parametrize(
    "chosen", [{}, {"after_start": "share", "has_crashed": True}, {"after_start": "share", "shared": ()}]
)
async def test_nothing_begins_by_itself_otherwise(
    begun: Callable[..., tuple[Desk, AfterStart, list[Interface]]],
    window: Callable[..., Source],
    chosen: dict[str, object],
) -> None:
    desk, _after, _there = begun(**chosen)
    desk.catalog.feed(window(1))

    assert desk.controller.state.phase == "idle"


def test_safe_mode_keeps_what_an_administrator_has_fixed() -> None:
    found = cautious(Settings(after_start="share", https=True, fps=3), {"hides_notices": True, "hot_key": "Ctrl+F9"})

    assert found == Settings(https=True, hides_notices=True, hot_key="Ctrl+F9")
