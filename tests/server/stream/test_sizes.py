"""Windows of sizes that no screen has: shown smaller, or not at all, and never a reason to fall over."""

from __future__ import annotations

import io
from dataclasses import replace

import aiohttp
import numpy as np
import pytest
from PIL import Image

from capture.picture.frame import Pointer, Take
from capture.picture.size_limit import MOST_PIXELS, limited_size
from capture.source import Condition
from server.sharing import described
from tests.helpers.studio import SHARED, Studio
from tests.helpers.waiting import receive

LIVE = Condition("live")


def picture(width: int, height: int) -> np.ndarray:
    """Return a grey picture that takes no memory, whatever its size."""
    return np.broadcast_to(np.full(4, 90, np.uint8), (height, width, 4))


@pytest.mark.parametrize(
    ("size", "becomes"),
    [
        ((320, 240), (320, 240)),
        ((8000, 5000), (8000, 5000)),
        ((8001, 5000), (4001, 2500)),
        ((32768, 32768), (5462, 5462)),
        ((32768, 1), (32768, 1)),
        ((1, 32768), (1, 32768)),
    ],
)
def test_large_pictures_become_smaller(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    found = limited_size(Take(LIVE, picture(*size), damage=()))
    assert found.pixels is not None

    assert (found.pixels.shape[1], found.pixels.shape[0]) == becomes
    assert becomes[0] * becomes[1] <= MOST_PIXELS
    # Where something changed was said of the large one.
    assert found.damage == (() if size == becomes else None)


def test_the_pointer_stays_where_it_points() -> None:
    pointer = Pointer(12_000, 6_001, 1, np.zeros((12, 8, 4), np.uint8))
    found = limited_size(Take(LIVE, picture(32768, 32768), pointer=pointer)).pointer
    assert found is not None

    assert (found.x, found.y) == (2_000, 1_000)


def test_a_large_picture_is_not_kept_for_a_small_one() -> None:
    assert not limited_size(Take(LIVE, picture(32768, 32768), is_ours=True)).is_ours


@pytest.mark.parametrize("size", [(0, 0), (0, 240), (320, 0)])
def test_without_pixels_it_is_not_to_be_seen(size: tuple[int, int]) -> None:
    found = limited_size(Take(LIVE, picture(*size)))

    assert (found.condition.state, found.pixels) == ("hidden", None)
    assert found.condition.reason


async def test_a_viewer_of_a_giant_gets_40_megapixels_at_most(studio: Studio) -> None:
    studio.canvas.paint(picture(32768, 32768))
    async with aiohttp.ClientSession(f"http://127.0.0.1:{studio.server.port}") as http:
        async with http.get("/snapshot/4711.jpg?quality=10") as answer:
            image = Image.open(io.BytesIO(await answer.read()))
        async with http.get("/snapshot/4711.jpg?max_width=64&quality=90") as answer:
            small = Image.open(io.BytesIO(await answer.read()))

    assert image.size == (5462, 5462)
    assert small.size == (64, 64)
    assert abs(small.convert("L").getpixel((30, 30)) - 90) < 4


async def test_a_window_without_a_size_says_so_and_comes_back(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        studio.canvas.paint(picture(0, 0))
        told = await receive(viewer, "state")
        studio.canvas.resize(64, 48)
        assert (await receive(viewer, "state"))["data"]["state"] == "live"
        frame = await receive(viewer, "frame")

    assert told["data"]["state"] == "hidden"
    assert "no size" in told["data"]["reason"]
    assert (frame["data"]["width"], frame["data"]["height"]) == (64, 48)


def test_what_a_confused_window_says_of_its_size_is_not_passed_on() -> None:
    found = described(replace(SHARED, width=-32000, height=-1))

    assert (found["width"], found["height"]) == (0, 0)
