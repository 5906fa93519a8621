"""Objects of COM made of functions of Python, called as Windows' own are: by their places in a table."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from capture.platforms.windows.win32.declarations import Dword, Handle, Pointer

NO_INTERFACE = 0x80004002
_function: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
Method = tuple[Any, tuple[Any, ...], Callable[..., Any]]
"""What a function gives, what it takes beside the object, and what is done."""


class ComObject:
    """One object with the functions in ``methods``, by their places from 3 on, and one interface besides its own.

    Attributes:
        address: by which it is known.
        owners: how many have not given it back.
    """

    def __init__(self, methods: Mapping[int, Method], interface: UUID | None = None) -> None:
        self.owners = 0
        self._interface = interface
        own: dict[int, Method] = {
            0: (ctypes.c_int32, (Pointer, Pointer), self._query),
            2: (Dword, (), self._release),
        }
        self._kept = {
            place: _function(gives, Handle, *takes)(lambda _own, *values, _do=do: _do(*values))
            for place, (gives, takes, do) in {**own, **methods}.items()
        }
        self._table = (ctypes.c_void_p * (max(self._kept) + 1))()
        for place, function in self._kept.items():
            self._table[place] = ctypes.cast(function, ctypes.c_void_p).value
        self._object = ctypes.pointer(self._table)
        self.address = ctypes.addressof(self._object)

    def take(self) -> int:
        """Return the address to one more owner."""
        self.owners += 1
        return self.address

    def _query(self, name: int, found: int) -> int:
        wanted = UUID(bytes_le=ctypes.string_at(name, 16))
        if wanted != self._interface:
            return NO_INTERFACE - (1 << 32)
        give(found, self)
        return 0

    def _release(self) -> int:
        assert self.owners > 0, "given back too often"
        self.owners -= 1
        return self.owners


def give(at: int, what: ComObject) -> None:
    """Write an object to where the caller wants it."""
    ctypes.c_void_p.from_address(at).value = what.take()


def failed(number: int) -> int:
    """Return an error as functions give it: with its sign."""
    return number - (1 << 32)
