"""Brings the catalogues of translations up to date with the source: ``python -m installer.catalogues``.

Words that were added are marked as untranslated, words that are gone are dropped, words that were changed are looked up
by likeness and marked as fuzzy. What the program reads (.mo) is made of what people write (.po), byte for byte the
same on every machine; ``--check`` tells by its exit status whether anything would be changed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from resources.translate import DOMAIN, ENGLISH, NAMES

TOP = Path(__file__).resolve().parent.parent
LOCALE = TOP / "resources" / "locale"
FOLDERS = ("gui", "server", "capture", "resources")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "counted_reason": (2, 3)}


class _Catalogue(Catalog):
    """Its header says nothing of when and by which program it was written: it changes with its words alone."""

    @property  # type: ignore[misc] # Babel's can be set as well
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "Panecast"),
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


@dataclass(frozen=True, slots=True)
class Count:
    """How complete a catalogue is.

    Attributes:
        translated: messages with words in that language.
        unfinished: messages without, or with words that somebody has to look at (fuzzy).
        unused: translations of what is not in the source any more.
        wrong: messages and why their translation cannot be used: placeholders that differ.
    """

    translated: int
    unfinished: int
    unused: int
    wrong: tuple[str, ...]


def languages() -> tuple[str, ...]:
    """Return the tags of the languages that have a catalogue, in their order."""
    return tuple(tag for tag in NAMES if tag != ENGLISH)


def po_file(tag: str) -> Path:
    """Return the file that translators write."""
    return LOCALE / tag / "LC_MESSAGES" / f"{DOMAIN}.po"


def messages() -> Catalog:
    """Return all that the source says to people, in the order of its files."""
    found = Catalog(project="Panecast", domain=DOMAIN, fuzzy=False)
    for folder in FOLDERS:
        for path in sorted((TOP / folder).rglob("*.py")):
            for _line, message, comments, context in extract_from_file(
                "python", path, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
            ):
                # No line numbers: every change of the source would change the catalogues.
                name = path.relative_to(TOP).as_posix()
                found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def read(tag: str) -> Catalog:
    """Return the catalogue as it is written; an empty one where there is none yet."""
    try:
        with po_file(tag).open("rb") as file:
            return read_po(file, locale=tag, domain=DOMAIN)
    except FileNotFoundError:
        return Catalog(locale=tag, project="Panecast", domain=DOMAIN, fuzzy=False)


def updated(tag: str, template: Catalog) -> Catalog:
    """Return the catalogue with the messages of ``template`` and no others."""
    catalogue = read(tag)
    catalogue.update(template, update_creation_date=False)
    fixed = _Catalogue(locale=tag, header_comment=f"# {NAMES[tag]}. How to translate: docs/translating.md", fuzzy=False)
    for message in catalogue:
        if message.id:
            fixed[message.id] = message
    return fixed


def count(tag: str, template: Catalog) -> Count:
    """Return how complete the catalogue as it is written is."""
    catalogue = read(tag)
    wanted = {(message.id, message.context) for message in template if message.id}
    there = {(message.id, message.context): message for message in catalogue if message.id}
    done = [key for key in wanted if key in there and not there[key].fuzzy and all(_forms(there[key].string))]
    return Count(
        translated=len(done),
        unfinished=len(wanted) - len(done),
        unused=len(there.keys() - wanted) + len(catalogue.obsolete),
        wrong=tuple(problem for key in sorted(done, key=str) for problem in _problems(there[key])),
    )


def placeholders(text: str) -> Counter[str]:
    """Return what ``str.format`` would put values in for, and how often. Raises ValueError where it is malformed."""
    return Counter(name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def _forms(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words or "",) if isinstance(words, str | None) else tuple(words)


def _problems(message: Message) -> Iterator[str]:
    if not message.python_brace_format:
        return
    wanted = placeholders(_forms(message.id)[-1])
    for form in _forms(message.string):
        try:
            found = placeholders(form)
        except ValueError as error:
            yield f"{form!r}: {error}"
            continue
        # One form of a plural may leave the number out: “one window”.
        missing = wanted - found if len(_forms(message.string)) == 1 else Counter()
        if missing or found - wanted:
            yield f"{form!r} has not the placeholders of {_forms(message.id)[-1]!r}"


def po_bytes(catalogue: Catalog) -> bytes:
    """Return the catalogue as translators write it."""
    written = BytesIO()
    write_po(written, catalogue, width=110, omit_header=False, include_lineno=False, ignore_obsolete=True)
    return written.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return the catalogue as gettext reads it, without what could not be used: that is said in English."""
    usable = _Catalogue(locale=catalogue.locale, fuzzy=False)
    for message in catalogue:
        if message.id and not any(_problems(message)):
            usable[message.id] = message
    written = BytesIO()
    write_mo(written, usable)
    return written.getvalue()


def main() -> int:
    """Bring all catalogues up to date, or check whether they are; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing, say which files are out of date")
    check = parser.parse_args().check
    template, stale = messages(), []
    for tag in languages():
        catalogue = updated(tag, template)
        po = po_file(tag)
        for path, content in ((po, po_bytes(catalogue)), (po.with_suffix(".mo"), mo_bytes(catalogue))):
            if path.exists() and path.read_bytes() == content:
                continue
            stale.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    for path in stale:
        print(f"{'out of date' if check else 'written'}: {path.relative_to(TOP)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
