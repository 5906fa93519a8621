"""What the person prefers, kept in one TOML file that survives crashes, other versions and typing mistakes."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli_w

from capture.privacy.masks import Mask
from gui.settings.declared import NOT_CONVERTED, declarations, listed, said, shown
from gui.settings.policy import Policy, read_policy
from gui.settings.schema import KEY as SCHEMA_KEY
from gui.settings.schema import SCHEMA, migrated, schema_of
from gui.settings.text import MOST_BYTES, parsed
from resources.translate import N_
from server.folder_lock import settings_folder
from server.private_files import NotAFile, copies_of_schema, keep_copy, keep_copy_of_schema, open_plain, put_aside

NAME = "settings.toml"
REMEMBERED_LIMIT = 64
"""How many shared sources are remembered; the oldest are forgotten."""
MASK_LIMIT = 256
PROGRAM_LIMIT = 1024
NETWORK_LIMIT = 64
Pixels = Annotated[int, msgspec.Meta(ge=0, le=0x7FFF)]
Networks = Annotated[tuple[str, ...], msgspec.Meta(max_length=NETWORK_LIMIT)]
Programs = Annotated[tuple[str, ...], msgspec.Meta(max_length=PROGRAM_LIMIT)]
PROTECTING = ("masks", "never_shown", "shown_anyway", "hide_titles", "when_locked", "asks_here", "https")
"""What keeps something from being seen: where one of these cannot be read, nothing is shown as it was last."""


class SavedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that was shared, described so that it can be found again after a restart.

    A window goes by ``app`` and ``title``, a monitor by its ``output``, all else by its ``id``.
    """

    kind: Literal["desktop", "monitor", "window", "portal", "demo"]
    id: str = ""
    output: str = ""
    app: str = ""
    title: str = ""


class MaskedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source and the masks that lie over it."""

    source: SavedSource
    masks: Annotated[tuple[Mask, ...], msgspec.Meta(max_length=MASK_LIMIT)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is remembered. Replaced whole, never changed.

    `said` declares each: the dialog, checks, ``panecast config`` and ``docs/settings.md`` come from here alone.
    """

    language: Annotated[
        Literal["system", "en", "de"],
        said(
            N_("The language in which Panecast speaks to you."),
            "general",
            N_("Language"),
            words={"system": N_("As on this computer"), "en": "English", "de": "Deutsch"},
        ),
    ] = "system"
    after_start: Annotated[
        Literal["nothing", "share", "networks"],
        said(
            N_("What happens when Panecast starts; windows are shared again as soon as they are open."),
            "general",
            N_("After the start"),
            words={
                "nothing": N_("Wait until I start sharing"),
                "share": N_("Share again what was shared last"),
                "networks": N_("Share again, on chosen networks only"),
            },
        ),
    ] = "nothing"
    start_networks: Annotated[
        Networks,
        said(
            N_("The networks on which sharing starts by itself, such as wlan0 192.168.1.0/24."),
            "general",
            N_("Networks to start on"),
        ),
    ] = ()
    fps: Annotated[
        int,
        msgspec.Meta(ge=1, le=60),
        said(
            N_("Pictures per second that viewers get, at most."),
            "pictures",
            N_("Speed"),
            unit=N_("per second"),
        ),
    ] = 30
    quality: Annotated[
        int,
        msgspec.Meta(ge=10, le=100),
        said(
            N_("Picture quality that viewers get; higher is sharper and needs more bandwidth."),
            "pictures",
            N_("Quality"),
        ),
    ] = 80
    format: Annotated[
        Literal["auto", "jpeg", "png", "webp", "h264"],
        said(
            N_("Picture format that viewers get; automatic is right for almost everything."),
            "pictures",
            N_("Format"),
            words={"auto": N_("Automatic"), "jpeg": "JPEG", "png": "PNG", "webp": "WebP", "h264": N_("Video")},
        ),
    ] = "auto"
    pointer: Annotated[bool, said(N_("Viewers see the mouse pointer."), "pictures", N_("Show the mouse pointer"))] = (
        True
    )
    interface: Annotated[
        str,
        said(N_("The chosen network, by the name of its interface, such as wlan0."), "network", N_("Network")),
    ] = ""
    mode: Annotated[
        Literal["here", "network"],
        said(
            N_("Only this computer can watch, or the devices of the chosen network too."),
            "network",
            N_("Who can watch"),
            words={"here": N_("This computer only"), "network": N_("The chosen network, too")},
        ),
    ] = "here"
    https: Annotated[
        bool,
        said(
            N_("When on, nobody on the network can see what you share; browsers warn once."),
            "network",
            N_("Encrypt what is sent (HTTPS)"),
        ),
    ] = False
    asks_here: Annotated[
        bool,
        said(
            N_("Browsers and programs on this computer need the link, too."),
            "network",
            N_("Require the link on this computer, too"),
        ),
    ] = False
    port: Annotated[
        int,
        msgspec.Meta(ge=1, le=65535),
        said(N_("The port at which Panecast listens; it is part of the address."), "network", N_("Port")),
    ] = 8080
    names: Annotated[
        tuple[str, ...],
        said(
            N_("Further names of this computer, such as that of a proxy in front of it."),
            "network",
            N_("Other names of this computer"),
        ),
    ] = ()
    certificate: Annotated[
        str,
        said(
            N_("The file with a certificate of your own, in PEM; empty for the one made here."),
            "network",
            N_("Certificate file"),
        ),
    ] = ""
    key: Annotated[str, said(N_("The file with that certificate's key, in PEM."), "network", N_("Key file"))] = ""
    never_shown: Annotated[
        Programs,
        said(
            N_("Further programs that can't be shared; their windows are covered when you share the desktop."),
            "privacy",
            N_("Hidden programs"),
        ),
    ] = ()
    shown_anyway: Annotated[
        Programs,
        said(
            N_("Programs on the built-in list, such as password managers, that may be shown all the same."),
            "privacy",
            N_("Built-in programs that may be shown"),
        ),
    ] = ()
    hide_titles: Annotated[
        bool,
        said(N_("Viewers see the program's name instead of a window's title."), "privacy", N_("Hide window titles")),
    ] = False
    when_locked: Annotated[
        Literal["blank", "blank_and_wait", "nothing"],
        said(
            N_("What viewers see while this computer is locked or asleep."),
            "privacy",
            N_("While locked"),
            words={
                "blank": N_("Nothing, until it is unlocked"),
                "blank_and_wait": N_("Nothing, until I resume"),
                "nothing": N_("Everything, as before"),
            },
        ),
    ] = "blank"
    border: Annotated[
        bool,
        said(N_("A border is drawn around whatever is shared."), "privacy", N_("Border around what is shared")),
    ] = False
    tells_questions: Annotated[
        bool, said(N_("Notify me when someone asks to watch."), "notices", N_("Someone asks to watch"))
    ] = True
    tells_visits: Annotated[bool, said(N_("Notify me when a viewer joins."), "notices", N_("A viewer joins"))] = True
    tells_departures: Annotated[bool, said(N_("Notify me when a viewer leaves."), "notices", N_("A viewer leaves"))] = (
        True
    )
    tells_guessers: Annotated[
        bool,
        said(N_("Notify me when someone keeps trying wrong PINs or links."), "notices", N_("Someone is turned away")),
    ] = True
    remind_after: Annotated[
        int,
        msgspec.Meta(ge=0, le=1440),
        said(
            N_("Time of sharing before you are reminded of it; 0 for never."),
            "notices",
            N_("Remind me that I am sharing"),
            unit=N_("minutes"),
            zero=N_("Never"),
        ),
    ] = 60
    tells_port: Annotated[
        bool,
        said(
            N_("Notify me when sharing cannot start because another program uses the port."),
            "notices",
            N_("The port is taken"),
        ),
    ] = True
    tells_lock: Annotated[
        bool,
        said(
            N_("Notify me when viewers see nothing because this computer is locked."),
            "notices",
            N_("The screen is locked"),
        ),
    ] = True
    hides_notices: Annotated[
        bool,
        said(
            N_("No notice appears while the desktop or a monitor is shared, for viewers would see it."),
            "notices",
            N_("No notices while a screen is shared"),
        ),
    ] = False
    hot_key: Annotated[
        str,
        said(
            N_("The keys that blank or pause everything, in every program; empty for none."),
            "keyboard",
            N_("Hot key"),
        ),
    ] = "Ctrl+Alt+Shift+B"
    hot_key_does: Annotated[
        Literal["blank", "pause"],
        said(
            N_("What these keys do; pressed again, they resume."),
            "keyboard",
            N_("When the hot key is pressed"),
            words={"blank": N_("Blanks everything"), "pause": N_("Pauses pictures")},
        ),
    ] = "blank"
    check_for_updates: Annotated[
        bool,
        said(
            N_("Panecast asks its home page once a day for a newer version; it never downloads one."),
            "advanced",
            N_("Check for updates"),
        ),
    ] = False
    log_level: Annotated[
        Literal["warning", "info", "debug"],
        said(
            N_("How much Panecast writes into its log, which never leaves this computer."),
            "advanced",
            N_("Log"),
            words={"warning": N_("Problems only"), "info": N_("Normal"), "debug": N_("Everything")},
        ),
    ] = "info"
    shared: Annotated[
        tuple[SavedSource, ...],
        msgspec.Meta(max_length=REMEMBERED_LIMIT),
        said(N_("The sources that were shared last; they are selected again after a restart.")),
    ] = ()
    # They lie over whatever looks the same after a restart, before it can be seen.
    masks: Annotated[
        tuple[MaskedSource, ...],
        msgspec.Meta(max_length=REMEMBERED_LIMIT),
        said(N_("The masks that were laid over sources, in parts of their width and height.")),
    ] = ()
    geometry: Annotated[str, said(N_("Size and place of the panel."))] = ""
    splitter: Annotated[
        tuple[Pixels, ...], msgspec.Meta(max_length=8), said(N_("Widths of the list and of the preview."))
    ] = ()
    knows_tray: Annotated[bool, said(N_("You were told that Panecast keeps running when the panel is closed."))] = False
    knows_no_tray: Annotated[bool, said(N_("You were told that this desktop has no tray, and how to get one."))] = False
    knows_bare_screens: Annotated[
        bool, said(N_("You were asked whether to share a screen on which nothing can be covered."))
    ] = False
    address: Annotated[str, said(N_("The address of this computer in that network when it was chosen."))] = ""
    quiet_until: Annotated[
        int, msgspec.Meta(ge=0), said(N_("No notice appears before that time, in seconds since 1970."))
    ] = 0
    knows_first_steps: Annotated[bool, said(N_("You were shown the first steps."))] = False


DECLARED = declarations(Settings)
"""Each setting, by key."""


def cautious(settings: Settings, locked: Mapping[str, Any]) -> Settings:
    """Return the defaults, with what protects and what finds the way here from ``settings``; nothing is shared.

    What an administrator has ``locked`` stays like that.
    """
    kept = ("port", "masks", "never_shown", "hide_titles", "when_locked", "asks_here", "https", "certificate", "key")
    found = {name: getattr(settings, name) for name in (*kept, "language", "geometry", "splitter", "knows_tray")}
    return Settings(**(found | {"hot_key": ""} | dict(locked)))


class SettingsFile:
    """Reads and writes the settings in ``folder``.

    Only what was changed is written over: keys and values that this version does not know stay as they are, and so does
    what somebody else changed in the file meanwhile. Before a file of another form is written to, a copy is kept.

    Attributes:
        path: the file.
        policy: what the administrator has chosen.
        problems: sentences about what could not be read; empty when all is well.
        defaults: what holds where nothing else is chosen.
    knows_first_steps: Annotated[bool, said(N_("You were shown the first steps."))] = False
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
            words = f"The settings could not be read ({error.strerror or error}); the defaults are used"
            problem = f"{words}, and changes are not kept until {self.path} is put right or deleted."
        except (ValueError, RecursionError):  # not TOML, not UTF-8, or nested deeper than can be followed
            problem = self._put_aside("it is damaged")
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
            return self._save(settings)

    def _save(self, settings: Settings) -> str | None:
        if not self._keeps:
            self.current = settings
            return None
        if self._is_lost:
            return f"The settings are not kept, because {self.path} could not be read."
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
                return f"{self.path} cannot be read as it is now, so the settings stay as they were."
            problem = self._set_aside_before_saving(content)
        current = self._taken_up(settings, table, changed)
        try:
            self._write(table, content, current, changed)
        except OSError as error:
            return f"The settings could not be saved ({error.strerror or error})."
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
            self._put(fresh)
        self._table, self._unread = fresh, self._unread - changed

    def _merged(self, key: str, value: Any, raw: Any) -> Any:
        """Return ``value`` as it is written where ``raw`` was: entries keep details that another version gave them."""
        if key not in ("shared", "masks") or not isinstance(raw, list):
            return value
        kind = SavedSource if key == "shared" else MaskedSource
        known, unread = _entries(raw, kind)
        raws = {msgspec.json.encode(msgspec.to_builtins(entry)): as_written for entry, as_written in known}
        return [*(raws.get(msgspec.json.encode(entry), entry) for entry in value), *unread]

    def _put(self, table: dict[str, Any]) -> None:
        # Always the same name: what a killed program left behind goes with the next try.
        fresh = self.path.with_name(f".{NAME}.new")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "wb") as file:
                tomli_w.dump(table, file)
            fresh.replace(self.path)
        except OSError:
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

    def _content(self) -> bytes:
        """Return what is in the file, which may be behind a symbolic link. Raises OSError, `NotAFile` among them."""
        with open_plain(self.path, follow=True) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise NotAFile(f"{NAME} is larger than it can be")
        return content

    def _found(self, table: Mapping[str, Any]) -> tuple[Settings, list[str]]:
        """Return the settings in ``table``, and what is wrong with it, in sentences."""
        present = migrated(table)
        problems = []
        number = _number(table)
        earlier = self._earlier() if number > SCHEMA else {}
        if number > SCHEMA:
            problems.append(f"The settings are of a newer version of Panecast (schema {number}, here {SCHEMA}).")
        found, bad = self._values(present, earlier)
        used = msgspec.structs.replace(self.defaults, **found)
        problems += _bad_words(bad, present, used)
        if not isinstance(table.get(SCHEMA_KEY, 0), int):
            problems.append(f"“{SCHEMA_KEY}” in {NAME} cannot be {shown(table[SCHEMA_KEY])}. It is a whole number.")
        protecting = [name for name in bad if name in PROTECTING]
        if protecting:
            used = msgspec.structs.replace(used, shared=(), mode="here")
            verb = "protects" if len(protecting) == 1 else "protect"
            words = f"Because {listed(protecting)} {verb} what you share, nothing is shared from last time"
            problems.append(f"{words}, and no network is open.")
        if lost := _not_written(table):
            problems.append(f"Too large or too deep to be kept in the file: {listed(sorted(lost))}.")
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
        words = f"{NAME} was changed by another program and cannot be read"
        try:
            aside = keep_copy(self.path, content) if content else put_aside(self.path)
        except OSError as error:
            return f"{words}; it could not be kept ({error.strerror or error})."
        return f"{words}; it is kept as {aside.name}."

    def _put_aside(self, why: str) -> str:
        try:
            aside = put_aside(self.path)
        except OSError:
            self._is_lost = True
            words = f"The settings cannot be used ({why}); the defaults are used"
            return f"{words}, and changes are not kept until {self.path} is put right or deleted."
        return f"The settings could not be used ({why}) and are kept as {aside.name}; the defaults are used."


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
        words = f"The setting “{key}” cannot be {shown(table[key])} in this version, but {DECLARED[key].allowed}"
        yield f"{words}. Until you change it, {shown(getattr(used, key))} is used and the file stays as it is."
    elif bad:
        words = f"The settings {listed(bad)} have values that this version does not know; their defaults are used"
        yield f"{words}, and the file stays as it is until you change them."
