"""The ends of other processes. Of a program that is killed not every system tells that its windows are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from capture.platforms.windows.win32.declarations import kernel32

SYNCHRONIZE = 0x00100000
MOST = 60
"""Of what one wait may be for, and some room (MAXIMUM_WAIT_OBJECTS is 64)."""


class ProcessEnds:
    """Has ``ended()`` called when one of the followed processes has ended. Used by one thread."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._handles: dict[int, int] = {}

    @property
    def handles(self) -> tuple[int, ...]:
        """Return what becomes signalled at the end of each process."""
        return tuple(self._handles.values())

    def follow(self, pids: Iterable[int]) -> None:
        """Follow these processes and no others; those of other people's are left out, and so are too many."""
        wanted = dict.fromkeys(pids)
        for pid in self._handles.keys() - wanted:
            kernel32().CloseHandle(self._handles.pop(pid))
        for pid in wanted:
            if pid not in self._handles and len(self._handles) < MOST:
                handle = kernel32().OpenProcess(SYNCHRONIZE, False, pid)
                if handle:
                    self._handles[pid] = handle

    def note(self, signalled: int) -> None:
        """Take note that the process of that handle has ended."""
        for pid, handle in tuple(self._handles.items()):
            if handle == signalled:
                del self._handles[pid]
                kernel32().CloseHandle(handle)
                self._ended()

    def close(self) -> None:
        """Follow none any more."""
        self.follow(())
