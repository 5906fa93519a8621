"""Facts about a process, as macOS tells them: its program, that program's names, its start, its icon."""

from __future__ import annotations

import ctypes
import functools
import time
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from capture.platforms.macos.frameworks import frameworks

LONGEST_PATH = 4096
"""PROC_PIDPATHINFO_MAXSIZE."""
FACTS = 3
"""PROC_PIDTBSDINFO."""
TRUSTED_SECONDS = 2.0
"""How long a process is taken to go by the same names."""
NEVER_IN_FRONT = 2
"""NSApplicationActivationPolicyProhibited: a program that has no windows for people."""


class ProcessFacts(ctypes.Structure):
    """struct proc_bsdinfo (sys/proc_info.h), 136 bytes."""

    _fields_ = (
        ("flags_to_names", ctypes.c_char * 96),
        ("files_to_nice", ctypes.c_char * 24),
        ("started_seconds", ctypes.c_uint64),
        ("started_microseconds", ctypes.c_uint64),
    )


@functools.cache
def system() -> Any:
    """Return libSystem, which every process has."""
    library = ctypes.CDLL(None)
    library.proc_pidinfo.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_uint64, ctypes.c_void_p, ctypes.c_int)
    return library


class Process(NamedTuple):
    """One process, as it was when it was looked at.

    Attributes:
        path: of its program, empty where macOS hides it.
        started: milliseconds since the epoch, None where macOS hides it.
        names: those by which it may be known; what people call it first, where it has such a name.
        is_for_people: it may have windows for them.
        program: NSRunningApplication, None where there is none, as of tools without a bundle.
    """

    path: str = ""
    started: int | None = None
    names: tuple[str, ...] = ()
    is_for_people: bool = True
    program: Any = None

    @property
    def name(self) -> str:
        """Return what people know it by."""
        return self.names[0] if self.names else ""


UNKNOWN = Process()


def process_of(pid: int) -> Process:
    """Return what is known of a process, `UNKNOWN` when there is none."""
    if pid <= 0:
        return UNKNOWN
    path, started = _path(pid), process_started(pid)
    program = frameworks().appkit.NSRunningApplication.runningApplicationWithProcessIdentifier_(pid)
    if program is None:
        return Process(path, started, names_of("", "", path))
    names = names_of(str(program.localizedName() or ""), str(program.bundleIdentifier() or ""), path)
    is_for_people = program.activationPolicy() != NEVER_IN_FRONT
    return Process(path, started, names, is_for_people, program)


class KnownProcesses:
    """What is known of processes, asked anew now and then. Used by one thread."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, Process]] = {}

    def of(self, pid: int) -> Process:
        """Return what is known of a process, `UNKNOWN` when there is none."""
        now = time.monotonic()
        at, process = self._known.get(pid, (float("-inf"), UNKNOWN))
        if now - at > TRUSTED_SECONDS:
            process = process_of(pid)
            # Those that are asked about no more have ended.
            fresh = {each: known for each, known in self._known.items() if now - known[0] <= TRUSTED_SECONDS}
            self._known = fresh | {pid: (now, process)}
        return process


def process_started(pid: int) -> int | None:
    """Return when a process began, in milliseconds since the epoch; None where nobody tells."""
    facts = ProcessFacts()
    size = ctypes.sizeof(facts)
    if pid <= 0 or system().proc_pidinfo(pid, FACTS, 0, ctypes.byref(facts), size) != size:
        return None
    return int(facts.started_seconds) * 1000 + int(facts.started_microseconds) // 1000


def names_of(localised: str, bundle: str, path: str) -> tuple[str, ...]:
    """Return the names by which the program at ``path`` may be known: what people call it first."""
    place = PurePosixPath(path)
    # A program in a bundle is also known by the bundle's name, which no language changes.
    around = next((each.stem for each in place.parents if each.suffix == ".app"), "")
    return tuple(dict.fromkeys(name for name in (localised, around, place.name, bundle) if name))


def _path(pid: int) -> str:
    text = ctypes.create_string_buffer(LONGEST_PATH)
    length = system().proc_pidpath(pid, text, LONGEST_PATH)
    return text.value.decode("utf-8", "replace") if length > 0 else ""
