"""Links and devices on disk: one file that only its owner can read and that survives crashes and damage."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from resources.translate import _
from server.access.devices import Device, Devices
from server.access.links import MOST_DEVICES, MOST_LINKS, Link, Links
from server.private_files import NotAFile, keep_copy, keep_copy_of_schema, put_aside, read_private, replace_private

NAME = "access.json"
VERSION = 1
"""The form of the file. It goes up with every new field: what is not known could be a restriction."""
NARROWING = ("revoked", "forgotten", "blocked")
"""What only ever keeps somebody out."""
MOST_BYTES = 16 * 1024 * 1024
MOST_KNOWN = (MOST_LINKS + 1) * MOST_DEVICES
"""Devices that there can be: those of each link, and those that came without one."""

Entry = TypeVar("Entry", Link, Device)


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
        self._newer: tuple[bytes, int] | None = None
        self._known = b""

    def load(self) -> AccessState:
        """Return what the file says; nothing, and so nobody gets in, when it cannot be trusted."""
        self.problems, self._is_lost, self._newer, self._known = (), False, None, b""
        try:
            content, was_open = read_private(self.path, MOST_BYTES)
            self._known = content
        except FileNotFoundError:
            return AccessState()
        except NotAFile as error:
            self.problems = (self._put_aside(str(error)),)
            return AccessState()
        except OSError as error:
            # It is not ours to move away, and what it holds must not be written over.
            self._is_lost = True
            words = _(
                "The links could not be read ({problem}). No link works, and new ones will not be kept, "
                "until {path} is put right or deleted."
            )
            self.problems = (words.format(problem=_reason(error), path=self.path),)
            return AccessState()
        try:
            kept = self._of_newer(content) or msgspec.json.decode(content, type=AccessState)
        except (ValueError, RecursionError):  # msgspec's own errors, and those of bad UTF-8, are the former
            kept = None
        if kept is None or len(kept.links) > MOST_LINKS or len(kept.devices) > MOST_KNOWN:
            self.problems = (self._put_aside(_("it is damaged")),)
            return AccessState()
        if was_open:
            words = _(
                "Other people on this computer could read the file with the links until now. "
                "Make new links if they might have."
            )
            self.problems += (words,)
        return kept

    def save(self, kept: AccessState) -> str | None:
        """Write ``kept`` so that a crash leaves the old file or the new one; return what went wrong, if anything.

        May run in any thread, one call at a time.
        """
        if self._is_lost:
            return _("The links are not kept, because {path} could not be read.").format(path=self.path)
        try:
            if self._newer is not None:
                keep_copy_of_schema(self.path, *self._newer)
            self._newer = None
            problem = self._keep_of_others()
            content = msgspec.json.format(msgspec.json.encode(kept), indent=1)
            replace_private(self.path, content)
        except OSError as error:
            return _("The links could not be saved ({problem}).").format(problem=_reason(error))
        self._known = content
        return problem

    def _keep_of_others(self) -> str | None:
        """Keep beside it what somebody else has written into the file; return that in words. Raises OSError."""
        try:
            content, _was_open = read_private(self.path, MOST_BYTES)
        except (FileNotFoundError, NotAFile):
            return None
        if content == self._known:
            return None
        copy = keep_copy(self.path, content)
        words = _(
            "{name} was changed by another program, such as Panecast on another computer with the same settings. What "
            "it wrote is kept as {copy}."
        )
        return words.format(name=NAME, copy=copy.name)

    def _of_newer(self, content: bytes) -> AccessState | None:
        """Return what a file of a newer version surely allows; None where it is of this one."""
        found = msgspec.json.decode(content)
        number = found.get("version") if isinstance(found, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or not VERSION < number < 1_000_000:
            return None
        self._newer = content, number
        kept = narrowed(found)
        entries = [*_list(found, "links"), *_list(found, "devices")]
        missing = len(entries) - len(kept.links) - len(kept.devices)
        copy = f"{NAME}.schema-{number}.bak"
        whole = _(
            "The links were made by a newer version of Panecast (form {form}, here {here}). "
            "Before this version changes the file, it is kept as {copy}."
        )
        less = _(
            "The links were made by a newer version of Panecast (form {form}, here {here}), so {missing} of {total} "
            "links and devices let nobody in now. Before this version changes the file, it is kept as {copy}."
        )
        words = less if missing else whole
        told = words.format(form=number, here=VERSION, missing=missing, total=len(entries), copy=copy)
        self.problems = (told,)
        return kept

    def _put_aside(self, why: str) -> str:
        try:
            aside = put_aside(self.path)
        except OSError:
            self._is_lost = True
            words = _(
                "The file with the links cannot be used ({problem}). No link works, and new ones will not be kept: "
                "{path}"
            )
            return words.format(problem=why, path=self.path)
        words = _(
            "The file with the links could not be used ({problem}) and is kept as {file}. No link works; make new ones."
        )
        return words.format(problem=why, file=aside.name)


def narrowed(table: dict[str, Any]) -> AccessState:
    """Return of a newer file what can only narrow who gets in.

    A link or device with a field or value that is not known here may have a restriction that would be ignored, and one
    of the whole file may restrict them all; then none of them is taken.
    """
    revoked, forgotten, blocked = (
        tuple(each for each in _list(table, name) if isinstance(each, str)) for name in NARROWING
    )
    barring = AccessState(revoked=revoked, forgotten=forgotten, blocked=blocked)
    is_known = table.keys() <= {field.name for field in msgspec.structs.fields(AccessState)}
    if not is_known or any(list(getattr(barring, name)) != table.get(name, []) for name in NARROWING):
        return barring
    links = _surely(_list(table, "links"), Link)[:MOST_LINKS]
    there = {link.id for link in links}
    devices = [device for device in _surely(_list(table, "devices"), Device) if device.link_id in there | {""}]
    return msgspec.structs.replace(barring, links=tuple(links), devices=tuple(devices[:MOST_KNOWN]))


def _surely(raws: list[Any], kind: type[Entry]) -> list[Entry]:
    """Return the entries of which every field and value is known."""
    found = []
    for raw in raws:
        with contextlib.suppress(ValueError, OverflowError, RecursionError):
            entry = msgspec.convert(raw, kind)
            # The rules of a scope refuse no unknown field by themselves.
            if _is_same(raw, msgspec.to_builtins(entry)):
                found.append(entry)
    return found


def _is_same(raw: Any, known: Any) -> bool:
    """Tell whether ``raw`` has no field, at any depth, that ``known`` does not have."""
    if isinstance(raw, dict):
        return isinstance(known, dict) and all(key in known and _is_same(each, known[key]) for key, each in raw.items())
    if isinstance(raw, list):
        return isinstance(known, list | tuple) and len(raw) == len(known) and all(map(_is_same, raw, known))
    return not isinstance(known, dict | list | tuple)


def _list(table: dict[str, Any], name: str) -> list[Any]:
    found = table.get(name, [])
    return found if isinstance(found, list) else []


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
