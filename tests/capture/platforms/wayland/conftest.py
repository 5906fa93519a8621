"""PipeWire for a whole module, and a producer for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.wayland.daemons import MISSING, PipeWire, pipewire_of
from tests.helpers.wayland.producer import Producer


@pytest.fixture(scope="session")
def daemons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipeWire]:
    """PipeWire and its session manager."""
    if MISSING:
        pytest.skip(f"{MISSING} is not installed")
    with pipewire_of(tmp_path_factory.mktemp("pipewire")) as running:
        yield running


@pytest.fixture
def producer(daemons: PipeWire) -> Iterator[Producer]:
    """A node of 64 × 48 pixels."""
    made = Producer(daemons, (64, 48))
    yield made
    made.close()
