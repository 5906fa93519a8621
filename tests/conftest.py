"""What tests of several parts share: a display with windows in it, and waiting without hoping."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Iterator

import pytest
from aiohttp import web_app
from PySide6.QtWidgets import QApplication

from gui.loop.gc_on_loop import due
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer, windows_of

# Tests that a script runs in the background, or under nohup, ignore Ctrl-C and the end of the terminal; so would all
# that they start.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


def pytest_sessionstart() -> None:
    """Leave no collecting to whichever thread makes an object too many: what is left of Qt may not die there."""
    gc.disable()


def pytest_runtest_logfinish() -> None:
    """Collect between tests instead, on the thread that is Qt's, as the app does (`gui.loop.gc_on_loop`)."""
    generation = due(gc.get_count(), gc.get_threshold())
    if generation is not None:
        gc.collect(generation)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what takes minutes and the package servers, unless that is asked for."""
    if item.get_closest_marker("packages") is not None and os.environ.get("PANECAST_PACKAGES") != "1":
        pytest.skip("builds and tries packages: run installer/test.sh --packages")


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The one of pytest-qt, which goes on, like the app, when the last window of an earlier test is closed."""
    qapp.setQuitOnLastWindowClosed(False)
    return qapp


@pytest.fixture(scope="module", autouse=True)
def forgotten_applications() -> Iterator[None]:
    """Have aiohttp forget the applications that have ended: with them it would keep every picture of every test."""
    yield
    web_app._cached_build_middleware.cache_clear()  # noqa: SLF001  it offers no other way


@pytest.fixture(scope="session")
def shared_xserver() -> Iterator[XServer]:
    """One display for the whole run."""
    server = XServer()
    yield server
    server.close()


@pytest.fixture
def xserver(shared_xserver: XServer, monkeypatch: pytest.MonkeyPatch) -> XServer:
    """A display with a window manager; DISPLAY names it."""
    monkeypatch.setenv("DISPLAY", shared_xserver.name)
    return shared_xserver


@pytest.fixture
def own_xserver(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    """A display that the test may kill."""
    server = XServer()
    monkeypatch.setenv("DISPLAY", server.name)
    yield server
    server.close()


@pytest.fixture
def windows(xserver: XServer) -> Iterator[Windows]:
    """Windows of another program on the display."""
    with windows_of(xserver) as opened:
        yield opened


@pytest.fixture
def until() -> Until:
    """Return a wait for something to become true; it fails when that does not happen in time."""

    async def wait(true: Callable[[], object], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110  what is waited for has no event of its own
                await asyncio.sleep(0.005)

    return wait
