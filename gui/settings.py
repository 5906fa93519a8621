"""What the person prefers, kept in one TOML file that survives crashes, other versions and typing mistakes."""

from __future__ import annotations

import contextlib
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import platformdirs
import tomli_w

from capture.masks import Mask

NAME = "settings.toml"
REMEMBERED_LIMIT = 64
"""How many shared sources are remembered; the oldest are forgotten."""


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """A source that was shared, described so that it can be found again after a restart."""

    kind: Literal["desktop", "monitor", "window", "demo"]
    id: str = ""
    app: str = ""
    title: str = ""


class MaskedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source and the masks that lie over it."""

    source: Remembered
    masks: tuple[Mask, ...]


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
        tells_visits: the tray says when somebody begins or ends to watch.
        https: what is sent is encrypted.
        certificate, key: files for that, of the person's own; empty for those made here.
    """

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8080
    fps: Annotated[int, msgspec.Meta(ge=1, le=60)] = 30
    quality: Annotated[int, msgspec.Meta(ge=10, le=100)] = 80
    format: Literal["auto", "jpeg", "png", "webp", "h264"] = "auto"
    pointer: bool = True
    shared: tuple[Remembered, ...] = ()
    masks: tuple[MaskedSource, ...] = ()
    geometry: str = ""
    splitter: tuple[int, ...] = ()
    knows_tray: bool = False
    never_shown: tuple[str, ...] = ()
    shown_anyway: tuple[str, ...] = ()
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
    tells_visits: bool = True
    https: bool = False
    certificate: str = ""
    key: str = ""


class SettingsFile:
    """Reads and writes the settings in ``folder``; keys it does not know are kept as they are.

    Attributes:
        path: the file.
        problems: sentences about what could not be read; empty when all is well.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or platformdirs.user_config_path("panecast", appauthor=False)) / NAME
        self.problems: tuple[str, ...] = ()
        self._unknown: dict[str, Any] = {}

    def load(self) -> Settings:
        """Return what the file says, with defaults for what it does not say or says wrongly."""
        self.problems, self._unknown = (), {}
        try:
            table = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            self.problems = (f"The settings could not be read ({error.strerror or error}); the defaults are used.",)
            return Settings()
        except ValueError:  # not TOML, or not UTF-8
            self.problems = (self._put_aside(),)
            return Settings()
        known = {field.name: field.type for field in msgspec.structs.fields(Settings)}
        self._unknown = {name: value for name, value in table.items() if name not in known}
        found: dict[str, Any] = {}
        problems = []
        for name, kind in known.items():
            if name in table:
                try:
                    found[name] = msgspec.convert(table[name], kind)
                except msgspec.ValidationError as error:
                    default = getattr(Settings(), name)
                    shown = "the default" if isinstance(default, tuple) else repr(default)
                    problems.append(f"The setting “{name}” is not valid ({error}); {shown} is used.")
        self.problems = tuple(problems)
        return Settings(**found)

    def save(self, settings: Settings) -> str | None:
        """Write ``settings`` so that a crash leaves the old file or the new one; return what went wrong, if anything.

        May run in any thread, one call at a time.
        """
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

    def _put_aside(self) -> str:
        aside = self.path.with_suffix(".toml.bak")
        try:
            self.path.replace(aside)
        except OSError:
            return "The settings file is damaged; the defaults are used."
        return f"The settings file was damaged and is kept as {aside.name}; the defaults are used."
