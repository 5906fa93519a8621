"""A program with plain windows, driven through its standard input; each line is answered by one line.

``open TITLE X Y WIDTH HEIGHT COLOUR`` answers with the handle. ``paint H X Y W H COLOUR``, ``move H X Y``,
``resize H W H``, ``title H TEXT``, ``minimise H``, ``restore H``, ``raise H``, ``close H``, ``type H ATOM``,
``icon H SIZE``, ``lower H``, ``unmap H``, ``withdraw H``, ``map H``, ``put H INTO [X Y]``, ``embeddable H`` answer
``ok``. ``open TITLE X Y WIDTH HEIGHT COLOUR CLASS`` and ``popup X Y WIDTH HEIGHT COLOUR``, which no window manager
cares for, answer with the handle too; where the colour is ``none`` the window shows what was there before until it is
painted. ``where H`` answers with the place of its inside on the screen, ``X,Y``. So does ``inside PARENT X Y WIDTH
HEIGHT COLOUR``, which makes one in another window, of whichever program. ``claim H PID`` has it say that it is another
process's. ``again H TURNS COLOUR`` destroys a window and makes another of that number, so many times. ``ask H STATE``
asks the manager for a state such as ``_NET_WM_STATE_SHADED``, ``unask H STATE`` for its end. ``manage H`` makes the
program the window manager, one that does nothing. ``atom_of NAME`` answers with an atom's number. ``write H PROPERTY
TYPE BITS HEX`` writes any bytes into a property (``-`` for none), ``forget H PROPERTY`` removes it. ``film H TURNS
SEED`` paints all or parts of a window, over again. ``stir SEED TURNS H …`` does random things to windows, and to popups
beside them; ``roam SEED TURNS COLOUR PARENT …`` to windows that it makes in others or puts into them, of whichever
program; ``bare SEED TURNS COLOUR H …`` moves, resizes, hides and shows windows, and paints some parts of them. ``shape
H X Y W H`` leaves only that of a window. ``keep H`` has it keep what it shows in another size. Colours are hexadecimal
RRGGBB, titles have no blanks. It is a process of its own, because windows of the process that lists are never listed;
the first argument becomes its name.
"""

from __future__ import annotations

import os
import random
import struct
import sys
from pathlib import Path

import xcffib
import xcffib.shape
import xcffib.xproto
from xcffib.xproto import (
    CW,
    GC,
    ClientMessageData,
    ClientMessageEvent,
    ConfigWindow,
    EventMask,
    Gravity,
    PropMode,
    UnmapNotifyEvent,
    WindowClass,
)


class Painter:
    """The windows and how to change them."""

    def __init__(self) -> None:
        self.connection = xcffib.connect()
        self.core = self.connection.core
        self.screen = self.connection.get_setup().roots[0]
        self.background: dict[int, int] = {}
        self.guests: list[int] = []

    def atom(self, name: str) -> int:
        return self.core.InternAtom(False, len(name), name).reply().atom

    def open(
        self,
        title: str,
        x: str,
        y: str,
        width: str,
        height: str,
        colour: str,
        kind: str = "",
        *,
        popup: bool = False,
        number: int = 0,
        parent: int = 0,
    ) -> int:
        window = number or self.connection.generate_id()
        has_colour = colour != "none"
        self.background[window] = int(colour, 16) if has_colour else 0
        self.core.CreateWindow(
            self.screen.root_depth,
            window,
            parent or self.screen.root,
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

    def inside(self, parent: str, x: str, y: str, width: str, height: str, colour: str) -> int:
        return self.open("", x, y, width, height, colour, popup=True, parent=int(parent))

    def again(self, window: int, turns: str, colour: str) -> None:
        for _ in range(int(turns)):
            self.close(window)
            self.open("again", "100", "100", "300", "200", colour, number=window)
            self.paint(window, "0", "0", "300", "200", colour)
            self.core.GetInputFocus().reply()

    def property(self, window: int, name: str, kind: str, bits: int, data: bytes) -> None:
        count = len(data) * 8 // bits
        self.core.ChangeProperty(PropMode.Replace, window, self.atom(name), self.atom(kind), bits, count, data)

    def title(self, window: int, text: str) -> None:
        self.property(window, "_NET_WM_NAME", "UTF8_STRING", 8, text.encode())
        self.property(window, "WM_NAME", "STRING", 8, text.encode())

    def write(self, window: int, name: str, kind: str, bits: str, data: str) -> None:
        self.property(window, name, kind, int(bits), bytes.fromhex(data.strip("-")))

    def forget(self, window: int, name: str) -> None:
        self.core.DeleteProperty(window, self.atom(name))

    def paint(self, window: int, x: str, y: str, width: str, height: str, colour: str) -> None:
        context = self.connection.generate_id()
        self.core.CreateGC(context, window, GC.Foreground, [int(colour, 16)])
        rectangle = xcffib.xproto.RECTANGLE.synthetic(int(x), int(y), int(width), int(height))
        self.core.PolyFillRectangle(window, context, 1, [rectangle])
        self.core.FreeGC(context)

    def claim(self, window: int, pid: str) -> None:
        self.property(window, "_NET_WM_PID", "CARDINAL", 32, struct.pack("=I", int(pid)))

    def move(self, window: int, x: str, y: str) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.X | ConfigWindow.Y, [int(x), int(y)])

    def resize(self, window: int, width: str, height: str) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.Width | ConfigWindow.Height, [int(width), int(height)])

    def keep(self, window: int) -> None:
        self.core.ChangeWindowAttributes(window, CW.BitGravity, [Gravity.NorthWest])

    def minimise(self, window: int) -> None:
        iconic = ClientMessageData.synthetic([3, 0, 0, 0, 0], "IIIII")
        event = ClientMessageEvent.synthetic(32, window, self.atom("WM_CHANGE_STATE"), iconic)
        mask = EventMask.SubstructureRedirect | EventMask.SubstructureNotify
        self.core.SendEvent(False, self.screen.root, mask, event.pack())

    def ask(self, window: int, state: str, add: int = 1) -> None:
        wish = ClientMessageData.synthetic([add, self.atom(state), 0, 1, 0], "IIIII")
        event = ClientMessageEvent.synthetic(32, window, self.atom("_NET_WM_STATE"), wish)
        mask = EventMask.SubstructureRedirect | EventMask.SubstructureNotify
        self.core.SendEvent(False, self.screen.root, mask, event.pack())

    def unask(self, window: int, state: str) -> None:
        self.ask(window, state, 0)

    def restore(self, window: int) -> None:
        self.core.MapWindow(window)

    def raise_(self, window: int) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.StackMode, [xcffib.xproto.StackMode.Above])

    def lower(self, window: int) -> None:
        self.core.ConfigureWindow(window, ConfigWindow.StackMode, [xcffib.xproto.StackMode.Below])

    def unmap(self, window: int) -> None:
        self.core.UnmapWindow(window)

    def withdraw(self, window: int) -> None:
        """Unmap it, and tell the window manager so that it lets go of it, whatever it believes (ICCCM 4.1.4)."""
        self.core.UnmapWindow(window)
        event = UnmapNotifyEvent.synthetic(self.screen.root, window, False)
        mask = EventMask.SubstructureRedirect | EventMask.SubstructureNotify
        self.core.SendEvent(False, self.screen.root, mask, event.pack())

    def map(self, window: int) -> None:
        self.core.MapWindow(window)

    def put(self, window: int, into: str, x: str = "0", y: str = "0") -> None:
        self.core.ReparentWindow(window, int(into) or self.screen.root, int(x), int(y))

    def embeddable(self, window: int) -> None:
        self.property(window, "_XEMBED_INFO", "_XEMBED_INFO", 32, struct.pack("=II", 0, 1))

    def manage(self, window: int) -> None:
        root = self.screen.root
        self.core.ChangeWindowAttributes(root, CW.EventMask, [EventMask.SubstructureRedirect], is_checked=True).check()

    def film(self, window: int, turns: str, seed: str) -> None:
        draw = random.Random(int(seed))
        size = self.core.GetGeometry(window).reply()
        for _ in range(int(turns)):
            width, height = (size.width, size.height) if draw.randrange(2) else (draw.randrange(1, 60), 40)
            x, y = draw.randrange(size.width - width + 1), draw.randrange(size.height - height + 1)
            self.paint(window, str(x), str(y), str(width), str(height), f"{draw.randrange(1 << 24):06x}")
            if draw.randrange(3) == 0:
                self.core.GetInputFocus().reply()

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

    def roam(self, seed: int, turns: str, colour: str, *parents: str) -> None:
        draw = random.Random(seed)
        for _ in range(int(turns)):
            place = str(draw.randrange(-40, 120)), str(draw.randrange(-40, 90))
            size = str(draw.randrange(20, 90)), str(draw.randrange(20, 90))
            guest = draw.choice(self.guests) if self.guests else 0
            match draw.randrange(10) if guest else draw.randrange(2):
                case 0:
                    self.guests.append(self.popup(*place, *size, colour))
                case 1 | 9:
                    self.guests.append(self.inside(draw.choice(parents), *place, *size, colour))
                case 2 | 3:
                    if draw.randrange(2):
                        self.embeddable(guest)
                    self.put(guest, draw.choice((*parents, "0")), *place)
                case 4:
                    self.move(guest, *place)
                case 5:
                    self.resize(guest, *size)
                case 6:
                    self.unmap(guest)
                case 7:
                    self.map(guest)
                case 8:
                    self.paint(guest, "0", "0", *size, colour)
            if len(self.guests) > 4:
                self.close(self.guests.pop(0))
            if draw.randrange(2):
                self.core.GetInputFocus().reply()

    def bare(self, seed: int, turns: str, colour: str, *windows: str) -> None:
        draw = random.Random(seed)
        for _ in range(int(turns)):
            window = int(draw.choice(windows))
            match draw.randrange(8):
                case 0 | 1:
                    self.move(window, str(draw.randrange(500)), str(draw.randrange(400)))
                case 2 | 3:
                    self.resize(window, str(draw.randrange(40, 200)), str(draw.randrange(40, 160)))
                case 4:
                    self.unmap(window)
                    self.map(window)
                case 5 | 6:
                    self.paint(window, "0", "0", str(draw.randrange(200)), str(draw.randrange(160)), colour)
                case 7:
                    self.raise_(window)
            if draw.randrange(2):
                self.core.GetInputFocus().reply()

    def shape(self, window: int, x: str, y: str, width: str, height: str) -> None:
        rectangle = xcffib.xproto.RECTANGLE.synthetic(int(x), int(y), int(width), int(height))
        extension = self.connection(xcffib.shape.key)
        extension.Rectangles(xcffib.shape.SO.Set, xcffib.shape.SK.Bounding, 0, window, 0, 0, 1, [rectangle])

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
        if word == "open" and len(rest) > 7:
            answer = str(self.open(*rest[:7], number=int(rest[7])))
        elif word == "atom_of":
            answer = str(self.atom(rest[0]))
        elif word in ("open", "popup", "inside"):
            answer = str(getattr(self, word)(*rest))
        elif word == "where":
            place = self.core.TranslateCoordinates(int(rest[0]), self.screen.root, 0, 0).reply()
            answer = f"{place.dst_x},{place.dst_y}"
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
