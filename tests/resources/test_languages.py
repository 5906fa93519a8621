"""Every place that names the languages names the same ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from gui.core.settings import DECLARED
from installer.catalogues import po_file
from resources.translate import ENGLISH, NAMES, SYSTEM
from server.protocol.language import Language

PROJECT = Path(__file__).parents[2]


def test_there_is_a_choice_of_each_language() -> None:
    assert DECLARED["language"].choices == (SYSTEM, *NAMES)


def test_pages_without_scripts_speak_each_language() -> None:
    assert get_args(Language) == tuple(NAMES)


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
