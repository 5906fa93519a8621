"""Puts the four top-level folders of the tree into one package, ``panecast``, while hatchling builds the wheel.

In the tree, and in editable installs, they stay as they are. What is installed from a wheel shares ``site-packages``
and PYTHONPATH with everything else, where a foreign ``server.py`` would take the place of ours.
"""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "panecast"
FOLDERS = ("gui", "server", "capture", "resources")
TAKE_NAMES = ("files", "getLogger", "import_module", "find_spec", "run_module")
"""Functions whose first argument names a module."""
NAME = re.compile(rf"({'|'.join(FOLDERS)})(\.\w+)*")
LOOKS_OURS = re.compile(rf"({'|'.join(FOLDERS)})[./][\w./]*(:\w+)?")
"""A module or a file of ours, also as the beginning of an f-string or as an entry point."""
ADDED = {
    "__init__.py": '"""Shows any window of this computer in any browser, from a tray app."""\n',
    "__main__.py": (
        '"""``python -m panecast``: the same as the command."""\n\n'
        "import sys\n\n"
        f"from {PACKAGE}.gui.__main__ import main\n\n"
        "sys.exit(main())\n"
    ),
    "py.typed": "",
}


class NotUnderstood(Exception):
    """Source has something that may name a module of ours in a way that is not known here."""


class _Edit(NamedTuple):
    """Bytes ``begin`` to ``end`` of a line are to become ``text``."""

    line: int
    begin: int
    end: int
    text: bytes


def renamed(source: str, path: str) -> str:
    """Return a module's source as it is in the wheel; all but names of modules stays, line for line.

    Raises:
        NotUnderstood: something in it looks like a name of ours; the message says where, and what to do.
    """
    lines = source.encode().splitlines(keepends=True)
    # From the end, so that those that are still to be made stay where they are.
    for edit in sorted(_Reader(lines, path).edits(ast.parse(source)), reverse=True):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.begin] + edit.text + line[edit.end :]
    return b"".join(lines).decode()


class _Reader:
    """Finds what names modules of ours in one module."""

    def __init__(self, lines: list[bytes], path: str) -> None:
        self._lines = lines
        self._path = path
        self._named: set[ast.Constant] = set()
        """Strings of which it is known that they name a module."""

    def edits(self, tree: ast.Module) -> Iterator[_Edit]:
        """Yield what is to be changed, in no order."""
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module=str(module), level=0) if NAME.fullmatch(module):
                    yield self._from(node)
                case ast.Import():
                    yield from self._import(node)
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in TAKE_NAMES:
                    self._note_argument(node)
                case ast.List() | ast.Tuple():
                    self._note_program(node)
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                yield from self._string(node, node.value)

    def _from(self, node: ast.ImportFrom) -> _Edit:
        found = re.compile(rb"from[ \t]+(?=\w)").match(self._lines[node.lineno - 1], node.col_offset)
        if found is None:
            raise self._not_understood(node, "this import", "Write the module's name on the line of its “from”.")
        return _Edit(node.lineno, found.end(), found.end(), f"{PACKAGE}.".encode())

    def _import(self, node: ast.Import) -> Iterator[_Edit]:
        for alias in node.names:
            if NAME.fullmatch(alias.name) is None:
                continue
            if alias.asname is None and "." in alias.name:
                above, _, name = alias.name.rpartition(".")
                raise self._not_understood(node, f"import {alias.name}", f"Write: from {above} import {name}")
            begin = alias.col_offset
            kept = f" as {alias.name}" if alias.asname is None else ""
            text = f"{PACKAGE}.{alias.name}{kept}".encode()
            yield _Edit(alias.lineno, begin, begin + len(alias.name.encode()), text)

    def _note_argument(self, call: ast.Call) -> None:
        match call.args[:1]:
            case [ast.Constant() as named]:
                self._named.add(named)
            case [other] if "__name__" not in (words := ast.unparse(other)) and "__package__" not in words:
                raise self._not_understood(
                    call, ast.unparse(call), "Write the module's name there as a string, or as __name__."
                )

    def _note_program(self, words: ast.List | ast.Tuple) -> None:
        for flag, named in zip(words.elts, words.elts[1:], strict=False):
            if isinstance(flag, ast.Constant) and flag.value == "-m" and isinstance(named, ast.Constant):
                self._named.add(named)

    def _string(self, node: ast.Constant, value: str) -> Iterator[_Edit]:
        if node in self._named and NAME.fullmatch(value):
            written = self._lines[node.lineno - 1]
            quote = re.compile(rb"'|\"").match(written, node.col_offset)
            if quote is None or not written.startswith(value.encode(), quote.end()):
                raise self._not_understood(node, repr(value), "Write it as a plain string in one piece.")
            yield _Edit(node.lineno, quote.end(), quote.end(), f"{PACKAGE}.".encode())
        elif LOOKS_OURS.fullmatch(value):
            raise self._not_understood(
                node,
                repr(value),
                f"It looks like a module or file of ours; hand it to one of {', '.join(TAKE_NAMES)}, or find files by"
                " importlib.resources.",
            )

    def _not_understood(self, node: ast.stmt | ast.expr, what: str, advice: str) -> NotUnderstood:
        return NotUnderstood(
            f"{self._path}:{node.lineno}: the wheel has all in the package {PACKAGE}, and how {what} is to be"
            f" changed for that is not known (installer/wheel_hook.py). {advice}"
        )


class WheelHook(BuildHookInterface[BuilderConfig]):
    """Hatchling's side of it."""

    _made: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have the wheel get renamed modules in place of those in the tree."""
        if version != "standard":
            return
        self._made = tempfile.TemporaryDirectory(prefix="panecast-wheel-")
        folder = Path(self._made.name)
        texts = {f"{PACKAGE}/{name}": text for name, text in ADDED.items()}
        for file in self.build_config.builder.recurse_selected_project_files():
            if file.path.endswith(".py"):
                source = Path(file.path).read_text(encoding="utf-8")
                texts[Path(file.distribution_path).as_posix()] = renamed(source, file.relative_path)
        for at, text in sorted(texts.items()):
            made = folder / at
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(text, encoding="utf-8", newline="\n")
            build_data["force_include"][str(made)] = at
        scripts = self.metadata.core.scripts
        for name, entry in scripts.items():
            scripts[name] = f"{PACKAGE}.{entry}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Throw away what was made on the way."""
        if self._made is not None:
            self._made.cleanup()
