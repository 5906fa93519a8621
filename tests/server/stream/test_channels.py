"""Many sources over one connection: each channel is a session of its own, and the connection is one viewer."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
from dataclasses import replace
from typing import Any

import pytest
import websockets

from capture import reasons
from capture.source import Condition
from server.access.control import Viewer as Watcher
from server.protocol import wire
from server.sharing import ShareRule
from server.stream.multi_session import MOST_CHANNELS
from tests.helpers.channel_viewer import share_both, watching
from tests.helpers.stuck_viewer import paint
from tests.helpers.studio import SECRET, SHARED, Studio
from tests.helpers.waiting import until


async def test_what_is_not_listed_yet_is_waited_for_on_its_channel(studio: Studio) -> None:
    sources = studio.catalog.sources
    studio.set_sources()
    studio.catalog.is_ready = studio.catalog.is_listed = False
    async with watching(studio) as viewer:
        await viewer.open(1)
        await viewer.open(2, "99")
        early = [(await viewer.answer(channel, "state"))["data"]["state"] for channel in (1, 2)]
        await viewer.say(1, "update_options", quality=33)
        told_early = [message["type"] for message in viewer.told.get(0, [])]
        studio.catalog.is_ready = studio.catalog.is_listed = True
        studio.set_sources(*sources)
        await viewer.answer(1, "session_started")
        updated = await viewer.answer(1, "session_updated")
        closed = await viewer.answer(2, "closed")
        listed = await viewer.answer(0, "sources")

    assert early == ["waiting", "waiting"]
    assert "sources" not in told_early, "an empty list would say that nothing is shared"
    assert updated["data"]["options"]["quality"] == 33
    assert closed["data"]["code"] == 4404
    assert listed["data"]["count"] == 1


async def test_what_is_shared_is_told_at_once_and_after_each_change(studio: Studio) -> None:
    async with watching(studio) as seen:
        first = (await seen.answer(0, "sources"))["data"]
        share_both(studio)
        second = (await seen.answer(0, "sources"))["data"]
        studio.set_sources(replace(SHARED, title="done", state="minimised"), SECRET)
        third = (await seen.answer(0, "sources"))["data"]

    assert first["count"] == 1
    assert first["windows"][0] == {
        "handle": 4711,
        "title": "build <log>",
        "app": "xterm",
        "kind": "window",
        "width": 320,
        "height": 240,
        "state": "live",
        "url": f"http://127.0.0.1:{studio.server.port}/watch/4711",
    }
    assert [source["handle"] for source in second["windows"]] == [4711, 4712]
    assert (third["windows"][0]["title"], third["windows"][0]["state"]) == ("done", "minimised")


async def test_changes_that_come_together_are_told_together(studio: Studio) -> None:
    async with watching(studio) as seen:
        await seen.answer(0, "sources")
        for number in range(50):
            studio.set_sources(replace(SHARED, title=f"{number}"), SECRET)
            await asyncio.sleep(0)
        titles: list[str] = []
        while "49" not in titles:
            titles.append((await seen.answer(0, "sources"))["data"]["windows"][0]["title"])

    assert len(titles) <= 2


async def test_each_channel_shows_its_source_and_follows_it(studio: Studio) -> None:
    share_both(studio)
    studio.canvas.noise(1)
    studio.canvases[SECRET.id].noise(2)
    async with watching(studio) as seen:
        await seen.open(7, 4711, fps=60)
        await seen.open(65535, "4712", fps=60)
        await seen.until(lambda: seen.shows(7, studio.canvas) and seen.shows(65535, studio.canvases[SECRET.id]))
        studio.canvas.noise(3)
        studio.canvases[SECRET.id].noise(4)
        await seen.until(lambda: seen.shows(7, studio.canvas) and seen.shows(65535, studio.canvases[SECRET.id]))
        started = await seen.answer(65535, "session_started")

    assert started["data"]["window_id"] == 4712
    assert started["data"]["options"]["unchanged"] == "skip"
    assert not [told for told in (*seen.told[7], *seen.told[65535]) if told["type"] in ("error", "stats")]


async def test_equal_tiles_are_encoded_once(studio: Studio) -> None:
    async with watching(studio) as one, watching(studio) as other:
        for seen in (one, other):
            for channel in (1, 2):
                await seen.open(channel, fps=60, quality=100)
        for seed in range(4):
            studio.canvas.fill(seed, 90, 20)
            for seen in (one, other):
                await seen.until(lambda seen=seen: seen.shows(1, studio.canvas) and seen.shows(2, studio.canvas))

    assert studio.hub.encoder.encodes <= studio.canvas.takes + 2


async def test_a_channel_takes_the_commands_of_a_session(studio: Studio) -> None:
    async with watching(studio) as seen:
        await seen.open(3)
        await seen.say(3, "update_options", fps=30)
        updated = await seen.answer(3, "session_updated")
        await seen.say(3, "get_status")
        await seen.answer(3, "status")
        await seen.say(3, "stop")
        closed = await seen.answer(3, "closed")
        await until(lambda: len(studio.registry) == 0)

    assert updated["data"]["fps"] == 30
    assert closed["data"] == {"channel": 3, "code": 1000, "reason": "asked for"}


async def test_figures_come_only_where_they_are_asked_for(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.stream.writer.STATS_SECONDS", 0.3)
    async with watching(studio) as seen:
        await seen.open(1)
        await seen.open(2, stats=1)
        await seen.answer(2, "stats")
        stats = await seen.answer(2, "stats")

        assert stats["data"]["rtt_ms"] is not None
        assert not [told for told in seen.told[1] if told["type"] == "stats"]


async def test_a_closed_channel_is_quiet_and_its_number_can_be_used_again(studio: Studio) -> None:
    studio.canvas.noise(1)
    async with watching(studio) as seen:
        for _ in range(3):
            await seen.open(5, fps=60)
            await seen.until(lambda: seen.shows(5, studio.canvas))
            await seen.say(0, "close", channel=5)
            closed = await seen.answer(5, "closed")
            await until(lambda: studio.hub.running == 0)
            assert closed["data"]["code"] == 1000
        # What was on its way to a channel that is closed is nobody's fault.
        await seen.send(5, wire.ack(1, 0.1))
        await seen.say(0, "close", channel=5)
        await seen.open(6)
        await seen.answer(6, "session_started")

        assert not [told for told in seen.told[0] if told["type"] == "error"]


@pytest.mark.parametrize(
    ("options", "code", "field", "close"),
    [
        ({"id": "4712"}, "source_not_found", None, 4404),
        ({"id": "no such thing"}, "source_not_found", None, 4404),
        ({}, "invalid_option", "id", 4400),
        ({"id": True}, "invalid_option", "id", 4400),
        ({"id": ["0"]}, "invalid_option", "id", 4400),
        ({"id": 4711, "fps": 0}, "invalid_option", "fps", 4400),
        ({"id": 4711, "format": "bmp"}, "invalid_option", "format", 4400),
        ({"id": 4711, "colour": "red"}, "invalid_option", "colour", 4400),
        ({"id": 4711, "stats": "yes"}, "invalid_option", "stats", 4400),
    ],
)
async def test_what_cannot_be_opened_is_refused_on_its_channel(
    studio: Studio, options: dict[str, Any], code: str, field: str | None, close: int
) -> None:
    async with watching(studio) as seen:
        await seen.say(0, "open", channel=9, **options)
        error = (await seen.answer(9, "error"))["error"]
        closed = (await seen.answer(9, "closed"))["data"]
        await seen.open(9)
        await seen.answer(9, "session_started")

    assert (error["code"], error.get("field"), closed["code"]) == (code, field, close)
    assert studio.canvases[SECRET.id].opens == 0


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"command":"open","options":{"id":4711}}', "invalid_option"),
        ('{"command":"open","options":{"id":4711,"channel":0}}', "invalid_option"),
        ('{"command":"open","options":{"id":4711,"channel":65536}}', "invalid_option"),
        ('{"command":"open","options":{"id":4711,"channel":1}}', "invalid_option"),
        ('{"command":"close","options":{"channel":"1"}}', "invalid_option"),
        ('{"command":"get_status"}', "unknown_command"),
        ("[]", "bad_message"),
        (b"\x01\x00", "bad_message"),
    ],
)
async def test_bad_commands_to_the_connection_are_answered_and_it_goes_on(
    studio: Studio, message: str | bytes, code: str
) -> None:
    async with watching(studio) as seen:
        await seen.open(1)
        await seen.answer(1, "session_started")
        await seen.send(0, message)
        error = await seen.answer(0, "error")
        await seen.say(1, "get_status")
        await seen.answer(1, "status")

    assert error["error"]["code"] == code


async def test_there_is_a_limit_to_channels(studio: Studio) -> None:
    async with watching(studio) as seen:
        for channel in range(1, MOST_CHANNELS + 2):
            await seen.open(channel)
        error = (await seen.answer(MOST_CHANNELS + 1, "error"))["error"]
        closed = (await seen.answer(MOST_CHANNELS + 1, "closed"))["data"]
        await until(lambda: len(studio.registry.sessions()) == MOST_CHANNELS)
        await seen.say(0, "close", channel=1)
        await seen.open(MOST_CHANNELS + 1)
        await seen.answer(MOST_CHANNELS + 1, "session_started")

    assert str(MOST_CHANNELS) in error["message"]
    assert closed["code"] == 4429


async def test_floods_end_the_channel_or_the_connection_that_they_are_for(studio: Studio) -> None:
    async with watching(studio) as seen:
        await seen.open(1)
        await seen.open(2)
        for _ in range(60):
            await seen.say(1, "get_status")
        closed = (await seen.answer(1, "closed"))["data"]
        await seen.say(2, "get_status")
        await seen.answer(2, "status")
        for _ in range(250):
            await seen.say(0, "close", channel=77)
        code = await seen.ending()

    assert (closed["code"], code) == (1008, 1008)
    assert seen.told[0][-1]["error"]["code"] == "flooding"


async def test_unsharing_and_closing_end_the_channel_alone(studio: Studio) -> None:
    share_both(studio)
    async with watching(studio) as seen:
        await seen.open(1)
        await seen.open(2, SECRET.id)
        await seen.answer(2, "session_started")
        studio.shares.set_rules((ShareRule.for_source(SHARED),))
        unshared = (await seen.answer(2, "closed"))["data"]
        studio.set_sources(SECRET)
        state = (await seen.answer(1, "state"))["data"]
        while state["state"] != "closed":
            state = (await seen.answer(1, "state"))["data"]
        gone = (await seen.answer(1, "closed"))["data"]
        studio.set_sources(SHARED, SECRET)
        await seen.open(1)
        await seen.answer(1, "session_started")

    assert (unshared["code"], gone["code"]) == (4403, 4404)


async def test_states_are_told_on_the_channel(studio: Studio) -> None:
    async with watching(studio) as seen:
        await seen.open(1)
        await seen.until(lambda: 1 in seen.viewers)
        studio.canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
        states = [(await seen.answer(1, "state"))["data"]["state"]]
        while states[-1] != "minimised":
            states.append((await seen.answer(1, "state"))["data"]["state"])


async def test_one_connection_is_one_viewer(studio: Studio) -> None:
    share_both(studio)
    async with watching(studio) as seen, studio.connect() as other:
        await seen.answer(0, "sources")
        await other.recv()
        assert len(studio.registry) == 1
        await seen.open(1)
        await seen.open(2, SECRET.id)
        await until(lambda: len(studio.registry.sessions()) == 3)
        views = [view for view in studio.registry.sessions() if view.group]

        assert len(studio.registry) == 2
        assert len({view.group for view in views}) == 1
        assert {view.source.id for view in views} == {SHARED.id, SECRET.id}
        studio.registry.limit = 3
        assert not studio.registry.is_full(Watcher("127.0.0.1", ""))
        studio.registry.limit = 2
        async with watching(studio) as late:
            assert await late.ending() == 4429
        studio.registry.disconnect(views[0].group)
        assert await seen.ending() == 4403
        await until(lambda: len(studio.registry.sessions()) == 1)
        assert not studio.registry.is_full(Watcher("127.0.0.1", ""))

    assert seen.told[0][-1]["error"]["code"] == "disconnected"


async def test_the_host_moves_only_what_the_viewer_left_open(studio: Studio) -> None:
    async with watching(studio) as seen:
        await seen.open(1, fps=2, quality=60)
        await seen.open(2)
        await seen.answer(2, "session_started")
        await until(lambda: len(studio.registry.sessions()) == 2)
        studio.registry.apply({"fps": 30, "quality": 40, "cursor": 0})
        kept = (await seen.answer(1, "session_updated"))["data"]["options"]
        moved = (await seen.answer(2, "session_updated"))["data"]["options"]

    assert (kept["fps"], kept["quality"], kept["cursor"]) == (2, 60, False)
    assert (moved["fps"], moved["quality"], moved["cursor"]) == (30, 40, False)


async def test_an_open_connection_without_channels_shows_that_it_lives(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.stream.multi_session.BEAT_SECONDS", 0.3)
    async with watching(studio) as seen:
        await seen.answer(0, "alive")
        await seen.answer(0, "alive")


async def test_a_channel_that_is_not_acknowledged_does_not_stop_the_others(studio: Studio) -> None:
    share_both(studio)
    async with watching(studio) as seen:
        seen.answers = {2}
        await seen.open(1, fps=60)
        await seen.open(2, SECRET.id, fps=60)
        for seed in range(20):
            studio.canvas.noise(seed)
            studio.canvases[SECRET.id].fill(seed * 10, 4, 5)
            await seen.until(lambda: seen.shows(2, studio.canvases[SECRET.id]))

        assert seen.viewers[1].pictures <= 2


def stuck_connection(studio: Studio, channels: int) -> socket.socket:
    """Return a socket that opened channels and will never read."""
    raw = socket.create_connection(("127.0.0.1", studio.server.port))
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /streams HTTP/1.1\r\nHost: 127.0.0.1:{studio.server.port}\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Protocol: {wire.MANY_PROTOCOL}\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    raw.sendall(request.encode())
    for channel in range(1, channels + 1):
        text = json.dumps({"command": "open", "options": {"channel": channel, "id": 4711, "fps": 60}}).encode()
        raw.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    return raw


async def test_who_reads_nothing_is_dropped_once_and_nobody_else_notices(studio: Studio) -> None:
    painting = asyncio.create_task(paint(studio))
    async with watching(studio) as good:
        await good.open(1, fps=20)
        await good.until(lambda: 1 in good.viewers)
        raw = stuck_connection(studio, 3)
        await good.until(lambda: len(studio.registry.sessions()) == 4)
        before = good.viewers[1].pictures
        await good.until(lambda: len(studio.registry.sessions()) == 1, seconds=20)

        assert good.viewers[1].pictures > before + 20
    painting.cancel()
    raw.close()


async def test_stopping_does_not_wait_for_a_stuck_connection(studio: Studio) -> None:
    painting = asyncio.create_task(paint(studio))
    raw = stuck_connection(studio, 3)
    await until(lambda: len(studio.registry.sessions()) == 3)
    async with watching(studio) as seen:
        await seen.open(1)
        await seen.answer(1, "session_started")
        ending = asyncio.create_task(seen.ending())
        async with asyncio.timeout(2.0):
            await studio.server.stop()
        code = await ending
    painting.cancel()
    raw.close()

    assert code == 1001
    assert len(studio.registry) == 0


@pytest.mark.parametrize("protocols", [[], [wire.PROTOCOL]])
async def test_the_subprotocol_is_needed(studio: Studio, protocols: list[str]) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await studio.connect("/streams", subprotocols=protocols or None)

    assert refused.value.response.status_code == 426


async def test_nothing_is_left_after_many_connections(studio: Studio) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(20):
        async with watching(studio) as seen:
            await seen.open(1)
            await seen.open(2)
            await seen.answer(2, "session_started")
    await until(lambda: len(asyncio.all_tasks()) <= before and studio.hub.running == 0)

    assert studio.registry.sessions() == ()
