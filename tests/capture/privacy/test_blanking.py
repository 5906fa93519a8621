"""Behind a curtain nothing is taken; what viewers see is the last picture, or none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest

from capture import reasons
from capture.errors import NoPicture
from capture.feed.hub import Hub, Subscription
from capture.feed.snapshots import Snapshots
from capture.picture.frame import Frame
from capture.privacy.blanking import MOST_PIXELS, PLAIN, Blanking, plain_picture, strictest
from capture.privacy.masks import Mask
from capture.source import Condition, Source
from tests.helpers.canned import SOURCE
from tests.helpers.canvas import Canvas
from tests.helpers.waiting import Until

PAUSE = Blanking("paused", reasons.PAUSED_BY_HOST)
BLANK = Blanking("blanked", reasons.COMPUTER_LOCKED)
OTHER = Source("8", "window", "", "", 1, 1)


@pytest.fixture
def canvas() -> Canvas:
    made = Canvas(100, 60)
    made.fill(1, 2, 3)
    return made


@pytest.fixture
async def hub(canvas: Canvas) -> AsyncIterator[Hub]:
    made = Hub(canvas.backend)
    yield made
    await made.close()


def nothing() -> None:
    """Listen to no news."""


def watch(hub: Hub, source: Source = SOURCE) -> Subscription:
    return hub.subscribe(source, fps=60, pointer=False, changed=nothing)


def is_plain(frame: Frame | None) -> bool:
    return frame is not None and bool((frame.pixels.view(np.uint32) == PLAIN).all())


async def closed(hub: Hub, until: Until) -> None:
    """Wait until a take that was under way is over."""
    await until(lambda: hub.ending == 0)


async def test_paused_the_last_picture_stays_and_nothing_is_taken(hub: Hub, canvas: Canvas, until: Until) -> None:
    news = []
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=lambda: news.append(seen.condition))
    await until(lambda: seen.newest is not None)
    last = seen.newest
    hub.set_blanking("person", PAUSE)
    assert news[-1] == Condition("paused", reasons.PAUSED_BY_HOST)
    await closed(hub, until)
    takes, opens = canvas.takes, canvas.opens
    for shade in range(20):
        canvas.fill(shade, shade, 0)
        await seen.refresh()
        seen.set_demand(30 + shade, False)

    assert (canvas.takes, canvas.opens) == (takes, opens)
    assert seen.newest is last
    hub.set_blanking("person", None)
    await until(lambda: seen.condition.state == "live")
    assert (seen.newest.pixels[0, 0, :3] == (19, 19, 0)).all()
    assert seen.newest.sequence > last.sequence


async def test_blanked_everybody_gets_a_plain_picture_at_once(hub: Hub, canvas: Canvas, until: Until) -> None:
    one, other = watch(hub), watch(hub, OTHER)
    await until(lambda: one.newest is not None and other.newest is not None)
    last = one.newest
    hub.set_blanking("lock", BLANK)

    for seen in (one, other):
        assert seen.condition == Condition("blanked", reasons.COMPUTER_LOCKED)
        assert is_plain(seen.newest)
    assert (one.newest.width, one.newest.height) == (100, 60)
    assert one.newest.sequence > last.sequence
    await closed(hub, until)
    takes = canvas.takes
    canvas.fill(9, 9, 9)
    late = watch(hub, Source("9", "window", "", "", 30, 20))
    assert is_plain(late.newest)
    assert late.condition.state == "blanked"
    with pytest.raises(NoPicture, match="locked"):
        await Snapshots(hub).fresh(SOURCE, pointer=False)
    assert hub.running == 0
    assert canvas.takes == takes
    blank = one.newest
    hub.set_blanking("lock", None)
    await until(lambda: all(seen.condition.state == "live" for seen in (one, other, late)))

    assert one.newest.sequence > blank.sequence
    assert not is_plain(one.newest)


async def test_what_a_take_under_way_still_brings_is_not_shown(hub: Hub, canvas: Canvas, until: Until) -> None:
    seen = watch(hub)
    await until(lambda: seen.newest is not None)
    for shade in range(30):
        canvas.fill(shade, 0, 9)
        hub.set_blanking("person", BLANK)
        await closed(hub, until)
        assert is_plain(seen.newest)
        hub.set_blanking("person", None)
        await until(lambda: not is_plain(seen.newest))


async def test_who_comes_while_it_is_paused_sees_no_picture_and_why(hub: Hub, canvas: Canvas) -> None:
    hub.set_blanking("person", PAUSE)
    seen = watch(hub)
    with pytest.raises(NoPicture, match="Paused by the person"):
        await Snapshots(hub).fresh(SOURCE, pointer=False)

    assert seen.newest is None
    assert seen.condition.state == "paused"
    assert canvas.takes == 0


async def test_every_owner_has_to_open_his_own(hub: Hub, canvas: Canvas, until: Until) -> None:
    seen = watch(hub)
    await until(lambda: seen.newest is not None)
    hub.set_blanking("person", PAUSE)
    hub.set_blanking("lock", BLANK)
    assert seen.condition.state == "blanked"
    hub.set_blanking("lock", None)
    assert seen.condition.state == "paused"
    assert is_plain(seen.newest)  # what was hidden once comes back only as a new picture
    hub.set_blanking("lock", None)
    assert hub.blanking == PAUSE
    hub.set_blanking("person", None)
    await until(lambda: seen.condition.state == "live")

    assert hub.blanking is None


async def test_a_paused_picture_goes_when_it_holds_what_must_not_be_seen(
    hub: Hub, canvas: Canvas, until: Until
) -> None:
    seen, other = watch(hub), watch(hub, OTHER)
    await until(lambda: seen.newest is not None and other.newest is not None)
    hub.set_blanking("person", PAUSE)
    hub.set_masks(SOURCE, (Mask(0, 0, 1, 1),))
    assert is_plain(seen.newest)
    assert not is_plain(other.newest)
    hub.look_again()
    assert is_plain(other.newest)


async def test_looking_again_shows_nothing_older(hub: Hub, canvas: Canvas, until: Until) -> None:
    seen = watch(hub)
    await until(lambda: seen.newest is not None)
    takes = canvas.takes
    hub.look_again()
    assert seen.newest is None
    await until(lambda: seen.newest is not None)

    assert canvas.takes > takes


async def test_what_cannot_be_looked_at_again_is_not_shown(hub: Hub, canvas: Canvas, until: Until) -> None:
    seen = watch(hub)
    await until(lambda: seen.newest is not None)
    canvas.become(Condition("minimised"))
    await until(lambda: seen.condition.state == "minimised")
    assert seen.newest is not None
    hub.look_again()
    hub.set_masks(SOURCE, (Mask(0, 0, 0.5, 1, 100, 60),))
    await seen.refresh()
    assert seen.newest is None
    canvas.become(Condition("live"))
    await until(lambda: seen.newest is not None)


async def test_a_curtain_costs_nothing_when_nobody_watches(hub: Hub, canvas: Canvas, until: Until) -> None:
    seen = watch(hub)
    await until(lambda: seen.newest is not None)
    seen.close()
    hub.set_blanking("person", BLANK)
    hub.set_blanking("person", None)
    await closed(hub, until)

    assert hub.running == 0
    assert seen.newest is None


def test_the_strictest_holds() -> None:
    assert strictest(()) is None
    assert strictest((PAUSE,)) == PAUSE
    assert strictest((PAUSE, BLANK, PAUSE)) == BLANK


def test_a_plain_picture_is_of_a_reasonable_size() -> None:
    assert plain_picture(OTHER, None).shape == (1, 1, 4)
    assert plain_picture(Source("0", "desktop", "", "", 0, 0), None).shape == (360, 640, 4)
    large = plain_picture(Source("0", "desktop", "", "", 15360, 2160), None)
    assert large.shape[0] * large.shape[1] <= MOST_PIXELS
