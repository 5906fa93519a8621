"""What the person prefers, kept in one TOML file that survives crashes, other versions and typing mistakes."""

from __future__ import annotations

import contextlib
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli_w

from capture.privacy.masks import Mask
from server.folder_lock import settings_folder
from server.private_files import NotAFile, keep_copy, open_plain, put_aside

NAME = "settings.toml"
MOST_BYTES = 512 * 1024
"""More than 64 sources with many masks each need."""
MOST_DOTS = 50
"""Parts of a key; tomllib's time grows with their square, so that a line of dots would hold the start for ever."""
REMEMBERED_LIMIT = 64
"""How many shared sources are remembered; the oldest are forgotten."""
MASK_LIMIT = 256
PROGRAM_LIMIT = 1024
Pixels = Annotated[int, msgspec.Meta(ge=0, le=0x7FFF)]
Programs = Annotated[tuple[str, ...], msgspec.Meta(max_length=PROGRAM_LIMIT)]
PROTECTING = ("masks", "never_shown", "shown_anyway", "hide_titles", "when_locked", "asks_here", "https")
"""What keeps something from being seen: where one of these cannot be read, nothing is shown as it was last."""


class SavedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that was shared, described so that it can be found again after a restart.

    A window goes by ``app`` and ``title``, a monitor by its ``output``, all else by its ``id``.
    """

    kind: Literal["desktop", "monitor", "window", "demo"]
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

    Attributes:
        port: where the server listens.
        fps, quality, format, pointer: what new viewers begin with.
        shared: what was shared last.
        masks: what has masks; they lie over whatever looks the same after a restart, before it can be seen.
        geometry: size and place of the panel, as Qt writes it, in base64.
        splitter: widths of the list and of the preview.
        knows_tray: the person was told that closing the panel leaves the app in the tray.
        knows_no_tray: the person was told that this desktop has none, and what would bring one.
        never_shown: programs whose windows are in no picture, beside those on the starting list.
        shown_anyway: programs on the starting list that are shown all the same.
        hide_titles: viewers get the program's name in place of a window's title.
        when_locked: what viewers get while this computer is locked.
        remind_after: minutes of sharing after which the person is reminded of it, 0 for never.
        hot_key: what blanks or pauses everything from anywhere, such as ``Ctrl+Alt+Shift+B``; empty for none.
        hot_key_does: what that is.
        border: a border lies around what is shared.
        mode: who can reach this computer: itself only, or a network.
        interface, address: which network, by the name of its interface, and the address here when it was chosen.
        asks_here: browsers and programs on this computer need a link as well.
        names: what this computer is called beside what it knows itself, such as the name of a proxy in front of it.
        tells_visits, tells_questions, tells_guessers: tray or desktop say when somebody begins or ends to watch, asks
            to, or has to wait for wrong guesses.
        https: what is sent is encrypted.
        certificate, key: files for that, of the person's own; empty for those made here.
    """

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8080
    fps: Annotated[int, msgspec.Meta(ge=1, le=60)] = 30
    quality: Annotated[int, msgspec.Meta(ge=10, le=100)] = 80
    format: Literal["auto", "jpeg", "png", "webp", "h264"] = "auto"
    pointer: bool = True
    shared: Annotated[tuple[SavedSource, ...], msgspec.Meta(max_length=REMEMBERED_LIMIT)] = ()
    masks: Annotated[tuple[MaskedSource, ...], msgspec.Meta(max_length=REMEMBERED_LIMIT)] = ()
    geometry: str = ""
    splitter: Annotated[tuple[Pixels, ...], msgspec.Meta(max_length=8)] = ()
    knows_tray: bool = False
    knows_no_tray: bool = False
    never_shown: Programs = ()
    shown_anyway: Programs = ()
    hide_titles: bool = False
    when_locked: Literal["blank", "blank_and_wait", "nothing"] = "blank"
    remind_after: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 60
    hot_key: str = "Ctrl+Alt+Shift+B"
    hot_key_does: Literal["blank", "pause"] = "blank"
    border: bool = False
    mode: Literal["here", "network"] = "here"
    interface: str = ""
    address: str = ""
    asks_here: bool = False
    names: tuple[str, ...] = ()
    tells_visits: bool = True
    tells_questions: bool = True
    tells_guessers: bool = True
    https: bool = False
    certificate: str = ""
    key: str = ""


def cautious(settings: Settings) -> Settings:
    """Return the defaults, with what protects and what finds the way here from ``settings``; nothing is shared."""
    kept = ("port", "masks", "never_shown", "hide_titles", "when_locked", "asks_here", "https", "certificate", "key")
    return Settings(
        **{name: getattr(settings, name) for name in (*kept, "geometry", "splitter", "knows_tray")}, hot_key=""
    )


class SettingsFile:
    """Reads and writes the settings in ``folder``; keys it does not know are kept as they are.

    A file in which something is wrong is kept beside, before it is written anew.

    Attributes:
        path: the file.
        problems: sentences about what could not be read; empty when all is well.
    """

    def __init__(self, folder: Path | None = None, *, keeps: bool = True) -> None:
        """Without ``keeps``, `save` writes nothing."""
        self._keeps = keeps
        self.path = settings_folder(folder) / NAME
        self.problems: tuple[str, ...] = ()
        self._unknown: dict[str, Any] = {}
        self._is_lost = False

    def load(self) -> Settings:
        """Return what the file says, with defaults for what it does not say or says wrongly."""
        self.problems, self._unknown, self._is_lost = (), {}, False
        try:
            content = self._content()
            table = _parsed(content)
        except FileNotFoundError:
            return Settings()
        except NotAFile as error:
            self.problems = (self._put_aside(str(error)),)
            return Settings()
        except OSError as error:
            # What it holds must not be written over; it may be there again at the next start.
            self._is_lost = True
            words = f"The settings could not be read ({error.strerror or error}); the defaults are used"
            self.problems = (f"{words}, and changes are not kept until {self.path} is put right or deleted.",)
            return Settings()
        except (ValueError, RecursionError):  # not TOML, not UTF-8, or nested deeper than can be followed
            self.problems = (self._put_aside("it is damaged"),)
            return Settings()
        found, problems = self._found(table)
        if problems:
            problems.append(self._keep_copy(content))
        self.problems = tuple(problems)
        return found

    def save(self, settings: Settings) -> str | None:
        """Write ``settings`` so that a crash leaves the old file or the new one; return what went wrong, if anything.

        May run in any thread, one call at a time.
        """
        if not self._keeps:
            return None
        if self._is_lost:
            return f"The settings are not kept, because {self.path} could not be read."
        table = self._unknown | msgspec.to_builtins(settings)
        # Always the same name: what a killed program left behind goes with the next try.
        fresh = self.path.with_name(f".{NAME}.new")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "wb") as file:
                tomli_w.dump(table, file)
            fresh.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            return f"The settings could not be saved ({error.strerror or error})."
        return None

    def peek(self) -> dict[str, Any]:
        """Return what the file says, unchecked, and leave it as it is.

        Raises:
            FileNotFoundError: there is none.
            OSError, ValueError, RecursionError: it cannot be read.
        """
        return _parsed(self._content())

    def _content(self) -> bytes:
        """Return what is in the file, which may be behind a symbolic link. Raises OSError, `NotAFile` among them."""
        with open_plain(self.path, follow=True) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise NotAFile(f"{NAME} is larger than it can be")
        return content

    def _found(self, table: dict[str, Any]) -> tuple[Settings, list[str]]:
        """Return the settings in ``table``, and what is wrong with it, in sentences."""
        known = {field.name: field.type for field in msgspec.structs.fields(Settings)}
        found: dict[str, Any] = {}
        bad: dict[str, str] = {}
        problems = []
        for name, kind in known.items():
            if name not in table:
                continue
            try:
                found[name] = msgspec.convert(table[name], kind)
            except (ValueError, OverflowError, RecursionError) as error:
                bad[name] = str(error)
        if len(bad) == 1:
            ((name, reason),) = bad.items()
            default = getattr(Settings(), name)
            shown = "the default" if isinstance(default, tuple) else repr(default)
            problems.append(f"The setting “{name}” is not valid ({reason}); {shown} is used.")
        elif bad:
            problems.append(f"The settings {_listed(bad)} are not valid; their defaults are used.")
        protecting = [name for name in bad if name in PROTECTING]
        if protecting:
            found |= {"shared": (), "mode": "here"}
            verb = "protects" if len(protecting) == 1 else "protect"
            words = f"Because {_listed(protecting)} {verb} what you share, nothing is shared from last time"
            problems.append(f"{words}, and no network is open.")
        self._unknown = {name: value for name, value in table.items() if name not in known}
        try:
            tomli_w.dumps(self._unknown)
        except (ValueError, TypeError, RecursionError):
            self._unknown = {}
            problems.append("Settings of another version could not be kept.")
        return Settings(**found), problems

    def _keep_copy(self, content: bytes) -> str:
        try:
            return f"The file as it was is kept as {keep_copy(self.path, content).name}."
        except OSError as error:
            return f"The file as it was could not be kept ({error.strerror or error})."

    def _put_aside(self, why: str) -> str:
        try:
            aside = put_aside(self.path)
        except OSError:
            self._is_lost = True
            words = f"The settings cannot be used ({why}); the defaults are used"
            return f"{words}, and changes are not kept until {self.path} is put right or deleted."
        return f"The settings could not be used ({why}) and are kept as {aside.name}; the defaults are used."


def _parsed(content: bytes) -> dict[str, Any]:
    """Return what TOML says. Raises ValueError or RecursionError where it is none."""
    text = content.decode()
    if any(line.partition("=")[0].count(".") > MOST_DOTS for line in text.splitlines()):
        raise ValueError("no key has so many parts")
    return tomllib.loads(text)


def _listed(names: Iterable[str]) -> str:
    """Return names of settings as people list them."""
    *front, last = (f"“{name}”" for name in names)
    return f"{', '.join(front)} and {last}" if front else last
