"""The smaller parts for macOS, against stand-ins: keys, lock, places, pointer, processes, what `doctor` says."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from capture import reasons
from capture.errors import NoPicture
from capture.picture.pixels import Rect
from capture.platforms.attempts import FirstThatBegins
from capture.platforms.contract import Around, Wake
from capture.platforms.generations import Generations
from capture.platforms.keys import Keys
from capture.platforms.macos import doctor, hot_key, session_lock
from capture.platforms.macos.frameworks import pool
from capture.platforms.macos.hot_key import MacHotKey
from capture.platforms.macos.images import copied, drawn, pixels_of, pointer_in, straight
from capture.platforms.macos.offers import PLATFORM
from capture.platforms.macos.processes import UNKNOWN, ProcessFacts, names_of, process_of
from capture.platforms.macos.session_lock import MacSessionLock
from capture.platforms.macos.window_image import WindowImage
from capture.platforms.waiting import Bell
from capture.privacy.exclusions import Exclusions
from tests.capture.platforms.macos.watching import RULES, noise, opened, source_of
from tests.helpers.macos.fake_mac import FakeImage, FakeMac, pointed
from tests.helpers.waiting import until

# A window's pictures, one at a time.


def test_a_picture_of_a_window_is_exact_and_told_only_when_it_has_changed(mac: FakeMac) -> None:
    window = mac.open(7, pixels=noise(61, 37))
    backend = WindowImage(source_of(window), Exclusions(RULES), Generations())
    call = Bell()

    with opened(backend):
        take = backend.take(False)
        assert take.pixels is not None
        assert np.array_equal(take.pixels, window.pixels)
        assert take.passed is None
        assert (backend.take(False).pixels, backend.take(False).damage) == (None, ())
        window.pixels = noise(61, 37, seed=2)
        assert (backend.take(False).passed, backend.take(False).pixels) == ((), None)
        backend.set_rate(1000)
        assert backend.wait(5, call.descriptor) is Wake.CHANGED
        assert backend.wait(0, call.descriptor) is Wake.NOTHING
        window.is_on_screen = False
        assert backend.take(False).condition.state == "hidden"
    call.close()


@pytest.mark.parametrize("form", [2, 0, 8193])
def test_a_picture_in_another_form_is_none(mac: FakeMac, form: int) -> None:
    mac.form = form
    backend = WindowImage(source_of(mac.open(7)), Exclusions(RULES), Generations())

    with opened(backend), pytest.raises(NoPicture):
        backend.take(False)


def tried(mac: FakeMac) -> FirstThatBegins:
    """Return both techniques for a window that ScreenCaptureKit does not offer."""
    window = mac.open(7, pixels=noise(61, 37))
    mac.capture.unlisted.add(7)
    return FirstThatBegins(PLATFORM.techniques["window"], source_of(window), Around(Exclusions(RULES)))


def test_what_screencapturekit_does_not_offer_is_taken_in_the_old_way(mac: FakeMac) -> None:
    with opened(tried(mac)) as backend:
        pixels = backend.take(False).pixels

    assert pixels is not None
    assert pixels.shape == (37, 61, 4)


def test_where_the_old_way_is_gone_both_reasons_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    mac = FakeMac((15, 1))
    mac.install(monkeypatch)

    with opened(tried(mac)) as backend, pytest.raises(NoPicture) as ended:
        backend.take(False)

    assert "ScreenCaptureKit: There is no picture" in str(ended.value)
    assert "CGWindowListCreateImage: This version of macOS has it no more." in str(ended.value)
    assert mac.images == 0


# Pixels.


def test_pixels_that_lie_outside_of_their_memory_are_none() -> None:
    memory = memoryview(bytes(100))

    assert copied(memory, 5, 5, 20) is not None
    assert copied(memory, 5, 6, 20) is None
    assert copied(memory, 6, 5, 20) is None
    assert copied(memory, 3, 2, 20, left=3) is None
    assert copied(memory, 3, 2, 20, top=4) is None
    assert copied(memory, 0, 5, 20) is None


def test_an_image_is_drawn_in_the_size_that_is_wanted(mac: FakeMac) -> None:
    pixels = noise(8, 8)
    with pool():
        found = drawn(FakeImage(pixels), 16, 16)
        assert pixels_of(FakeImage(pixels, info=8198)) is not None

    assert found is not None
    assert np.array_equal(found[::2, ::2], pixels)


def test_colours_are_what_they_were_before_they_were_multiplied() -> None:
    pixels = np.array([[[0, 0, 0, 0], [10, 20, 30, 255], [64, 32, 0, 128], [9, 9, 9, 1]]], np.uint8)

    expected = [[[0, 0, 0, 0], [10, 20, 30, 255], [128, 64, 0, 128], [255, 255, 255, 1]]]
    assert straight(pixels).tolist() == expected


# The pointer.


def test_the_pointer_is_where_it_is_in_the_picture(mac: FakeMac) -> None:
    mac.open(7, place=Rect(100, 80, 200, 120))
    mac.pointer = (110.5, 90.0)

    with pool():
        found = pointer_in(Rect(100, 80, 200, 120), 2.0, 7)

    assert found is not None
    assert (found.x, found.y, found.image.shape) == (13, 12, (20, 16, 4))


@pytest.mark.parametrize(
    ("at", "covering"), [((99.0, 90.0), 0), ((110.0, 200.0), 0), ((110.0, 90.0), 8), ((110.0, 90.0), 9)]
)
def test_the_pointer_is_not_in_a_picture_of_what_it_is_not_over(
    mac: FakeMac, at: tuple[float, float], covering: int
) -> None:
    mac.open(7, place=Rect(100, 80, 200, 120))
    if covering:
        mac.open(covering, layer=25 if covering == 9 else 0)
    mac.pointer = at

    with pool():
        assert pointer_in(Rect(100, 80, 200, 120), 1.0, 7) is None


def test_a_pointer_that_is_not_to_be_had_is_none(mac: FakeMac) -> None:
    mac.pointer, mac.cursor = (5.0, 5.0), None
    with pool():
        assert pointer_in(Rect(0, 0, 100, 100), 1.0) is None


def test_the_same_shape_has_the_same_number_though_it_is_another_object(mac: FakeMac) -> None:
    mac.pointer = (5.0, 5.0)
    numbers = []
    with pool():
        for colour in (200, 200, 100):
            mac.cursor = FakeImage(np.full((10, 8, 4), colour, np.uint8))
            found = pointer_in(Rect(0, 0, 100, 100), 1.0)
            assert found is not None
            numbers.append(found.shape)

    assert numbers[0] == numbers[1] != numbers[2]


# Processes.


@pytest.mark.parametrize(
    ("localised", "bundle", "path", "expected"),
    [
        (
            "Notizen",
            "com.apple.Notes",
            "/System/Applications/Notes.app/Contents/MacOS/Notes",
            ("Notizen", "Notes", "com.apple.Notes"),
        ),
        ("", "", "/usr/local/bin/tool", ("tool",)),
        ("", "", "", ()),
        (
            "Code Helper",
            "com.microsoft.VSCode.helper",
            "/Applications/Visual Studio Code.app/Contents/Frameworks/Code Helper.app/Contents/MacOS/Code Helper",
            ("Code Helper", "com.microsoft.VSCode.helper"),
        ),
    ],
)
def test_a_program_goes_by_each_of_its_names(localised: str, bundle: str, path: str, expected: tuple[str, ...]) -> None:
    assert names_of(localised, bundle, path) == expected


def test_of_a_process_that_has_ended_nothing_is_known(mac: FakeMac) -> None:
    with pool():
        assert process_of(0) is UNKNOWN
        assert process_of(4711).names == ()
        assert process_of(4711).started is None


def test_the_facts_of_a_process_have_the_size_that_macos_asks_for() -> None:
    assert ctypes.sizeof(ProcessFacts) == 136
    assert (ProcessFacts.started_seconds.offset, ctypes.sizeof(hot_key.Pair)) == (120, 8)


# The lock.


async def test_the_lock_is_told_by_notifications_and_found_by_asking(
    mac: FakeMac, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_lock, "LOOK_SECONDS", 0.002)
    assert mac.session is not None
    mac.session["CGSSessionScreenIsLocked"] = True
    states = []
    lock = MacSessionLock(lambda: states.append(lock.state))
    lock.start()
    # It was locked before we began.
    await until(lambda: states == ["locked"])
    mac.session["CGSSessionScreenIsLocked"] = False
    await until(lambda: states[-1] == "unlocked")
    mac.centres[1].post("NSWorkspaceWillSleepNotification")
    await until(lambda: states[-1] == "asleep")
    mac.centres[1].post("NSWorkspaceDidWakeNotification")
    await until(lambda: states[-1] == "unlocked")
    # Another person has the screen.
    mac.session["kCGSSessionOnConsoleKey"] = False
    await until(lambda: states[-1] == "locked")
    await lock.stop()
    await lock.stop()

    assert states == ["locked", "unlocked", "asleep", "unlocked", "locked"]
    assert not mac.centres[0].heard
    assert not mac.centres[1].heard


async def test_a_notification_of_the_lock_is_told_at_once(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_lock, "LOOK_SECONDS", 60.0)
    states = []
    lock = MacSessionLock(lambda: states.append(lock.state))
    lock.start()
    mac.centres[0].post("com.apple.screenIsLocked")
    await until(lambda: states == ["locked"])
    mac.centres[0].post("com.apple.screenIsUnlocked")
    await until(lambda: states == ["locked", "unlocked"])
    await lock.stop()


# The hot key.


class FakeCarbon:
    """Carbon, with a German keyboard on which Z and Y have changed places."""

    LETTERS = {0x00: "a", 0x06: "y", 0x10: "z", 0x1B: "ß"}  # noqa: RUF012

    def __init__(self) -> None:
        self.handler: Callable[..., int] | None = None
        self.registered: list[tuple[int, int]] = []
        self.fault = 0
        self.released = 0

    def GetApplicationEventTarget(self) -> int:  # noqa: N802
        return 1

    def InstallEventHandler(self, target: int, handler: Any, count: int, kinds: Any, given: Any, made: Any) -> int:  # noqa: N802
        assert (pointed(kinds).first.to_bytes(4, "big"), pointed(kinds).second) == (b"keyb", 5)
        self.handler, pointed(made).value = handler, 5
        return 0

    def RemoveEventHandler(self, handler: Any) -> int:  # noqa: N802
        self.handler = None
        return 0

    def RegisterEventHotKey(self, code: int, bits: int, name: Any, target: int, options: int, made: Any) -> int:  # noqa: N802
        if not self.fault:
            self.registered.append((code, bits))
            pointed(made).value = 6
        return self.fault

    def UnregisterEventHotKey(self, key: Any) -> int:  # noqa: N802
        self.registered.clear()
        return 0

    def TISCopyCurrentKeyboardLayoutInputSource(self) -> int:  # noqa: N802
        return 8

    def TISGetInputSourceProperty(self, source: int, name: int) -> int:  # noqa: N802
        return 9

    def LMGetKbdType(self) -> int:  # noqa: N802
        return 40

    def UCKeyTranslate(  # noqa: N802
        self, layout: int, code: int, action: int, held: int, kind: int, options: int,
        dead: Any, room: int, length: Any, letters: Any,
    ) -> int:  # fmt: skip
        assert (layout, action, held, kind, options, room) == (10, 3, 0, 40, 1, 4)
        text = self.LETTERS.get(code, "")
        pointed(length).value = len(text)
        for at, letter in enumerate(text):
            letters[at] = ord(letter)
        return 0

    def CFDataGetBytePtr(self, data: int) -> int:  # noqa: N802
        return data + 1

    def CFRelease(self, thing: int) -> None:  # noqa: N802
        self.released += 1


@pytest.fixture
def carbon(monkeypatch: pytest.MonkeyPatch) -> FakeCarbon:
    made = FakeCarbon()
    monkeypatch.setattr(hot_key, "carbon", lambda: made)
    monkeypatch.setattr(hot_key, "layout_property", lambda: 7)
    return made


async def listen(text: str) -> tuple[MacHotKey, list[object]]:
    told: list[object] = []
    listening = MacHotKey(Keys.parse(text), lambda: told.append("pressed"), told.append)
    listening.start()
    await asyncio.sleep(0)
    return listening, told


@pytest.mark.parametrize(
    ("text", "code", "bits"),
    [
        ("Ctrl+Alt+F9", 0x65, 0x0900),
        ("Meta+Shift+Space", 0x31, 0x1200),
        # By what stands on the key, and not by where it is.
        ("Ctrl+Z", 0x10, 0x0100),
        ("Ctrl+Y", 0x06, 0x0100),
    ],
)
async def test_keys_are_registered_told_of_and_given_back(carbon: FakeCarbon, text: str, code: int, bits: int) -> None:
    listening, told = await listen(text)
    assert carbon.registered == [(code, bits)]
    assert carbon.handler is not None
    carbon.handler(None, None, None)
    await asyncio.sleep(0)
    assert told == ["pressed"]

    await listening.stop()
    await listening.stop()
    assert (carbon.registered, carbon.handler) == ([], None)


async def test_keys_of_another_program_are_said_to_be_taken(carbon: FakeCarbon) -> None:
    carbon.fault = -9878
    listening, told = await listen("Ctrl+F9")
    assert told == [reasons.KEYS_TAKEN.of(keys="Ctrl+F9")]
    await listening.stop()


@pytest.mark.parametrize("text", ["Ctrl+Ö", "ScrollLock"])
async def test_keys_that_a_keyboard_lacks_are_said_to_be_missing(carbon: FakeCarbon, text: str) -> None:
    listening, told = await listen(text)
    assert told == [reasons.KEYS_MISSING.of(keys=text)]
    assert carbon.registered == []
    await listening.stop()


# What `doctor` says.


def test_doctor_says_what_is_there(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.mac_ver", lambda: ("14.2", ("", "", ""), "arm64"))
    mac.displays[0].scale = 2.0

    system, permission, screens = doctor.findings()
    assert (system.ok, str(system.found)) == (True, "macOS 14.2")
    assert permission.ok
    assert (screens.ok, str(screens.found)) == (True, "1600 × 1200")
    assert mac.requests == 0


def test_doctor_says_what_is_missing(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    mac.is_granted, mac.displays = False, []

    system, permission, screens = doctor.findings()
    assert not system.ok
    assert (permission.ok, permission.mend) == (False, reasons.SCREEN_RECORDING_OFF)
    assert not screens.ok

    def missing() -> None:
        raise ImportError("No module named 'objc'")

    monkeypatch.setattr("capture.platforms.macos.frameworks.frameworks", missing)
    *_, frameworks = doctor.findings()
    assert (frameworks.ok, str(frameworks.mend)) == (False, doctor.INSTALL)
