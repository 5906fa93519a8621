"""What tests of windows on a display of their own share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest

from capture.feed.hub import Hub
from capture.platforms.choose import make_backend
from capture.platforms.generations import Generations
from capture.privacy.exclusions import Exclusions
from tests.helpers.x11.desktop import Windows, XServer, windows_of
from tests.helpers.x11.house import House


@pytest.fixture(scope="module")
def small_xserver() -> Iterator[XServer]:
    """A display so small that every picture can be looked at."""
    server = XServer(size="640x480")
    yield server
    server.close()


@pytest.fixture
def display(small_xserver: XServer, monkeypatch: pytest.MonkeyPatch) -> XServer:
    monkeypatch.setenv("DISPLAY", small_xserver.name)
    return small_xserver


@pytest.fixture
def keeper(display: XServer) -> Iterator[Windows]:
    """Windows of a password manager."""
    with windows_of(display, "keepassxc") as opened:
        yield opened


@pytest.fixture
def exclusions() -> Exclusions:
    return Exclusions()


@pytest.fixture
def generations() -> Generations:
    return Generations()


@pytest.fixture
async def hub(exclusions: Exclusions, generations: Generations) -> AsyncIterator[Hub]:
    made = Hub(partial(make_backend, exclusions=exclusions, generations=generations))
    yield made
    await made.close()


@pytest.fixture
async def house(xserver: XServer) -> AsyncIterator[House]:
    """A hub with the list of windows, and what is shared of them."""
    made = House()
    made.catalog.start()
    await made.catalog.ready()
    yield made
    await made.close()
