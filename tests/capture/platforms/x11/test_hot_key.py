"""The hot key on a real display, pressed as a hand would."""

from __future__ import annotations

import asyncio

import pytest

from capture.platforms.choose import make_hot_key
from capture.platforms.keys import Keys
from capture.platforms.x11.hot_key import X11HotKey
from capture.reason import Reason
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import XServer

pytestmark = pytest.mark.x11

KEYS = Keys.parse("Ctrl+Alt+Shift+B")


class Heard:
    """What a hot key told of."""

    def __init__(self) -> None:
        self.pressed = 0
        self.failed: list[str] = []

    def press(self) -> None:
        self.pressed += 1

    def fail(self, reason: Reason) -> None:
        self.failed.append(reason.english)


def listen(keys: Keys = KEYS) -> tuple[X11HotKey, Heard]:
    heard = Heard()
    hot_key = X11HotKey(keys, heard.press, heard.fail)
    hot_key.start()
    return hot_key, heard


async def press(display: XServer, until: Until, heard: Heard, keys: str = "ctrl+alt+shift+b") -> None:
    """Press ``keys`` until they are heard: the grab may not be made yet."""
    before = heard.pressed

    def is_heard() -> bool:
        display.run("xdotool", "key", keys)
        return heard.pressed > before

    await until(is_heard)


async def test_keys_are_heard_with_and_without_locks(xserver: XServer, until: Until) -> None:
    hot_key, heard = listen()
    try:
        await press(xserver, until, heard)
        for lock in ("Caps_Lock", "Num_Lock"):
            xserver.run("xdotool", "key", lock)
            try:
                await press(xserver, until, heard)
            finally:
                xserver.run("xdotool", "key", lock)

        assert heard.failed == []
    finally:
        await hot_key.stop()


async def test_a_key_that_is_held_counts_once(xserver: XServer, until: Until) -> None:
    hot_key, heard = listen()
    try:
        await press(xserver, until, heard)
        before = heard.pressed
        xserver.run("xset", "r", "rate", "60", "100")
        xserver.run("xdotool", "keydown", "ctrl", "keydown", "alt", "keydown", "shift", "keydown", "b", "sleep", "0.5")
        xserver.run("xdotool", "keyup", "b", "keyup", "shift", "keyup", "alt", "keyup", "ctrl")
        await press(xserver, until, heard)

        assert heard.pressed >= before + 2
        assert heard.pressed <= before + 4
    finally:
        await hot_key.stop()


async def test_keys_of_another_program_are_refused_and_given_back(xserver: XServer, until: Until) -> None:
    first, heard = listen()
    await press(xserver, until, heard)
    second, unheard = listen()
    await until(lambda: unheard.failed)
    await second.stop()
    await first.stop()
    third, heard = listen()
    try:
        await press(xserver, until, heard)
    finally:
        await third.stop()

    assert unheard.failed == [
        "Ctrl+Alt+Shift+B is taken by another program, so it does nothing here. Choose other keys under Privacy."
    ]


async def test_keys_are_followed_when_the_keyboard_changes(own_xserver: XServer, until: Until) -> None:
    hot_key, heard = listen(Keys.parse("Ctrl+F9"))
    try:
        await press(own_xserver, until, heard, "ctrl+F9")
        # F9 moves to where F8 was.
        own_xserver.run("xmodmap", "-e", "keycode 74 = F9", "-e", "keycode 75 = F8")
        before = heard.pressed

        def is_heard() -> bool:
            own_xserver.run("xdotool", "keydown", "ctrl", "key", "74", "keyup", "ctrl")
            return heard.pressed > before

        await until(is_heard)
    finally:
        await hot_key.stop()


async def test_a_display_that_dies_ends_it_without_a_word(
    own_xserver: XServer, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    hot_key, heard = listen()
    await press(own_xserver, until, heard)
    own_xserver.kill()
    await hot_key.stop()

    assert heard.failed == []
    assert "Traceback" not in caplog.text


async def test_a_key_that_the_keyboard_lacks_is_named(xserver: XServer, until: Until) -> None:
    hot_key, heard = listen(Keys.parse("Ctrl+ق"))
    await until(lambda: heard.failed)
    await hot_key.stop()
    await hot_key.stop()

    assert "no key for Ctrl+ق" in heard.failed[0]


async def test_on_x11_keys_are_grabbed(xserver: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    hot_key = make_hot_key(KEYS, lambda: None, lambda words: None)

    assert isinstance(hot_key, X11HotKey)
    await hot_key.stop()
    await asyncio.sleep(0)
