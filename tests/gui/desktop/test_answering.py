"""Questions that are answered in a notice: a real message bus, something on it that shows notices, and dunst."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import gui.desktop.notification_service as module
from gui.core.access import AccessController
from gui.core.encryption import Encryption
from gui.core.settings import Settings
from gui.desktop.notices import Notices
from gui.dialogs.access_windows import AccessWindows
from gui.widgets.icons import Icons
from server.access.consent import Answer, Question
from server.net.peers import Peer
from tests.capture.platforms.fake_logind import message_bus
from tests.gui.desktop.fake_notifications import FakeNotifications
from tests.gui.desktop.heard_tray import HeardTray
from tests.helpers.desk import Desk
from tests.helpers.waiting import Until, wait_for
from tests.helpers.x11.desktop import XServer
from tests.load.parts import LONG

ANNA, BEN = Peer.of("192.168.77.31"), Peer.of("192.168.77.32")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with message_bus(tmp_path_factory.mktemp("bus")) as made:
        yield made


class Door:
    """An app that is open to others, its panel out of sight and its icon in a tray."""

    def __init__(self, icons: Icons, folder: Path, address: str) -> None:
        self.desk = Desk(Settings())
        self.access = AccessController(self.desk.controller, self.desk.registry, self.desk.server)
        self.consents = self.access.access.consents
        self.tray = HeardTray(icons)
        self.opened: list[str] = []
        self.settings = Settings()
        self.is_locked = False
        self.notices = Notices(
            self.tray,
            lambda: self.settings,
            self.opened.append,
            address,
            is_locked=lambda: self.is_locked,
            gather_seconds=0,
        )
        encryption = Encryption(self.desk.controller, folder)
        self.windows = AccessWindows(
            self.desk.controller, self.access, encryption, self.tray, folder / "log", self.notices
        )
        self._asking: list[asyncio.Task[Answer]] = []

    async def asked_by(self, peer: Peer, until: Until) -> tuple[asyncio.Task[Answer], Question]:
        """Return the answer to come to somebody who asks, and the question that the person sees."""
        before = self.consents.questions
        task = asyncio.create_task(self.consents.ask(peer, "Firefox <3", ("build log",), "PIN"))
        self._asking.append(task)
        await until(lambda: len(self.consents.questions) > len(before))
        return task, next(each for each in self.consents.questions if each not in before)

    async def answerable(self, question: Question, until: Until) -> None:
        """Return once the app knows what is shown under which number, and long enough after a question to answer it."""
        await until(lambda: not self.notices._desktop._tasks)  # noqa: SLF001  all is said
        await until(lambda: time.monotonic() >= question.answerable_from)

    async def close(self) -> None:
        for task in self._asking:
            task.cancel()
        self.windows.close()
        await self.notices.close()
        self.access.close()
        await self.desk.close()


@pytest.fixture
async def door(icons: Icons, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr(module, "ANSWERABLE_SECONDS", 0.0)
    made = Door(icons, tmp_path, address)
    yield made
    await made.close()


@pytest.fixture
async def service(address: str) -> AsyncIterator[FakeNotifications]:
    made = FakeNotifications(address, "actions", "body", "body-markup")
    await made.open()
    with closing(made):
        yield made


@pytest.mark.parametrize(("button", "answer"), [("Allow", "allow"), ("Deny", "deny")])
async def test_a_button_answers_the_one_who_asked(
    button: str, answer: Answer, door: Door, service: FakeNotifications, until: Until
) -> None:
    asking, question = await door.asked_by(ANNA, until)
    await until(lambda: service.shown)
    ((number, (title, words)),) = service.shown.items()
    assert title == "Someone wants to watch"
    assert words == "192.168.77.31 (Firefox &lt;3) is waiting for your answer.\nUsing the PIN\nbuild log"
    assert number in service.urgent
    assert list(service.buttons[number].values()) == ["Open Panecast", "Allow", "Deny"]
    assert door.tray.said == []
    await door.answerable(question, until)
    service.press_button(number, button)

    assert await asking == answer
    await until(lambda: not service.shown)


async def test_each_asker_has_a_notice_and_an_answer_of_their_own(
    door: Door, service: FakeNotifications, until: Until
) -> None:
    anna, _ = await door.asked_by(ANNA, until)
    ben, question = await door.asked_by(BEN, until)
    await until(lambda: len(service.shown) == 2)
    first, second = service.shown
    assert service.shown[second][1].startswith("192.168.77.32 ")
    await door.answerable(question, until)
    service.press_button(second, "Allow")

    assert await ben == "allow"
    assert not anna.done()
    await until(lambda: list(service.shown) == [first])


async def test_a_notice_of_somebody_who_has_left_lets_in_nobody(
    door: Door, service: FakeNotifications, until: Until
) -> None:
    anna, _ = await door.asked_by(ANNA, until)
    await until(lambda: service.shown)
    (number,) = service.shown
    anna.cancel()
    await until(lambda: not service.shown)
    # The next one has the very same number and the same words; the hand was on its way to the first.
    again, question = await door.asked_by(ANNA, until)
    await until(lambda: service.shown)
    (later,) = service.shown
    stale = next(action for action, label in service.buttons[number].items() if label == "Allow")
    await door.answerable(question, until)
    service.press(number, stale)
    service.press(later, stale)
    service.press(number, next(action for action, label in service.buttons[later].items() if label == "Allow"))
    service.press(later, "allow")
    await service.settle()
    service.press(later)
    await until(lambda: door.opened)

    assert later != number
    assert not again.done()
    assert door.opened == ["questions"]


async def test_an_answer_given_elsewhere_takes_the_notice_away(
    door: Door, service: FakeNotifications, until: Until
) -> None:
    asking, question = await door.asked_by(ANNA, until)
    await until(lambda: service.shown)
    await door.answerable(question, until)
    door.windows.consent.answered.emit(question.id, "deny")

    assert await asking == "deny"
    await until(lambda: not service.shown)


async def test_an_answer_given_before_the_notice_is_there_takes_it_away_too(
    door: Door, address: str, until: Until
) -> None:
    slow = FakeNotifications(address, "actions", "body")
    asking, _ = await door.asked_by(ANNA, until)  # no service yet, but it is being asked for
    asking.cancel()
    await slow.open()
    with closing(slow):
        await until(lambda: not door.notices._desktop._tasks)  # noqa: SLF001  all is said

    assert slow.shown == {}


async def test_a_hand_on_its_way_to_something_else_lets_in_nobody(
    door: Door, service: FakeNotifications, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWERABLE_SECONDS", 3600.0)
    asking, question = await door.asked_by(ANNA, until)
    await until(lambda: service.shown)
    await door.answerable(question, until)
    (number,) = service.shown
    service.press_button(number, "Allow")
    service.press(number)
    await until(lambda: door.opened)

    assert not asking.done()


async def test_who_stands_at_the_lock_screen_lets_in_nobody(
    door: Door, service: FakeNotifications, until: Until
) -> None:
    """Some desktops show notices over it, buttons and all. To turn somebody away harms nobody."""
    anna, _ = await door.asked_by(ANNA, until)
    ben, question = await door.asked_by(BEN, until)
    await until(lambda: len(service.shown) == 2)
    first, second = service.shown
    await door.answerable(question, until)
    door.is_locked = True
    service.press_button(first, "Allow")
    service.press_button(second, "Deny")
    assert await ben == "deny"
    assert not anna.done()

    door.is_locked = False
    await until(lambda: len(service.shown) == 1 and not {first, second} & service.shown.keys())
    (again,) = service.shown
    service.press_button(again, "Allow")
    assert await anna == "allow"


async def test_another_service_invokes_nothing_of_the_one_before(door: Door, address: str, until: Until) -> None:
    first = FakeNotifications(address, "actions")
    await first.open()
    with closing(first):
        asking, question = await door.asked_by(ANNA, until)
        await until(lambda: first.shown)
        buttons = first.buttons
    # It counts from 1 as well, and shows something of others under that number.
    second = FakeNotifications(address, "actions")
    await second.open()
    with closing(second):
        second.buttons = buttons
        await door.answerable(question, until)
        second.press_button(1, "Allow")
        await second.settle()
        other, its_question = await door.asked_by(BEN, until)
        await until(lambda: second.shown)
        await door.answerable(its_question, until)
        second.press(1)
        await until(lambda: door.opened)

    assert not asking.done()
    assert not other.done()


@pytest.mark.parametrize("abilities", [("body",), None])
async def test_without_buttons_it_is_said_beside_the_icon(
    abilities: tuple[str, ...] | None, door: Door, address: str, until: Until
) -> None:
    plain = FakeNotifications(address, *(abilities or ()))
    with closing(plain):
        if abilities is not None:
            await plain.open()
        await door.asked_by(ANNA, until)
        await until(lambda: door.tray.said)

    assert [title for title, _words in door.tray.said] == ["Someone wants to watch"]
    assert plain.shown == {}


async def test_a_service_that_hangs_keeps_nobody_from_hearing_of_it(
    door: Door, service: FakeNotifications, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ELSEWHERE_SECONDS", 0.05)
    service.is_stuck = True
    asking, question = await door.asked_by(ANNA, until)
    await until(lambda: door.tray.said)
    assert not service.shown
    # It comes to itself: the notice is there, and goes with the answer.
    service.go_on()
    await until(lambda: service.shown)
    await door.answerable(question, until)
    door.windows.consent.answered.emit(question.id, "allow")

    assert await asking == "allow"
    await until(lambda: not service.shown)
    assert len(door.tray.said) == 1


async def test_no_question_is_left_behind_when_the_app_ends(
    door: Door, service: FakeNotifications, until: Until
) -> None:
    await door.asked_by(ANNA, until)
    door.tray.is_there = False
    door.notices.say("visits", "192.168.1.30 is watching now.", "")
    await until(lambda: len(service.shown) == 2)
    await door.notices.close()

    assert [title for title, _words in service.shown.values()] == ["192.168.1.30 is watching now."]


DUNST = """[global]
    dmenu = {folder}/choose
    idle_threshold = 0
"""
CHOOSE = """#!/bin/sh
# In place of the menu that dunst opens with what can be invoked, one a line: chooses the one that is asked for.
grep -m 1 "^#$(cat {folder}/wanted)"
"""


class Dunst:
    """The notification service dunst, and a hand that presses what it shows."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder

    @property
    def count(self) -> int:
        """Return how many are on the screen, -1 before it has begun."""
        told = self._run("dunstctl", "count", "displayed")
        return int(told) if told.strip() else -1

    def press(self, label: str) -> None:
        """Choose what stands on a button in the menu of all that is on the screen."""
        (self._folder / "wanted").write_text(label, encoding="utf-8")
        self._run("dunstctl", "context")

    def _run(self, *command: str) -> str:
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False).stdout


@contextmanager
def dunst(folder: Path, address: str, display: XServer) -> Iterator[Dunst]:
    """Have dunst on the bus while the block lasts."""
    (folder / "dunstrc").write_text(DUNST.format(folder=folder), encoding="utf-8")
    (folder / "choose").write_text(CHOOSE.format(folder=folder), encoding="utf-8")
    (folder / "choose").chmod(0o755)
    environment = display.environment | {"DBUS_SESSION_BUS_ADDRESS": address}
    command = ["dunst", "-config", str(folder / "dunstrc")]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        made = Dunst(environment, folder)
        try:
            wait_for(lambda: made.count == 0)
            yield made
        finally:
            process.terminate()


@pytest.mark.x11
@pytest.mark.parametrize(("button", "answer"), [("Allow", "allow"), ("Deny", "deny")])
async def test_dunst_shows_the_buttons_and_takes_the_notice_away(
    button: str, answer: Answer, door: Door, address: str, tmp_path: Path, xserver: XServer, until: Until
) -> None:
    with dunst(tmp_path, address, xserver) as service:
        asking, question = await door.asked_by(ANNA, until)
        await until(lambda: door.tray.said or service.count == 1)
        await door.answerable(question, until)
        service.press(button)

        assert await asking == answer
        await until(lambda: service.count == 0)
        assert door.tray.said == []


@pytest.mark.x11
async def test_dunst_takes_a_notice_away_that_was_answered_elsewhere(
    door: Door, address: str, tmp_path: Path, xserver: XServer, until: Until
) -> None:
    with dunst(tmp_path, address, xserver) as service:
        asking, _ = await door.asked_by(ANNA, until)
        await until(lambda: service.count == 1)
        asking.cancel()
        await until(lambda: service.count == 0)


NOTIFICATION_DAEMON = "/usr/lib/notification-daemon/notification-daemon"
FROM_RIGHT = {"Allow": 137, "Deny": 82}
FROM_BOTTOM = 39
"""Where the buttons are in its bubbles, in pixels."""


class Bubbles:
    """The notification service of the older GNOME, and the hand of somebody who clicks what it shows."""

    def __init__(self, display: XServer) -> None:
        self._display = display

    @property
    def shown(self) -> dict[int, dict[str, int]]:
        """Return where its bubbles are, by their windows: X, Y, WIDTH and HEIGHT."""
        command = (
            "xdotool",
            "search",
            "--onlyvisible",
            "--name",
            "^Notification$",
            "getwindowgeometry",
            "--shell",
            "%@",
        )
        found = subprocess.run(
            command, env=self._display.environment, capture_output=True, text=True, check=False
        ).stdout
        places: dict[int, dict[str, int]] = {}
        for name, _, value in (line.partition("=") for line in found.splitlines()):
            if name == "WINDOW":
                place = places.setdefault(int(value), {})
            else:
                place[name] = int(value)
        return places

    def press(self, label: str) -> None:
        """Click the button of the only bubble; while there are more, one is on its way."""
        for place in self.shown.values() if len(self.shown) == 1 else ():
            x, y = place["X"] + place["WIDTH"] - FROM_RIGHT[label], place["Y"] + place["HEIGHT"] - FROM_BOTTOM
            self._display.run("xdotool", "mousemove", str(x), str(y), "click", "1")


@contextmanager
def notification_daemon(address: str, display: XServer) -> Iterator[Bubbles]:
    """Have notification-daemon on the bus while the block lasts."""
    environment = display.environment | {"DBUS_SESSION_BUS_ADDRESS": address, "NO_AT_BRIDGE": "1"}
    to_bus = ("--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner")
    asked = ["dbus-send", f"--bus={address}", "--print-reply", *to_bus, f"string:{module.SERVICE}"]
    with subprocess.Popen([NOTIFICATION_DAEMON], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: "true" in subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
            yield Bubbles(display)
        finally:
            process.terminate()


@pytest.mark.x11
@pytest.mark.skipif(not LONG, reason="needs notification-daemon: test.sh --long")
@pytest.mark.parametrize(("button", "answer"), [("Allow", "allow"), ("Deny", "deny")])
async def test_a_click_in_the_bubble_of_notification_daemon_answers(
    button: str, answer: Answer, door: Door, address: str, xserver: XServer, until: Until
) -> None:
    with notification_daemon(address, xserver) as bubbles:
        asking, question = await door.asked_by(ANNA, until)
        await until(lambda: bubbles.shown)
        await door.answerable(question, until)
        door.is_locked, before = True, bubbles.shown.keys()
        bubbles.press("Allow")
        await until(lambda: bubbles.shown and not bubbles.shown.keys() & before)  # it is asked again
        assert not asking.done()
        door.is_locked = False

        def answered() -> bool:
            bubbles.press(button)  # one that has only just come, or moves up, hears no click yet
            return asking.done()

        await until(answered)
        assert await asking == answer
        await until(lambda: not bubbles.shown)
        assert door.tray.said == []
