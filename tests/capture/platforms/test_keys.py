"""Which keys there are, and how a desktop's portal is asked to listen for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from capture.platforms.choose import make_hot_key
from capture.platforms.keys import HotKeyError, Keys
from capture.platforms.linux.portal_hot_key import NAME, PortalHotKey
from capture.reasons import KEYS_NOT_OFFERED
from tests.capture.platforms.fake_portal import FakePortal
from tests.helpers.waiting import Until

KEYS = Keys.parse("Ctrl+Alt+Shift+B")


@pytest.mark.parametrize(
    ("text", "keysym", "trigger"),
    [
        ("Ctrl+Alt+Shift+B", 0x62, "CTRL+ALT+SHIFT+b"),
        ("Meta+F12", 0xFFC9, "LOGO+F12"),
        ("Pause", 0xFF13, "Pause"),
        ("Ctrl++", 0x2B, "CTRL++"),
        ("Ctrl+Ö", 0xF6, "CTRL+ö"),
        ("Alt+ß", 0xDF, "ALT+ß"),
        ("Ctrl+PgUp", 0xFF55, "CTRL+Page_Up"),
    ],
)
def test_keys_are_read_and_written(text: str, keysym: int, trigger: str) -> None:
    keys = Keys.parse(text)

    assert (str(keys), keys.keysym, keys.trigger) == (text, keysym, trigger)


@pytest.mark.parametrize("text", ["", "B", "Shift+B", "Return", "Ctrl+", "Ctrl+Nothing", "Hyper+B", "Ctrl+\n"])
def test_keys_that_cannot_be_used_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"works everywhere|to hold|for typing"):
        Keys.parse(text)


def test_without_a_display_there_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(HotKeyError, match="tray"):
        make_hot_key(KEYS, lambda: None, lambda words: None)


def test_under_wayland_the_portal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")

    assert isinstance(make_hot_key(KEYS, lambda: None, lambda words: None), PortalHotKey)


@pytest.fixture
async def portal(address: str) -> AsyncIterator[FakePortal]:
    made = FakePortal(address)
    await made.open()
    yield made
    made.close()


async def test_desktop_is_asked_for_the_keys_and_tells_of_them(portal: FakePortal, address: str, until: Until) -> None:
    pressed: list[int] = []
    failed: list[str] = []
    hot_key = PortalHotKey(KEYS, lambda: pressed.append(1), failed.append, address)
    hot_key.start()
    await until(lambda: portal.bound)
    ((name, options),) = portal.bound
    portal.press("something else")
    portal.press(NAME, session="/another")
    portal.press(NAME)
    await until(lambda: pressed)
    await hot_key.stop()
    await hot_key.stop()

    assert name == NAME
    assert options["preferred_trigger"].value == "CTRL+ALT+SHIFT+b"
    assert (len(pressed), failed) == (1, [])


async def test_nobody_else_on_the_bus_can_press_it(portal: FakePortal, address: str, until: Until) -> None:
    pressed: list[int] = []
    hot_key = PortalHotKey(KEYS, lambda: pressed.append(1), lambda words: None, address)
    hot_key.start()
    await until(lambda: portal.bound)
    stranger = FakePortal(address)
    await stranger._bus.connect()  # noqa: SLF001  a portal would ask for the name that is taken
    stranger.press(NAME)
    await stranger.settle()
    stranger.close()
    portal.press(NAME)
    await until(lambda: pressed)
    await hot_key.stop()

    assert len(pressed) == 1


@pytest.mark.parametrize("refuses", [True, False])
async def test_no_keys_are_said_in_words(address: str, until: Until, refuses: bool) -> None:
    failed: list[str] = []
    portal = FakePortal(address)
    if refuses:
        await portal.open()
        portal.refuses = True
    hot_key = PortalHotKey(KEYS, lambda: None, failed.append, address)
    hot_key.start()
    await until(lambda: failed)
    await hot_key.stop()
    if refuses:
        portal.close()

    assert failed == [KEYS_NOT_OFFERED]
