"""Words in the source that a person reads and that are in no catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from installer.catalogues import FOLDERS, messages

PROJECT = Path(__file__).parents[1]
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


def shown_beside_it() -> Iterator[str]:
    """Yield what the panel's parts are given to show, and no function translates."""
    for path, tree in modules():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and name_of(call) in SHOWN_BY:
                arguments = (*call.args[name_of(call) == "Message" :], *(each.value for each in call.keywords))
                for text in (text for argument in arguments for text in said(argument)):
                    if WORD.search(TAG.sub("", str(text.value))) and text.value not in DATA:
                        yield f"{path}:{text.lineno}: {text.value}"


def sentences() -> Iterator[str]:
    """Yield what looks like a sentence in the panel's source and is not marked for translation."""
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
        for node in nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in passed_over:
                continue
            if path not in NOT_SAID and SENTENCE.match(node.value):
                yield f"{path}:{node.lineno}: {node.value}"


def put_together() -> Iterator[str]:
    """Yield sentences that are f-strings.

    No catalogue knows what comes of one; and a sentence that is put together has no place for another order.
    """
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                if PROSE.match(text) and path not in NOT_FOR_PEOPLE:
                    yield f"{path}:{node.lineno}: {text}"


def not_found() -> Iterator[str]:
    """Yield what is translated and not found for the catalogue: an f-string, or anything but a literal."""
    known = {part for each in messages() for part in (each.id if isinstance(each.id, tuple | list) else (each.id,))}
    for path, tree in sources():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and name_of(call) in TRANSLATES and call.args:
                first = call.args[1 if name_of(call) == "pgettext" and len(call.args) > 1 else 0]
                if isinstance(first, ast.JoinedStr | ast.BinOp):
                    yield f"{path}:{call.lineno}: not a literal"
                elif isinstance(first, ast.Constant) and first.value not in known:
                    yield f"{path}:{call.lineno}: {first.value}"


def of_the_program() -> tuple[str, ...]:
    """Return all that is in no catalogue of panel, command line and server."""
    return (*shown_beside_it(), *sentences(), *put_together(), *not_found())


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield the path of each module whose words are in the catalogue, and what it consists of."""
    for path in sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py")):
        yield path.relative_to(PROJECT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


VIEWER = PROJECT / "resources" / "viewer"
SETS_WORDS = re.compile(r"""\.(?:textContent|innerText|title|ariaLabel|placeholder|alt) = ["'`]([^"'`]*)["'`]""")
VALUE = re.compile(r"\$\{[^}]*\}|Panecast")
SAID_BY = ("title", "aria-label", "placeholder", "alt")
SILENT = {"script", "style", "title"}


class _Page(HTMLParser):
    """Gathers what a page says before any script has run.

    Attributes:
        found: line and words of each, but for what a script replaces.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._say(tag, dict(attrs))
        if tag not in ("meta", "link", "input", "img", "br", "path", "rect", "circle"):
            self._open.append(tag in SILENT or "data-word" in dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._say(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open) and WORD.search(data) and data.strip() not in DATA:
            self.found.append((self.getpos()[0], data.strip()))

    def _say(self, tag: str, has: dict[str, str | None]) -> None:
        for name in SAID_BY:
            replaced = {"title": "data-word-title", "aria-label": "data-word-label"}.get(name, "")
            if WORD.search(has.get(name) or "") and replaced not in has and has[name] not in DATA:
                self.found.append((self.getpos()[0], f"{tag} {name}: {has[name]}"))


def of_the_page() -> tuple[str, ...]:
    """Return what viewers read and is in none of the page's languages."""
    found = []
    for path in sorted(VIEWER.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        found += [f"{path.name}:{line}: {words}" for line, words in page.found]
    for path in sorted(VIEWER.rglob("*.js")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            words = (each for each in SETS_WORDS.findall(line) if WORD.search(VALUE.sub("", each)))
            found += [f"{path.name}:{number}: {each}" for each in words]
    return tuple(found)
