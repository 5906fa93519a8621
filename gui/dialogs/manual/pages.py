"""The pages of the manual as they are written: Markdown, one file each, in a folder for each language.

``{Copy link}`` is a word of the program, exactly as its source has it, and is shown as the program says it.
``## Heading {#anchor}`` gives a heading a name that is the same in every language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from resources.translate import ENGLISH, NAMES, PSEUDO, _

WORD = re.compile(r"\{([^{}#\n][^{}\n]*)\}")
ANCHOR = re.compile(r"^(#+ .*?) *\{#([\w-]+)\}$", re.MULTILINE)
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
FILE = re.compile(r"\d\d-([\w-]+)\.md")


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        file: its file's name, by which pages link to each other.
        name: the same without number and ending.
        source: as it is written.
    """

    file: str
    name: str
    source: str

    @property
    def title(self) -> str:
        """Return its first heading."""
        return ANCHOR.sub(r"\1", self.source).partition("\n")[0].lstrip("# ")

    @property
    def anchors(self) -> tuple[str, ...]:
        """Return the names of its headings in their order, empty for one without."""
        named = (re.search(r"\{#([\w-]+)\}$", heading) for heading in HEADING.findall(self.source))
        return tuple(found[1] if found else "" for found in named)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of the program that it quotes, as the source has them."""
        return tuple(WORD.findall(self.source))

    @property
    def markdown(self) -> str:
        """Return it as Markdown, with the program's words in the language in use."""
        return WORD.sub(lambda found: f"**{shown(_(found[1]))}**", ANCHOR.sub(r"\1", self.source))


def shown(words: str) -> str:
    """Return words of a button or menu as they are seen: without the mark of the letter to press."""
    return words.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("… \N{NO-BREAK SPACE}")


def folder(language: str) -> Traversable:
    """Return where the manual in that language lies; the English one where there is none."""
    known = language if language in NAMES and language not in PSEUDO else ENGLISH
    found = files("resources") / "manual" / known
    return found if found.is_dir() else files("resources") / "manual" / ENGLISH


@cache
def pages(language: str) -> tuple[Page, ...]:
    """Return all pages in their order; none where the manual did not come along."""
    place = folder(language)
    if not place.is_dir():
        return ()
    found = ((each, FILE.fullmatch(each.name)) for each in sorted(place.iterdir(), key=lambda each: each.name))
    return tuple(
        Page(each.name, match[1], each.read_text(encoding="utf-8")) for each, match in found if match is not None
    )
