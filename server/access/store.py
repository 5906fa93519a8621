"""Links and devices on disk: one file that only its owner can read and that survives crashes and damage."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from server.access.devices import Device, Devices
from server.access.links import MOST_DEVICES, MOST_LINKS, Link, Links
from server.private_files import NotAFile, put_aside, read_private, replace_private

NAME = "access.json"
MOST_BYTES = 16 * 1024 * 1024
MOST_KNOWN = (MOST_LINKS + 1) * MOST_DEVICES
"""Devices that there can be: those of each link, and those that came without one."""


class AccessState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is to outlive the program; `Links` and `Devices` begin with it.

    Unknown fields are refused: they could be restrictions that another version made and that this one would ignore.
    """

    version: Literal[1] = 1
    links: tuple[Link, ...] = ()
    revoked: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    forgotten: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"AccessState({len(self.links)} links, {len(self.devices)} devices)"

    @classmethod
    def of(cls, links: Links, devices: Devices, blocked: Iterable[str] = ()) -> AccessState:
        """Return what is to be kept of them now; ``blocked`` are keys of peers."""
        return cls(
            links=tuple(links.all.values()),
            revoked=links.revoked,
            devices=devices.remembered,
            forgotten=devices.forgotten,
            blocked=tuple(sorted(blocked)),
        )


class AccessStore:
    """Reads and writes what is kept in ``folder``.

    Attributes:
        path: the file.
        problems: sentences about what was wrong with it; empty when all is well.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.problems: tuple[str, ...] = ()
        self._is_lost = False

    def load(self) -> AccessState:
        """Return what the file says; nothing, and so nobody gets in, when it cannot be trusted."""
        self.problems, self._is_lost = (), False
        try:
            content, was_open = read_private(self.path, MOST_BYTES)
        except FileNotFoundError:
            return AccessState()
        except NotAFile as error:
            self.problems = (self._put_aside(str(error)),)
            return AccessState()
        except OSError as error:
            # It is not ours to move away, and what it holds must not be written over.
            self._is_lost = True
            words = f"The links could not be read ({_reason(error)}). No link works, and new ones will not be kept"
            self.problems = (f"{words}, until {self.path} is put right or deleted.",)
            return AccessState()
        try:
            kept = msgspec.json.decode(content, type=AccessState)
        except (ValueError, RecursionError):  # msgspec's own errors, and those of bad UTF-8, are the former
            kept = None
        if kept is None or len(kept.links) > MOST_LINKS or len(kept.devices) > MOST_KNOWN:
            self.problems = (self._put_aside("it is damaged"),)
            return AccessState()
        if was_open:
            words = "Other people on this computer could read the file with the links until now."
            self.problems = (f"{words} Make new links if they might have.",)
        return kept

    def save(self, kept: AccessState) -> str | None:
        """Write ``kept`` so that a crash leaves the old file or the new one; return what went wrong, if anything.

        May run in any thread, one call at a time.
        """
        if self._is_lost:
            return f"The links are not kept, because {self.path} could not be read."
        try:
            replace_private(self.path, msgspec.json.format(msgspec.json.encode(kept), indent=1))
        except OSError as error:
            return f"The links could not be saved ({_reason(error)})."
        return None

    def _put_aside(self, why: str) -> str:
        try:
            aside = put_aside(self.path)
        except OSError:
            self._is_lost = True
            words = f"The file with the links cannot be used ({why}). No link works, and new ones will not be kept"
            return f"{words}: {self.path}"
        words = f"The file with the links could not be used ({why}) and is kept as {aside.name}."
        return f"{words} No link works; make new ones."


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
