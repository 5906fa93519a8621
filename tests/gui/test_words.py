"""Words in the source of the panel: all of them are in the catalogue, and none reaches the screen beside it."""

from __future__ import annotations

from tests import outside


def test_nothing_reaches_the_screen_that_is_in_no_catalogue() -> None:
    assert list(outside.shown_beside_it()) == []


def test_no_sentence_is_left_out_of_the_catalogue() -> None:
    assert list(outside.sentences()) == []


def test_no_sentence_is_an_f_string() -> None:
    assert list(outside.put_together()) == []


def test_what_is_translated_is_found_for_the_catalogue() -> None:
    assert list(outside.not_found()) == []


def test_no_page_says_what_is_in_none_of_its_languages() -> None:
    assert outside.of_the_page() == ()
