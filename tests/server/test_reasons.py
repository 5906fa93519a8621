"""The tables of reasons: one code each, words for those whom it concerns, and English that is what it always was."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from capture import reasons as capture_reasons
from capture.reason import NOTHING, Reason
from installer.catalogues import placeholders
from server import reasons
from server.http.static import load_pages

TABLES = (capture_reasons, reasons)


SAID_OTHERWISE = {
    # By the close's reason, which the page asks first.
    "sharing_restarting", "sharing_moved", "sharing_encrypted", "cut_off_by_host",
    # By the error's own code, which stands for no other sentence.
    "no_video", "rendition_limit", "snapshot_limit",
    # By the cause.
    "connection_slower", "connection_full", "viewer_behind", "viewer_in_time",
    # Not to the page.
    "no_such_page", "viewer_gone", "websocket_only", "websocket_protocol", "http_error",
}  # fmt: skip
"""Reasons that the page says in words that are not theirs."""


def table(module: ModuleType) -> dict[str, Reason]:
    """Return the reasons that a module holds, by the names of its constants, in their order."""
    return {name: value for name, value in vars(module).items() if isinstance(value, Reason)}


KNOWN = {reason.code: reason for module in TABLES for reason in table(module).values()}
GERMAN = dict(re.findall(r'"reason\.(\w+)":\s*"([^"]*)"', load_pages()["text/de.js"].body.decode()))


@pytest.mark.parametrize("module", TABLES)
def test_a_constant_is_called_as_its_code_is(module: ModuleType) -> None:
    assert {name: reason.code for name, reason in table(module).items() if reason.code != name.lower()} == {}


def test_no_code_stands_for_two_things() -> None:
    assert len(KNOWN) == sum(len(table(module)) for module in TABLES)


def test_the_pages_words_are_for_reasons_that_there_are() -> None:
    assert GERMAN.keys() - KNOWN.keys() == set()
    for code, words in GERMAN.items():
        assert placeholders(words).keys() <= placeholders(KNOWN[code].template).keys(), code


def test_every_state_of_a_source_has_words_on_the_page() -> None:
    names = list(table(capture_reasons))
    of_sources = {name.lower() for name in names[: names.index("ONLY_X11")]}

    assert of_sources - GERMAN.keys() == set()


def test_what_ends_a_stream_has_words_on_the_page() -> None:
    names = list(table(reasons))
    told = {name.lower() for name in names[: names.index("NOT_JSON")]}

    assert told - GERMAN.keys() == SAID_OTHERWISE


def test_values_are_put_in_whatever_language_it_is_said_in() -> None:
    taken = reasons.PORT_IN_USE_BUT.of(port=8080, free=8081)

    assert taken.english == str(taken) == "Port 8080 is used by another program. Port 8081 is free."
    assert taken.words_in("de") == "Port 8080 wird von einem anderen Programm benutzt. Port 8081 ist frei."
    assert taken.for_programs == {"code": "port_in_use_but", "values": {"port": 8080, "free": 8081}}


def test_a_reason_within_a_reason_is_said_in_the_same_language() -> None:
    allowed = reasons.ALLOWED_NUMBER.of(low=0.1, high=60)
    wrong = reasons.OPTION_WRONG.of(option="fps", allowed=allowed, value="fast")

    assert wrong.english == "fps must be a number from 0.1 to 60, not 'fast'."
    assert wrong.words_in("de") == "fps muss eine Zahl von 0.1 bis 60 sein, nicht 'fast'."
    assert wrong.for_programs["values"] == {
        "option": "fps",
        "allowed": {"code": "allowed_number", "values": {"low": 0.1, "high": 60}},
        "value": "fast",
    }


@pytest.mark.parametrize(("count", "german"), [(1, "1 Minute."), (4, "4 Minuten.")])
def test_what_is_counted_is_said_in_its_form(count: int, german: str) -> None:
    assert reasons.TOO_MANY_TRIES.of(count=count).words_in("de").endswith(german)


def test_no_reason_is_nothing_at_all() -> None:
    assert not NOTHING
    assert (NOTHING.english, NOTHING.words_in("de")) == ("", "")
    assert NOTHING.for_programs == {"code": "", "values": {}}
    assert reasons.NO_LOOPBACK
