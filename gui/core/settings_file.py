"""The settings in one TOML file, which survives crashes, other versions and typing mistakes."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from gui.core.settings import (
    DECLARED,
    NAME,
    PROGRAM_LIMIT,
    PROTECTING,
    REMEMBERED_LIMIT,
    MaskedSource,
    SavedSource,
    Settings,
)
from gui.settings.declared import NOT_CONVERTED, listed, shown
from gui.settings.policy import Policy, read_policy
from gui.settings.schema import KEY as SCHEMA_KEY
from gui.settings.schema import SCHEMA, migrated, schema_of
from gui.settings.text import MOST_BYTES, parsed
from resources.translate import _, ngettext
from server.folder_lock import settings_folder
from server.private_files import (
    NotAFile,
    copies_of_schema,
    fresh_name,
    keep_copy,
    keep_copy_of_schema,
    open_plain,
    put_aside,
    write_through,
)

MOST_TRIES = 5


class _ChangedMeanwhile(Exception):
    """Another computer with the same folder wrote the file, or somebody did while this one slept."""


class SettingsFile:
    """Reads and writes the settings in ``folder``.

    Only what was changed is written over: keys and values that this version does not know stay as they are, and so does
    what somebody else changed in the file meanwhile. Before a file of another form is written to, a copy is kept.

    Attributes:
        path: the file.
        policy: what the administrator has chosen.
        problems: sentences about what could not be read; empty when all is well.
        defaults: what holds where nothing else is chosen.
        is_new: there is no such file, or one that knows of the first steps and that nobody was shown them.
        current: the settings after the last `load` or `save`.
    """

    def __init__(self, folder: Path | None = None, policy: Policy | None = None, *, keeps: bool = True) -> None:
        """``policy`` is that of this computer where None. Without ``keeps``, `save` writes nothing."""
        self._keeps = keeps
        self.path = settings_folder(folder) / NAME
        self.policy = read_policy(DECLARED) if policy is None else policy
        self.problems: tuple[str, ...] = ()
        self.defaults = Settings(**(dict(self.policy.defaults) | dict(self.policy.locked)))
        self.is_new = False
        self.current = self.defaults
        self._table: dict[str, Any] = {}
        self._unread: frozenset[str] = frozenset()
        self._is_lost = False
        self._turn = threading.Lock()

    def load(self) -> Settings:
        """Return what the file says, with defaults for what it does not say or says wrongly."""
        self._is_lost, self._table, problem, is_there = False, {}, "", True
        try:
            self._table = parsed(self._content())
        except FileNotFoundError:
            is_there = False
        except NotAFile as error:
            problem = self._put_aside(str(error))
        except OSError as error:
            # What it holds must not be written over; it may be there again at the next start.
            self._is_lost = True
            words = _(
                "The settings could not be read ({why}); the defaults are used, and changes are not kept until {path} "
                "is put right or deleted."
            )
            problem = words.format(why=error.strerror or error, path=self.path)
        except (ValueError, RecursionError):  # not TOML, not UTF-8, or nested deeper than can be followed
            problem = self._put_aside(_("it is damaged"))
        self.current, problems = self._found(self._table)
        self.is_new = not self.current.knows_first_steps and (not is_there or "knows_first_steps" in self._table)
        self.problems = (*([problem] if problem else []), *self.policy.problems, *problems)
        return self.current

    def save(self, settings: Settings) -> str | None:
        """Write what differs in ``settings`` from `current`; return what went wrong, if anything.

        A crash leaves the old file or the new one. What somebody else changed in the file since it was read stays, and
        is in `current` then, which is what `settings` should become. May run in any thread.
        """
        with self._turn:
            for _another in range(MOST_TRIES):
                with contextlib.suppress(_ChangedMeanwhile):
                    return self._save(settings)
        return _("The settings could not be saved, because another program keeps changing {path}.").format(
            path=self.path
        )

    def _save(self, settings: Settings) -> str | None:
        if not self._keeps:
            self.current = settings
            return None
        if self._is_lost:
            return _("The settings are not kept, because {path} could not be read.").format(path=self.path)
        changed = {key for key in DECLARED if getattr(settings, key) != getattr(self.current, key)}
        changed -= self.policy.locked.keys()
        content, table, problem = b"", dict(self._table), None
        try:
            content = self._content()
            table = parsed(content)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError):
            if not changed:
                words = _("{path} cannot be read as it is now, so the settings stay as they were.")
                return words.format(path=self.path)
            problem = self._set_aside_before_saving(content)
        current = self._taken_up(settings, table, changed)
        try:
            self._write(table, content, current, changed)
        except OSError as error:
            return _("The settings could not be saved ({why}).").format(why=error.strerror or error)
        self.current = current
        return problem

    def _taken_up(self, settings: Settings, table: dict[str, Any], changed: set[str]) -> Settings:
        """Return ``settings`` with what somebody else changed in the file, which says ``table`` now."""
        if table == self._table:
            return settings
        found, problems = self._found(table)
        self.problems = tuple(problems)
        others = {key for key in DECLARED if table.get(key) != self._table.get(key)} - changed
        if any(key in PROTECTING for key in self._unread):
            others |= {"shared", "mode"}
        return msgspec.structs.replace(settings, **{key: getattr(found, key) for key in others})

    def _write(self, table: dict[str, Any], content: bytes, settings: Settings, changed: set[str]) -> None:
        """Put ``settings`` into the file, which holds ``content`` and says ``table``. Raises OSError."""
        fresh = migrated(table)
        is_newer = _number(table) > SCHEMA
        given = self.policy.defaults.keys() | self.policy.locked.keys()
        impossible = _not_written(fresh)
        changed |= impossible & DECLARED.keys()
        if (changed & self._unread) & set(PROTECTING):
            # With what protected it, what was shared last goes too: at the next start it would be shared without.
            changed |= {"shared", "mode"}
        for key, value in msgspec.to_builtins(settings).items():
            if key in changed:
                fresh[key] = value if key in impossible else self._merged(key, value, table.get(key))
            elif key not in table and not is_newer and key not in given:
                fresh[key] = value
        fresh = {key: value for key, value in fresh.items() if key in DECLARED or key not in impossible}
        if fresh != table or not content:
            is_other = bool(content) and _number(table) != SCHEMA
            is_kept = is_other and keep_copy_of_schema(self.path, content, _number(table))
            if content and not is_kept and (impossible or changed & self._unread):
                keep_copy(self.path, content)
            self._put(fresh, content)
        self._table, self._unread = fresh, self._unread - changed

    def _merged(self, key: str, value: Any, raw: Any) -> Any:
        """Return ``value`` as it is written where ``raw`` was: entries keep details that another version gave them."""
        if key not in ("shared", "masks") or not isinstance(raw, list):
            return value
        kind = SavedSource if key == "shared" else MaskedSource
        known, unread = _entries(raw, kind)
        raws = {msgspec.json.encode(msgspec.to_builtins(entry)): as_written for entry, as_written in known}
        return [*(raws.get(msgspec.json.encode(entry), entry) for entry in value), *unread]

    def _put(self, table: dict[str, Any], content: bytes) -> None:
        """Put ``table`` in the place of ``content``. Raises OSError, `_ChangedMeanwhile` where that is gone."""
        fresh = fresh_name(self.path)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            write_through(number, tomli_w.dumps(table).encode())
            self._confirm(content)
            fresh.replace(self.path)
        except (OSError, _ChangedMeanwhile):
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise

    def peek(self) -> dict[str, Any]:
        """Return what the file says, unchecked, and leave it as it is.

        Raises:
            FileNotFoundError: there is none.
            OSError, ValueError, RecursionError: it cannot be read.
        """
        return parsed(self._content())

    def _confirm(self, content: bytes) -> None:
        """See to it that the file still holds ``content``. Raises `_ChangedMeanwhile`, OSError."""
        try:
            found = self._content()
        except FileNotFoundError:
            found = b""
        if found != content:
            raise _ChangedMeanwhile

    def _content(self) -> bytes:
        """Return what is in the file, which may be behind a symbolic link. Raises OSError, `NotAFile` among them."""
        with open_plain(self.path, follow=True) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise NotAFile(_("{name} is larger than it can be").format(name=NAME))
        return content

    def _found(self, table: Mapping[str, Any]) -> tuple[Settings, list[str]]:
        """Return the settings in ``table``, and what is wrong with it, in sentences."""
        present = migrated(table)
        problems = []
        number = _number(table)
        earlier = self._earlier() if number > SCHEMA else {}
        if number > SCHEMA:
            words = _("The settings are of a newer version of Panecast (schema {number}, here {present}).")
            problems.append(words.format(number=number, present=SCHEMA))
        found, bad = self._values(present, earlier)
        used = msgspec.structs.replace(self.defaults, **found)
        problems += _bad_words(bad, present, used)
        if not isinstance(table.get(SCHEMA_KEY, 0), int):
            words = _("“{key}” in {name} cannot be {value}. It is a whole number.")
            problems.append(words.format(key=SCHEMA_KEY, name=NAME, value=shown(table[SCHEMA_KEY])))
        protecting = [name for name in bad if name in PROTECTING]
        if protecting:
            used = msgspec.structs.replace(used, shared=(), mode="here")
            words = ngettext(
                "Because {names} protects what you share, nothing is shared from last time, and no network is open.",
                "Because {names} protect what you share, nothing is shared from last time, and no network is open.",
                len(protecting),
            )
            problems.append(words.format(names=listed(protecting)))
        if lost := _not_written(table):
            words = _("Too large or too deep to be kept in the file: {names}.")
            problems.append(words.format(names=listed(sorted(lost))))
        self._unread = frozenset(bad)
        return used, problems

    def _values(self, table: Mapping[str, Any], earlier: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return what can be read, and the keys of which not all can be; ``earlier`` is used where nothing can."""
        found: dict[str, Any] = {}
        bad: list[str] = []
        for key in DECLARED.keys() - self.policy.locked.keys():
            with contextlib.suppress(*NOT_CONVERTED):
                if key in earlier:
                    found[key] = DECLARED[key].converted(earlier[key])
            if key not in table:
                continue
            try:
                found[key] = DECLARED[key].converted(table[key])
            except NOT_CONVERTED:
                bad.append(key)
                if readable := _readable(key, table[key]):
                    found[key] = readable
        return found, [key for key in DECLARED if key in bad]

    def _earlier(self) -> dict[str, Any]:
        """Return what the newest copy says that a newer version kept before it changed the form; empty for none."""
        for number in range(SCHEMA, -1, -1):
            for path in reversed(copies_of_schema(self.path, number)):
                with contextlib.suppress(OSError, ValueError, RecursionError), open_plain(path, follow=False) as file:
                    return migrated(parsed(file.read(MOST_BYTES)))
        return {}

    def _set_aside_before_saving(self, content: bytes) -> str:
        """Keep what cannot be read and is written over now; return that in words."""
        try:
            aside = keep_copy(self.path, content) if content else put_aside(self.path)
        except OSError as error:
            words = _("{name} was changed by another program and cannot be read; it could not be kept ({why}).")
            return words.format(name=NAME, why=error.strerror or error)
        words = _("{name} was changed by another program and cannot be read; it is kept as {copy}.")
        return words.format(name=NAME, copy=aside.name)

    def _put_aside(self, why: str) -> str:
        try:
            aside = put_aside(self.path)
        except OSError:
            self._is_lost = True
            words = _(
                "The settings cannot be used ({why}); the defaults are used, and changes are not kept until {path} is "
                "put right or deleted."
            )
            return words.format(why=why, path=self.path)
        words = _("The settings could not be used ({why}) and are kept as {copy}; the defaults are used.")
        return words.format(why=why, copy=aside.name)


def _number(table: Mapping[str, Any]) -> int:
    """Return which form ``table`` has; the present one where its number is none."""
    try:
        return schema_of(table)
    except ValueError:
        return SCHEMA


def _entries(raws: list[Any], kind: Any) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Return the entries of a list that can be read, each with how it was written, and those that cannot."""
    known, unread = [], []
    for raw in raws:
        try:
            known.append((msgspec.convert(raw, kind), raw))
        except NOT_CONVERTED:
            unread.append(raw)
    return known, unread


def _readable(key: str, raw: Any) -> tuple[Any, ...]:
    """Return what can be read of a list in which something cannot."""
    kind = {"shared": SavedSource, "masks": MaskedSource, "never_shown": str}.get(key)
    if kind is None or not isinstance(raw, list):
        return ()
    known, _unread = _entries(raw, kind)
    limit = PROGRAM_LIMIT if kind is str else REMEMBERED_LIMIT
    return tuple(entry for entry, _raw in known)[:limit]


def _not_written(table: Mapping[str, Any]) -> set[str]:
    """Return the keys whose values can be read but not be written again, so that they can be read then."""
    lost = set()
    for key, value in table.items():
        try:
            # Tables within tables are written as one line with many dots.
            parsed(tomli_w.dumps({key: value}).encode())
        except (ValueError, TypeError, RecursionError):
            lost.add(key)
    return lost


def _bad_words(bad: list[str], table: Mapping[str, Any], used: Settings) -> Iterable[str]:
    """Return what to say of values that cannot be used."""
    if len(bad) == 1:
        (key,) = bad
        words = _(
            "The setting “{key}” cannot be {value} in this version, but {allowed}. Until you change it, {used} is used "
            "and the file stays as it is."
        )
        value, instead = shown(table[key]), shown(getattr(used, key))
        yield words.format(key=key, value=value, allowed=DECLARED[key].allowed, used=instead)
    elif bad:
        words = _(
            "The settings {names} have values that this version does not know; their defaults are used, and the file "
            "stays as it is until you change them."
        )
        yield words.format(names=listed(bad))
