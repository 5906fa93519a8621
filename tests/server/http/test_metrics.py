"""The figures for Prometheus: right, for programs here only, and without names."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.helpers.mjpeg_reader import watching_mjpeg
from tests.helpers.stuck_viewer import paint, stuck_viewer
from tests.helpers.studio import Studio
from tests.helpers.waiting import receive, until

NAMES = {
    "panecast_build_info": "gauge",
    "panecast_uptime_seconds": "gauge",
    "panecast_viewers": "gauge",
    "panecast_sources": "gauge",
    "panecast_pictures_taken": "counter",
    "panecast_pictures_encoded": "counter",
    "panecast_pictures_sent": "counter",
    "panecast_pictures_skipped": "counter",
    "panecast_sent_bytes": "counter",
    "panecast_viewers_dropped": "counter",
}


async def figures(studio: Studio) -> dict[str, float]:
    """Return every figure by its name."""
    address = f"http://127.0.0.1:{studio.server.port}/metrics"
    async with aiohttp.ClientSession() as http, http.get(address) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = await answer.text()
    assert "4711" not in text
    assert "build <log>" not in text
    families = list(text_string_to_metric_families(text))
    assert {family.name: family.type for family in families} == NAMES
    assert all(family.documentation for family in families)
    return {sample.name: sample.value for family in families for sample in family.samples}


async def test_they_count_what_happens(studio: Studio) -> None:
    before = await figures(studio)
    assert (before["panecast_viewers"], before["panecast_sources"]) == (0, 1)
    async with studio.connect("/stream/4711?fps=60&unchanged=skip") as one, watching_mjpeg(studio.server.port) as two:
        await receive(one, "frame")
        await two.picture()
        await until(lambda: studio.registry.totals.pictures == 2)
        during = await figures(studio)
    await until(lambda: len(studio.registry) == 0)
    after = await figures(studio)

    assert (during["panecast_viewers"], after["panecast_viewers"]) == (2, 0)
    for found in (during, after):
        assert found["panecast_pictures_sent_total"] == 2
        assert found["panecast_sent_bytes_total"] > 1000
        assert found["panecast_pictures_encoded_total"] == 1
        assert found["panecast_pictures_taken_total"] >= 1
        assert found["panecast_viewers_dropped_total"] == 0
    assert after["panecast_uptime_seconds"] > before["panecast_uptime_seconds"]


async def test_what_was_skipped_and_who_was_dropped_stays_counted(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.stream.session_base.STALL_SECONDS", 0.3)
    painting = asyncio.create_task(paint(studio))
    stuck = stuck_viewer(studio)
    await until(lambda: len(studio.registry) == 1)
    await until(lambda: len(studio.registry) == 0, seconds=15)
    painting.cancel()
    stuck.close()
    found = await figures(studio)

    assert found["panecast_viewers_dropped_total"] == 1
    assert found["panecast_pictures_skipped_total"] > 0
