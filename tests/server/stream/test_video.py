"""Video in the binary form: begun when it is worth it, near the source while it runs, exact when it is still."""

from __future__ import annotations

import numpy as np
import pytest

from capture.video.shared import SharedVideos
from tests.capture.video.fake_codec import FakeCodecs
from tests.helpers.binary_viewer import Watching, watch
from tests.helpers.moving import code, pan
from tests.helpers.reference_viewer import H264, parse
from tests.helpers.studio import Studio


def error(seen: Watching, studio: Studio) -> float:
    """Return how far the viewer's picture is from the source: the mean of the differences."""
    pixels = seen.viewer.pixels
    source = studio.canvas.pixels[:, :, 2::-1].astype(int)
    assert pixels is not None
    assert pixels.shape == source.shape
    return float(np.abs(pixels - source).mean())


async def play(studio: Studio, seen: Watching, count: int) -> None:
    """Show ``count`` different pictures, each once the viewer has the one before."""
    for picture in pan(count, 320, 240):
        studio.canvas.paint(picture)
        before = len(seen.pictures)
        await seen.until(lambda: len(seen.pictures) > before)  # noqa: B023  awaited before the next turn


@pytest.mark.parametrize(("form", "count"), [("h264", 12), ("auto", 60)])
async def test_what_moves_becomes_video_and_ends_exact(studio: Studio, form: str, count: int) -> None:
    async with watch(studio, f"fps=60&format={form}") as socket:
        seen = Watching(socket)
        await play(studio, seen, count)
        last = parse(seen.pictures[-1])

        assert [part.form for part in last.parts] == [H264]
        assert error(seen, studio) < 8
        assert not seen.viewer.is_exact
        await seen.until(lambda: seen.viewer.is_exact)
        assert seen.shows(studio)


async def test_who_has_nothing_yet_gets_a_single_picture_before_the_video(studio: Studio) -> None:
    async with watch(studio, "fps=60&format=auto") as first:
        watching = Watching(first)
        await play(studio, watching, 60)
        assert [part.form for part in parse(watching.pictures[-1]).parts] == [H264]
        async with watch(studio, "fps=60&format=auto&quality=70") as second:
            late = Watching(second)
            await late.until(lambda: late.pictures)
            await play(studio, late, 4)

    forms = [{part.form for part in parse(message).parts} for message in late.pictures]
    assert H264 not in forms[0]
    assert forms[-1] == {H264}


async def test_typing_and_scrolling_are_no_video_in_the_automatic_format(studio: Studio) -> None:
    async with watch(studio, "fps=60&format=auto") as socket:
        seen = Watching(socket)
        for picture in code(40, 320, 240):
            studio.canvas.paint(picture)
            await seen.until(lambda: seen.shows(studio))

        assert not any(part.form == H264 for message in seen.pictures for part in parse(message).parts)


async def test_all_viewers_share_one_video_encode(studio: Studio) -> None:
    sockets = [await watch(studio, "fps=60&format=h264") for _ in range(3)]
    everybody = [Watching(socket) for socket in sockets]
    for seen in everybody:
        await seen.until(lambda: seen.pictures)  # noqa: B023  awaited at once
    takes = studio.canvas.takes
    for shade in range(10):
        studio.canvas.fill(shade * 20, 30, 40)
        for seen in everybody:
            before = len(seen.pictures)
            await seen.until(lambda: len(seen.pictures) > before)  # noqa: B023  awaited at once

    assert [film.encodes for film in studio.hub.shared_videos.running] == [studio.canvas.takes - takes + 1]
    for socket in sockets:
        await socket.close()


async def test_the_size_may_change_at_any_picture(studio: Studio) -> None:
    async with watch(studio, "fps=60&format=h264") as socket:
        seen = Watching(socket)
        for size in ((320, 240), (321, 177), (64, 40), (17, 9), (320, 240)):
            studio.canvas.resize(*size)
            studio.canvas.fill(90, 120, 40)
            await seen.until(lambda: seen.viewer.pixels is not None and seen.viewer.pixels.shape[1::-1] == size)  # noqa: B023  awaited at once
            await seen.until(lambda: error(seen, studio) < 8)


async def test_without_an_encoder_there_is_an_error_and_pictures_go_on(studio: Studio) -> None:
    studio.hub.shared_videos = None
    studio.canvas.fill(1, 2, 3)
    async with watch(studio, "fps=60&format=h264") as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.shows(studio))

        assert [told["error"]["code"] for told in seen.told if told["type"] == "error"] == ["no_video"]


async def test_an_encoder_that_breaks_is_followed_by_single_pictures(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    codecs = FakeCodecs()
    codecs.fails = True
    studio.hub.shared_videos = SharedVideos(codecs)
    async with watch(studio, "fps=60&format=h264") as socket:
        seen = Watching(socket)
        for shade in range(5):
            studio.canvas.fill(7, 8, shade)
            await seen.until(lambda: seen.shows(studio))

    assert "The video encoder is closed" in caplog.text
