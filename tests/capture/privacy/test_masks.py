"""What a mask hides cannot be had from any picture, from the moment it is laid; the rest stays exact."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.feed.hub import Hub, Subscription
from capture.picture.damage import TILE
from capture.picture.frame import Frame
from capture.picture.pixels import Rect, without
from capture.privacy.masks import BLOCK, Mask, mask_over
from capture.source import Condition
from tests.helpers.canned import SOURCE
from tests.helpers.canvas import Canvas
from tests.helpers.waiting import Until
from tests.helpers.x11.layouts import ALONG

WIDTH, HEIGHT = 320, 240
MASK = Mask(0.25, 0.25, 0.75, 0.5, WIDTH, HEIGHT)
AREA = (slice(60, 120), slice(80, 240))


@pytest.fixture
def canvas() -> Canvas:
    return Canvas(WIDTH, HEIGHT)


@pytest.fixture
async def hub(canvas: Canvas) -> AsyncIterator[Hub]:
    made = Hub(canvas.backend)
    yield made
    await made.close()


def nothing() -> None:
    """Listen to no news."""


def is_masked(frame: Frame, canvas: Canvas) -> bool:
    """Tell whether the area holds as few colours as it has blocks, and the rest is as it was painted."""
    blocks = max(1, 160 // BLOCK) * max(1, 60 // BLOCK)
    few = len(np.unique(frame.pixels[AREA].reshape(-1, 4), axis=0)) <= blocks
    outside = np.ones((HEIGHT, WIDTH), dtype=bool)
    outside[AREA] = False
    return few and bool((frame.pixels[outside] == canvas.pixels[outside]).all())


def is_bare(frame: Frame, canvas: Canvas) -> bool:
    return bool((frame.pixels == canvas.pixels).all())


@pytest.mark.parametrize("edges", [(0, 0, 0, 1), (0.5, 0, 0.4, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.5), (0, 1, 1, 1)])
def test_a_mask_lies_within_its_source(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="within"):
        Mask(*edges)


def test_a_mask_covers_parts_of_pixels() -> None:
    assert MASK.place(320, 240) == Rect(80, 60, 160, 60)
    assert Mask(0.1, 0.1, 0.9, 0.9, 7, 7).place(7, 7) == Rect(0, 0, 7, 7)
    assert Mask(0, 0, 1, 1, 1, 1).place(1, 1) == Rect(0, 0, 1, 1)


@pytest.mark.parametrize(
    ("size", "edges", "expected"),
    [
        # Wider: at the left edge it begins at 200, at the right it ends at 360; and programs round as they like.
        # What keeps its shape is higher too: in the middle it begins at 20, at the top it ends at 93.
        ((400, 200), ("", ""), Rect(199, 19, 162, 76)),
        # Narrower: at the right edge it begins at 50; at the left it is beyond the edge.
        ((150, 200), ("", ""), Rect(49, 19, 101, 67)),
        # Narrower than what is hidden: that may be anywhere.
        ((59, 200), ("", ""), Rect(0, 0, 59, 200)),
        ((300, 29), ("", ""), Rect(0, 0, 300, 29)),
        # At an edge it keeps its distance; where that leads beyond the other, nothing is known.
        ((400, 250), ("left", "top"), Rect(200, 40, 60, 30)),
        ((400, 250), ("right", "bottom"), Rect(300, 90, 60, 30)),
        ((260, 70), ("left", "top"), Rect(200, 40, 60, 30)),
        ((259, 70), ("left", "top"), Rect(0, 0, 259, 70)),
        ((99, 200), ("right", "top"), Rect(0, 0, 99, 200)),
        ((400, 200), ("", "top"), Rect(199, 40, 162, 30)),
    ],
)
def test_in_another_size_all_is_covered_where_it_may_be(
    size: tuple[int, int], edges: tuple[str, str], expected: Rect
) -> None:
    mask = Mask(200 / 300, 40 / 200, 260 / 300, 70 / 200, 300, 200, *edges)

    assert mask.place(300, 200) == Rect(200, 40, 60, 30)
    assert mask.place(*size) == expected
    is_whole = (expected.width, expected.height) == size
    assert mask.is_sure(*size) is (all(edges) and not is_whole)
    assert mask.laid_over(*size).place(*size) == expected
    assert mask.laid_over(*size).is_sure(*size)


def test_of_a_mask_of_unknown_size_all_is_covered() -> None:
    mask = Mask(0.25, 0.25, 0.75, 0.5)

    assert mask.place(320, 240) == Rect(0, 0, 320, 240)
    assert not mask.is_sure(320, 240)
    assert mask.laid_over(320, 240) == Mask(0, 0, 1, 1, 320, 240)


@given(*[st.integers(1, 3000)] * 4, st.data())
def test_wherever_a_usual_program_puts_it_it_is_covered(
    width: int, height: int, wide: int, high: int, data: st.DataObject
) -> None:
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    own = Rect.between(x, y, data.draw(st.integers(x + 1, width)), data.draw(st.integers(y + 1, height)))
    mask = Mask(x / width, y / height, (x + own.width) / width, (y + own.height) / height, width, height)
    covered = mask.place(wide, high)
    assert mask.place(width, height) == own
    columns, rows = (x, x + own.width, width, wide), (y, y + own.height, height, high)
    across, down = data.draw(st.sampled_from(sorted(ALONG))), data.draw(st.sampled_from(sorted(ALONG)))
    (left, right), (top, bottom) = ALONG[across](*columns), ALONG[down](*rows)
    shown = Rect.between(max(left, 0), max(top, 0), min(right, wide), min(bottom, high))
    is_seen = shown.width > 0 and shown.height > 0

    assert not is_seen or without(shown, [covered]) == []


def test_what_differs_a_little_beneath_a_mask_looks_the_same() -> None:
    """With exact means one could try out which text gives just these colours."""
    draw = np.random.default_rng(4)
    looks = []
    for _ in range(20):
        # Black digits, say, somewhere on white.
        pixels = np.full((64, 128, 4), 255, dtype=np.uint8)
        pixels[16:48, 16:112] = np.where(draw.random((32, 96, 1)) < 0.2, 0, 255)
        mask_over(pixels, (Rect(0, 0, 128, 64),))
        looks.append(pixels.tobytes())

    assert len(set(looks)) == 1


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 300), (63, 64), (65, 130), (200, 191), (1000, 70)])
def test_masks_of_any_size_are_made_of_large_blocks(width: int, height: int) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (height, width, 4), dtype=np.uint8)
    mask_over(pixels, (Rect(0, 0, width, height),))
    blocks = max(1, width // BLOCK) * max(1, height // BLOCK)

    assert len(np.unique(pixels.reshape(-1, 4), axis=0)) <= blocks


async def test_no_picture_after_laying_a_mask_shows_what_it_hides(hub: Hub, canvas: Canvas, until: Until) -> None:
    canvas.noise(1)
    frames: list[Frame] = []

    def note() -> None:
        if seen.newest is not None:
            frames.append(seen.newest)

    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=note)
    await until(lambda: seen.newest is not None)
    assert is_bare(seen.newest, canvas)
    last = seen.newest.sequence
    frames.clear()
    hub.set_masks(SOURCE, (MASK,))
    assert seen.newest is None  # what was taken before is not shown any more
    await until(lambda: seen.newest is not None)

    assert seen.newest.sequence > last
    for seed in range(5):
        canvas.noise(seed + 2)
        sequence = seen.newest.sequence
        await until(lambda: seen.newest.sequence > sequence)  # noqa: B023  awaited before the next turn
        assert is_masked(seen.newest, canvas)
    assert all(len(np.unique(frame.pixels[AREA].reshape(-1, 4), axis=0)) <= 2 for frame in frames)


async def test_masks_are_laid_moved_and_lifted_over_a_still_source(hub: Hub, canvas: Canvas, until: Until) -> None:
    canvas.noise(1)
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await seen.refresh()
    for masks, look in (
        ((MASK,), is_masked),
        ((), is_bare),
        ((Mask(0, 0, 0.1, 0.1, WIDTH, HEIGHT), MASK), None),
        ((MASK,), is_masked),
    ):
        hub.set_masks(SOURCE, masks)
        await until(lambda: seen.newest is not None)
        assert look is None or look(seen.newest, canvas)
    assert hub.masks(SOURCE) == (MASK,)
    hub.set_masks(SOURCE, ())
    await until(lambda: seen.newest is not None)

    assert is_bare(seen.newest, canvas)
    assert hub.masks(SOURCE) == ()


async def test_a_source_that_is_not_on_the_screen_is_masked_too(hub: Hub, canvas: Canvas, until: Until) -> None:
    canvas.noise(1)
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await seen.refresh()
    canvas.become(Condition("minimised"))
    await until(lambda: seen.condition.state == "minimised")
    hub.set_masks(SOURCE, (MASK,))
    await until(lambda: seen.newest is not None)

    assert is_masked(seen.newest, canvas)
    assert seen.condition.state == "minimised"


async def test_masks_outlive_who_watches(hub: Hub, canvas: Canvas, until: Until) -> None:
    canvas.noise(1)
    hub.set_masks(SOURCE, (MASK,))
    for _ in range(2):
        seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
        await until(lambda: seen.newest is not None)  # noqa: B023  awaited before the next turn
        assert is_masked(seen.newest, canvas)
        seen.close()


async def test_until_a_program_has_painted_its_old_picture_stays_covered(
    hub: Hub, canvas: Canvas, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it takes longer than is waited for at first: its size has changed, and it hangs."""
    monkeypatch.setattr("capture.privacy.masking.SETTLE_SECONDS", 0.05)
    wide, area = (HEIGHT, WIDTH + 80, 4), AREA
    canvas.noise(1)
    old = canvas.pixels
    # At the right edge: in the wider picture it is expected 80 pixels further on.
    hub.set_masks(SOURCE, (replace(MASK, across="right", down="top"),))
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None)
    hung = np.zeros(wide, dtype=np.uint8)
    hung[:, :WIDTH] = old
    canvas.paint(hung)
    await until(lambda: seen.newest.width == WIDTH + 80)
    first = seen.newest
    for _ in range(4):
        await asyncio.sleep(0.05)
        await seen.refresh()
        assert (seen.newest.pixels[area] != old[area]).any(axis=2).mean() > 0.9
    assert seen.newest is first
    painted = hung.copy()
    painted[area] = np.random.default_rng(3).integers(0, 255, painted[area].shape, dtype=np.uint8)
    canvas.paint(painted)
    await until(lambda: np.array_equal(seen.newest.pixels[60:120, 80:160], painted[60:120, 80:160]))

    assert (seen.newest.pixels[60:120, 160:320] != painted[60:120, 160:320]).any(axis=2).mean() > 0.9


async def pull_wider(canvas: Canvas, seen: Subscription, until: Until, widths: Iterable[int]) -> None:
    """Have the source be so wide, one after the other, with all of its picture where it was."""
    old = canvas.pixels
    for width in widths:
        wider = np.full((HEIGHT, width, 4), 90, dtype=np.uint8)
        wider[:, :WIDTH] = old
        canvas.paint(wider)
        await until(lambda: seen.newest.width == width)  # noqa: B023  awaited before the next turn


@pytest.mark.parametrize("sizes", [(400,), (360, 400), range(330, 401, 10)])
async def test_what_stays_in_its_place_does_not_keep_more_covered(
    sizes: Iterable[int], hub: Hub, canvas: Canvas, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that paints at once, and has all where it was: so does what is pulled by its border."""
    monkeypatch.setattr("capture.privacy.masking.SETTLE_SECONDS", 0.05)
    canvas.noise(1)
    hub.set_masks(SOURCE, (replace(MASK, across="left", down="top"),))
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None)
    await pull_wider(canvas, seen, until, sizes)
    await until(lambda: np.array_equal(seen.newest.pixels[:, 240:], canvas.pixels[:, 240:]))
    assert np.array_equal(seen.newest.pixels[:60], canvas.pixels[:60])
    assert len(np.unique(seen.newest.pixels[AREA].reshape(-1, 4), axis=0)) <= 2


async def test_of_a_program_that_hangs_over_many_sizes_the_first_picture_stays_covered(
    hub: Hub, canvas: Canvas, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.privacy.masking.SETTLE_SECONDS", 0.05)
    canvas.noise(1)
    old = canvas.pixels
    hub.set_masks(SOURCE, (replace(MASK, across="right", down="top"),))
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None)
    await pull_wider(canvas, seen, until, range(330, 601, 30))
    for _ in range(6):
        await asyncio.sleep(0.05)
        await seen.refresh()
        assert (seen.newest.pixels[AREA] != old[AREA]).any(axis=2).mean() > 0.9


@pytest.mark.parametrize("passed", [((600, 260),), ((250, 200), (600, 260)), ((600, 260), (250, 200)), None])
@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (WIDTH + 40, HEIGHT)])
async def test_a_picture_painted_for_a_size_that_nobody_took_is_covered_too(
    passed: tuple[tuple[int, int], ...] | None,
    size: tuple[int, int],
    hub: Hub,
    canvas: Canvas,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A window that is pulled has many sizes between two pictures, and its program paints for some of them."""
    monkeypatch.setattr("capture.privacy.masking.SETTLE_SECONDS", 0.3)
    canvas.noise(1)
    hub.set_masks(SOURCE, (replace(MASK, right=0.5),))
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None)
    first = seen.newest
    # At the left edge in 320 pixels, at the right one in 600: there it is 280 pixels further on.
    pixels = np.full((size[1], size[0], 4), 90, dtype=np.uint8)
    pixels[60:120, 300:320] = 7
    canvas.passed = passed
    canvas.paint(pixels)
    await until(lambda: seen.newest is not first)

    if passed is None and size == (WIDTH, HEIGHT):
        assert np.array_equal(seen.newest.pixels[60:120, 300:320], pixels[60:120, 300:320])
        return
    assert not (seen.newest.pixels == 7).all(axis=2).any()
    await until(lambda: np.array_equal(seen.newest.pixels[60:120, 300:320], pixels[60:120, 300:320]))


async def test_damage_tells_all_that_looks_different(hub: Hub, canvas: Canvas, until: Until) -> None:
    draw = random.Random(6)
    canvas.noise(1)
    hub.set_masks(SOURCE, (MASK, Mask(0, 0.6, 0.3, 1, WIDTH, HEIGHT)))
    seen = hub.subscribe(SOURCE, fps=100, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None)
    for _ in range(30):
        before, pixels = seen.newest, canvas.pixels.copy()
        x, y = draw.randrange(WIDTH), draw.randrange(HEIGHT)
        pixels[y : y + 50, x : x + 50] = draw.randrange(256)
        pixels[0, 0, 0] ^= 1  # outside of the masks: there is always something new
        canvas.paint(pixels)
        await until(lambda: seen.newest is not before)  # noqa: B023  awaited before the next turn
        tiles = np.repeat(np.repeat(seen.newest.damage.since(before.sequence), TILE, axis=0), TILE, axis=1)
        changed = (seen.newest.pixels != before.pixels).any(axis=2)

        assert not (changed & ~tiles[:HEIGHT, :WIDTH]).any()
