"""Stand-ins for what a screen of Windows is read by, and for all that is asked around it: to try it anywhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from capture.errors import CaptureError
from capture.picture.frame import Pointer
from capture.picture.pixels import Rect
from capture.platforms.waiting import wait_readable
from capture.platforms.windows import screen
from capture.platforms.windows.readers import ScreenPicture
from capture.platforms.windows.screens import Layout, Monitor
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Kind

PLACE = Rect(100, 50, 40, 30)


class ScriptedReader:
    """Reads what the test puts into it; see `ScreenReader`.

    Attributes:
        picture: what the next reads give.
        fault: what they raise instead.
        has_news: the next wait ends at once.
        layouts: those that it was opened for.
        looks: what it was told of them.
    """

    lag_seconds = 0.1

    def __init__(self) -> None:
        self.picture: ScreenPicture | None = None
        self.fault: OSError | CaptureError | None = None
        self.has_news = False
        self.layouts: list[Layout] = []
        self.looks: list[bool] = []
        self.is_open = False

    def open(self, layout: Layout) -> None:
        self.layouts.append(layout)
        self.is_open = True

    def wait(self, seconds: float, call: int) -> bool:
        self._fail()
        news, self.has_news = self.has_news, False
        if not news:
            wait_readable((call,), seconds)
        return news

    def read(self) -> ScreenPicture | None:
        assert self.is_open
        self._fail()
        return self.picture

    def note(self, has_changed: bool) -> None:
        self.looks.append(has_changed)

    def set_rate(self, fps: float) -> None:
        pass

    def close(self) -> None:
        self.is_open = False

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


class FakeRedaction:
    """What must not be seen on a `FakeScreen`; see `Redaction`."""

    def __init__(self, desk: FakeScreen, exclusions: Exclusions) -> None:
        self._desk = desk
        self._exclusions = exclusions
        self.rules: ExclusionRules = exclusions.rules
        self._last = desk.secrets

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        self._desk.is_watched = True
        yield
        self._desk.is_watched = False

    def look(self) -> bool:
        if self._desk.is_silent:
            raise OSError("Windows does not list its windows")
        self.rules = self._exclusions.rules
        last, self._last = self._last, self._desk.secrets
        return last != self._last

    def settle(self) -> None:
        self._desk.settled += 1

    def settles_in(self) -> float:
        return self._desk.settles_in

    def rects(self, since: float) -> tuple[Rect, ...]:
        return self._desk.secrets

    def begin(self, lag_seconds: float = 0.0) -> None:
        assert lag_seconds == ScriptedReader.lag_seconds

    def flashed(self) -> bool:
        return self._desk.has_flashed


class FakePointer:
    """The pointer on a `FakeScreen`; see `PointerWatch`."""

    def __init__(self, desk: FakeScreen) -> None:
        self._desk = desk
        self.is_wanted = False

    def look(self, place: Rect, window: int = 0) -> Pointer | None:
        self.is_wanted, self._desk.pointer_moved = True, False
        return None

    def forget(self) -> None:
        self.is_wanted = False

    def has_moved(self) -> bool:
        return self.is_wanted and self._desk.pointer_moved


class FakeScreen:
    """One monitor, and what is on it.

    Attributes:
        layout: where it is, None while it is unplugged.
        is_ours: programs are on it, and not a question of the system's.
        secrets: what must not be seen, on the desktop.
        settles_in: for so long a window that must not be seen may be anywhere.
        has_flashed: a window came and went.
        is_silent: Windows does not list its windows.
        settled: how often its composition was waited for.
    """

    def __init__(self) -> None:
        self.layout: Layout | None = Layout(PLACE, (Monitor("first", PLACE, 7),))
        self.is_ours = True
        self.secrets: tuple[Rect, ...] = ()
        self.settles_in = 0.0
        self.has_flashed = False
        self.is_silent = False
        self.is_watched = False
        self.pointer_moved = False
        self.settled = 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have it stand where Windows is asked."""

        def layout_of(kind: Kind, output: str) -> Layout | None:
            assert (kind, output) == ("monitor", "first")
            return self.layout

        monkeypatch.setattr(screen, "see_device_pixels", lambda: None)
        monkeypatch.setattr(screen, "is_desktop_ours", lambda: self.is_ours)
        monkeypatch.setattr(screen, "layout_of", layout_of)
        monkeypatch.setattr(screen, "PointerWatch", lambda: FakePointer(self))
        monkeypatch.setattr(screen, "Redaction", lambda exclusions: FakeRedaction(self, exclusions))
