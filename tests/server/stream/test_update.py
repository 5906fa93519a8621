"""The binary form: a viewer's picture is the source's, after whatever happened, and nothing is sent for nothing."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import struct
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import websockets

from server.protocol import wire
from server.stream import update_consumer
from server.stream.congestion.picture_window import MOST, PictureWindow
from tests.helpers.binary_viewer import Watching, watch
from tests.helpers.reference_viewer import WHOLE, parse
from tests.helpers.relay import relay_to
from tests.helpers.studio import Studio
from tests.helpers.waiting import closed, receive, say, until


def text(studio: Studio, rows: range, seed: int = 1) -> None:
    """Paint something like text into the canvas."""
    draw = np.random.default_rng(seed)
    pixels = studio.canvas.pixels.copy()
    for top in rows:
        pixels[top : top + 8, :200, :3] = np.where(draw.random((8, 200, 1)) < 0.3, 0, 255)
    studio.canvas.paint(pixels)


async def test_the_subprotocol_is_taken_up_and_the_first_picture_is_whole(studio: Studio) -> None:
    studio.canvas.fill(10, 20, 30)
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.pictures)

        assert socket.subprotocol == wire.PROTOCOL
        assert seen.told[0]["type"] == "session_started"
        assert seen.told[0]["data"]["options"]["unchanged"] == "skip"
        assert parse(seen.pictures[0]).flags & WHOLE
        assert seen.shows(studio)


async def test_only_what_changed_is_sent(studio: Studio) -> None:
    studio.canvas.noise(1)
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.is_exact)
        whole = len(seen.pictures[0])
        pixels = studio.canvas.pixels.copy()
        pixels[100:110, 50:60] = 7
        studio.canvas.paint(pixels)
        count = len(seen.pictures)
        await seen.until(lambda: len(seen.pictures) > count)
        last = parse(seen.pictures[-1])

        assert len(seen.pictures[-1]) < whole / 20
        assert sum(part.width * part.height for part in last.parts) <= 32 * 32
        await seen.until(lambda: seen.viewer.is_exact)
        assert seen.shows(studio)


class NotedWindow(PictureWindow):
    """A window of which the largest size is noted."""

    largest = 0

    def acknowledged(self, now: float, owed: int, round_trip: float | None, interval: float) -> None:
        super().acknowledged(now, owed, round_trip, interval)
        NotedWindow.largest = max(NotedWindow.largest, self.size)


async def flicker(studio: Studio) -> None:
    """Change the canvas all the time, until it is cancelled."""
    for level in itertools.cycle(range(0, 250, 10)):
        studio.canvas.fill(level, 255 - level, 20)
        await asyncio.sleep(0.01)


async def test_a_far_viewer_has_as_many_pictures_on_their_way_as_the_way_holds(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_consumer, "PictureWindow", NotedWindow)
    monkeypatch.setattr(NotedWindow, "largest", 0)
    studio.canvas.fill(1, 2, 3)
    with relay_to(studio.server.port) as relay:
        relay.be_far(0.1)
        address = f"ws://127.0.0.1:{relay.port}/stream/4711?fps=60&format=jpeg"
        async with websockets.connect(address, max_size=None, compression=None, subprotocols=[wire.PROTOCOL]) as socket:
            seen = Watching(socket)
            changing = asyncio.create_task(flicker(studio))
            await seen.until(lambda: NotedWindow.largest == MOST)
            changing.cancel()
            await seen.until(lambda: seen.viewer.is_exact and seen.shows(studio))


async def test_a_page_that_is_scrolled_is_moved_by_the_viewer(studio: Studio) -> None:
    text(studio, range(0, 230, 12))
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.is_exact)
        pixels = studio.canvas.pixels.copy()
        pixels[:-5] = pixels[5:]
        studio.canvas.paint(pixels)
        count = len(seen.pictures)
        await seen.until(lambda: len(seen.pictures) > count)
        moved = parse(seen.pictures[count])

        assert moved.parts[0].form == 0
        assert moved.parts[0].from_y - moved.parts[0].y == 5
        assert seen.viewer.is_exact
        assert seen.shows(studio)


async def test_moves_that_a_viewer_has_missed_are_one_for_it(studio: Studio) -> None:
    text(studio, range(0, 230, 12))
    async with watch(studio, "fps=60") as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.is_exact)
        seen.answers = False
        count = len(seen.pictures)
        # Two are on their way then, and the others are left out.
        for number, up in enumerate((5, 4, 3, 6), 1):
            pixels, takes = studio.canvas.pixels.copy(), studio.canvas.takes
            pixels[:-up] = pixels[up:]
            studio.canvas.paint(pixels)
            await seen.until(lambda: len(seen.pictures) == count + min(number, 2))  # noqa: B023  awaited here
            await until(lambda: studio.canvas.takes > takes)  # noqa: B023
        seen.answers = True
        for picture in seen.pictures[count:]:
            await seen.socket.send(wire.ack(parse(picture).sequence, 0.001))
        await seen.until(lambda: seen.shows(studio))
        moved = parse(seen.pictures[-1])

        assert len(seen.pictures) == count + 3
        assert (moved.parts[0].form, moved.parts[0].from_y - moved.parts[0].y) == (0, 9)
        assert seen.viewer.is_exact


async def test_what_is_still_becomes_exact_and_then_nothing_is_sent(studio: Studio) -> None:
    studio.canvas.noise(3)
    async with watch(studio, "fps=60&quality=30") as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.pictures)
        assert not seen.viewer.is_exact
        await seen.until(lambda: seen.viewer.is_exact)
        count, takes, encodes = len(seen.pictures), studio.canvas.takes, studio.hub.encoder.encodes
        assert seen.shows(studio)
        await seen.until(lambda: [t["type"] for t in seen.told].count("stats") >= 2)

        assert (len(seen.pictures), studio.canvas.takes, studio.hub.encoder.encodes) == (count, takes, encodes)
        latencies = next(told["data"]["delay_ms"] for told in seen.told if told["type"] == "stats")
        assert set(latencies) == {"capture", "encode", "wait", "network", "decode"}


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
async def test_every_format_ends_exact(studio: Studio, form: str) -> None:
    studio.canvas.noise(4)
    async with watch(studio, f"fps=60&format={form}") as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.is_exact)

        assert seen.shows(studio)
        assert form != "png" or len(seen.pictures) == 1


async def test_the_pointer_travels_apart_from_the_picture(studio: Studio) -> None:
    studio.canvas.noise(2)
    studio.canvas.point(10, 20)
    async with watch(studio, "fps=60&scale=0.5") as scaled, watch(studio, "fps=60&cursor=0") as bare:
        seen, without = Watching(scaled), Watching(bare)
        await seen.until(lambda: seen.viewer.is_exact and seen.viewer.pointer == (5, 10, 4, 6))
        await without.until(lambda: without.viewer.is_exact)
        await say(scaled, "get_status")
        await seen.until(lambda: seen.told[-1]["type"] == "status")
        before = seen.told[-1]["data"]["skipped"]  # at the start pictures may come faster than they can be sent
        count, encodes = len(seen.pictures), studio.hub.encoder.encodes
        for x in range(11, 31):
            studio.canvas.point(x, 20)
            await seen.until(lambda: seen.viewer.pointer == (round(x / 2), 10, 4, 6))  # noqa: B023  awaited at once
        studio.canvas.pointer = None
        studio.canvas.fill(1, 2, 3)
        # The pointer goes first, and what was exact before is so until the picture comes.
        await seen.until(lambda: seen.viewer.pointer is None and len(seen.pictures) > count and seen.viewer.is_exact)
        await without.until(lambda: bool((without.viewer.pixels == (3, 2, 1)).all()))
        seen.told.clear()
        await say(scaled, "get_status")
        await seen.until(lambda: bool(seen.told) and seen.told[-1]["type"] == "status")

        assert (len(seen.pictures), studio.hub.encoder.encodes) == (count + 1, encodes + 2)  # one for each rendition
        assert seen.told[-1]["data"]["skipped"] == before
        assert without.viewer.pointer is None


async def test_viewers_at_the_same_point_share_one_encode(studio: Studio) -> None:
    studio.canvas.fill(1, 1, 1)
    async with watch(studio) as one, watch(studio) as two:
        both = [Watching(one), Watching(two)]
        for seen in both:
            await seen.until(lambda: seen.viewer.is_exact)  # noqa: B023  awaited before the next turn
        before = studio.hub.encoder.encodes
        for step in range(5):
            pixels = studio.canvas.pixels.copy()
            pixels[step * 20 : step * 20 + 9, 30:60] = 90 + step
            studio.canvas.paint(pixels)
            for seen in both:
                await seen.until(lambda: seen.shows(studio))  # noqa: B023  awaited before the next turn

        assert studio.hub.encoder.encodes - before == 5
        assert both[0].pictures[-1] == both[1].pictures[-1]


async def test_no_more_than_two_pictures_are_unacknowledged(studio: Studio) -> None:
    async with watch(studio) as socket:
        seen = Watching(socket)
        seen.answers = False
        for shade in range(1, 40):
            studio.canvas.fill(shade, shade, shade)
            await asyncio.sleep(0.02)
        await seen.until(lambda: any(told["type"] == "stats" for told in seen.told))
        assert len(seen.pictures) == 2
        for message in seen.pictures[:2]:
            await socket.send(wire.ack(parse(message).sequence, 0.001))
        seen.answers = True
        await seen.until(lambda: seen.shows(studio))

        assert len(seen.pictures) == 3


async def test_who_acknowledges_nothing_is_dropped_and_nobody_else_notices(studio: Studio) -> None:
    async with watch(studio) as lazy, watch(studio) as good:
        studio.canvas.fill(1, 2, 3)
        seen = Watching(good)
        ending = asyncio.create_task(closed_binary(lazy))
        for shade in range(200):
            if ending.done():
                break
            studio.canvas.fill(shade, 7, 7)
            await seen.until(lambda: seen.shows(studio))
            await asyncio.sleep(0.03)
        code, told = await ending

        assert code == 4408
        assert told[-1]["error"]["code"] == "too_slow"


async def closed_binary(viewer: Any) -> tuple[int, list[dict[str, Any]]]:
    """Return the close code, and the texts that came before it."""
    async with asyncio.timeout(9):
        told = [json.loads(message) async for message in received(viewer) if isinstance(message, str)]
    return viewer.close_code, told


async def received(viewer: Any) -> AsyncIterator[str | bytes]:
    """Yield what comes until the connection ends, however it does."""
    with contextlib.suppress(websockets.ConnectionClosed):
        async for message in viewer:
            yield message


@pytest.mark.parametrize("message", [b"", b"\x07", b"\x01\x02", bytes(17), b"\x02\x00"])
async def test_garbage_is_answered_and_the_stream_goes_on(studio: Studio, message: bytes) -> None:
    studio.canvas.fill(1, 2, 3)
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.shows(studio))
        await socket.send(message)
        await seen.until(lambda: seen.told[-1]["type"] == "error")
        assert seen.told[-1]["error"]["code"] == "bad_message"
        studio.canvas.fill(9, 9, 9)
        await seen.until(lambda: seen.shows(studio))


@pytest.mark.parametrize("ahead", [-1, 0, 1, 1 << 60])
async def test_a_false_acknowledgement_brings_an_error_and_a_whole_picture(studio: Studio, ahead: int) -> None:
    studio.canvas.fill(1, 2, 3)
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.is_exact)
        await socket.send(struct.pack("<B3xIQ", 1, 0, max(0, seen.viewer.sequence + ahead)))
        count = len(seen.pictures)
        await seen.until(lambda: len(seen.pictures) > count)

        assert [t["error"]["code"] for t in seen.told if t["type"] == "error"] == ["bad_ack"]
        assert parse(seen.pictures[-1]).flags & WHOLE
        assert seen.shows(studio)


async def test_a_whole_picture_comes_when_it_is_asked_for(studio: Studio) -> None:
    studio.canvas.noise(5)
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.is_exact)
        seen.viewer.sequence = 99_999  # as if something had been lost
        studio.canvas.fill(3, 3, 3)
        await seen.until(lambda: seen.shows(studio))

        assert parse(seen.pictures[-1]).flags & WHOLE


async def test_who_asks_for_a_whole_picture_owes_nothing_any_more(studio: Studio) -> None:
    studio.canvas.fill(1, 1, 1)
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.is_exact)
        seen.answers = False
        for shade in (2, 3):
            studio.canvas.fill(shade, shade, shade)
            await seen.until(lambda: seen.shows(studio))
        await socket.send(bytes([wire.WHOLE_PLEASE]))
        count = len(seen.pictures)
        await seen.until(lambda: len(seen.pictures) > count)
        assert parse(seen.pictures[-1]).flags & WHOLE
        # What was on its way may be acknowledged all the same.
        for message in seen.pictures[-3:]:
            await socket.send(wire.ack(parse(message).sequence, 0.001))
        seen.answers = True
        studio.canvas.fill(9, 9, 9)
        await seen.until(lambda: seen.shows(studio))

        assert [told for told in seen.told if told["type"] == "error"] == []


async def test_a_new_size_or_scale_begins_anew(studio: Studio) -> None:
    studio.canvas.noise(6)
    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.viewer.pictures)
        studio.canvas.resize(333, 111)
        await seen.until(lambda: seen.shows(studio))
        await say(socket, "update_options", scale=0.5)
        await seen.until(lambda: seen.viewer.pixels is not None and seen.viewer.pixels.shape[:2] == (56, 166))

        assert parse(seen.pictures[-1]).flags & WHOLE


@pytest.mark.parametrize("form", ["h264", "auto"])
async def test_the_formats_of_the_binary_form_are_no_formats_of_the_json_form(studio: Studio, form: str) -> None:
    async with studio.connect(f"/stream/4711?format={form}") as socket:
        error = await receive(socket, "error")
        code, _ = await closed(socket)

        assert (error["error"]["field"], code) == ("format", 4400)
    async with studio.connect() as socket:
        await say(socket, "update_options", format=form)
        assert (await receive(socket, "error"))["error"]["code"] == "invalid_option"


async def test_the_hosts_format_reaches_each_form_as_it_can_have_it(studio: Studio) -> None:
    async with studio.connect() as plain, watch(studio) as socket:
        await receive(plain, "session_started")
        seen = Watching(socket)
        await seen.until(lambda: seen.told)
        studio.registry.apply({"format": "auto", "quality": 55})
        updated = (await receive(plain, "session_updated"))["data"]
        await seen.until(lambda: seen.told[-1]["type"] == "session_updated")

        assert (updated["options"]["format"], updated["options"]["quality"]) == ("jpeg", 55)
        assert seen.told[-1]["data"]["options"]["format"] == "auto"


async def test_acknowledgements_are_no_flood(studio: Studio) -> None:
    async with watch(studio) as socket:
        seen = Watching(socket)
        for shade in range(120):
            studio.canvas.fill(shade, shade, 9)
            await seen.until(lambda: seen.shows(studio))

        assert seen.viewer.pictures >= 60
        await say(socket, "get_status")
        await seen.until(lambda: seen.told[-1]["type"] == "status")
        await until(lambda: len(studio.registry) == 1)


async def drawn_slowly(seen: Watching, studio: Studio, seconds: float) -> None:
    """Have the source change, and the viewer take its time with each picture."""
    studio.canvas.noise(len(seen.pictures))
    count = len(seen.pictures)
    await seen.until(lambda: len(seen.pictures) > count)
    await asyncio.sleep(seconds)
    await seen.socket.send(wire.ack(parse(seen.pictures[-1]).sequence, seconds))


def changes(seen: Watching) -> list[dict[str, Any]]:
    return [told["data"] for told in seen.told if told["type"] == "session_updated"]


async def test_who_does_not_keep_up_gets_less_and_is_told_why(studio: Studio) -> None:
    async with watch(studio, "fps=30&adaptive=1") as socket:
        seen = Watching(socket)
        seen.answers = False
        async with asyncio.timeout(20):
            while not changes(seen):
                await drawn_slowly(seen, studio, 0.15)
        change = changes(seen)[0]

        assert change["changed_by"] == "adaptation"
        assert "viewer needs" in change["reason"]
        assert change["options"]["scale"] < 1 or change["options"]["fps"] < 30
        # What the viewer asked for is not forgotten: what it changes itself comes on top.
        await say(socket, "update_options", quality=20)
        await seen.until(lambda: changes(seen)[-1]["changed_by"] == "viewer")
        before, after = changes(seen)[-2:]
        assert after["options"]["quality"] == 20
        assert after["options"]["scale"] == before["options"]["scale"]
        await say(socket, "update_options", adaptive=0)
        await seen.until(lambda: len(changes(seen)) > 2)
        assert (changes(seen)[-1]["options"]["scale"], changes(seen)[-1]["options"]["fps"]) == (1, 30)


async def test_who_keeps_up_gets_what_was_asked_for(studio: Studio) -> None:
    async with watch(studio, "fps=60&adaptive=1") as socket:
        seen = Watching(socket)
        for shade in range(60):
            studio.canvas.fill(shade, shade, 9)
            await seen.until(lambda: seen.shows(studio))

        assert changes(seen) == []
