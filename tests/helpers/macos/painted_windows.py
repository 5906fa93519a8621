"""Two windows of another program on a Mac that is none, which paint again and again what says by itself what it is."""

from __future__ import annotations

import threading

from capture.picture.pixels import Rect
from capture.trial.code import paint
from tests.helpers.macos.fake_mac import FakeMac, FakeWindow

PAUSE_SECONDS = 0.004
SIZE, LARGER = (440, 60), (500, 90)


class PaintedWindows:
    """Does what `capture.trial.story.Windows` says, from `start` to `stop`."""

    def __init__(self, mac: FakeMac) -> None:
        self.pid = 500
        self._mac = mac
        self._lock = threading.Lock()
        self._step = 0
        self._is_still = False
        self._is_over = threading.Event()
        place = Rect(20, 20, *SIZE)
        self.windows = [mac.open(70 + which, self.pid, title=str(which), place=place) for which in (1, 0)][::-1]
        self._paint()
        self._thread = threading.Thread(target=self._body, daemon=True)
        self._thread.start()

    def tell(self, *words: object) -> None:
        """Have something done."""
        what, *which = words
        with self._lock:
            if which:
                self._do(str(what), self.windows[int(str(which[0]))])
            else:
                self._is_still = what == "still"

    def stop(self) -> None:
        """End the painting."""
        self._is_over.set()
        self._thread.join(5)

    def _do(self, what: str, window: FakeWindow) -> None:
        if what == "resize":
            window.place = Rect(20, 20, *LARGER)
            self._paint()
        elif what in ("minimise", "restore"):
            window.is_on_screen = what == "restore"
        elif what == "close":
            self._mac.close(window.number)
        else:
            self._mac.windows.sort(key=lambda each: (each is window) == (what == "cover"))

    def _paint(self) -> None:
        for which, window in enumerate(self.windows):
            window.pixels = paint(which, self._step, window.place.width, window.place.height)

    def _body(self) -> None:
        while not self._is_over.wait(PAUSE_SECONDS):
            with self._lock:
                if self._is_still:
                    continue
                self._step += 1
                self._paint()
                for each in self._mac.capture.running:
                    each.order(lambda each=each: each.paint(None))  # type: ignore[misc]
