"""Motion JPEG: a viewer like every other, except that it cannot answer."""

from __future__ import annotations

import asyncio
import json
import socket

import aiohttp
import pytest

from capture import reasons
from capture.source import Condition
from tests.helpers.mjpeg_reader import BROWSER, PLAYER, watching_mjpeg
from tests.helpers.stuck_viewer import paint
from tests.helpers.studio import Studio
from tests.helpers.waiting import receive, until

RED, BLUE, GREEN = (250, 10, 10), (10, 10, 250), (10, 250, 10)


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat nothing within a test, so that what comes is what changed; those who ask for repetitions get them."""
    monkeypatch.setattr("server.stream.mjpeg.REPEAT_SECONDS", 0.05 if "repeats" in request.node.name else 3600.0)


def show(studio: Studio, colour: tuple[int, int, int]) -> None:
    red, green, blue = colour
    studio.canvas.fill(blue, green, red)


@pytest.mark.parametrize("agent", [PLAYER, BROWSER])
async def test_what_changes_is_there_at_once_and_not_one_picture_late(studio: Studio, agent: str) -> None:
    show(studio, RED)
    async with watching_mjpeg(studio.server.port, agent=agent) as viewer:
        assert viewer.headers["content-type"] == "multipart/x-mixed-replace; boundary=panecast-picture"
        assert viewer.headers["connection"] == "close"
        assert viewer.headers["cache-control"] == "no-store"
        assert not {"transfer-encoding", "content-length"} & set(viewer.headers)
        assert await viewer.until(RED) == 0
        for colour in (BLUE, GREEN, RED):
            show(studio, colour)
            assert await viewer.until(colour) == 0
    await until(lambda: len(studio.registry) == 0 and studio.hub.running == 0)


@pytest.mark.parametrize("agent", [PLAYER, BROWSER])
async def test_a_picture_that_stays_repeats_and_is_encoded_once(studio: Studio, agent: str) -> None:
    show(studio, RED)
    async with watching_mjpeg(studio.server.port, "/mjpeg/4711?fps=60", agent) as viewer:
        await viewer.until(RED)
        before = studio.hub.encoder.encodes
        for _ in range(4):
            assert await viewer.until(RED) == 0

        assert studio.hub.encoder.encodes == before


async def test_without_a_picture_it_waits_and_then_keeps_the_last_as_it_repeats(studio: Studio) -> None:
    studio.canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
    async with watching_mjpeg(studio.server.port, "/mjpeg/4711?fps=60") as viewer:
        await until(lambda: [view.state for view in studio.registry.sessions()] == ["minimised"])
        studio.canvas.become(Condition("live"))
        show(studio, BLUE)
        await viewer.until(BLUE)
        studio.canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
        await until(lambda: studio.registry.sessions()[0].state == "minimised")
        for _ in range(3):
            assert await viewer.until(BLUE) == 0


async def test_it_is_a_viewer_like_every_other(studio: Studio) -> None:
    async with watching_mjpeg(studio.server.port, "/mjpeg/4711?fps=30&quality=33&scale=0.5&cursor=0") as viewer:
        assert (await viewer.picture()).size == (160, 120)
        await until(lambda: studio.registry.totals.pictures == 1)
        (view,) = studio.registry.sessions()

        assert (view.viewer.address, view.viewer.agent, view.source.id, view.state) == (
            "127.0.0.1",
            PLAYER,
            "4711",
            "live",
        )
        assert (view.options.fps, view.options.quality, view.options.format) == (30, 33, "jpeg")
        assert view.fps > 0
        assert view.bytes_per_second > 0
        address = f"http://127.0.0.1:{studio.server.port}/health"
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            assert (await answer.json())["viewers"] == 1
    await until(lambda: len(studio.registry) == 0)

    assert studio.registry.totals.pictures == 1
    assert studio.registry.totals.bytes > 500


async def test_the_sliders_of_the_host_reach_it(studio: Studio) -> None:
    show(studio, RED)
    async with watching_mjpeg(studio.server.port) as viewer:
        await viewer.until(RED)
        studio.registry.apply({"quality": 20, "scale": 0.25, "format": "png"})
        image = await viewer.picture()

        assert (image.format, image.size) == ("JPEG", (80, 60))
        assert studio.registry.sessions()[0].options.quality == 20
    async with watching_mjpeg(studio.server.port) as viewer:
        assert (await viewer.picture()).size == (80, 60)


async def test_it_is_never_adapted_for_it_could_not_be_told(studio: Studio) -> None:
    async with watching_mjpeg(studio.server.port) as viewer:
        await viewer.picture()
        studio.registry.apply({"adaptive": True, "unchanged": "repeat", "format": "h264", "quality": 40})
        (view,) = studio.registry.sessions()

        assert (view.options.adaptive, view.options.unchanged, view.options.format) == (False, "skip", "jpeg")
        assert view.options.quality == 40


@pytest.mark.parametrize("how", ["disconnect", "unshare", "close", "stop"])
@pytest.mark.parametrize("agent", [PLAYER, BROWSER])
async def test_its_end_is_the_answers_end(studio: Studio, how: str, agent: str) -> None:
    show(studio, RED)
    async with watching_mjpeg(studio.server.port, agent=agent) as viewer:
        await viewer.until(RED)
        if how == "disconnect":
            studio.registry.disconnect(studio.registry.sessions()[0].session_id)
        elif how == "unshare":
            studio.shares.set_rules(())
            show(studio, BLUE)
        elif how == "close":
            studio.canvas.close()
        else:
            await studio.server.stop()
        assert await viewer.end() == b""
    await until(lambda: len(studio.registry) == 0 and studio.hub.running == 0)

    assert studio.registry.totals.dropped == 0


@pytest.mark.parametrize("wish", ["fps=0", "fps=61", "quality=9", "scale=2", "max_width=1", "max_height=x", "cursor=2"])
async def test_a_bad_wish_is_named(studio: Studio, wish: str) -> None:
    async with watching_mjpeg(studio.server.port, f"/mjpeg/4711?{wish}") as viewer:
        error = json.loads(await viewer.end())["error"]

    assert (viewer.status, error["code"], error["field"]) == (400, "invalid_option", wish.partition("=")[0])
    assert studio.canvas.opens == 0


async def test_what_is_not_shared_is_not_there(studio: Studio) -> None:
    for path in ("/mjpeg/4712", "/mjpeg/1"):
        async with watching_mjpeg(studio.server.port, path) as viewer:
            assert viewer.status == 404
            assert json.loads(await viewer.end())["error"]["code"] == "source_not_found"

    assert all(canvas.opens == 0 for canvas in studio.canvases.values())


async def test_it_counts_against_the_limit(studio: Studio) -> None:
    studio.registry.limit = 1
    async with watching_mjpeg(studio.server.port) as viewer:
        await viewer.picture()
        async with watching_mjpeg(studio.server.port) as second:
            assert second.status == 503
            assert json.loads(await second.end())["error"]["code"] == "too_many_viewers"


async def test_equal_wishes_are_encoded_once_in_whatever_form_they_are_sent(studio: Studio) -> None:
    show(studio, RED)
    port = studio.server.port
    async with (
        watching_mjpeg(port, "/mjpeg/4711?fps=60") as one,
        watching_mjpeg(port, "/mjpeg/4711?fps=60", BROWSER) as two,
        studio.connect("/stream/4711?fps=60&unchanged=skip") as three,
    ):
        await one.until(RED)
        await two.until(RED)
        await receive(three, "frame")
        encodes = studio.hub.encoder.encodes
        show(studio, BLUE)
        await one.until(BLUE)
        await two.until(BLUE)
        await receive(three, "frame")

        assert studio.hub.encoder.encodes == encodes + 1


async def test_who_reads_nothing_is_dropped_while_another_goes_on(studio: Studio) -> None:
    painting = asyncio.create_task(paint(studio))
    async with watching_mjpeg(studio.server.port, "/mjpeg/4711?fps=20&quality=100") as good:
        await good.picture()
        stuck = socket.create_connection(("127.0.0.1", studio.server.port))
        stuck.sendall(
            f"GET /mjpeg/4711?fps=60&quality=100 HTTP/1.1\r\nHost: 127.0.0.1:{studio.server.port}\r\n\r\n".encode()
        )
        await until(lambda: len(studio.registry) == 2)
        read = 0
        async with asyncio.timeout(20):
            while len(studio.registry) == 2:
                await good.picture()
                read += 1
        stuck.close()
    painting.cancel()

    assert read > 20
    assert studio.registry.totals.dropped == 1


async def test_who_leaves_before_there_is_a_picture_is_forgotten(studio: Studio) -> None:
    studio.canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
    async with watching_mjpeg(studio.server.port):
        await until(lambda: len(studio.registry) == 1)
    await until(lambda: len(studio.registry) == 0 and studio.hub.running == 0)


async def test_what_is_not_shared_any_more_is_never_sent(studio: Studio) -> None:
    show(studio, RED)
    async with watching_mjpeg(studio.server.port, "/mjpeg/4711?fps=60") as viewer:
        await viewer.until(RED)
        takes = studio.canvas.takes
        studio.shares.set_rules(())
        for _ in range(20):
            show(studio, BLUE)
        assert await viewer.end() == b""

    assert studio.canvas.takes == takes


async def test_pages_of_others_see_it_only_when_allowed_and_when_they_say_who_they_are(studio: Studio) -> None:
    address = f"http://127.0.0.1:{studio.server.port}/mjpeg/4711"
    silent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    async with aiohttp.ClientSession() as http:
        for headers in (silent, {"Origin": "http://evil.example"}):
            async with http.get(address, headers=headers) as answer:
                assert answer.status == 403
        async with http.get(address, headers={"Origin": "http://friend.example"}) as answer:
            assert answer.status == 200
            assert answer.headers["Access-Control-Allow-Origin"] == "http://friend.example"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
