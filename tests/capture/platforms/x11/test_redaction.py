"""What is never shown is in no picture of the screen, whatever its windows do, and everything else still is."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
import simplejpeg
from xcffib.xproto import WindowClass

from capture.encode.image import Encoded, Rendition
from capture.encode.shared import ImageRequest
from capture.feed.hub import Hub, Subscription
from capture.picture.frame import Frame
from capture.picture.pixels import Rect
from capture.platforms.choose import make_backend
from capture.platforms.linux.process import process_started
from capture.platforms.x11.owners import WindowOwners
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.protocol.shm import SharedSegment
from capture.platforms.x11.redaction import Redaction
from capture.privacy.blanking import PLAIN as COVER
from capture.privacy.blanking import Blanking
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.privacy.masks import Mask
from capture.source import Source
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer, windows_of
from tests.helpers.x11.painter import Painter

pytestmark = pytest.mark.x11

DESKTOP = Source("0", "desktop", "", "", 0, 0)
MONITOR = Source("monitor-1", "monitor", "", "", 0, 0, output="screen")
SECRET, OWN, PLAIN = 0xFF00FF, 0xFF00F0, 0x00A000


LINGER = "capture.platforms.x11.redaction.LINGER"


@pytest.fixture(autouse=True)
def short_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have places uncovered sooner: the windows of these tests paint themselves at once."""
    monkeypatch.setattr(LINGER, 0.7)


@pytest.fixture
def plain(display: XServer) -> Iterator[Windows]:
    """Windows of a program that may be seen."""
    with windows_of(display, "editor") as opened:
        yield opened


class Spy:
    """Looks at every picture of a source that anybody could get, as it is and as JPEG.

    Attributes:
        seen: the sequences of pictures that showed a secret colour.
        looked, decoded: how many pictures were looked at, and how many of them as JPEG.
    """

    def __init__(self, hub: Hub, source: Source = DESKTOP) -> None:
        self.seen: list[int] = []
        self.looked = 0
        self.decoded = 0
        self._hub = hub
        self._last: Frame | None = None
        self.subscription: Subscription = hub.subscribe(source, fps=200, pointer=False, changed=self._look)

    def _look(self) -> None:
        frame = self.subscription.newest
        if frame is None or frame is self._last:
            return
        self._last = frame
        self.looked += 1
        if has_secret(frame.pixels[:, :, 2::-1]):
            self.seen.append(frame.sequence)

    async def look_at_encoded(self) -> None:
        """Look at the newest picture as a viewer gets it."""
        frame = self.subscription.newest
        if frame is not None:
            wish = ImageRequest(Rendition("jpeg", 90), payload)
            data = await self._hub.encoder.encode(frame, wish)
            self.decoded += 1
            if has_secret(simplejpeg.decode_jpeg(data, "RGB")):
                self.seen.append(frame.sequence)


def payload(picture: Encoded) -> bytes:
    return bytes(picture.data)


def has_secret(rgb: np.ndarray) -> bool:
    """Tell whether anything in the picture is as good as magenta."""
    return bool(((rgb[:, :, 0] > 200) & (rgb[:, :, 1] < 70) & (rgb[:, :, 2] > 200)).any())


def colour(seen: Subscription, x: int, y: int) -> int | None:
    frame = seen.newest
    return None if frame is None else int(frame.pixels.view(np.uint32)[y, x, 0]) & 0xFFFFFF


@pytest.fixture
def own(display: XServer) -> Iterator[Painter]:
    """Windows of the very process that takes the pictures."""
    painter = Painter()
    yield painter
    painter.connection.disconnect()


async def test_nothing_secret_is_ever_seen_however_windows_are_stirred(
    hub: Hub, keeper: Windows, plain: Windows, own: Painter, until: Until
) -> None:
    secret = [keeper.open(f"secret-{n}", 60 * n, 50 * n, 100, 80, f"{SECRET:06x}") for n in range(2)]
    shown = [plain.open(f"plain-{n}", 90 * n, 70 * n, 100, 80, f"{PLAIN:06x}") for n in range(3)]
    ours = own.open("own", "300", "200", "100", "80", f"{OWN:06x}")
    own.core.GetInputFocus().reply()
    spy = Spy(hub)
    await until(lambda: spy.subscription.newest is not None)

    async def go_on_looking() -> None:
        while True:
            await spy.look_at_encoded()
            await asyncio.sleep(0.01)

    looking = asyncio.create_task(go_on_looking())
    for seed in range(100):
        # All at once, and a picture is taken meanwhile.
        await asyncio.gather(
            asyncio.to_thread(keeper.do, "stir", seed, 6, *secret),
            asyncio.to_thread(plain.do, "stir", seed + 1000, 6, *shown),
            asyncio.to_thread(own.stir, seed + 2000, "4", str(ours)),
            spy.subscription.refresh(),
        )
    await spy.subscription.refresh()
    looking.cancel()
    await asyncio.wait([looking])

    assert spy.seen == []
    assert spy.subscription.takes >= 100
    assert spy.looked > 10
    assert spy.decoded > 10


async def test_nothing_stays_covered_where_something_secret_was(
    hub: Hub, keeper: Windows, plain: Windows, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    """Pictures are made of earlier ones, in which it was painted over."""
    monkeypatch.setattr(LINGER, 0.05)
    shown = [plain.open(f"plain-{n}", 90 * n, 70 * n, 100, 80, f"{PLAIN:06x}") for n in range(2)]
    seen = hub.subscribe(DESKTOP, fps=200, pointer=False, changed=lambda: None)

    def is_true() -> bool:
        image = segment.image(display.root, 0, 0, 640, 480)
        return seen.newest is not None and np.array_equal(seen.newest.pixels[:, :, :3], image[:, :, :3])

    display = Display()
    segment = SharedSegment(display)
    for seed in range(8):
        secret = keeper.open("secret", 60, 50, 100, 80, f"{SECRET:06x}")
        await asyncio.gather(
            asyncio.to_thread(keeper.do, "stir", seed, 12, secret),
            asyncio.to_thread(plain.do, "stir", seed + 100, 12, *shown),
        )
        keeper.do("close", secret)
        await until(is_true)
    display.close()


async def test_the_spy_would_see_what_is_not_guarded(display: XServer, keeper: Windows, until: Until) -> None:
    hub = Hub(partial(make_backend, exclusions=Exclusions(ExclusionRules((), None))))
    keeper.open("secret", 60, 50, 200, 150, f"{SECRET:06x}")
    spy = Spy(hub)
    await until(lambda: colour(spy.subscription, 150, 150) == SECRET)
    await spy.look_at_encoded()
    await hub.close()

    newest = spy.seen[-1]
    assert spy.seen.count(newest) == 2  # as it was taken, and decoded


@pytest.mark.parametrize("source", [DESKTOP, MONITOR], ids=["desktop", "monitor"])
async def test_a_window_is_painted_over_and_what_lies_beside_it_is_not(
    hub: Hub, keeper: Windows, plain: Windows, until: Until, source: Source
) -> None:
    plain.open("plain", 20, 40, 600, 400, f"{PLAIN:06x}")
    spy = Spy(hub, source)
    await until(lambda: colour(spy.subscription, 300, 200) == PLAIN)
    secret = keeper.open("secret", 200, 150, 200, 150, f"{SECRET:06x}")
    await until(lambda: colour(spy.subscription, 300, 200) == COVER)
    await until(lambda: colour(spy.subscription, 100, 200) == PLAIN)
    keeper.do("move", secret, 380, 150)
    await until(lambda: colour(spy.subscription, 550, 200) == COVER)
    # Where it was comes back by itself, although nothing is painted any more.
    await until(lambda: colour(spy.subscription, 300, 200) == PLAIN)
    keeper.do("close", secret)
    await until(lambda: colour(spy.subscription, 550, 200) == PLAIN)

    assert spy.seen == []


async def test_what_lies_over_it_is_seen_once_it_lies_still(
    hub: Hub, keeper: Windows, plain: Windows, until: Until
) -> None:
    spy = Spy(hub)
    keeper.open("secret", 100, 100, 300, 200, f"{SECRET:06x}")
    await until(lambda: colour(spy.subscription, 250, 200) == COVER)
    above = plain.open("above", 200, 150, 100, 100, f"{PLAIN:06x}")
    await until(lambda: colour(spy.subscription, 250, 200) == PLAIN)
    assert colour(spy.subscription, 120, 130) == COVER
    plain.do("close", above)
    await until(lambda: colour(spy.subscription, 250, 200) == COVER)

    assert spy.seen == []


async def test_with_a_compositing_manager_nothing_counts_as_lying_over_it(
    hub: Hub, keeper: Windows, plain: Windows, own: Painter, until: Until
) -> None:
    """It may let everything shine through, and tells nobody."""
    spy = Spy(hub)
    keeper.open("secret", 100, 100, 300, 200, f"{SECRET:06x}")
    await until(lambda: colour(spy.subscription, 250, 200) == COVER)
    above = plain.open("above", 200, 150, 100, 100, f"{PLAIN:06x}")
    await until(lambda: colour(spy.subscription, 250, 200) == PLAIN)
    manager = own.connection.generate_id()
    own.core.CreateWindow(0, manager, own.screen.root, 0, 0, 1, 1, 0, WindowClass.InputOnly, 0, 0, [])
    own.core.SetSelectionOwner(manager, own.atom("_NET_WM_CM_S0"), 0)
    own.core.GetInputFocus().reply()
    plain.do("paint", above, 0, 0, 5, 5, "00b000")
    await until(lambda: colour(spy.subscription, 250, 200) == COVER)


QT_WINDOW = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication(["keepassxc"])
window = QWidget()
window.setWindowTitle("vault")
window.resize(300, 200)
window.show()
print(int(window.winId()), flush=True)
sys.exit(application.exec())
"""


async def test_windows_made_with_qt_are_known_in_their_frames(display: XServer, until: Until) -> None:
    """Qt says of every window that it could be embedded, as icons in panels do."""
    command = [sys.executable, "-c", QT_WINDOW]
    environment = display.environment | {"QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(  # noqa: ASYNC220  it says one line and is waited for
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        server = Display()
        try:
            assert program.stdout is not None
            window = int(program.stdout.readline())
            tree = server.connection.core.QueryTree
            await until(lambda: tree(window).reply().parent != server.root)
            frame = tree(window).reply().parent
            while (above := tree(frame).reply().parent) != server.root:
                frame = above
            window_owners = WindowOwners(server)
            assert server.numbers(window, "_XEMBED_INFO")

            assert window_owners.may_be_shown(frame, ExclusionRules(("keepassxc",), pid=None)) is False
            assert window_owners.may_be_shown(frame, ExclusionRules((), pid=program.pid)) is False
            assert window_owners.may_be_shown(frame, ExclusionRules((), pid=None)) is True
        finally:
            server.close()
            program.terminate()


async def test_menus_of_the_window_manager_are_seen(hub: Hub, display: XServer, until: Until) -> None:
    spy = Spy(hub)
    await until(lambda: spy.subscription.newest is not None)
    nothing = colour(spy.subscription, 315, 205)
    display.run("xdotool", "mousemove", "300", "200", "click", "3")
    try:
        await until(lambda: colour(spy.subscription, 315, 205) not in (nothing, COVER))
    finally:
        display.run("xdotool", "key", "Escape")


async def only_menus_of_one_are_seen(spy: Spy, until: Until, *, hidden: Windows, seen: Windows) -> None:
    """Have both open a menu, and wait until one is painted over and the other one is there."""
    hidden.do("popup", 300, 200, 100, 120, f"{SECRET:06x}")
    seen.do("popup", 100, 200, 100, 120, f"{PLAIN:06x}")
    await until(lambda: colour(spy.subscription, 350, 250) == COVER)
    await until(lambda: colour(spy.subscription, 150, 250) == PLAIN)


async def test_menus_of_such_a_program_are_painted_over_too(
    hub: Hub, keeper: Windows, plain: Windows, until: Until
) -> None:
    spy = Spy(hub)
    await until(lambda: spy.subscription.newest is not None)
    await only_menus_of_one_are_seen(spy, until, hidden=keeper, seen=plain)

    assert spy.seen == []


async def test_a_window_may_be_known_by_its_class_alone(hub: Hub, plain: Windows, until: Until) -> None:
    spy = Spy(hub)
    await until(lambda: spy.subscription.newest is not None)
    plain.open("secret", 200, 150, 200, 150, f"{SECRET:06x}", "org.gnome.Authenticator")
    await until(lambda: colour(spy.subscription, 300, 200) == COVER)

    assert spy.seen == []


async def test_windows_that_flash_up_are_never_seen(hub: Hub, keeper: Windows, until: Until) -> None:
    """Some are gone before anybody could ask whose they were."""
    spy = Spy(hub)
    await until(lambda: spy.subscription.newest is not None)
    draw = random.Random(3)
    for turn in range(60):
        if turn % 2:
            flash = keeper.open("flash", draw.randrange(400), draw.randrange(300), 200, 150, f"{SECRET:06x}")
        else:
            flash = keeper.do("popup", draw.randrange(400), draw.randrange(300), 200, 150, f"{SECRET:06x}")
        looking = asyncio.create_task(spy.subscription.refresh())
        if turn % 3:
            await asyncio.sleep(draw.random() / 50)
        keeper.do("close", flash)
        await looking

    assert spy.seen == []
    assert spy.subscription.takes >= 60


async def test_what_others_have_not_painted_yet_is_not_seen(
    hub: Hub, keeper: Windows, plain: Windows, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    """Many windows have no background: until their program has painted them, the screen shows what lay there."""
    below = plain.do("popup", 50, 100, 300, 200, "none")
    plain.do("paint", below, 0, 0, 300, 200, f"{PLAIN:06x}")
    spy = Spy(hub)
    await until(lambda: colour(spy.subscription, 320, 200) == PLAIN)

    async def paint_late(window: str) -> None:
        monkeypatch.setattr(LINGER, 60)
        await spy.subscription.refresh()
        plain.do("paint", window, 0, 0, 300, 200, f"{PLAIN:06x}")
        await spy.subscription.refresh()
        assert colour(spy.subscription, 250, 200) == COVER
        monkeypatch.setattr(LINGER, 0.2)
        await spy.subscription.refresh()

    monkeypatch.setattr(LINGER, 60)
    secret = keeper.do("popup", 100, 120, 200, 150, f"{SECRET:06x}")
    above = plain.do("popup", 200, 100, 300, 200, "none")
    await paint_late(above)
    await until(lambda: colour(spy.subscription, 250, 200) == PLAIN)
    assert colour(spy.subscription, 150, 200) == COVER
    monkeypatch.setattr(LINGER, 60)
    keeper.do("close", secret)
    await paint_late(below)
    await until(lambda: colour(spy.subscription, 150, 200) == PLAIN)

    assert spy.seen == []


async def test_a_place_that_may_be_seen_before_a_slow_take_ends_is_looked_at_again(
    exclusions: Exclusions, keeper: Windows, plain: Windows, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    """Where a take covers something for the last time, and nothing happens after it, the screen has to be taken once
    more."""
    keeper.do("popup", 100, 100, 200, 150, f"{SECRET:06x}")
    plain.do("popup", 100, 100, 200, 150, f"{PLAIN:06x}")
    monkeypatch.setattr(LINGER, 0.05)
    begun = time.monotonic()
    redaction = Redaction(Display(), exclusions)
    redaction.look()
    redaction.ask()
    known = time.monotonic()
    await until(lambda: time.monotonic() > known + 0.05)

    place = Rect(100, 100, 200, 150)
    assert place in redaction.rects(begun)
    assert redaction.next_change() is not None
    assert place not in redaction.rects(time.monotonic())
    assert redaction.next_change() is None


async def test_a_changed_list_holds_from_the_next_picture_on(
    hub: Hub, exclusions: Exclusions, keeper: Windows, plain: Windows, until: Until
) -> None:
    keeper.open("secret", 100, 100, 150, 150, f"{SECRET:06x}")
    plain.open("plain", 400, 100, 150, 150, f"{PLAIN:06x}")
    spy = Spy(hub)
    await until(lambda: colour(spy.subscription, 450, 200) == PLAIN)
    exclusions.set_rules(ExclusionRules(("editor",), None))
    await spy.subscription.refresh()

    assert colour(spy.subscription, 450, 200) == COVER
    assert colour(spy.subscription, 150, 200) == SECRET


async def test_a_window_with_masks_is_shown_by_itself_and_in_no_picture_of_the_screen(
    hub: Hub, exclusions: Exclusions, plain: Windows, until: Until
) -> None:
    masked = plain.open("masked", 100, 100, 150, 150, f"{SECRET:06x}")
    plain.open("plain", 400, 100, 150, 150, f"{PLAIN:06x}")
    source = Source(masked, "window", "", "", 0, 0)
    screen, itself = Spy(hub), Spy(hub, source)
    await until(lambda: colour(screen.subscription, 150, 150) == SECRET)
    hub.set_masks(source, (Mask(0.0, 0.0, 0.5, 1.0, 150, 150),))
    exclusions.set_rules(ExclusionRules(masked=hub.masked))
    for spy in (screen, itself):
        await spy.subscription.refresh()
        spy.seen.clear()
    plain.do("move", masked, 200, 200)
    plain.do("paint", masked, 0, 0, 10, 10, f"{SECRET:06x}")
    for spy in (screen, itself):
        await spy.subscription.refresh()

    # The window manager moves it when it comes to that.
    await until(lambda: {colour(screen.subscription, 205 + x, 250) for x in (0, 70, 140)} == {COVER})
    assert screen.seen == []
    assert colour(screen.subscription, 450, 150) == PLAIN
    assert colour(itself.subscription, 140, 75) == SECRET
    assert colour(itself.subscription, 5, 75) != SECRET

    hub.set_masks(source, ())
    exclusions.set_rules(ExclusionRules(masked=hub.masked))
    await until(lambda: colour(screen.subscription, 250, 250) == SECRET)


async def test_menus_of_a_program_with_a_masked_window_are_painted_over_and_its_other_windows_are_not(
    hub: Hub, exclusions: Exclusions, plain: Windows, keeper: Windows, until: Until
) -> None:
    """What a field offers while one types in it is a window of its own, and may say what the mask hides."""
    exclusions.set_rules(ExclusionRules(()))
    masked = plain.open("masked", 100, 100, 50, 50, f"{SECRET:06x}")
    plain.open("plain", 400, 100, 50, 50, f"{PLAIN:06x}")
    hub.set_masks(Source(masked, "window", "", "", 0, 0), (Mask(0.0, 0.0, 0.5, 1.0, 50, 50),))
    exclusions.set_rules(ExclusionRules((), masked=hub.masked))
    spy = Spy(hub)
    await until(lambda: spy.subscription.newest is not None)
    await only_menus_of_one_are_seen(spy, until, hidden=plain, seen=keeper)

    assert spy.seen == []
    assert colour(spy.subscription, 425, 125) == PLAIN


async def test_a_window_of_such_a_program_is_not_shown_by_itself(
    hub: Hub, exclusions: Exclusions, keeper: Windows, plain: Windows, until: Until
) -> None:
    secret = keeper.open("secret", 100, 100, 150, 150, f"{SECRET:06x}")
    shown = plain.open("plain", 400, 100, 150, 150, f"{PLAIN:06x}")
    spy, other = (Spy(hub, Source(handle, "window", "", "", 0, 0)) for handle in (secret, shown))
    await until(lambda: spy.subscription.condition.state == "closed")
    await until(lambda: other.looked)
    exclusions.set_rules(ExclusionRules(("editor",)))
    await other.subscription.refresh()
    await until(lambda: other.subscription.condition.state == "closed")

    assert spy.subscription.condition.reason.code == "program_excluded"
    assert spy.looked == 0


async def test_a_window_whose_number_went_to_another_process_is_closed_when_the_curtain_opens(
    hub: Hub, display: XServer, until: Until
) -> None:
    with windows_of(display, "editor") as first:
        handle = first.open("first", 100, 100, 150, 150, f"{PLAIN:06x}")
        source = Source(handle, "window", "", "", 0, 0, pid=first.pid, started=process_started(first.pid))
        spy = Spy(hub, source)
        await until(lambda: spy.looked)
        hub.set_blanking("person", Blanking("paused"))
        await until(lambda: hub.ending == 0)
    with windows_of(display, "other") as second:
        assert second.open("second", 100, 100, 150, 150, f"{SECRET:06x}") == handle
        hub.set_blanking("person", None)
        await until(lambda: spy.subscription.condition.state == "closed")

    assert spy.seen == []


async def test_a_guard_costs_no_take_while_nothing_happens(hub: Hub, keeper: Windows, until: Until) -> None:
    keeper.open("secret", 100, 100, 150, 150, f"{SECRET:06x}")
    spy = Spy(hub)
    await until(lambda: colour(spy.subscription, 150, 200) == COVER)
    looked = spy.looked
    for _ in range(3):
        await spy.subscription.refresh()

    assert spy.looked - looked <= 2
