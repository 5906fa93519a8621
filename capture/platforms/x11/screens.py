"""Where the desktop and the monitors are, as the X server tells it (RandR), and which events say that it changed.

A monitor is known by its name, which is unique on a display: that of its output, such as ``HDMI-1``, where the X server
made it by itself, or the one that a person gave it (``xrandr --setmonitor``). Its place in the list says nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xcffib
import xcffib.randr
import xcffib.xproto
from mss.tools import parse_edid
from xcffib import Error as XError
from xcffib.randr import NotifyMask
from xcffib.xproto import EventMask

from capture import reasons
from capture.errors import CaptureError
from capture.picture.pixels import Rect, around
from capture.platforms.x11.protocol.display import Display
from capture.reason import NOTHING, Reason
from capture.source import Kind, clean_text

EDID_WORDS = 32
"""The first block of an EDID, 128 bytes, in which the model's name is."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is, relative to the root: the whole desktop, and each monitor by its name.

    ``missing`` says why monitors that may be there are not in it; `NOTHING` where none is missing.
    """

    whole: Rect
    monitors: Mapping[str, Rect]
    missing: Reason = NOTHING

    def place(self, kind: Kind, output: str) -> Rect | None:
        """Return where a screen is, None when it is not there."""
        return self.whole if kind == "desktop" else self.monitors.get(output)


class Screens:
    """Tells the places of the desktop and the monitors of one display. Used, like the display, by one thread."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._names: dict[int, str] = {}
        self._randr: Any = None
        # ``--setmonitor`` and ``--delmonitor`` tell of themselves by a ConfigureNotify of the root alone.
        display.hear(EventMask.StructureNotify)
        with contextlib.suppress(CaptureError):
            randr = display.extension(xcffib.randr, 1, 5)
            mask = NotifyMask.ScreenChange | NotifyMask.CrtcChange | NotifyMask.OutputChange
            randr.SelectInput(display.root, mask)
            self._randr = randr

    def is_event(self, event: Any) -> bool:
        """Tell whether ``event`` says that places may have changed."""
        if isinstance(event, xcffib.xproto.ConfigureNotifyEvent):
            return bool(event.window == self._display.root)
        return isinstance(event, xcffib.randr.ScreenChangeNotifyEvent | xcffib.randr.NotifyEvent)

    def layout(self) -> Layout:
        """Return where everything is now; monitors in the X server's order.

        Parts of a monitor outside of the desktop are cut off. A name that several have is nobody's.
        """
        asked = self._ask()
        size = self._display.connection.core.GetGeometry(self._display.root).reply()
        found = _answer(asked)
        whole = Rect(0, 0, size.width, size.height)
        if found is None:
            return Layout(whole, {}, reasons.NO_MONITORS)
        monitors = [(self._name(each.name), each) for each in found]
        names = [name for name, _ in monitors]
        places = {
            name: place
            for name, each in monitors
            if names.count(name) == 1
            and (place := around([Rect(each.x, each.y, each.width, each.height)], size.width, size.height))
        }
        twins = sorted({name for name in names if names.count(name) > 1})
        alike = reasons.MONITORS_ALIKE.of(names=", ".join(f"“{name}”" for name in twins)) if twins else NOTHING
        return Layout(whole, places, alike)

    def labels(self) -> Mapping[str, str]:
        """Return what people know each monitor by: its model where it tells one, else its name."""
        return {self._name(each.name): self._label(each) for each in _answer(self._ask()) or ()}

    def _ask(self) -> Any:
        return None if self._randr is None else self._randr.GetMonitors(self._display.root, True)

    def _name(self, atom: int) -> str:
        if atom not in self._names:
            name = self._display.connection.core.GetAtomName(atom).reply().name.buf()
            self._names[atom] = clean_text(name.decode("utf-8", "replace"))
        return self._names[atom]

    def _label(self, monitor: Any) -> str:
        """Return a monitor's model where it is one piece of hardware that tells it."""
        name = self._name(monitor.name)
        if not monitor.automatic:
            return name
        edid = self._display.atom("EDID")
        for output in monitor.outputs:
            with contextlib.suppress(XError):  # it was unplugged meanwhile
                told = self._randr.GetOutputProperty(output, edid, 0, 0, EDID_WORDS, False, False).reply()
                model = parse_edid(told.data.buf()).get("display_name", "")
                if model:
                    return clean_text(model)
        return name


def _answer(asked: Any) -> tuple[Any, ...] | None:
    """Return the monitors, None where the X server does not tell of any."""
    if asked is None:
        return None
    try:
        return tuple(asked.reply().monitors)
    except XError:
        return None  # RandR before 1.5, of 2015, knows none
