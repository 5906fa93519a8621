"""The catalog joins several lists, each of which may fail without the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from capture import reasons
from capture.feed import catalog as module
from capture.feed.catalog import AWAITED, Catalog, joined
from capture.platforms import choose
from capture.platforms.contract import Listing, MakeLister, Platform
from capture.platforms.generations import Generations
from capture.platforms.monitors import KnownMonitors
from capture.platforms.picks import Picking
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Condition, Source
from tests.helpers.waiting import until

LIVE = Condition("live")
GONE, FEW = Condition("waiting", reasons.DISPLAY_SILENT), Condition("live", reasons.NO_MONITORS)
MONITOR, WINDOW = Source("monitor-1", "monitor", "", "", 1, 1), Source("7", "window", "", "", 1, 1)
NOTHING, PICKS = Picking(), Picking(is_there=True, reason=reasons.PICK_HINT)


@pytest.mark.parametrize(
    ("conditions", "picking", "state", "words"),
    [
        ((), NOTHING, "live", ""),
        ((LIVE,), NOTHING, "live", ""),
        ((LIVE, AWAITED), PICKS, "waiting", AWAITED.reason.english),
        ((LIVE, GONE), NOTHING, "live", GONE.reason.english),
        ((GONE, GONE), NOTHING, "waiting", GONE.reason.english),
        ((FEW, GONE), NOTHING, "live", f"{FEW.reason.english} {GONE.reason.english}"),
        ((GONE,), PICKS, "live", f"{GONE.reason.english} {reasons.PICK_HINT.english}"),
        ((GONE,), Picking(reason=reasons.NO_PORTAL), "waiting", f"{GONE.reason.english} {reasons.NO_PORTAL.english}"),
    ],
)
def test_all_lists_together_are_as_good_as_the_best(
    conditions: tuple[Condition, ...], picking: Picking, state: str, words: str
) -> None:
    condition = joined(conditions, picking)

    assert (condition.state, condition.reason.english) == (state, words)


class CannedLister:
    """Tells what a test has it tell, and notes what it was asked to do."""

    def __init__(self) -> None:
        self.tell: Callable[[Listing], None] = lambda _: None
        self.asked: list[str] = []

    def make(
        self, tell: Callable[[Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
    ) -> CannedLister:
        self.tell = tell
        return self

    def start(self) -> None:
        self.asked.append("start")

    def look_again(self) -> None:
        self.asked.append("look again")

    def stop(self) -> None:
        self.asked.append("stop")

    def join(self, seconds: float) -> None:
        self.asked.append("join")


async def test_lists_are_joined_in_their_order_and_one_that_fails_keeps_its_screens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screens, windows = CannedLister(), CannedLister()
    makers: tuple[MakeLister, ...] = (screens.make, windows.make)
    monkeypatch.setattr(choose, "platform", lambda: Platform(listers=makers))
    exclusions = Exclusions()
    catalog = Catalog(exclusions=exclusions)
    catalog.start()

    windows.tell(Listing((WINDOW,), LIVE))
    await until(lambda: catalog.sources == (WINDOW,))
    assert (catalog.is_ready, catalog.is_listed, catalog.condition) == (False, False, AWAITED)
    screens.tell(Listing((MONITOR,), LIVE))
    await asyncio.wait_for(catalog.ready(), 5)
    assert (catalog.sources, catalog.is_listed, catalog.condition) == ((MONITOR, WINDOW), True, LIVE)
    for lister in (screens, windows):
        lister.tell(Listing((), GONE))
    await until(lambda: catalog.condition == GONE)
    assert catalog.sources == (MONITOR,)
    exclusions.set_rules(ExclusionRules(("keepassxc",)))
    catalog.stop()
    await catalog.ended()

    assert screens.asked == windows.asked == ["start", "look again", "stop", "join"]


async def test_where_nothing_lists_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "platform", Platform)
    catalog = Catalog()
    catalog.start()

    await asyncio.wait_for(catalog.ready(), module.FIRST_LIST_SECONDS)

    assert catalog.condition == Condition("waiting", reasons.ONLY_X11_LISTED)
    catalog.stop()
    await catalog.ended()
