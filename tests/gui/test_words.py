"""Words in the source of the panel: all of them are in the catalogue, and none reaches the screen beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from installer.catalogues import FOLDERS, messages

PROJECT = Path(__file__).parents[2]
TRANSLATES = {"_", "N_", "ngettext", "pgettext"}
SHOWN_BY = {
    *("QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QAction", "QMenu", "QGroupBox"),
    *("QListWidgetItem", "Message"),
    *("setText", "setToolTip", "setStatusTip", "setWhatsThis", "setWindowTitle", "setTitle", "setIconText"),
    *("setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "setInformativeText", "setDetailedText"),
    *("setItemText", "setHorizontalHeaderLabels", "setSuffix", "setPrefix", "setSpecialValueText"),
    *("addAction", "addMenu", "addItem", "addItems", "addRow", "addButton", "addTab", "showMessage"),
}
"""What puts its words onto the screen, or has them read out."""
DATA = {"Panecast", "screen.example.org", "error", "notice"}
"""Names, which are the same in all languages, and tones of messages."""
NOT_SAID = {
    "gui/__main__.py",
    "gui/current_folder.py",
    "gui/widgets/style.py",
    "gui/desktop/autostart/desktop_entry.py",
    "gui/desktop/autostart/xdg.py",
}
"""Modules with other things that look like sentences: style sheets, desktop entries."""
NOT_FOR_PEOPLE = {
    "capture/video/encoder.py",
    "gui/core/updates/release.py",
    "server/access/audit_log.py",
    "server/stream/update_consumer.py",
}
"""Modules that tell programmers, or write what searches and scripts read and is English for that."""
PROSE = re.compile(r"^[\w“{][^<>\n/=]*?[a-z]{2,} [a-z]{2,} [a-z]{2,}[^<>\n/=]*$")
"""Three words in a row, and nothing of a language that programs speak."""
WORD = re.compile(r"[^\W\d_]{2,}")
TAG = re.compile(r"<[^>]*>?|^[^<]*>")
SENTENCE = re.compile(r"^[A-Z“][^\n]*[a-z”)]( [^\n]*)?[a-z0-9”)][.?!…:]$")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the path of each module of the panel, and what it consists of."""
    for path in sorted((PROJECT / "gui").rglob("*.py")):
        yield path.relative_to(PROJECT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    """Return what a function is called, without what it belongs to."""
    return ast.unparse(call.func).rpartition(".")[2]


def said(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the texts within ``node`` that no function has in its hands but those of texts themselves."""
    match node:
        case ast.Call() if isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "format", "strip"):
            yield from said(node.func.value)
        case ast.Call() | ast.Subscript() | ast.Compare():
            return
        case ast.Constant(value=str()):
            yield node
        case _:
            for part in ast.iter_child_nodes(node):
                yield from said(part)


def test_nothing_reaches_the_screen_that_is_in_no_catalogue() -> None:
    found = [
        f"{path}:{text.lineno}: {text.value}"
        for path, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(call) in SHOWN_BY
        for argument in (*call.args[name_of(call) == "Message" :], *(each.value for each in call.keywords))
        for text in said(argument)
        if WORD.search(TAG.sub("", str(text.value))) and text.value not in DATA
    ]

    assert found == []


def test_no_sentence_is_left_out_of_the_catalogue() -> None:
    found = []
    for path, tree in modules():
        nodes = tuple(ast.walk(tree))
        passed_over = {
            id(part)
            for node in nodes
            if isinstance(node, ast.Expr) or (isinstance(node, ast.Call) and name_of(node) in (*TRANSLATES, "said"))
            for part in (ast.walk(node) if not isinstance(node, ast.Expr) else (node.value,))
        }
        passed_over |= {
            id(part)
            for node in nodes
            if isinstance(node, ast.Call) and name_of(node) in ("info", "warning", "debug", "error", "RuntimeError")
            for part in ast.walk(node)
        }
        found += [
            f"{path}:{node.lineno}: {node.value}"
            for node in nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in passed_over
            and path not in NOT_SAID
            and SENTENCE.match(node.value)
        ]

    assert found == []


def test_no_sentence_is_an_f_string() -> None:
    """No catalogue knows what comes of it; and a sentence that is put together has no place for another order."""
    found = []
    for path in sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                where = path.relative_to(PROJECT).as_posix()
                if PROSE.match(text) and where not in NOT_FOR_PEOPLE:
                    found.append(f"{where}:{node.lineno}: {text}")

    assert found == []


def test_what_is_translated_is_found_for_the_catalogue() -> None:
    """Within an f-string, or with anything but a literal, it would not be."""
    known = {part for each in messages() for part in (each.id if isinstance(each.id, tuple | list) else (each.id,))}
    lost = []
    for path in sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and name_of(call) in TRANSLATES and call.args:
                first = call.args[1 if name_of(call) == "pgettext" and len(call.args) > 1 else 0]
                if isinstance(first, ast.JoinedStr | ast.BinOp):
                    lost.append(f"{path.name}:{call.lineno}: not a literal")
                elif isinstance(first, ast.Constant) and first.value not in known:
                    lost.append(f"{path.name}:{call.lineno}: {first.value}")

    assert lost == []
