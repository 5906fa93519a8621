"""What a mask hides cannot be had from any picture, from the moment it is laid; the rest stays exact."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import numpy as np
import pytest

from capture.damage import TILE
from capture.frame import Frame
from capture.hub import Hub
from capture.masks import BLOCK, Mask, mask_over
from capture.pixels import Rect
from capture.source import Condition
from tests.capture.canned import SOURCE
from tests.conftest import Until
from tests.server.canvas import Canvas

WIDTH, HEIGHT = 320, 240
MASK = Mask(0.25, 0.25, 0.75, 0.5)
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


def test_a_mask_follows_the_size_and_covers_parts_of_pixels() -> None:
    assert MASK.rect(320, 240) == Rect(80, 60, 160, 60)
    assert MASK.rect(640, 480) == Rect(160, 120, 320, 120)
    assert Mask(0.1, 0.1, 0.9, 0.9).rect(7, 7) == Rect(0, 0, 7, 7)
    assert Mask(0, 0, 1, 1).rect(1, 1) == Rect(0, 0, 1, 1)


def test_what_differs_a_little_beneath_a_mask_looks_the_same() -> None:
    """With exact means one could try out which text gives just these colours."""
    draw = np.random.default_rng(4)
    looks = []
    for _ in range(20):
        # Black digits, say, somewhere on white.
        pixels = np.full((64, 128, 4), 255, dtype=np.uint8)
        pixels[16:48, 16:112] = np.where(draw.random((32, 96, 1)) < 0.2, 0, 255)
        mask_over(pixels, (Mask(0, 0, 1, 1),))
        looks.append(pixels.tobytes())

    assert len(set(looks)) == 1


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 300), (63, 64), (65, 130), (200, 191), (1000, 70)])
def test_masks_of_any_size_are_made_of_large_blocks(width: int, height: int) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (height, width, 4), dtype=np.uint8)
    mask_over(pixels, (Mask(0, 0, 1, 1),))
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
        ((Mask(0, 0, 0.1, 0.1), MASK), None),
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


async def test_damage_tells_all_that_looks_different(hub: Hub, canvas: Canvas, until: Until) -> None:
    draw = random.Random(6)
    canvas.noise(1)
    hub.set_masks(SOURCE, (MASK, Mask(0, 0.6, 0.3, 1)))
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
