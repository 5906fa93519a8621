"""How complete the languages are: ``python -m tests.languages`` prints a line for each catalogue of each language.

*Outside* is what a person reads and is in no catalogue; it is the same for all languages.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from installer.catalogues import count, languages, messages
from tests import outside

VIEWER = Path(__file__).parents[1] / "resources" / "viewer"
KEY = re.compile(r'^\s*"([\w.]+)":\s*(.*)$', re.MULTILINE)
VALUE = re.compile(r"\{\w+\}")
REASON = "reason."
"""The server says the English words of these."""


@dataclass(frozen=True, slots=True)
class Line:
    """How complete one catalogue is."""

    name: str
    translated: int
    unfinished: int
    unused: int
    outside: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is left to do."""
        return not (self.unfinished or self.unused or self.outside or self.wrong)

    @property
    def words(self) -> str:
        """Return it as it is printed."""
        counts = f"{self.translated} translated, {self.unfinished} unfinished, {self.unused} unused"
        return f"{self.name}: {counts}, {len(self.outside)} outside, {len(self.wrong)} wrong"


def lines() -> tuple[Line, ...]:
    """Return how complete each catalogue of each language is: the program's, and the page's."""
    template, of_program, of_page = messages(), outside.of_the_program(), outside.of_the_page()
    found = []
    for tag in languages():
        program = count(tag, template)
        counts = program.translated, program.unfinished, program.unused
        found += [Line(tag, *counts, of_program, program.wrong), page_line(tag, of_page)]
    return tuple(found)


def page_line(tag: str, of_page: tuple[str, ...]) -> Line:
    """Return how complete the page's words are; ``of_page`` is what is said beside them."""
    english, there = _words("en"), _words(tag)
    done = [key for key in english if there.get(key, "").strip('", ')]
    wrong = [key for key in done if sorted(VALUE.findall(english[key])) != sorted(VALUE.findall(there[key]))]
    unknown = [key for key in there if key not in english and not key.startswith(REASON)]
    unused = [*unknown, *_unused(english)]
    return Line(f"{tag}, page", len(done), len(english) - len(done), len(unused), of_page, tuple(wrong))


def _words(tag: str) -> dict[str, str]:
    """Return the words of the page in a language, by key, as they are written."""
    return dict(KEY.findall((VIEWER / "text" / f"{tag}.js").read_text(encoding="utf-8")))


def _unused(keys: dict[str, str]) -> list[str]:
    """Return the keys that neither a page nor a script asks for, by their name or the beginning of it."""
    paths = [*VIEWER.rglob("*.js"), *VIEWER.rglob("*.html")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths if path.stem not in (*languages(), "en"))
    return [key for key in keys if not any(part in text for part in _asked_for(key))]


def _asked_for(key: str) -> tuple[str, ...]:
    """Return how a key is written where it is asked for: whole, without its plural, or with a part put in."""
    front = key.rpartition(".")[0]
    return (f'"{key}"', f'"{front}"', f"`{front}.${{", f'"{front}."', f"`{front}.`")


def main() -> int:
    """Print the counts, and what is wrong or outside; return 1 where anything but the first is not 0."""
    found = lines()
    for line in found:
        for problem in (*line.wrong, *line.outside):
            print(f"{line.name}: {problem}")
        print(line.words)
    return 0 if all(line.is_complete for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
