"""One device may have so much at once; beyond that it is told so in words, and others are none the worse."""

from __future__ import annotations

import asyncio
import gc

import aiohttp
import pytest

from capture.encode.fair_queue import Party
from server.access.authorizer import Guest
from server.access.control import Viewer
from server.net.peers import Peer
from server.stream.limits.device_limits import (
    LATEST_KEPT,
    MOST_FILM_PIXELS,
    MOST_MAKING_FOR_CROWD,
    MOST_MAKING_OF_ONE,
    MOST_RENDITIONS,
    Allowance,
    Allowances,
)
from tests.helpers.channel_viewer import share_both, watching
from tests.helpers.studio import SECRET, SHARED, Studio
from tests.helpers.waiting import closed, receive, say, until


async def test_so_many_pictures_of_one_source_and_no_more(studio: Studio) -> None:
    share_both(studio)
    async with watching(studio) as seen:
        for number in range(1, MOST_RENDITIONS + 1):
            await seen.open(number, scale=(number * 5 + 10) / 100, format="webp")
        # One that it has already, and one of another source, may come in addition.
        await seen.open(101, scale=0.15, format="webp")
        await seen.open(102, SECRET.id, scale=0.9)
        for number in (1, MOST_RENDITIONS, 101, 102):
            await seen.answer(number, "session_started")
        await seen.open(103, scale=0.9)
        error = (await seen.answer(103, "error"))["error"]
        gone = (await seen.answer(103, "closed"))["data"]
        # Nor is it had by changing one.
        await seen.say(101, "update_options", quality=11)
        refused = (await seen.answer(101, "error"))["error"]
        await seen.say(101, "get_status")
        options = (await seen.answer(101, "status"))["data"]["options"]
        await seen.say(0, "close", channel=101)
        await seen.say(1, "update_options", scale=0.9)
        await seen.answer(1, "session_updated")
        # Another connection of the same device has the same allowance.
        async with studio.connect("/stream/4711?scale=0.77") as more:
            code, told = await closed(more)

    assert error["code"] == refused["code"] == "too_many_renditions"
    assert str(MOST_RENDITIONS) in error["message"]
    assert (gone["code"], gone["reason"]) == (4429, "too_many_renditions")
    assert options["quality"] != 11
    assert code == 4429
    assert told[-1]["error"]["code"] == "too_many_renditions"


async def test_the_host_moves_everybody_whatever_they_have(studio: Studio) -> None:
    async with watching(studio) as seen:
        for number in range(1, MOST_RENDITIONS + 1):
            await seen.open(number, scale=(number * 5 + 10) / 100)
            await seen.answer(number, "session_started")
        studio.registry.apply({"quality": 33})
        for number in range(1, MOST_RENDITIONS + 1):
            assert (await seen.answer(number, "session_updated"))["data"]["options"]["quality"] == 33


async def test_so_many_streams_on_all_connections_together(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.stream.limits.device_limits.MOST_STREAMS", 3)
    async with watching(studio) as seen, studio.connect() as alone, aiohttp.ClientSession() as client:
        await seen.open(1)
        await seen.open(2)
        await seen.answer(2, "session_started")
        await receive(alone, "session_started")
        await seen.open(3)
        error = (await seen.answer(3, "error"))["error"]
        async with client.get(f"http://127.0.0.1:{studio.server.port}/mjpeg/4711") as answer:
            refused = (answer.status, (await answer.json())["error"]["code"], answer.headers["Retry-After"])
        await seen.say(0, "close", channel=1)
        await seen.open(3)
        await seen.answer(3, "session_started")

    assert error["code"] == "too_many_viewers"
    assert "This device" in error["message"]
    assert refused == (429, "too_many_viewers", "1")


async def test_so_many_single_pictures_at_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.stream.limits.device_limits.MOST_SNAPSHOTS", 2)
    url = f"http://127.0.0.1:{studio.server.port}/snapshot/4711.png"
    async with aiohttp.ClientSession() as client, studio.connect() as viewer:
        await receive(viewer, "frame")
        held = studio.registry.allowance(studio.registry.sessions()[0].viewer)
        async with held.snapshot(), held.snapshot():
            async with client.get(url) as answer:
                refused = (answer.status, await answer.json())
            await say(viewer, "take_screenshot")
            error = (await receive(viewer, "error"))["error"]
        async with client.get(url) as answer:
            assert answer.status == 200
        await say(viewer, "take_screenshot")
        await receive(viewer, "screenshot")

    assert refused[0] == 429
    assert refused[1]["error"]["code"] == error["code"] == "too_many_snapshots"


def test_so_much_video_and_no_more() -> None:
    held = Allowance(Party("a", "b"))
    assert held.begin_film("large", 2 * MOST_FILM_PIXELS)
    assert held.begin_film("large", 2 * MOST_FILM_PIXELS)
    assert not held.begin_film("small", 100)
    held.end_film("large")
    assert not held.begin_film("small", 100)
    held.end_film("large")
    assert all(held.begin_film(number, MOST_FILM_PIXELS // 4) for number in range(4))
    assert not held.begin_film("small", 100)


async def test_single_pictures_come_where_there_would_be_too_much_video(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.stream.limits.device_limits.MOST_FILM_PIXELS", 100)
    assert studio.hub.shared_videos is not None
    async with watching(studio) as seen:
        for channel in (1, 2, 3):
            await seen.open(channel, format="h264", fps=20 + channel)
        await seen.until(lambda: len(seen.viewers) == 3)

        assert len(studio.hub.shared_videos.running) == 1
        held = studio.registry.allowance(studio.registry.sessions()[0].viewer)
    await until(lambda: not studio.hub.shared_videos.running)
    assert held.begin_film("another", 1000)


async def test_who_asks_for_a_picture_and_leaves_is_not_waited_for(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        held = studio.registry.allowance(studio.registry.sessions()[0].viewer)
        places = [held.place(SHARED) for _ in range(MOST_MAKING_OF_ONE)]
        for place in places:
            await place.__aenter__()
        reader, writer = await asyncio.open_connection("127.0.0.1", studio.server.port)
        writer.write(b"GET /snapshot/4711.png HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await until(lambda: held.snapshots == 1)
        writer.close()
        await until(lambda: held.snapshots == 0)
        for place in places:
            await place.__aexit__(None, None, None)
    del reader


async def test_places_are_given_in_turn_and_given_back_by_who_leaves() -> None:
    held = Allowance(Party("a", "b"))
    first, second, third, fourth = (held.place(SHARED) for _ in range(4))
    await first.__aenter__()
    await second.__aenter__()
    waiting = [asyncio.create_task(each.__aenter__()) for each in (third, fourth)]
    other = held.place(SECRET)
    await asyncio.wait_for(other.__aenter__(), 5)
    waiting[0].cancel()
    await asyncio.gather(*waiting[:1], return_exceptions=True)
    await second.__aexit__(None, None, None)

    await asyncio.wait_for(waiting[1], 5)


def guest(number: int, address: str = "10.0.0.9") -> Viewer:
    return Viewer(address, "x", Guest(Peer.of(address), f"device-{number}", "link"))


async def test_devices_of_one_address_share_what_is_made_at_once() -> None:
    allowances = Allowances()
    held = [allowances.of(guest(number)) for number in range(10)]
    others = [allowances.of(guest(1, "10.0.0.8")), allowances.of(Viewer("127.0.0.1", "x"))]
    places = [each.place(SHARED) for each in (*held, *others)]
    for place in places[:MOST_MAKING_FOR_CROWD]:
        await asyncio.wait_for(place.__aenter__(), 5)
    late = asyncio.create_task(places[9].__aenter__())
    for place in places[10:]:
        await asyncio.wait_for(place.__aenter__(), 5)
    assert not late.done()
    await places[0].__aexit__(None, None, None)

    await asyncio.wait_for(late, 5)


def test_only_the_latest_are_kept_of_those_who_are_not_there() -> None:
    allowances = Allowances()
    held = allowances.of(guest(1))
    assert allowances.of(guest(1)) is held
    assert allowances.of(guest(2)) is not held
    owner = allowances.of(Viewer("127.0.0.1", "x"))
    assert allowances.of(Viewer("::1", "y")) is owner
    del held, owner
    for number in range(LATEST_KEPT):
        allowances.of(guest(100 + number))
    gc.collect()

    assert len(allowances) == LATEST_KEPT
