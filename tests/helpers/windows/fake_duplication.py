"""A stand-in for DXGI desktop duplication, as its documentation and headers describe it, for one graphics card.

What it gives is painted by the test. Its objects count their owners, and refuse what the real ones refuse.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.duplication import dxgi
from capture.platforms.windows.win32.declarations import Box, Dword, Handle, Pointer
from tests.helpers.windows.fake_com import ComObject, failed, give

UNSUPPORTED, NOT_FOUND, NOT_READY, INVALID_CALL = 0x887A0004, 0x887A0002, 0x887A000A, 0x887A0001
Result = ctypes.c_int32


class FakeDevice:
    """A device whose textures are those of a `FakeCard`.

    Attributes:
        copied: the parts that were copied.
    """

    def __init__(self, card: FakeCard) -> None:
        self.copied: list[Rect] = []
        self.is_closed = False
        self._card = card
        self._own = ComObject({})

    @property
    def for_windows(self) -> int:
        return self._own.take()

    def copy_parts(self, surface: int, parts: Sequence[Rect], into: Pixels) -> None:
        output = self._card.by_texture[surface]
        assert output.is_held, "the picture is lent for as long as the frame is"
        assert into.shape == output.pixels.shape
        for part in parts:
            self.copied.append(part)
            rows, columns = slice(part.y, part.y + part.height), slice(part.x, part.x + part.width)
            into[rows, columns] = output.pixels[rows, columns]

    def close(self) -> None:
        self.is_closed = True
        assert self._own.owners == 0


class FakeOutput:
    """A monitor at the card.

    Attributes:
        pixels: what is in the card's memory: lying where the monitor stands on its side.
        refuses: what making a duplication ends with, 0 for nothing.
        fault: what the next frame ends with, once.
        is_held: a frame is lent out.
        duplications: how many were made.
    """

    def __init__(self, card: FakeCard, monitor: int, pixels: Pixels, rotation: int) -> None:
        self.pixels = pixels
        self.refuses = 0
        self.fault = 0
        self.is_held = False
        self.duplications = 0
        self._card = card
        self._monitor = monitor
        self._rotation = rotation
        self._news: tuple[tuple[Rect, ...], tuple[tuple[int, int, Rect], ...]] | None = None
        self._is_for_pointer = self._is_empty = False
        self.texture = ComObject({})
        card.by_texture[self.texture.address] = self
        self.able = ComObject(
            {
                dxgi.OUTPUT_DESCRIPTION: (Result, (Pointer,), self._describe),
                dxgi.DUPLICATE: (Result, (Handle, Pointer), self._duplicate),
            },
            dxgi.OUTPUT_ID,
        )
        self.duplication = ComObject(
            {
                dxgi.DESCRIPTION: (None, (Pointer,), self._describe_duplication),
                dxgi.ACQUIRE: (Result, (Dword, Pointer, Pointer), self._acquire),
                dxgi.CHANGED: (Result, (Dword, Pointer, Pointer), self._tell_changed),
                dxgi.MOVED: (Result, (Dword, Pointer, Pointer), self._tell_moved),
                dxgi.RELEASE_FRAME: (Result, (), self._give_back),
            }
        )

    def paint(self, *dirty: Rect, moves: Sequence[tuple[int, int, Rect]] = ()) -> None:
        """Have something be new: ``dirty`` places, and ``moves`` from a place to a rectangle."""
        before = self._news or ((), ())
        self._news = ((*before[0], *dirty), (*before[1], *moves))

    def move_pointer(self) -> None:
        """Have a frame that is there for the pointer's sake alone."""
        self._is_for_pointer = True

    def begin_empty(self) -> None:
        """Have the next frame be one to which nothing was presented."""
        self._is_empty = True

    def _describe(self, at: int) -> int:
        dxgi.OutputDescription.from_address(at).monitor = self._monitor
        return 0

    def _duplicate(self, device: int, found: int) -> int:
        assert device
        if self.refuses:
            return failed(self.refuses)
        assert self.duplication.owners == 0, "Windows duplicates an output for a program once"
        self.duplications += 1
        # The first picture is there at once, and nothing is told of it.
        self._news, self.is_held = ((), ()), False
        give(found, self.duplication)
        return 0

    def _describe_duplication(self, at: int) -> None:
        height, width = self.pixels.shape[:2]
        told = dxgi.DuplicationDescription.from_address(at)
        told.width, told.height, told.rotation = width, height, self._rotation

    def _acquire(self, milliseconds: int, at: int, found: int) -> int:
        assert milliseconds == 0, "nobody may be held up"
        if self.is_held:
            return failed(INVALID_CALL)
        if self.fault:
            fault, self.fault = self.fault, 0
            return failed(fault)
        if self._news is None and not self._is_for_pointer:
            return failed(dxgi.NOTHING_NEW)
        info = dxgi.FrameInfo.from_address(at)
        self._dirty, self._moves = self._news or ((), ())
        info.presented = 7 if self._news is not None and not self._is_empty else 0
        info.bytes = 16 * len(self._dirty) + 24 * len(self._moves)
        self._news, self._is_for_pointer, self._is_empty, self.is_held = None, False, False, True
        give(found, self.texture)
        return 0

    def _tell_changed(self, room: int, at: int, used: int) -> int:
        boxes = [Box(rect.x, rect.y, rect.x + rect.width, rect.y + rect.height) for rect in self._dirty]
        return self._tell(room, at, used, boxes, 16)

    def _tell_moved(self, room: int, at: int, used: int) -> int:
        moves = []
        for x, y, to in self._moves:
            move = dxgi.Move(to=Box(to.x, to.y, to.x + to.width, to.y + to.height))
            move.source.x, move.source.y = x, y
            moves.append(move)
        return self._tell(room, at, used, moves, 24)

    def _tell(self, room: int, at: int, used: int, told: Sequence[ctypes.Structure], size: int) -> int:
        assert self.is_held
        assert room >= len(told) * size
        for number, each in enumerate(told):
            ctypes.memmove(at + number * size, ctypes.byref(each), size)
        Dword.from_address(used).value = len(told) * size
        return 0

    def _give_back(self) -> int:
        assert self.texture.owners == 0, "first the picture, then its frame"
        self.is_held = False
        return 0


class FakeCard:
    """A graphics card with its monitors, behind a factory of DXGI.

    Attributes:
        outputs: the monitors, by their handles.
        by_texture: likewise, by the addresses of their textures.
        devices: all that were made.
    """

    def __init__(self) -> None:
        self.outputs: dict[int, FakeOutput] = {}
        self.by_texture: dict[int, FakeOutput] = {}
        self.devices: list[FakeDevice] = []
        self._adapter = ComObject({dxgi.OUTPUT: (Result, (Dword, Pointer), self._output)})
        self._factory = ComObject({dxgi.ADAPTER: (Result, (Dword, Pointer), self._adapters)})

    def add(self, monitor: int, width: int, height: int, rotation: int = 1) -> FakeOutput:
        """Plug a monitor in, whose memory has that size."""
        made = FakeOutput(self, monitor, np.zeros((height, width, 4), np.uint8), rotation)
        self.outputs[monitor] = made
        return made

    def make_factory(self) -> int:
        """Return its factory, as a duplication asks for it."""
        return self._factory.take()

    def make_device(self, adapter: int) -> FakeDevice:
        """Return a new device, likewise."""
        assert adapter == self._adapter.address
        self.devices.append(FakeDevice(self))
        return self.devices[-1]

    @property
    def lent(self) -> int:
        """Return how many objects were not given back."""
        objects = [self._factory, self._adapter]
        for output in self.outputs.values():
            objects += [output.able, output.duplication, output.texture]
        return sum(each.owners for each in objects) + sum(not device.is_closed for device in self.devices)

    def _adapters(self, number: int, found: int) -> int:
        if number:
            return failed(NOT_FOUND)
        give(found, self._adapter)
        return 0

    def _output(self, number: int, found: int) -> int:
        if number >= len(self.outputs):
            return failed(NOT_FOUND)
        give(found, tuple(self.outputs.values())[number].able)
        return 0
