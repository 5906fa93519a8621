"""Monitors of a display without hardware, as a person arranges them by ``xrandr``, only quicker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import xcffib
import xcffib.randr
import xcffib.xproto

from capture.picture.pixels import Rect
from tests.helpers.x11.desktop import XServer


class Monitors:
    """Gives a display monitors and takes them away. The X server has done it when a method returns."""

    def __init__(self, server: XServer) -> None:
        self._connection = xcffib.connect(server.name)
        self._root = self._connection.get_setup().roots[0].root
        self._randr = self._connection(xcffib.randr.key)
        self._randr.QueryVersion(1, 5).reply()
        self._output = self._randr.GetScreenResourcesCurrent(self._root).reply().outputs[0]

    def set(self, name: str, place: Rect, *, has_output: bool = False) -> None:
        """Have a monitor of that name there, with the display's only output or with none."""
        outputs = [self._output] if has_output else []
        box = (place.x, place.y, place.width, place.height)
        info = xcffib.randr.MonitorInfo.synthetic(self._atom(name), False, False, len(outputs), *box, 1, 1, outputs)
        # As xrandr does: one that is there already is refused.
        self.remove(name)
        self._randr.SetMonitor(self._root, info, is_checked=True).check()

    def remove(self, name: str) -> None:
        """Have no monitor of that name there."""
        with contextlib.suppress(xcffib.Error):
            self._randr.DeleteMonitor(self._root, self._atom(name), is_checked=True).check()

    def call(self, model: str) -> None:
        """Have the display's output say in its EDID that it is of that model."""
        edid = bytearray(128)
        edid[:8] = b"\0\xff\xff\xff\xff\xff\xff\0"
        edid[72:90] = b"\0\0\0\xfc\0" + model.encode() + b"\n" + b" " * (12 - len(model))
        edid[127] = -sum(edid) % 256
        replace, kind = xcffib.xproto.PropMode.Replace, xcffib.xproto.Atom.INTEGER
        self._randr.ChangeOutputProperty(
            self._output, self._atom("EDID"), kind, 8, replace, len(edid), bytes(edid), is_checked=True
        ).check()

    def close(self) -> None:
        """Hang up."""
        self._connection.disconnect()

    def _atom(self, name: str) -> int:
        return int(self._connection.core.InternAtom(False, len(name), name).reply().atom)


@contextlib.contextmanager
def monitors_of(server: XServer) -> Iterator[Monitors]:
    """Have the monitors of a display arranged while the block lasts."""
    monitors = Monitors(server)
    try:
        yield monitors
    finally:
        monitors.close()
