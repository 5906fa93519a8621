"""Monitors by their names: numbers that nobody else gets, and names that are nobody's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import xcffib

from capture.picture.pixels import Rect
from capture.platforms.monitors import KnownMonitors
from capture.platforms.x11.screens import Screens
from capture.reason import NOTHING
from capture.source import Source

PLACE = Rect(0, 0, 640, 480)


def described(sources: tuple[Source, ...]) -> list[tuple[str, str, str]]:
    return [(source.id, source.title, source.state) for source in sources]


def test_a_monitor_keeps_its_number_and_is_known_while_it_is_gone() -> None:
    known = KnownMonitors()
    first = known.sources([("screen", "screen", PLACE), ("DP-1", "DELL U2415", PLACE)])
    gone = known.sources([("HDMI-1", "HDMI-1", PLACE)])
    back = known.sources([("HDMI-1", "HDMI-1", PLACE), ("DP-1", "DELL U2415", Rect(9, 9, 800, 600))])

    assert described(first) == [("monitor-1", "Monitor 1", "live"), ("monitor-2", "Monitor 2 · DELL U2415", "live")]
    assert described(gone) == [
        ("monitor-1", "Monitor 1", "waiting"),
        ("monitor-2", "Monitor 2 · DELL U2415", "waiting"),
        ("monitor-3", "Monitor 3 · HDMI-1", "live"),
    ]
    assert [source.state for source in back] == ["waiting", "live", "live"]
    assert back[1].identity == first[1].identity
    assert (back[1].width, back[1].height) == (800, 600)


class NoSuchRequest(xcffib.Error):
    """What a server says that does not know a request."""

    def __init__(self) -> None:
        """Without the message that a real one comes in."""


class TwinDisplay:
    """A display on which monitors are called as no X server would call them."""

    def __init__(self, *names: str, lacks_monitors: bool = False) -> None:
        self.root = 1
        self.connection = SimpleNamespace(core=self)
        self._names = names
        self._lacks_monitors = lacks_monitors

    def hear(self, mask: int) -> None:
        """Nothing happens here."""

    def extension(self, module: Any, major: int, minor: int) -> TwinDisplay:
        return self

    def SelectInput(self, root: int, mask: int) -> None:  # noqa: N802  as xcffib calls it
        """Nothing happens here."""

    def GetMonitors(self, root: int, active: bool) -> Any:  # noqa: N802  as xcffib has it
        def reply() -> Any:
            if self._lacks_monitors:
                raise NoSuchRequest
            places = [SimpleNamespace(name=at, x=at, y=0, width=100, height=100) for at in range(len(self._names))]
            return SimpleNamespace(monitors=places)

        return SimpleNamespace(reply=reply)

    def GetGeometry(self, root: int) -> Any:  # noqa: N802  as xcffib has it
        return SimpleNamespace(reply=lambda: SimpleNamespace(width=102, height=50))

    def GetAtomName(self, atom: int) -> Any:  # noqa: N802  as xcffib has it
        text = SimpleNamespace(buf=self._names[atom].encode)
        return SimpleNamespace(reply=lambda: SimpleNamespace(name=text))


def test_a_name_that_several_monitors_have_is_nobodys() -> None:
    layout = Screens(TwinDisplay("DP-1", "HDMI-1", "DP-1", "HDMI-2")).layout()

    assert layout.monitors == {"HDMI-1": Rect(1, 0, 100, 50), "HDMI-2": Rect(3, 0, 99, 50)}
    assert layout.place("monitor", "DP-1") is None
    # A monitor without a name is never taken for all of the desktop.
    assert layout.place("monitor", "") is None
    assert layout.place("desktop", "") == Rect(0, 0, 102, 50)
    assert "“DP-1”" in layout.missing.english
    assert "HDMI" not in layout.missing.english


def test_nothing_is_said_to_be_missing_where_all_is_listed() -> None:
    assert Screens(TwinDisplay("DP-1", "HDMI-1")).layout().missing == NOTHING


def test_an_older_server_has_the_desktop_only() -> None:
    layout = Screens(TwinDisplay("DP-1", lacks_monitors=True)).layout()

    assert layout.monitors == {}
    assert "RandR 1.5" in layout.missing.english
