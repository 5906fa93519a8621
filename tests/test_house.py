"""The house keeps to its plan: what import contracts cannot say of folders and modules."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PARTS = ("gui", "server", "capture")
LARGEST_FOLDER = 18
STANDARD_LIBRARY = {
    "capture/platforms/waiting.py",
    "capture/platforms/x11/protocol/refusal.py",
    "gui/current_folder.py",
    "server/folder_lock.py",
    "server/net/connection.py",
    "server/net/listener.py",
    "server/remote/client.py",
    "server/remote/listener.py",
    "server/remote/place.py",
}
"""They ask which functions Python has on this system, as type checkers understand it."""


@pytest.fixture(scope="module", autouse=True)
def forgotten_modules() -> Iterator[None]:
    """Let go of what was read, which is large."""
    yield
    parsed.cache_clear()


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Return what a module consists of; it is read once for all that is asked of it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(*parts: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the path of each module of ours, and what it consists of."""
    for part in parts or PARTS:
        for path in sorted((PROJECT / part).rglob("*.py")):
            yield path.relative_to(PROJECT).as_posix(), parsed(path)


def test_each_folder_says_what_it_is_for_and_what_it_does_not_know() -> None:
    faces = {path: ast.get_docstring(tree) or "" for path, tree in modules() if path.endswith("/__init__.py")}

    inner = [words for path, words in faces.items() if path.count("/") > 1]

    assert len(inner) >= 20
    assert [words for words in inner if "Knows " not in words] == []


def test_no_folder_holds_more_than_one_can_take_in() -> None:
    sizes = Counter(path.rpartition("/")[0] for path, _ in modules() if not path.endswith("__init__.py"))

    assert {folder: size for folder, size in sizes.items() if size > LARGEST_FOLDER} == {}


def test_the_core_of_the_panel_knows_no_widgets() -> None:
    imports = {
        (path, node.module)
        for path, tree in modules("gui/core")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }

    assert [path for path, module in imports if module in ("PySide6.QtWidgets", "PySide6.QtGui")] == []


def test_nothing_is_imported_by_a_name_in_a_string() -> None:
    """Whatever puts the program into one folder looks for what it imports, and finds only what is written as that."""
    by_name = [
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("import_module", "__import__")
    ]

    assert by_name == []


def test_one_module_alone_asks_what_system_this_is() -> None:
    asking = set()
    for path, tree in modules():
        for node in ast.walk(tree):
            is_platform = isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.platform", "os.name")
            is_display = isinstance(node, ast.Constant) and node.value in ("DISPLAY", "WAYLAND_DISPLAY")
            if is_platform or is_display:
                asking.add(path)

    assert asking == STANDARD_LIBRARY | {"capture/platforms/system.py"}


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md"])
def test_what_is_named_for_a_newcomer_is_there(page: str) -> None:
    text = (PROJECT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:gui|server|capture|resources|tests|docs|installer)/[\w./-]*\w(?:\.\w+)?/?", text))

    assert len(named) > 5
    assert [path for path in named if not (PROJECT / path).exists()] == []


def test_attributes_that_are_described_are_there() -> None:
    gone = []
    for path, tree in modules():
        for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            words = re.search(r"(?:Attributes|Signals):\n((?: {4}.*\n?|\n)+)", ast.get_docstring(cls) or "")
            named = re.findall(r"^ {4}([a-z_]+(?:, [a-z_]+)*): ", words[1] if words else "", re.MULTILINE)
            there = set(re.findall(r"\bself\.(\w+)", ast.unparse(cls)))
            for each in cls.body:
                match each:
                    case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name):
                        there.add(name)
                    case ast.Assign(targets=targets):
                        there |= {name.id for name in targets if isinstance(name, ast.Name)}
            gone += [f"{path}: {cls.name}.{name}" for each in named for name in each.split(", ") if name not in there]

    assert gone == []


def test_where_words_are_translated_nothing_else_is_called_by_that_name() -> None:
    """`_` as a name for what nobody needs would take the place of the function."""
    taken = []
    for path, tree in modules():
        nodes = tuple(ast.walk(tree))
        if any(isinstance(node, ast.alias) and "_" in (node.name, node.asname) for node in nodes):
            taken += [
                f"{path}:{node.lineno}"
                for node in nodes
                if (isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store))
                or (isinstance(node, ast.arg) and node.arg == "_")
                or (isinstance(node, ast.MatchAs) and node.name == "_")
            ]

    assert taken == []


def test_no_words_to_be_translated_stand_in_an_f_string() -> None:
    """There `installer.catalogues` does not find them."""
    hidden = [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        for whole in ast.walk(tree)
        if isinstance(whole, ast.JoinedStr)
        for node in ast.walk(whole)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "N_", "ngettext", "pgettext")
        and isinstance(node.args[0], ast.Constant)
    ]

    assert hidden == []
