"""What a window shows before its program has painted it is not its own, and is not seen (attack T28 in
docs/security.md)."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest

from capture.feed.hub import Hub, Subscription
from capture.platforms.choose import make_backend
from capture.privacy.blanking import PLAIN as COVER
from capture.source import Source
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer, windows_of

pytestmark = [pytest.mark.x11, pytest.mark.timeout(1800 if os.environ.get("PANECAST_LONG") else 120)]

STEPS = 2000 if os.environ.get("PANECAST_LONG") else 60
SECRET, OURS = "ff00ff", "00a000"


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub(make_backend)
    yield made
    await made.close()


class Spy:
    """Looks at every picture of a window that anybody could get.

    Attributes:
        colours: all that there were, as 0xRRGGBB.
    """

    def __init__(self, hub: Hub, handle: str) -> None:
        self.colours: set[int] = set()
        source = Source(handle, "window", "", "", 0, 0)
        self.subscription: Subscription = hub.subscribe(source, fps=200, pointer=False, changed=self._look)

    def _look(self) -> None:
        if self.subscription.newest is not None:
            words = self.subscription.newest.pixels.view(np.uint32)[:, :, 0] & 0xFFFFFF
            self.colours |= set(np.unique(words).tolist())

    def shows(self, x: int, y: int, colour: int) -> bool:
        frame = self.subscription.newest
        if frame is None or x >= frame.width or y >= frame.height:
            return False
        return int(frame.pixels.view(np.uint32)[y, x, 0]) & 0xFFFFFF == colour


OURS_WORD, SECRET_WORD = int(OURS, 16), int(SECRET, 16)


@pytest.fixture
def others(xserver: XServer) -> Iterator[Windows]:
    """Another program with a window that nobody shared."""
    with windows_of(xserver) as opened:
        opened.open("secret", 100, 100, 700, 600, SECRET)
        yield opened


@pytest.mark.parametrize("deed", ["open", "popup"])
async def test_a_window_is_blank_until_its_program_paints_it(
    hub: Hub, windows: Windows, others: Windows, until: Until, deed: str
) -> None:
    place = (200, 200, 300, 200, "none")
    handle = windows.do(deed, *(["mine"] if deed == "open" else []), *place)
    spy = Spy(hub, handle)
    await until(lambda: spy.shows(150, 100, COVER))
    # What XDamage tells of as if it were painted: another window over it comes and goes, it is moved.
    above = others.do("popup", 150, 150, 250, 250, SECRET)
    others.do("close", above)
    before = windows.do("where", handle)
    windows.do("move", handle, 250, 250)
    # By the window manager, in its own time: what was painted before that might not count.
    await until(lambda: windows.do("where", handle) != before)
    for _ in range(3):
        await spy.subscription.refresh()
    assert spy.colours == {COVER}
    windows.do("paint", handle, 0, 0, 200, 200, OURS)
    await until(lambda: spy.shows(150, 100, OURS_WORD))
    assert spy.shows(250, 100, COVER)
    windows.do("paint", handle, 200, 0, 100, 200, OURS)
    await until(lambda: spy.shows(250, 100, OURS_WORD))

    assert spy.colours == {COVER, OURS_WORD}


async def test_what_comes_with_another_size_is_blank_until_it_is_painted(
    hub: Hub, windows: Windows, others: Windows, until: Until
) -> None:
    handle = windows.do("popup", 200, 200, 300, 200, "none")
    spy = Spy(hub, handle)
    await until(lambda: spy.shows(150, 100, COVER))
    windows.do("paint", handle, 0, 0, 300, 200, OURS)
    await until(lambda: spy.shows(150, 100, OURS_WORD))
    windows.do("resize", handle, 400, 300)
    await until(lambda: spy.shows(350, 250, COVER))
    await spy.subscription.refresh()
    windows.do("paint", handle, 0, 0, 400, 300, OURS)
    await until(lambda: spy.shows(350, 250, OURS_WORD))
    windows.do("unmap", handle)
    await until(lambda: spy.subscription.condition.state != "live")
    windows.do("map", handle)
    await until(lambda: spy.subscription.condition.state == "live")
    await until(lambda: spy.shows(350, 250, COVER))
    windows.do("paint", handle, 0, 0, 400, 300, OURS)
    await until(lambda: spy.shows(350, 250, OURS_WORD))

    assert spy.colours == {COVER, OURS_WORD}


async def test_what_a_never_shown_window_leaves_behind_is_blank_until_it_is_painted(
    hub: Hub, windows: Windows, xserver: XServer, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setattr("capture.platforms.x11.redaction.LINGER", 0.05)
    handle = windows.open("mine", 200, 200, 300, 200, "none")
    spy = Spy(hub, handle)
    await until(lambda: spy.shows(150, 100, COVER))
    windows.do("paint", handle, 0, 0, 300, 200, OURS)
    await until(lambda: spy.shows(150, 100, OURS_WORD))
    with windows_of(xserver, "keepassxc") as keeper:
        guest = keeper.do("inside", handle, 100, 50, 100, 100, SECRET)
        await until(lambda: spy.shows(150, 100, COVER))
        keeper.do("close", guest)
        for _ in range(3):
            windows.do("paint", handle, 0, 0, 20, 20, OURS)
            await spy.subscription.refresh()
    assert spy.shows(150, 100, COVER)
    windows.do("paint", handle, 100, 50, 100, 100, OURS)
    await until(lambda: spy.shows(150, 100, OURS_WORD))

    assert spy.colours == {COVER, OURS_WORD}


async def test_outside_of_its_shape_a_window_is_blank(
    hub: Hub, windows: Windows, others: Windows, until: Until
) -> None:
    handle = windows.do("popup", 200, 200, 300, 200, OURS)
    spy = Spy(hub, handle)
    await until(lambda: spy.shows(250, 100, OURS_WORD))
    windows.do("shape", handle, 0, 0, 200, 200)
    await until(lambda: spy.shows(250, 100, COVER) and spy.shows(150, 100, OURS_WORD))
    windows.do("shape", handle, 0, 0, 300, 200)
    await until(lambda: spy.shows(250, 100, OURS_WORD))

    assert spy.colours == {COVER, OURS_WORD}


QT_WINDOW = f"""
import sys
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = QWidget()
window.setStyleSheet("background: #{OURS}")
window.resize(300, 200)
window.show()
print(int(window.winId()), flush=True)
sys.exit(application.exec())
"""


async def test_programs_that_had_painted_before_are_whole_at_once(
    hub: Hub, xserver: XServer, others: Windows, until: Until
) -> None:
    """Qt's windows have no background; they paint when they are asked to."""
    command = [sys.executable, "-c", QT_WINDOW]
    environment = xserver.environment | {"QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(  # noqa: ASYNC220  it says one line and is waited for
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            spy = Spy(hub, program.stdout.readline().strip())
            await until(lambda: spy.shows(2, 2, OURS_WORD) and spy.shows(297, 197, OURS_WORD))
            # It is not asked what it paints: a label, a frame, something between.
            await until(lambda: not (spy.subscription.newest.pixels.view(np.uint32) & 0xFFFFFF == COVER).any())
        finally:
            program.terminate()
    assert SECRET_WORD not in spy.colours


async def test_nothing_of_others_is_seen_whatever_happens_to_the_window(
    hub: Hub, windows: Windows, xserver: XServer, until: Until
) -> None:
    """Windows without a background, over and under others, that are stirred and now and then painted in part."""
    draw = random.Random(28)
    with windows_of(xserver) as others:
        secret = [others.open(f"secret-{n}", 100 * n, 60 * n, 400, 400, SECRET) for n in range(3)]
        shared = [windows.open(f"mine-{n}", 60 + 90 * n, 50 + 60 * n, 100, 80, "none") for n in range(2)]
        shared.append(windows.do("popup", 150, 250, 100, 80, "none"))
        spies = [Spy(hub, handle) for handle in shared]
        for step in range(STEPS):
            await asyncio.gather(
                asyncio.to_thread(windows.do, "bare", step, draw.randrange(1, 6), OURS, *shared),
                asyncio.to_thread(others.do, "stir", step, draw.randrange(4), *secret),
                *(spy.subscription.refresh() for spy in spies if draw.randrange(2)),
            )
            assert [spy.colours - {COVER, OURS_WORD} for spy in spies] == [set()] * len(spies), step
        for handle in shared:
            # Hidden and shown that quickly, a window may be lost to its window manager: from the beginning, then.
            windows.do("withdraw", handle)
            await asyncio.to_thread(xserver.wait_until_let_go, handle)
            windows.do("map", handle)
            windows.do("resize", handle, 100, 80)
        for spy, handle in zip(spies, shared, strict=True):
            # It may have come to be there, and as large, only just.
            try:
                await until(lambda: spy.subscription.condition.state == "live")  # noqa: B023  awaited before the next turn
            except TimeoutError:
                pytest.fail(f"{spy.subscription.condition}, but\n{xserver.run('xwininfo', '-id', handle)}")

            def is_painted() -> bool:
                windows.do("paint", handle, 0, 0, 100, 80, OURS)  # noqa: B023  awaited before the next turn
                return spy.shows(50, 40, OURS_WORD)  # noqa: B023  awaited before the next turn

            await until(is_painted)
