"""A node of PipeWire on which a moving code is painted, as on a window that the person has picked."""

from __future__ import annotations

import os
import threading

from capture.picture.pixels import Rect
from capture.trial.code import CELL, paint
from tests.helpers.waiting import wait_for
from tests.helpers.wayland.producer import Producer, Shot

SIZES = ((480, 320), (560, 400))
TICK_SECONDS = 0.03


class PaintedNode:
    """`capture.trial.story.Windows` with the first one only. Of what covers it a compositor's pictures know nothing."""

    def __init__(self, producer: Producer) -> None:
        self.pid = os.getpid()
        self._producer = producer
        self._step = 0
        self._goes = threading.Event()
        self._goes.set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._paint, daemon=True)
        self._thread.start()

    def tell(self, *words: object) -> None:
        match words[0]:
            case "still":
                self._goes.clear()
                # Until all that was painted has been sent.
                wait_for(lambda: self._producer.sent == self._producer.asked)
            case "go":
                self._goes.set()
            case "resize":
                self._producer.begin_resize(SIZES[1])

    def close(self) -> None:
        self._ended.set()
        self._goes.set()
        self._thread.join()

    def _paint(self) -> None:
        while not self._ended.wait(TICK_SECONDS):
            self._goes.wait()
            size = self._producer.size
            if self._producer.is_streaming_in(size):
                self._step += 1
                width, height = size
                row = Rect(0, 0, width, CELL)
                body = Rect(0, 2 * CELL, width, height - 2 * CELL)
                self._producer.begin(Shot(paint(0, self._step, *size), (row, body)))
