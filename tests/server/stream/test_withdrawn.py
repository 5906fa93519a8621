"""What was taken before it was hidden does not leave afterwards, by whichever way it is watched and hidden."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import select
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import numpy as np
import pytest
import websockets
from PIL import Image

from capture.encode.shared import SharedEncoder
from capture.privacy.blanking import BLANKED
from capture.privacy.masks import Mask
from capture.video.encoder import video_encoders
from capture.video.shared import SharedVideos
from server.protocol import wire
from server.sharing import ShareRule
from tests.helpers.binary_viewer import Watching, watch
from tests.helpers.channel_viewer import Watching as Channels
from tests.helpers.channel_viewer import watching
from tests.helpers.mjpeg_reader import BROWSER, watching_mjpeg
from tests.helpers.slow_encoder import Gate, SlowCodecs, SlowWorkers
from tests.helpers.stuck_viewer import stuck_viewer
from tests.helpers.studio import SECRET, SHARED, Studio
from tests.helpers.waiting import receive, say, until

Seen = list[np.ndarray]
Look = Callable[[Studio, Seen], Awaitable[None]]
CHECK = 16
BLUE = (10, 10, 250)


def secret(width: int = 320, height: int = 240) -> np.ndarray:
    """Return red and white squares: what a mask makes of them is pink."""
    rows, columns = np.mgrid[:height, :width] // CHECK
    pixels = np.full((height, width, 4), 255, dtype=np.uint8)
    pixels[(rows + columns) % 2 == 0] = (0, 0, 255, 0)
    return pixels


def is_secret(pixels: np.ndarray) -> bool:
    """Tell whether there is as much red in a picture as a square of the secret has."""
    red, green, blue = (pixels[:, :, channel].astype(int) for channel in range(3))
    return int(((red > 180) & (green < 100) & (blue < 100)).sum()) > CHECK * CHECK // 2


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


# Each has a quality of its own, so that none gets what was encoded for another.
async def by_json(studio: Studio, seen: Seen) -> None:
    async with studio.connect("/stream/4711?fps=60&quality=81") as viewer:
        while True:
            frame = await receive(viewer, "frame")
            seen.append(decoded(base64.b64decode(frame["data"]["data_url"].partition(",")[2])))


async def by_screenshot(studio: Studio, seen: Seen) -> None:
    async with studio.connect("/stream/4711?fps=60&quality=82") as viewer:
        await say(viewer, "take_screenshot", format="png")
        async for text in viewer:
            message = json.loads(text)
            if message["type"] in ("screenshot", "frame"):
                seen.append(decoded(base64.b64decode(message["data"]["data_url"].partition(",")[2])))
            elif message["type"] == "error":  # it was asked for before there was any picture
                await asyncio.sleep(0.1)  # asked for over and over it is a flood, which is cut off
                await say(viewer, "take_screenshot", format="png")


async def by_parts(studio: Studio, seen: Seen, query: str = "fps=60&quality=83") -> None:
    async with watch(studio, query) as viewer:
        watcher = Watching(viewer)
        while True:
            await watcher.step()
            if watcher.viewer.pixels is not None:
                seen.append(watcher.viewer.pixels.copy())


async def by_video(studio: Studio, seen: Seen) -> None:
    await by_parts(studio, seen, "fps=60&format=h264&quality=84")


async def by_channel(studio: Studio, seen: Seen) -> None:
    async with watching(studio) as watcher:
        await watcher.open(1, fps=60, quality=85)
        while True:
            await watcher.step()
            if 1 in watcher.viewers and watcher.viewers[1].pixels is not None:
                seen.append(watcher.viewers[1].pixels.copy())


async def by_mjpeg(studio: Studio, seen: Seen) -> None:
    async with watching_mjpeg(studio.server.port, "/mjpeg/4711?fps=60&quality=86", BROWSER) as viewer:
        while True:
            seen.append(np.asarray((await viewer.picture()).convert("RGB")))


async def by_snapshot(studio: Studio, seen: Seen) -> None:
    address = f"http://127.0.0.1:{studio.server.port}/snapshot/4711.jpg?quality=87"
    async with aiohttp.ClientSession() as http:
        while True:
            async with http.get(address) as answer:
                data = await answer.read()
                if answer.status == 200:
                    seen.append(decoded(data))
            await asyncio.sleep(0.05)  # again and again, as pages that reload do


def blank(studio: Studio) -> None:
    studio.hub.set_blanking("person", BLANKED)


def mask(studio: Studio) -> None:
    studio.hub.set_masks(SHARED, (Mask(0, 0, 1, 1),))


def never_show(studio: Studio) -> None:
    studio.canvas.fill(*BLUE[::-1])
    studio.hub.look_again()


def unshare(studio: Studio) -> None:
    studio.shares.set_rules(())


@pytest.fixture
async def gate(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    """Slow encoders in the studio."""
    monkeypatch.setattr("capture.encode.shared.HANG_SECONDS", 60.0)
    monkeypatch.setattr("capture.video.shared.HANG_SECONDS", 60.0)
    for name in ("MOST_MAKING", "MOST_MAKING_OF_ONE", "MOST_MAKING_FOR_CROWD"):
        monkeypatch.setattr(f"server.stream.limits.device_limits.{name}", 20)  # all are one device here
    made = Gate()
    studio.hub.encoder.close()
    studio.hub.encoder = SharedEncoder(SlowWorkers(made, 8))
    codecs = video_encoders()
    if codecs is not None and studio.hub.shared_videos is not None:
        studio.hub.shared_videos = SharedVideos(SlowCodecs(made, codecs), studio.hub.withdrawn)
    yield made
    made.open()


WAYS = (by_json, by_screenshot, by_parts, by_video, by_channel, by_mjpeg, by_snapshot)


@pytest.mark.parametrize("hide", [blank, mask, never_show, unshare])
async def test_what_was_being_encoded_when_it_was_hidden_is_not_sent(
    studio: Studio, gate: Gate, hide: Callable[[Studio], None]
) -> None:
    # GIVEN the same secret in the hands of encoders, for viewers of every kind
    studio.canvas.paint(secret())
    seen: dict[str, Seen] = {way.__name__: [] for way in WAYS}
    looking = [asyncio.create_task(_look(way, studio, seen[way.__name__])) for way in WAYS]
    await until(lambda: len(studio.registry) == len(WAYS) and gate.waiting >= len(WAYS) + 1)

    # WHEN it is hidden before they are done
    hide(studio)
    gate.open()

    # THEN everybody sees what may be seen, or nothing
    if hide is unshare:
        await until(lambda: len(studio.registry) == 0)
    else:
        others = [name for name in seen if name != "by_snapshot" or hide is not blank]
        await until(lambda: all(seen[name] for name in others))
    for task in looking:
        task.cancel()
    await asyncio.gather(*looking, return_exceptions=True)

    assert [name for name, pictures in seen.items() if any(map(is_secret, pictures))] == []


@pytest.mark.parametrize("hide", [blank, mask, never_show])
async def test_what_the_feed_was_encoding_when_it_was_hidden_is_not_sent(
    studio: Studio, gate: Gate, monkeypatch: pytest.MonkeyPatch, hide: Callable[[Studio], None]
) -> None:
    monkeypatch.setattr("capture.video.shared.AHEAD", 1000.0)
    gate.open()
    # GIVEN somebody who watches a video, every picture of which is encoded as soon as it is taken
    seen: Seen = []
    looking = asyncio.create_task(_look(by_video, studio, seen))
    for shade in (40, 80, 120):
        studio.canvas.fill(shade, 90, 90)
        await until(lambda: bool(seen) and abs(int(seen[-1][0, 0, 2]) - shade) < 9)  # noqa: B023  awaited here
    # AND a picture of the secret which the loop does not know yet
    gate.shut()
    studio.canvas.paint(secret())
    await until(lambda: gate.waiting > 0)
    assert all(name.startswith("feed-") for name in gate.threads)

    # WHEN it is hidden before that is done
    hide(studio)
    gate.open()
    before = seen[-1]
    seen.clear()

    # THEN something else is seen
    await until(lambda: bool(seen) and int(np.abs(seen[-1].astype(int) - before).max()) > 30)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)

    assert not any(map(is_secret, seen))


def stuck_reader(studio: Studio, path: str) -> socket.socket:
    """Return a socket that has asked for pictures by plain HTTP and reads nothing."""
    raw = socket.create_connection(("127.0.0.1", studio.server.port))
    raw.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{studio.server.port}\r\n\r\n".encode())
    return raw


async def read_all(viewer: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(viewer, 1 << 20):
        pass


async def _look(way: Look, studio: Studio, seen: Seen) -> None:
    with contextlib.suppress(websockets.ConnectionClosed, asyncio.IncompleteReadError):
        await way(studio, seen)


async def test_the_secret_would_be_seen(studio: Studio, gate: Gate) -> None:
    studio.canvas.paint(secret())
    gate.open()
    for way in WAYS:
        seen: Seen = []
        looking = asyncio.create_task(_look(way, studio, seen))
        await until(lambda: bool(seen) and is_secret(seen[0]))  # noqa: B023  awaited before the next turn
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def test_what_waits_for_its_turn_on_a_shared_line_is_not_sent(studio: Studio) -> None:
    # GIVEN one channel stuck in the middle of a large picture, and another's picture behind it
    studio.shares.set_rules((ShareRule.for_source(SHARED), ShareRule.for_source(SECRET)))
    studio.canvas.paint(np.random.default_rng(1).integers(0, 255, (1000, 1200, 4), dtype=np.uint8))
    async with studio.connect("/streams", subprotocols=[wire.MANY_PROTOCOL], max_queue=1) as viewer:
        watcher = Channels(viewer)
        await watcher.open(2, SECRET.id, fps=60)
        await watcher.until(lambda: watcher.shows(2, studio.canvases[SECRET.id]))
        async with studio.connect(f"/stream/{SECRET.id}?fps=60", subprotocols=[wire.PROTOCOL]) as other:
            beside = Watching(other)
            await beside.until(lambda: bool(beside.pictures))
            await watcher.open(1, fps=60, quality=100)
            await until(lambda: any(view.state == "slow" for view in studio.registry.sessions()))
            studio.canvases[SECRET.id].paint(secret())
            # Who has equal wishes has the same bytes, at the same time.
            await beside.until(lambda: is_secret(beside.viewer.pixels))

        # WHEN what the second shows is masked, and the viewer reads again
        studio.hub.set_masks(SECRET, (Mask(0, 0, 1, 1),))
        last = watcher.viewers[2].sequence
        await watcher.until(lambda: watcher.viewers[2].sequence > last)

        assert not is_secret(watcher.viewers[2].pixels)
        await watcher.until(lambda: watcher.viewers[1].pictures > 0)


@pytest.mark.parametrize("path", ["stream", "mjpeg", "snapshot"])
async def test_who_has_half_of_it_is_cut_off_before_the_rest(
    studio: Studio, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.stream.session_base.STALL_SECONDS", 3600.0)
    studio.canvas.paint(np.random.default_rng(1).integers(0, 255, (1000, 1200, 4), dtype=np.uint8))
    address = "/mjpeg/4711?quality=100" if path == "mjpeg" else "/snapshot/4711.jpg?quality=100"
    with contextlib.closing(stuck_viewer(studio) if path == "stream" else stuck_reader(studio, address)) as viewer:
        viewer.setblocking(False)
        if path == "snapshot":
            await until(lambda: bool(select.select([viewer], [], [], 0)[0]))  # its answer has begun
        else:
            await until(lambda: [view.state for view in studio.registry.sessions()] == ["slow"])
        blank(studio)
        if path != "snapshot":
            await until(lambda: len(studio.registry) == 0)
        with pytest.raises(ConnectionResetError):
            await read_all(viewer)
