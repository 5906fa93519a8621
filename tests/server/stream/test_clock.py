"""The computer's clock is set by a day while somebody watches: nobody notices."""

from __future__ import annotations

import time

import pytest

from tests.helpers.studio import Studio
from tests.helpers.waiting import receive

DAY = 24 * 60 * 60.0


@pytest.mark.parametrize("days", [1, -1])
async def test_pictures_go_on_when_the_clock_is_set(studio: Studio, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    right = time.time
    async with studio.connect("/stream/4711?fps=60&unchanged=skip") as viewer:
        before = (await receive(viewer, "frame"))["data"]
        monkeypatch.setattr(time, "time", lambda: right() + days * DAY)
        numbers = []
        for shade in range(1, 6):
            studio.canvas.fill(shade, 0, 0)
            after = (await receive(viewer, "frame"))["data"]
            numbers.append(after["frame_number"])

    assert numbers == [before["frame_number"] + step for step in range(1, 6)]
    assert (after["captured_at"] > before["captured_at"]) == (days > 0)
