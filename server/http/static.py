"""The viewer page's files, read once and served by exact name: no path from outside opens a file."""

from __future__ import annotations

import functools
import gzip
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from server.http.joining import joined

MAIN = re.compile(rb'<script type="module" src="(?:\.\./)?viewer/([\w./]+)">')
TYPES = MappingProxyType({".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css", ".html": "text/html"})


@dataclass(frozen=True, slots=True)
class PageFile:
    """One shipped file: its bytes, the same compressed (gzip), and its media type."""

    body: bytes
    packed: bytes
    content_type: str


@functools.cache
def load_pages() -> Mapping[str, PageFile]:
    """Return every file of the viewer page by its path. They are read by the first call, for as long as we run."""
    written = {name: entry.read_bytes() for name, entry in _files(files("resources").joinpath("viewer"))}
    scripts = {name: without_comments(body.decode()) for name, body in written.items() if name.endswith(".js")}
    pages = {name: re.sub(rb"\n\s+", b"\n", body) for name, body in written.items() if name.endswith(".html")}
    mains = {found[1].decode() for body in pages.values() for found in MAIN.finditer(body)}
    bodies = {name: without_gaps(flush_left(text)).encode() for name, text in joined(scripts, mains).items()} | pages
    for name, body in written.items():
        if name not in scripts:
            bodies.setdefault(name, without_space(body.decode()).encode() if name.endswith(".css") else body)
    return MappingProxyType({name: _page_file(name, body) for name, body in bodies.items()})


def _page_file(name: str, body: bytes) -> PageFile:
    suffix = "." + name.rpartition(".")[2]
    kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    # Once, at start-up: over a slow connection the page comes in a third of the time.
    return PageFile(body, gzip.compress(body, 9, mtime=0), kind)


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    """Yield the files in ``folder`` and below it, each with its path from there."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{above}{entry.name}/")
        else:
            yield f"{above}{entry.name}", entry


def without_space(sheet: str) -> str:
    """Return a style sheet of ours without comments, and without space that means nothing."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r":\s+", ":", bare)).replace(";}", "}").strip() + "\n"


def without_comments(source: str) -> str:
    """Return a module of ours without comments and empty lines: half of it is for those who read the source.

    Comments that end a line of code stay; so do lines as such.
    """
    kept, is_comment = [], False
    for line in source.splitlines():
        text = line.strip()
        if is_comment or text.startswith("/**"):
            # A comment before code on the same line stays.
            is_comment = "*/" not in text
            if is_comment or text.endswith("*/"):
                continue
        # Types of expressions stand within a line.
        bare = re.sub(r"/\*\* @.*?\*/ ?", "", line.rstrip())
        if bare.strip() and not text.startswith("//"):
            kept.append(bare)
    return "\n".join(kept) + "\n"


def flush_left(source: str) -> str:
    """Return a module of ours without indentation."""
    return re.sub(r"^[ \t]+", "", source, flags=re.MULTILINE)


def without_gaps(source: str) -> str:
    """Return a module of ours without space around signs and line breaks after them, where that is plainly code.

    Lines with a template, a division, an expression to match, a single quote or a backslash stay as they are, and what
    stands between double quotes does.
    """
    pieces, is_template = [], False
    for line in source.split("\n"):
        text, ticks = line, line.count("`")
        parts = re.split(r'("[^"]*")', line)
        is_plain = not (is_template or ticks or "\\" in line or re.search("['/]", "".join(parts[::2])))
        if is_plain:
            parts[::2] = (re.sub(r" ?([={}(),;:?&|<>*]+) ?", r"\1", part) for part in parts[::2])
            text = "".join(parts)
        is_template ^= ticks % 2 == 1
        # Every statement of ours ends in a semicolon, so that what ends in a brace alone is a block.
        joins = is_plain and (text.endswith((";", "{", "(", ",")) or text == "}")
        pieces.append(text if joins else f"{text}\n")
    return "".join(pieces).removesuffix("\n")
