"""pixelflux (PyPI, MPL-2.0), the capturing and encoding part of Selkies, behind the least server that it needs.

``python -m tests.benchmarks.peers.pixelflux_server X Y WIDTH HEIGHT CODEC [FPS [CRF]]`` prints its port; CODEC is
``jpeg``, ``h264`` (its default: stripes) or ``h264-full`` (whole pictures, as its documentation's example asks for). It
runs with its own defaults, but for the pictures a second, JPEG quality 80, encoding without a GPU, and its cleaning up
of what stands still, which is off by default; and for CRF, how coarsely video is encoded, where one is given.
The region of the screen that the window covers is captured from the first viewer's coming to the last one's leaving.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque

from aiohttp import WSMsgType, web

from tests.benchmarks.peers.serving import page, serve

QUALITY = 80
BACKLOG = 120
"""Stripes that wait for a viewer at most; its own example keeps as many."""


class Relay:
    """One capture for all viewers; each has its own short queue."""

    def __init__(self, box: tuple[int, int, int, int], codec: str, fps: float, crf: str) -> None:
        import pixelflux

        self._capture = pixelflux.ScreenCapture()
        settings = self._settings = pixelflux.CaptureSettings()
        settings.capture_x, settings.capture_y, settings.capture_width, settings.capture_height = box
        settings.codec = codec.partition("-")[0]
        settings.video_fullframe = codec == "h264-full"
        settings.target_fps, settings.jpeg_quality = fps, QUALITY
        if crf:
            settings.video_crf = int(crf)
            settings.video_paintover_crf = min(int(crf), settings.video_paintover_crf)
        settings.use_paint_over_quality = True
        settings.use_cpu = True
        self._loop = asyncio.get_running_loop()
        self._arrived: deque[object] = deque()
        self._viewers: dict[web.WebSocketResponse, tuple[deque[object], asyncio.Event]] = {}

    def stripe(self, frame: object) -> None:
        """Take a stripe from the capture's own thread; the loop is woken once for all that have come."""
        self._arrived.append(frame)
        if len(self._arrived) == 1:
            self._loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        stripes = []
        while self._arrived:
            stripes.append(self._arrived.popleft())
        for waiting, event in self._viewers.values():
            if len(waiting) + len(stripes) > BACKLOG:
                waiting.clear()
                self._capture.request_idr_frame()
            waiting.extend(stripes)
            event.set()

    async def watch(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one viewer."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self._viewers[socket] = (deque(), asyncio.Event())
        if len(self._viewers) == 1:
            await asyncio.to_thread(self._capture.start_capture, self.stripe, self._settings)
        else:
            self._capture.request_idr_frame()
        writer = asyncio.create_task(self._write(socket))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
        writer.cancel()
        del self._viewers[socket]
        if not self._viewers:
            await asyncio.to_thread(self._capture.stop_capture)
        return socket

    async def _write(self, socket: web.WebSocketResponse) -> None:
        waiting, event = self._viewers[socket]
        while True:
            await event.wait()
            event.clear()
            while waiting:
                await socket.send_bytes(memoryview(waiting.popleft()))


async def main(x: int, y: int, width: int, height: int, codec: str, fps: float = 30, crf: str = "") -> None:
    """Serve until killed."""
    relay = Relay((x, y, width, height), codec, fps, crf)
    await serve({"/": page("pixelflux.html"), "/stream": relay.watch})


if __name__ == "__main__":
    # What it says of itself goes where it is in nobody's way; the port is what is read from here.
    port = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = os.fdopen(port, "w")
    wishes = [*sys.argv[5:], "", ""]
    asyncio.run(main(*map(int, sys.argv[1:5]), wishes[0], float(wishes[1] or 30), wishes[2]))
