"""The files of a tree that is given away, and where the freezer took them from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAGIC = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
"""How programs and libraries of Linux, Windows and macOS begin."""
STANDARD_LIBRARY = "base_library.zip"
EXTENSION = re.compile(r"(?i)^(?!lib).*\.(so|pyd)$|\.(cpython-\d+|abi3)[^/]*\.(so[.\d]*|dll|dylib)$")
"""Modules of a distribution, not libraries of others beside them."""
STUB = b"panecast-stub"
"""Stands in a library of ours that takes the place of one that is left out."""
MODULE_FOLDERS = ("_internal", "Frameworks", "Resources", "site-packages", "dist-packages")


@dataclass(frozen=True)
class File:
    """A program, a library or the archive of the standard library."""

    file: Path
    path: str
    """From the tree on."""
    module_path: str
    """From the folder of modules on."""
    source: str
    """What it was copied from; empty where nobody knows."""
    is_program: bool

    def content(self) -> bytes:
        """Return all of it."""
        return self.file.read_bytes()


@dataclass(frozen=True)
class Origins:
    """What PyInstaller's tables of contents say."""

    sources: dict[str, str]
    """By the path from the folder of modules on."""
    programs: frozenset[str]
    archived: frozenset[str]
    """Sources of modules that lie in the program's archive, not as files."""
    used: frozenset[str]
    """All sources."""


def files_of(tree: Path, origins: Origins) -> list[File]:
    """Return the programs and libraries of ``tree``, each once: links to them are left out."""
    found = []
    for file in sorted(tree.rglob("*")):
        if file.is_symlink() or not file.is_file() or not (file.name == STANDARD_LIBRARY or _is_binary(file)):
            continue
        path = file.relative_to(tree).as_posix()
        module_path = _module_path(path)
        source = origins.sources.get(module_path, "")
        found.append(File(file, path, module_path, source, path in origins.programs))
    return found


def read_origins(tables: tuple[Path, ...]) -> Origins:
    """Read PyInstaller's ``*.toc`` files.

    Raises:
        ValueError: a file is no such table.
    """
    sources: dict[str, str] = {}
    programs, archived, used = set(), set(), set()
    for table in tables:
        try:
            rows = list(_rows(ast.literal_eval(table.read_text(encoding="utf-8"))))
        except (SyntaxError, ValueError) as fault:
            raise ValueError(f"{table} is no table of contents of PyInstaller: {fault}") from fault
        for target, source, kind in rows:
            used.add(source)
            if kind == "EXECUTABLE":
                programs.add(target)
            elif kind == "PYMODULE":
                if table.name.startswith("PYZ"):
                    archived.add(source)
            elif kind in ("BINARY", "EXTENSION", "DATA"):
                sources[target.replace("\\", "/")] = source
    return Origins(sources, frozenset(programs), frozenset(archived), frozenset(used))


def _rows(value: object) -> Iterator[tuple[str, str, str]]:
    match value:
        case (str(target), str(source), str(kind)) if kind.isupper():
            yield target, source, kind
        case list() | tuple():
            for each in value:
                yield from _rows(each)


def _is_binary(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4).startswith(MAGIC)


def _module_path(path: str) -> str:
    parts = path.split("/")
    at = max((at for at, part in enumerate(parts[:-1]) if part in MODULE_FOLDERS), default=-1)
    return "/".join(parts[at + 1 :])
