"""`notices.toml`: the libraries that are known, by the names of their files."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).parents[1] / "notices.toml"


class Library(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry; `notices.toml` says what its fields mean."""

    name: str
    licence: str
    copyright: tuple[str, ...]
    home: str
    files: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    version: str = ""
    version_name: str = ""
    sbom: str = ""
    text_in: str = ""
    note: str = ""

    def owns(self, path: str) -> bool:
        """Tell whether the file at ``path``, from the folder of modules on, is this library or a part of it."""
        name = path.rpartition("/")[2].lower()
        return any(fnmatchcase(name, pattern) for pattern in self.files) or _fits(path, self.paths)

    def rank(self, name: str) -> int:
        """Return which of the patterns of file names is the first that fits ``name``."""
        fitting = (at for at, pattern in enumerate(self.files) if fnmatchcase(name.lower(), pattern))
        return next(fitting, len(self.files))

    def is_inside(self, path: str) -> bool:
        """Tell whether the library is compiled into the file at ``path``."""
        return _fits(path, self.inside)


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All entries."""

    own: tuple[str, ...]
    library: tuple[Library, ...]
    distribution: dict[str, str]
    """Licence expressions by normalised name."""

    def is_own(self, path: str) -> bool:
        """Tell whether the file at ``path`` is its distribution's own, although it looks like somebody else's."""
        return _fits(path, self.own)

    def owner(self, path: str) -> Library | None:
        """Return the first library that fits."""
        return next((library for library in self.library if library.owns(path)), None)


@cache
def catalogue() -> Catalogue:
    """Return what `FILE` says."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return msgspec.convert(content, Catalogue)


def _fits(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path.lower(), pattern.lower()) for pattern in patterns)
