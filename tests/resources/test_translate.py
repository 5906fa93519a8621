from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources import translate
from resources.pseudo import pseudo
from resources.translate import N_, _, nearest, ngettext, use, use_system


@pytest.fixture(autouse=True)
def speaking_english() -> Iterator[None]:
    yield
    use("en")


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["de_AT.UTF-8"], "de"),
        (["DE"], "de"),
        (["eo", "de_DE"], "de"),
        (["C"], "en"),
        (["POSIX", "de"], "de"),
        (["qps-rtl"], "qps-rtl"),
        (["qps_RTL"], "qps-rtl"),
        ([], "en"),
        ([""], "en"),
        (["den"], "en"),
    ],
)
def test_the_nearest_language_is_found(tags: list[str], found: str) -> None:
    assert nearest(tags) == found


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "de_CH"}, "de"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "eo:de"}, "de"),
        ({}, "en"),
    ],
)
def test_the_systems_language_is_spoken(
    environment: dict[str, str], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert use_system() == found
    assert translate.language() == found


def test_words_without_a_translation_are_english() -> None:
    use("de")
    assert _("No such words are in any catalogue.") == "No such words are in any catalogue."
    assert ngettext("{count} flurb", "{count} flurbs", 1) == "{count} flurb"
    assert _("") == ""


def test_the_pseudo_language_keeps_what_programs_read() -> None:
    use("qps")
    assert _("&Share {name} <b>now</b>").format(name="xterm").startswith("⟦&Šhåré xterm <b>ñöŵ</b>".replace("ŵ", "w"))
    assert ngettext("{count} source", "{count} sources", 3).format(count=3).startswith("⟦3 šöûrçéš")
    assert N_("Copy") == "Copy"
    assert pseudo("  ") == "  "
