from __future__ import annotations

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from installer import catalogues
from installer.catalogues import count, languages, messages, mo_bytes, placeholders, po_bytes, updated

COMPLETE = ("de",)
"""Languages that are promised whole."""


@pytest.fixture(scope="module")
def said() -> Catalog:
    """All that the source says."""
    return messages()


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place of catalogues."""
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    return tmp_path


@pytest.fixture
def template() -> Catalog:
    """What some source says."""
    found = Catalog()
    found.add("Copy link")
    found.add("{name} is shared")
    found.add(("{count} source", "{count} sources"))
    found.add("live", context="a state")
    return found


def written(template: Catalog, words: dict[str, str | tuple[str, ...]]) -> Catalog:
    """Return a German catalogue with these translations, after it was written."""
    catalogue = updated("de", template)
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key in words:
            message.string = words[key]
    path = catalogues.po_file("de")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(catalogue))
    return catalogues.read("de")


def test_what_is_translated_is_counted(locale: Path, template: Catalog) -> None:
    assert count("de", template).unfinished == 4
    written(template, {"Copy link": "Link kopieren", "{count} source": ("{count} Quelle", "")})
    found = count("de", template)
    assert (found.translated, found.unfinished, found.unused, found.wrong) == (1, 3, 0, ())


def test_what_is_gone_is_unused_until_it_is_dropped(locale: Path, template: Catalog) -> None:
    written(template, {"Copy link": "Link kopieren"})
    smaller = Catalog()
    smaller.add("{name} is shared")
    assert count("de", smaller).unused == 3
    catalogues.po_file("de").write_bytes(po_bytes(updated("de", smaller)))
    assert count("de", smaller).unused == 0


@pytest.mark.parametrize("wrong", ["{nam} ist freigegeben", "{name} {name} ist freigegeben", "frei", "{name ist frei"])
def test_a_wrong_placeholder_is_told_and_english_is_spoken_instead(wrong: str, locale: Path, template: Catalog) -> None:
    catalogue = written(template, {"{name} is shared": wrong, "Copy link": "Link kopieren"})
    assert len(count("de", template).wrong) == 1
    spoken = GNUTranslations(BytesIO(mo_bytes(catalogue)))
    assert spoken.gettext("{name} is shared") == "{name} is shared"
    assert spoken.gettext("Copy link") == "Link kopieren"


def test_one_form_of_a_plural_may_say_the_number_in_words(locale: Path, template: Catalog) -> None:
    catalogue = written(template, {"{count} source": ("eine Quelle", "{count} Quellen")})
    assert count("de", template).wrong == ()
    spoken = GNUTranslations(BytesIO(mo_bytes(catalogue)))
    assert spoken.ngettext("{count} source", "{count} sources", 1) == "eine Quelle"
    assert spoken.pgettext("a state", "live") == "live"


def test_what_is_written_tells_neither_when_nor_by_whom(locale: Path, template: Catalog) -> None:
    catalogue = updated("de", template)
    for content in (po_bytes(catalogue), mo_bytes(catalogue)):
        assert b"Date" not in content
        assert b"Babel" not in content


def test_placeholders_are_counted() -> None:
    assert placeholders("{a} {b:.1f} {a} {{c}}") == {"a": 2, "b": 1}


@pytest.mark.parametrize("tag", languages())
def test_the_catalogues_are_what_the_source_says(tag: str, said: Catalog) -> None:
    catalogue = updated(tag, said)
    advice = "run: python -m installer.catalogues"
    assert catalogues.po_file(tag).read_bytes() == po_bytes(catalogue), advice
    assert catalogues.po_file(tag).with_suffix(".mo").read_bytes() == mo_bytes(catalogue), advice
    assert count(tag, said).wrong == ()


@pytest.mark.parametrize("tag", COMPLETE)
def test_nothing_is_left_untranslated(tag: str, said: Catalog) -> None:
    found = count(tag, said)

    assert (found.unfinished, found.unused) == (0, 0), "see: python -m tests.languages, and docs/translating.md"
