"""A program with plain windows, driven through its standard input; each line is answered by one line.

``open TITLE X Y WIDTH HEIGHT COLOUR`` answers with the handle. ``paint H X Y W H COLOUR``, ``move H X Y``,
``resize H W H``, ``title H TEXT``, ``minimise H``, ``restore H``, ``raise H``, ``close H``, ``type H ATOM``,
``icon H SIZE`` answer ``ok``. Colours are hexadecimal RRGGBB, titles have no blanks. It is a process of its own,
because windows of the process that lists are never listed.
"""

from __future__ import annotations

import os
import struct
import sys

import xcffib
import xcffib.xproto
from xcffib.xproto import CW, GC, ClientMessageData, ClientMessageEvent, ConfigWindow, EventMask, PropMode, WindowClass


class Painter:
    """The windows and how to change them."""

    def __init__(self) -> None:
        self.connection = xcffib.connect()
        self.core = self.connection.core
        self.screen = self.connection.get_setup().roots[0]
        self.background: dict[int, int] = {}

    def atom(self, name: str) -> int:
        return self.core.InternAtom(False, len(name), name).reply().atom

    def open(self, title: str, x: str, y: str, width: str, height: str, colour: str) -> int:
        window = self.connection.generate_id()
        self.background[window] = int(colour, 16)
        self.core.CreateWindow(
            self.screen.root_depth,
            window,
            self.screen.root,
            int(x),
            int(y),
            int(width),
            int(height),
            0,
            WindowClass.InputOutput,
            self.screen.root_visual,
            CW.BackPixel | CW.EventMask,
            [int(colour, 16), EventMask.Exposure],
        )
        self.title(window, title)
        self.property(window, "_NET_WM_PID", "CARDINAL", 32, struct.pack("=I", os.getpid()))
        # The window manager is to put it where it was asked for (ICCCM 4.1.2.3: USPosition, USSize).
        self.property(window, "WM_NORMAL_HINTS", "WM_SIZE_HINTS", 32, struct.pack("=18I", 3, *[0] * 17))
        self.core.MapWindow(window)
        return window

    def property(self, window: int, name: str, kind: str, bits: int, data: bytes) -> None:
        count = len(data) * 8 // bits
        self.core.ChangeProperty(PropMode.Replace, window, self.atom(name), self.atom(kind), bits, count, data)

    def title(self, window: int, text: str) -> None:
        self.property(window, "_NET_WM_NAME", "UTF8_STRING", 8, text.encode())
        self.property(window, "WM_NAME", "STRING", 8, text.encode())

    def paint(self, window: int, x: str, y: str, width: str, height: str, colour: str) -> None:
        context = self.connection.generate_id()
        self.core.CreateGC(context, window, GC.Foreground, [int(colour, 16)])
        rectangle = xcffib.xproto.RECTANGLE.synthetic(int(x), int(y), int(width), int(height))
        self.core.PolyFillRectangle(window, context, 1, [rectangle])
        self.core.FreeGC(context)

    def move(self, window: int, x: str, y: str) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.X | ConfigWindow.Y, [int(x), int(y)])

    def resize(self, window: int, width: str, height: str) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.Width | ConfigWindow.Height, [int(width), int(height)])

    def minimise(self, window: int) -> None:
        iconic = ClientMessageData.synthetic([3, 0, 0, 0, 0], "IIIII")
        event = ClientMessageEvent.synthetic(32, window, self.atom("WM_CHANGE_STATE"), iconic)
        mask = EventMask.SubstructureRedirect | EventMask.SubstructureNotify
        self.core.SendEvent(False, self.screen.root, mask, event.pack())

    def restore(self, window: int) -> None:
        self.core.MapWindow(window)

    def raise_(self, window: int) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.StackMode, [xcffib.xproto.StackMode.Above])

    def close(self, window: int) -> None:
        self.core.DestroyWindow(window)

    def type(self, window: int, kind: str) -> None:
        self.property(window, "_NET_WM_WINDOW_TYPE", "ATOM", 32, struct.pack("=I", self.atom(kind)))

    def icon(self, window: int, size: str) -> None:
        edge = int(size)
        pixels = struct.pack("=II", edge, edge) + b"\x10\x20\x30\xff" * min(edge, 64) ** 2
        self.property(window, "_NET_WM_ICON", "CARDINAL", 32, pixels)

    def obey(self, line: str) -> str:
        word, *rest = line.split()
        if word == "open":
            answer = str(self.open(*rest))
        else:
            getattr(self, "raise_" if word == "raise" else word)(int(rest[0]), *rest[1:])
            answer = "ok"
        self.core.GetInputFocus().reply()
        return answer


if __name__ == "__main__":
    painter = Painter()
    for command in sys.stdin:
        print(painter.obey(command), flush=True)
