"""Qt without a screen, and stand-ins for what the widgets are shown."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

from capture.source import Source
from gui.core.state import SourceState
from gui.widgets.icons import Icons
from server.access.control import Viewer
from server.protocol.options import StreamOptions
from server.stream.stats import SessionView


@pytest.fixture
def icons(qapp: object) -> Icons:
    return Icons()


@pytest.fixture
def window() -> Callable[..., Source]:
    """Return a maker of windows; those with equal numbers are the same window."""

    def make(number: int, title: str = "", app: str = "xterm", **changes: object) -> Source:
        values: dict[str, object] = {"width": 640, "height": 480, "pid": 1000 + number, "started": 5} | changes
        return Source(str(number), "window", title or f"Window {number}", app, **values)

    return make


@pytest.fixture
def states(window: Callable[..., Source]) -> Callable[..., tuple[SourceState, ...]]:
    """Return a maker of a list of windows that are not shared."""

    def make(*numbers: int) -> tuple[SourceState, ...]:
        return tuple(SourceState(window(number)) for number in numbers)

    return make


@pytest.fixture
def viewer(window: Callable[..., Source]) -> Callable[..., SessionView]:
    """Return a maker of sessions."""

    def make(session_id: str, source: Source | None = None, **changes: object) -> SessionView:
        view = SessionView(
            session_id,
            Viewer("127.0.0.1", "Mozilla/5.0 Firefox/128.0"),
            source or window(1),
            StreamOptions(fps=15),
            14.8,
            210_400.0,
            time.monotonic() - 250,
            "live",
        )
        return replace(view, **changes)

    return make
