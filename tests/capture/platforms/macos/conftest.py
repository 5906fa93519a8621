"""A Mac that is none for every test of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from capture.platforms.macos import screen, stream, window
from tests.helpers.macos.fake_mac import FakeMac


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMac]:
    """A Mac with one display and no windows, of macOS 14.2."""
    made = FakeMac()
    made.install(monkeypatch)
    yield made
    for each in made.capture.streams:
        if not each.is_stopped:
            each.stopCaptureWithCompletionHandler_(lambda error: None)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What has everything that takes its time be over at once, from when it is called on."""

    def hurry() -> None:
        monkeypatch.setattr(stream, "RESIZE_SECONDS", -1.0)
        monkeypatch.setattr(stream, "ANSWER_SECONDS", -1.0)
        monkeypatch.setattr(window, "STATE_SECONDS", 0.001)
        monkeypatch.setattr(window, "FIRST_SECONDS", 0.0)
        monkeypatch.setattr(screen, "CALM_SECONDS", -1.0)
        monkeypatch.setattr("capture.platforms.macos.processes.TRUSTED_SECONDS", -1.0)
        monkeypatch.setattr("capture.platforms.macos.top_windows.TRUSTED_SECONDS", -1.0)

    return hurry
