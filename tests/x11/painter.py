"""A program with plain windows, driven through its standard input; each line is answered by one line.

``open TITLE X Y WIDTH HEIGHT COLOUR`` answers with the handle. ``paint H X Y W H COLOUR``, ``move H X Y``,
``resize H W H``, ``title H TEXT``, ``minimise H``, ``restore H``, ``raise H``, ``close H``, ``type H ATOM``,
``icon H SIZE``, ``lower H``, ``unmap H``, ``map H``, ``put H INTO`` answer ``ok``.
``open TITLE X Y WIDTH HEIGHT COLOUR CLASS`` and ``popup X Y WIDTH HEIGHT COLOUR``, which no window manager cares for,
answer with the handle too; where the colour is ``none`` the window shows what was there before until it is painted.
``stir SEED TURNS H …`` does random things to windows, and to popups beside them.
Colours are hexadecimal RRGGBB, titles have no blanks. It is a process of its own,
because windows of the process that lists are never listed; the first argument becomes its name.
"""

from __future__ import annotations

import os
import random
import struct
import sys
from pathlib import Path

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

    def open(
        self, title: str, x: str, y: str, width: str, height: str, colour: str, kind: str = "", *, popup: bool = False
    ) -> int:
        window = self.connection.generate_id()
        has_colour = colour != "none"
        self.background[window] = int(colour, 16) if has_colour else 0
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
            (CW.BackPixel if has_colour else CW.BackPixmap) | CW.OverrideRedirect | CW.EventMask,
            [self.background[window], int(popup), EventMask.Exposure],
        )
        if popup:
            self.core.MapWindow(window)
            return window
        if kind:
            self.property(window, "WM_CLASS", "STRING", 8, f"{kind}\0{kind}\0".encode())
        self.title(window, title)
        self.property(window, "_NET_WM_PID", "CARDINAL", 32, struct.pack("=I", os.getpid()))
        # The window manager is to put it where it was asked for (ICCCM 4.1.2.3: USPosition, USSize).
        self.property(window, "WM_NORMAL_HINTS", "WM_SIZE_HINTS", 32, struct.pack("=18I", 3, *[0] * 17))
        self.core.MapWindow(window)
        return window

    def popup(self, x: str, y: str, width: str, height: str, colour: str) -> int:
        return self.open("", x, y, width, height, colour, popup=True)

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

    def lower(self, window: int) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.StackMode, [xcffib.xproto.StackMode.Below])

    def unmap(self, window: int) -> None:
        self.core.UnmapWindow(window)

    def map(self, window: int) -> None:
        self.core.MapWindow(window)

    def put(self, window: int, into: str) -> None:
        self.core.ReparentWindow(window, int(into), 0, 0)

    def stir(self, seed: int, turns: str, *windows: str) -> None:
        draw = random.Random(seed)
        popup = 0
        for _ in range(int(turns)):
            window = int(draw.choice(windows))
            place = draw.randrange(-60, 500), draw.randrange(-40, 350)
            shade = f"{self.background[window] ^ draw.randrange(16):06x}"
            match draw.randrange(11):
                case 0 | 1:
                    self.move(window, *map(str, place))
                case 2:
                    self.resize(window, str(draw.randrange(30, 120)), str(draw.randrange(30, 90)))
                case 3 | 9 | 10:
                    self.paint(window, "0", "0", str(draw.randrange(30, 120)), "90", shade)
                case 4:
                    self.raise_(window)
                case 5:
                    self.lower(window)
                case 6:
                    self.unmap(window)
                case 7:
                    self.map(window)
                case 8 if popup:
                    self.close(popup)
                    popup = 0
                case 8:
                    popup = self.popup(*map(str, place), "60", "40", shade)
            self.core.GetInputFocus().reply()
        if popup:
            self.close(popup)

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
        if word in ("open", "popup"):
            answer = str(getattr(self, word)(*rest))
        else:
            getattr(self, "raise_" if word == "raise" else word)(int(rest[0]), *rest[1:])
            answer = "ok"
        self.core.GetInputFocus().reply()
        return answer


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1]:
        Path("/proc/self/comm").write_text(sys.argv[1], encoding="utf-8")
    painter = Painter()
    for command in sys.stdin:
        print(painter.obey(command), flush=True)
