"""Every place that names the languages names the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gui.core.settings import DECLARED
from installer import catalogues
from installer.catalogues import po_file
from resources.translate import ENGLISH, NAMES, SYSTEM
from server.protocol.language import language
from tests import languages, outside

PROJECT = Path(__file__).parents[2]


def test_there_is_a_choice_of_each_language() -> None:
    assert DECLARED["language"].choices == (SYSTEM, *NAMES)


def test_pages_without_scripts_speak_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "fr", "Français")  # one that a translator has just told the program of

    assert [language(tag) for tag in NAMES] == list(NAMES)
    assert language("fr-CA;q=0.9, de;q=0.8, en;q=0.9") == "en"
    assert language("de;q=0.5, fr-CA;q=0.9") == "fr"
    assert language("nl, *;q=0.5") == "en"


def test_the_page_speaks_each_language() -> None:
    text = PROJECT / "resources/viewer/text"
    listed = re.search(r"LANGUAGES = \{(.*?)\}", (text / "i18n.js").read_text(encoding="utf-8"), re.DOTALL)

    assert listed is not None
    assert {ENGLISH, *re.findall(r"(\w+): \(\) =>", listed[1])} == NAMES.keys()
    assert [tag for tag in NAMES if not (text / f"{tag}.js").is_file()] == []


def test_each_language_has_a_catalogue_and_qts_own_words() -> None:
    kept = (PROJECT / "installer/freeze/contents.py").read_text(encoding="utf-8")
    others = [tag for tag in NAMES if tag != ENGLISH]

    assert [tag for tag in others if not po_file(tag).with_suffix(".mo").is_file()] == []
    assert [tag for tag in others if f"qtbase_{tag}.qm" not in kept] == []


@pytest.mark.parametrize("tag", catalogues.languages())
def test_the_page_s_words_are_complete_and_all_asked_for(tag: str) -> None:
    found = languages.page_line(tag, ())

    assert found.translated > 200
    assert found.is_complete, found.words


def test_what_is_said_beside_the_page_s_words_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        '<title>Panecast</title><p data-word="a.b">Replaced</p><p>Left <b data-word="c">x</b>out</p><img alt="A dog">'
    )
    (tmp_path / "some.html").write_text(text, encoding="utf-8")
    (tmp_path / "some.js").write_text(
        'part.textContent = "Said";\npart.title = `${name} — Panecast`;', encoding="utf-8"
    )
    monkeypatch.setattr(outside, "VIEWER", tmp_path)

    said = ["some.html:1: Left", "some.html:1: out", "some.html:1: img alt: A dog", "some.js:1: Said"]
    assert list(outside.of_the_page()) == said


def test_a_word_that_no_page_asks_for_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text").mkdir()
    words = '"state.live": "Live",\n"count.one": "1",\n"gone": "Gone",\n"in.use": "{a}",\n'
    for tag in ("en", "de"):
        (tmp_path / "text" / f"{tag}.js").write_text(words.replace("{a}", "{a}" if tag == "en" else "{b}"))
    script = 'word(`state.${state}`); plural("count", 1); word("in.use")'
    (tmp_path / "page.js").write_text(script, encoding="utf-8")
    monkeypatch.setattr(languages, "VIEWER", tmp_path)
    page = languages.page_line("de", ())

    assert (page.translated, page.unfinished, page.unused, page.wrong) == (4, 0, 1, ("in.use",))
