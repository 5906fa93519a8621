"""A connection while it lives, whatever goes over it; viewers that take nothing are in `test_stuck_viewers`."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.helpers.raw_http import upgrade
from tests.helpers.studio import Studio
from tests.helpers.waiting import until


@pytest.mark.parametrize("path", ["/stream/4711", "/streams"])
async def test_a_viewer_that_answers_no_ping_is_cut_off(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("server.stream.session_base.SILENT_SECONDS", 0.5)
    reader, writer = await asyncio.open_connection("127.0.0.1", studio.server.port)
    writer.write(upgrade(path, f"Host: 127.0.0.1:{studio.server.port}").encode())
    assert b" 101 " in await reader.readline()
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await until(lambda: len(studio.registry) == 0 and studio.hub.running == 0)

    assert studio.registry.totals.dropped == 0
