"""The JSON form, as a stranger's viewer meets it."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re

import pytest
from PIL import Image

from capture import reasons
from capture.source import Condition
from tests.helpers.studio import SECRET, SHARED, Studio
from tests.helpers.waiting import closed, receive, say, until

RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def picture(message: dict) -> Image.Image:
    head, _, body = message["data"]["data_url"].partition(",")
    assert head == f"data:image/{message['data']['format']};base64"
    raw = base64.b64decode(body)
    assert len(raw) == message["data"]["size"]
    return Image.open(io.BytesIO(raw))


async def test_a_viewer_is_greeted_then_sees_the_picture(studio: Studio) -> None:
    studio.canvas.fill(255, 0, 0)
    async with studio.connect() as viewer:
        started = json.loads(await viewer.recv())
        frame = await receive(viewer, "frame")

    assert started["type"] == "session_started"
    assert RFC3339.match(started["timestamp"])
    data = started["data"]
    assert data["window_id"] == 4711
    assert data["active"] is True
    assert data["fps"] == 10
    assert data["session_id"]
    assert data["options"] | {"unchanged": "repeat"} == {
        "fps": 10,
        "quality": 80,
        "format": "jpeg",
        "scale": 1,
        "cursor": True,
        "adaptive": False,
        "unchanged": "repeat",
    }
    assert {"frame_number", "width", "height", "format", "data_url", "size", "timestamp", "captured_at"} <= set(
        frame["data"]
    )
    assert RFC3339.match(frame["data"]["captured_at"])
    image = picture(frame)
    assert image.size == (320, 240) == (frame["data"]["width"], frame["data"]["height"])
    red, _green, blue = image.convert("RGB").getpixel((100, 100))
    assert blue > 200 > 60 > red


@pytest.mark.parametrize(("asked", "got"), [("jpg", "jpeg"), ("png", "png"), ("webp", "webp")])
async def test_formats(studio: Studio, asked: str, got: str) -> None:
    async with studio.connect(f"/stream/4711?format={asked}&max_width=160") as viewer:
        frame = await receive(viewer, "frame")

    assert frame["data"]["format"] == got
    assert picture(frame).format == got.upper()
    assert picture(frame).size == (160, 120)


async def test_a_change_brings_a_new_number_and_a_still_picture_repeats_the_old_one(studio: Studio) -> None:
    async with studio.connect("/stream/4711?fps=30") as viewer:
        first = await receive(viewer, "frame")
        again = await receive(viewer, "frame")
        studio.canvas.fill(1, 200, 3)
        numbers = [(await receive(viewer, "frame"))["data"]["frame_number"] for _ in range(8)]

    assert again == first
    assert numbers[-1] > first["data"]["frame_number"]
    assert studio.hub.encoder.encodes == 2


async def test_skip_sends_nothing_while_nothing_changes(studio: Studio) -> None:
    async with studio.connect("/stream/4711?fps=60&unchanged=skip") as viewer:
        await receive(viewer, "frame")
        kinds = set()
        for _ in range(2):
            kinds.add(json.loads(await viewer.recv())["type"])

    assert kinds <= {"stats", "state"}
    assert (studio.canvas.takes, studio.hub.encoder.encodes) == (1, 1)


async def test_equal_wishes_are_encoded_once(studio: Studio) -> None:
    async with (
        studio.connect("/stream/4711?unchanged=skip") as one,
        studio.connect("/stream/4711?unchanged=skip") as two,
    ):
        for shade in range(5):
            studio.canvas.fill(shade, 0, 0)
            numbers = {(await receive(viewer, "frame"))["data"]["frame_number"] for viewer in (one, two)}
            assert len(numbers) == 1

    assert studio.hub.encoder.encodes <= studio.canvas.takes


async def test_the_size_may_change_while_streaming(studio: Studio) -> None:
    async with studio.connect("/stream/4711?unchanged=skip") as viewer:
        await receive(viewer, "frame")
        studio.canvas.resize(100, 50)
        frame = await receive(viewer, "frame")

    assert (frame["data"]["width"], frame["data"]["height"]) == (100, 50)


async def test_options_change_at_once_and_are_told(studio: Studio) -> None:
    async with studio.connect("/stream/4711?unchanged=skip") as viewer:
        await receive(viewer, "frame")
        await say(viewer, "update_options", fps=30, quality=20, format="png", scale=0.5, cursor=0, unchanged="repeat")
        told = await receive(viewer, "session_updated")
        frame = await receive(viewer, "frame")

    assert told["data"]["changed_by"] == "viewer"
    assert told["data"]["options"]["quality"] == 20
    assert told["data"]["options"]["cursor"] is False
    assert frame["data"]["format"] == "png"
    assert frame["data"]["width"] == 160


async def test_the_hosts_sliders_reach_every_session(studio: Studio) -> None:
    async with studio.connect("/stream/4711?unchanged=skip&fps=1") as one, studio.connect("/stream/4711") as two:
        for viewer in (one, two):
            await receive(viewer, "frame")
        studio.registry.apply({"fps": 45, "quality": 33, "format": "webp"})
        for viewer in (one, two):
            told = await receive(viewer, "session_updated")
            frame = await receive(viewer, "frame")

            assert told["data"]["changed_by"] == "host"
            assert told["data"]["options"]["fps"] == 45
            assert frame["data"]["format"] == "webp"
    async with studio.connect() as late:
        assert (await receive(late, "session_started"))["data"]["options"]["quality"] == 33


BAD_OPTIONS = [
    ("fps", "0"),
    ("fps", "61"),
    ("fps", "nan"),
    ("fps", "inf"),
    ("fps", "-1"),
    ("fps", "abc"),
    ("fps", ""),
    ("fps", "1e9"),
    ("quality", "9"),
    ("quality", "101"),
    ("quality", "50.5"),
    ("quality", "99999999999999999999999"),
    ("format", "gif"),
    ("format", "h264"),
    ("scale", "0"),
    ("scale", "1.01"),
    ("max_width", "0"),
    ("max_height", "x"),
    ("cursor", "2"),
    ("adaptive", "yes"),
    ("unchanged", "perhaps"),
]


@pytest.mark.parametrize(("field", "value"), BAD_OPTIONS)
async def test_a_bad_option_in_the_address_is_said_then_closed(studio: Studio, field: str, value: str) -> None:
    async with studio.connect(f"/stream/4711?{field}={value}") as viewer:
        code, messages = await closed(viewer)

    assert code == 4400
    assert [message["type"] for message in messages] == ["error"]
    error = messages[0]["error"]
    assert (error["code"], error["field"]) == ("invalid_option", field)
    assert field in error["message"]
    assert "data" not in messages[0]


async def test_unknown_parameters_are_ignored(studio: Studio) -> None:
    async with studio.connect("/stream/4711?colour=red&tokens=x") as viewer:
        assert (await receive(viewer, "frame"))["data"]["frame_number"] >= 1


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"fps": 0}, "fps"),
        ({"fps": "10"}, "fps"),
        ({"fps": True}, "fps"),
        ({"fps": None}, "fps"),
        ({"fps": [1]}, "fps"),
        ({"fps": 1e300}, "fps"),
        ({"fps": 10**400}, "fps"),
        ({"quality": -(10**400)}, "quality"),
        ({"quality": 80.5}, "quality"),
        ({"quality": 30, "fps": 99}, "fps"),
        ({"colour": 1}, "colour"),
        ({"format": 7}, "format"),
        ({"cursor": "1"}, "cursor"),
        ({"cursor": 1.0}, "cursor"),
        ({"max_width": 1}, "max_width"),
    ],
)
async def test_a_bad_update_changes_nothing(studio: Studio, options: dict, field: str) -> None:
    async with studio.connect("/stream/4711?fps=25") as viewer:
        await receive(viewer, "frame")
        await say(viewer, "update_options", **options)
        error = (await receive(viewer, "error"))["error"]
        await say(viewer, "get_status")
        status = await receive(viewer, "status")
        await receive(viewer, "frame")

    assert (error["code"], error["field"]) == ("invalid_option", field)
    assert status["data"]["options"]["quality"] == 80
    assert status["data"]["options"]["fps"] == 25


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "bad_message"),
        ("", "bad_message"),
        ("[]", "bad_message"),
        ("7", "bad_message"),
        ("{}", "bad_message"),
        ('{"command": 5}', "bad_message"),
        ('{"command": "dance"}', "unknown_command"),
        ('{"command": "get_status", "options": 3}', "bad_message"),
        ('{"command": "update_options", "options": {"fps": NaN}}', "bad_message"),
        ('{"command": "update_options", "options": {"fps": Infinity}}', "bad_message"),
        ("[" * 4000, "bad_message"),
        ('{"command": "get_status"', "bad_message"),
        (b"\x00\x01", "bad_message"),
    ],
)
async def test_nonsense_is_answered_and_the_stream_goes_on(studio: Studio, text: str | bytes, code: str) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        await viewer.send(text)
        error = await receive(viewer, "error")
        await receive(viewer, "frame")

    assert error["error"]["code"] == code
    assert error["error"]["message"]


async def test_a_large_message_is_refused_with_1009(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await viewer.send("x" * 4097)
        code, messages = await closed(viewer)

    assert code == 1009
    assert messages[-1]["error"]["code"] == "message_too_large"


async def test_a_message_of_4096_bytes_is_read(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await viewer.send('{"command": "get_status"}'.ljust(4096))
        assert (await receive(viewer, "status"))["data"]["frame_count"] >= 0


async def test_a_flood_ends_with_1008(studio: Studio) -> None:
    async with studio.connect() as viewer:
        for _ in range(60):
            await viewer.send('{"command": "get_status"}')
        code, messages = await closed(viewer)

    assert code == 1008
    assert messages[-1]["error"]["code"] == "flooding"


async def test_a_command_now_and_then_is_no_flood(studio: Studio) -> None:
    async with studio.connect() as viewer:
        for _ in range(30):
            await say(viewer, "status")
        for _ in range(30):
            await receive(viewer, "status")


@pytest.mark.parametrize(
    "path", ["0", "4712", "99999", "-1", "4711.0", "04711", "9" * 400, "monitor-9", "demo", "active", "%00", "x" * 200]
)
async def test_what_is_not_shared_is_not_found_whatever_it_is(studio: Studio, path: str) -> None:
    async with studio.connect(f"/stream/{path}") as viewer:
        code, messages = await closed(viewer)

    assert code == 4404
    assert [message["error"] for message in messages] == [
        {
            "code": "source_not_found",
            "message": "Nothing is shared under this address.",
            "message_code": "not_shared",
            "values": {},
        }
    ]
    assert studio.canvases[SECRET.id].opens == 0


async def test_status_tells_what_was_sent(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        await say(viewer, "get_status")
        data = (await receive(viewer, "status"))["data"]

    assert data["frame_count"] >= 1
    assert data["bytes_sent"] > 500
    assert data["skipped"] == 0
    assert data["duration"] > 0
    assert {"session_id", "window_id", "active", "fps", "options"} <= set(data)


async def test_stats_come_by_themselves(studio: Studio) -> None:
    async with studio.connect() as viewer:
        data = (await receive(viewer, "stats"))["data"]

    assert set(data) == {
        "fps",
        "frames_sent",
        "frames_skipped",
        "bytes_sent",
        "bitrate_kbps",
        "quality",
        "rtt_ms",
        "encode_ms",
        "capture_ms",
    }
    assert data["rtt_ms"] >= 0


async def test_a_screenshot_is_lossless_and_full_size(studio: Studio) -> None:
    studio.canvas.noise(5)
    async with studio.connect("/stream/4711?scale=0.2&quality=10") as viewer:
        await receive(viewer, "frame")
        await say(viewer, "take_screenshot")
        message = await receive(viewer, "screenshot")
        await say(viewer, "take_screenshot", format="jpeg", quality=30)
        lossy = await receive(viewer, "screenshot")
        await say(viewer, "take_screenshot", fps=3)
        error = await receive(viewer, "error")

    image = picture(message).convert("RGB")
    assert image.size == (320, 240)
    assert image.tobytes() == studio.canvas.pixels[:, :, 2::-1].tobytes()
    assert re.fullmatch(r"[\w.-]+\.png", message["data"]["filename"])
    assert lossy["data"]["format"] == "jpeg"
    assert lossy["data"]["filename"].endswith(".jpg")
    assert error["error"]["field"] == "fps"


async def test_pause_stops_the_work_and_resume_goes_on(studio: Studio) -> None:
    async with studio.connect("/stream/4711?fps=30") as viewer:
        await receive(viewer, "frame")
        await say(viewer, "pause")
        assert (await receive(viewer, "state"))["data"]["state"] == "paused"
        assert (await receive(viewer, "session_updated"))["data"]["active"] is False
        await until(lambda: studio.hub.running == 0)
        studio.canvas.fill(9, 9, 9)
        await say(viewer, "resume")
        assert (await receive(viewer, "session_updated"))["data"]["active"] is True
        frame = await receive(viewer, "frame")

    assert frame["data"]["frame_number"] > 1


async def test_stop_closes_with_1000(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await say(viewer, "stop")
        assert (await closed(viewer))[0] == 1000


async def test_states_are_told_and_the_picture_comes_back(studio: Studio) -> None:
    async with studio.connect("/stream/4711?unchanged=skip") as viewer:
        await receive(viewer, "frame")
        studio.canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
        assert (await receive(viewer, "state"))["data"] == {
            "state": "minimised",
            "reason": "The window is minimised on the other computer.",
            "code": "window_minimised",
            "values": {},
        }
        studio.canvas.condition = Condition("live")
        studio.canvas.fill(3, 3, 3)
        assert (await receive(viewer, "state"))["data"]["state"] == "live"
        await receive(viewer, "frame")


async def test_a_closed_window_is_told_then_the_session_ends(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        studio.canvas.close()
        code, messages = await closed(viewer)

    assert code == 4404
    states = [message["data"]["state"] for message in messages if message["type"] == "state"]
    assert states[-1] == "closed"


async def test_unsharing_ends_the_session_and_the_takes(studio: Studio) -> None:
    async with studio.connect("/stream/4711?fps=60") as viewer:
        await receive(viewer, "frame")
        studio.shares.set_rules(())
        takes = studio.canvas.takes
        studio.canvas.fill(7, 7, 7)
        code, messages = await closed(viewer)

    assert code == 4403
    assert messages[-1]["error"]["code"] == "removed"
    assert studio.canvas.takes == takes
    await until(lambda: studio.hub.running == 0)


async def test_a_reused_handle_shows_nothing(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        from dataclasses import replace

        studio.set_sources(replace(SHARED, pid=1234, started=77), SECRET)
        code, _ = await closed(viewer)
    async with studio.connect() as again:
        second, _ = await closed(again)

    assert (code, second) == (4404, 4404)


async def test_a_new_title_ends_nothing(studio: Studio) -> None:
    from dataclasses import replace

    async with studio.connect("/stream/4711?fps=30") as viewer:
        await receive(viewer, "frame")
        studio.set_sources(replace(SHARED, title="another"), SECRET)
        await receive(viewer, "frame")

    assert studio.hub.encoder.encodes == 1


async def test_the_host_may_remove_a_viewer(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        (view,) = studio.registry.sessions()
        studio.registry.disconnect(view.session_id)
        studio.registry.disconnect("unknown")
        code, messages = await closed(viewer)

    assert view.viewer.address == "127.0.0.1"
    assert view.state == "live"
    assert (code, messages[-1]["error"]["code"]) == (4403, "disconnected")


async def test_too_many_viewers_are_turned_away(studio: Studio) -> None:
    studio.registry.limit = 1
    async with studio.connect() as first:
        await receive(first, "frame")
        async with studio.connect() as second:
            code, messages = await closed(second)
        await receive(first, "frame")

    assert (code, messages[0]["error"]["code"]) == (4429, "too_many_viewers")


async def test_stopping_says_so(studio: Studio) -> None:
    async with studio.connect() as viewer:
        await receive(viewer, "frame")
        stopping = asyncio.create_task(studio.server.stop())
        code, messages = await closed(viewer)
        await stopping

    assert (code, messages[-1]["error"]["code"]) == (1001, "server_stopping")


async def test_nothing_is_left_when_the_last_viewer_goes(studio: Studio) -> None:
    tasks = len(asyncio.all_tasks())
    for _ in range(20):
        async with studio.connect("/stream/4711?unchanged=skip") as viewer:
            await receive(viewer, "frame")
    await until(lambda: len(studio.registry) == 0 and studio.hub.running == 0)
    await until(lambda: len(asyncio.all_tasks()) <= tasks)

    assert studio.registry.sessions() == ()


async def test_memory_is_given_back_once_somebody_has_left(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[tuple[int, int]] = []
    hub, registry = studio.hub, studio.registry
    monkeypatch.setattr("server.stream.registry.FREE_SECONDS", 0.3)
    monkeypatch.setattr(
        "server.stream.registry.give_back", lambda: left.append((len(registry), hub.running + hub.ending))
    )
    for _ in range(2):
        async with studio.connect() as viewer:
            await receive(viewer, "frame")
    await until(lambda: left)

    assert left == [(0, 0)]
