"""After any sequence of changes, skips, losses, resizes and option changes the viewer's picture is the source's."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.encode.image import scaled
from capture.feed.hub import Hub
from capture.source import Source
from server.protocol import wire
from server.protocol.options import BINARY_FORMATS, StreamOptions
from server.stream.update_consumer import UpdateConsumer
from tests.helpers.canvas import Canvas
from tests.helpers.reference_viewer import Viewer

SOURCE = Source("4711", "window", "", "", 0, 0)
LONG = 10.0
"""Seconds that pass between two pulls: everything is due, and still."""

edges = st.integers(1, 200)
steps = st.one_of(
    st.tuples(st.just("paint"), edges, edges, edges, edges, st.integers(0, 255)),
    st.tuples(st.just("noise"), edges, edges, edges, edges, st.integers(0, 9)),
    st.tuples(st.just("text"), st.integers(0, 9)),
    st.tuples(st.just("scroll"), st.integers(-40, 40)),
    st.tuples(st.just("resize"), edges, edges),
    st.tuples(st.just("options"), st.fixed_dictionaries({}, optional={
        "quality": st.integers(10, 100),
        "format": st.sampled_from(["jpeg", "png", "webp"]),
        "scale": st.sampled_from([1.0, 0.5, 0.37]),
    })),
    st.tuples(st.just("scroll"), st.integers(-40, 40)),
    st.tuples(st.just("noise"), st.just(0), st.just(0), st.just(200), st.just(200), st.integers(0, 9)),
    st.tuples(st.just("lose")),
    st.tuples(st.just("restart")),
)  # fmt: skip


class Scene:
    """A painted source, what shows it, and a viewer of it; time passes only when something is pulled."""

    def __init__(self, hub: Hub, canvas: Canvas) -> None:
        self.canvas = canvas
        self.consumer = UpdateConsumer(hub, SOURCE, StreamOptions(fps=60, cursor=False), lambda source: True)
        self.viewer = Viewer()
        self.now = time.monotonic()
        self.consumer.start(lambda: None)

    async def take(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("paint", x, y, width, height, shade):
                self.change(x, y, width, height, shade)
            case ("noise", x, y, width, height, seed):
                draw = np.random.default_rng(seed)
                self.change(x, y, width, height, draw.integers(0, 255, (height, width, 1), dtype=np.uint8))
            case ("text", seed):
                draw = np.random.default_rng(seed)
                dark = draw.random((*self.canvas.pixels.shape[:2], 1)) < 0.2
                self.canvas.paint(np.where(dark, 0, 255).astype(np.uint8) * np.array([1, 1, 1, 0], dtype=np.uint8))
            case ("scroll", down):
                self.canvas.paint(np.roll(self.canvas.pixels, down, axis=0))
            case ("resize", width, height):
                self.canvas.resize(width, height)
            case ("options", patch):
                self.consumer.set_options(self.consumer.options.patched(patch, BINARY_FORMATS))
            case ("lose",):
                await self.pull(arrives=False)
                self.consumer.forget()
            case ("restart",):
                self.consumer.stop()
                self.consumer.start(lambda: None)

    def change(self, x: int, y: int, width: int, height: int, value: Any) -> None:
        pixels = self.canvas.pixels.copy()
        area = pixels[y : y + height, x : x + width, :3]
        area[:] = value if isinstance(value, int) else value[: area.shape[0], : area.shape[1]]
        self.canvas.paint(pixels)

    async def pull(self, arrives: bool = True) -> bool:
        """Send one message, if one is due; tell whether one was."""
        self.now += LONG
        due = self.consumer.due(self.now)
        if due is None or due > self.now:
            return False
        outgoing = self.consumer.ready_message(self.now) or await self.consumer.next_message(self.now)
        assert outgoing is not None
        if not arrives:
            return True
        answer = self.viewer.receive(payload(outgoing.framed))
        assert answer is not None
        assert answer[0] == wire.ACK, "the server sent what does not follow"
        ack = wire.read(answer)
        assert ack is not None
        self.consumer.acknowledged(ack, self.now + 0.01)
        return True


def payload(framed: bytes) -> bytes:
    """Return what a WebSocket frame carries."""
    length = framed[1]
    return framed[{126: 4, 127: 10}.get(length, 2) :]


async def play(story: list[tuple[tuple[Any, ...], int]]) -> None:
    canvas = Canvas(160, 120)
    hub = Hub(canvas.backend)
    scene = Scene(hub, canvas)
    watching = hub.subscribe(SOURCE, fps=60, pointer=False, changed=lambda: None)
    try:
        await watching.refresh()
        for step, pulls in story:
            await scene.take(step)
            await watching.refresh()
            for _ in range(pulls):
                await scene.pull()
        for _ in range(400):
            if not await scene.pull():
                break
        expected = canvas.pixels
        size = scene.consumer.options.rendition.size_for(expected.shape[1], expected.shape[0])
        if size != (expected.shape[1], expected.shape[0]):
            expected = scaled(expected, *size)

        assert scene.viewer.is_exact
        assert scene.viewer.pixels is not None
        # Not compared as lists: those of a whole picture take longer than all the rest.
        assert np.array_equal(scene.viewer.pixels, expected[:, :, 2::-1])
    finally:
        watching.close()
        scene.consumer.stop()
        await hub.close()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(steps, st.integers(0, 2)), max_size=16))
def test_the_viewers_picture_ends_as_the_sources(story: list[tuple[tuple[Any, ...], int]]) -> None:
    asyncio.run(play(story))
