"""What several tests of capture need: a message bus of their own, and one on it who plays logind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.capture.platforms.fake_logind import FakeLogind, message_bus


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    monkeypatch.setattr("capture.platforms.linux.session_lock.RETRY_SECONDS", 0.02)
    with message_bus(tmp_path) as found:
        yield found


@pytest.fixture
async def logind(address: str) -> AsyncIterator[FakeLogind]:
    made = FakeLogind(address)
    await made.open()
    yield made
    made.close()
