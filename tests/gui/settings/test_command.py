from __future__ import annotations

from typing import Any

import pytest

from gui.core.settings import DECLARED, Settings
from gui.settings.command import asked
from server.remote.message import Answer, Request


def ask(action: str, key: str = "", *values: str, **locked: object) -> tuple[Answer, dict[str, Any]]:
    request = Request("config", {"action": action, "key": key, "values": list(values)})
    return asked(request, Settings(**locked), DECLARED, locked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "values", "becomes"),
    [
        ("port", ["8090"], 8090),
        ("pointer", ["false"], False),
        ("format", ["webp"], "webp"),
        ("hot_key", [""], ""),
        ("hot_key", ["Ctrl+Alt+F9"], "Ctrl+Alt+F9"),
        ("never_shown", ["keepassxc", "signal"], ("keepassxc", "signal")),
        ("never_shown", [""], ()),
        ("names", ["Screen.Example.org"], ("screen.example.org",)),
        ("mode", ["here"], "here"),
    ],
)
def test_a_value_is_taken_as_its_type_says(key: str, values: list[str], becomes: object) -> None:
    answer, changes = ask("set", key, *values)

    assert (answer.code, answer.problem) == (0, "")
    assert changes == {key: becomes}


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("prot", ["8081"], "“port”"),
        ("port", ["0"], "from 1 to 65535"),
        ("port", ["8o8o"], "from 1 to 65535"),
        ("port", ["1", "2"], "from 1 to 65535"),
        ("quality", ["9" * 5000], "from 10 to 100"),
        ("format", ["av2"], "auto, jpeg, png, webp or h264"),
        ("https", ["yes"], "true or false"),
        ("hot_key", ["B"], "needed for typing"),
        ("names", ["http://x/"], "no name of a computer"),
        ("mode", ["network"], "config set interface"),
        ("masks", ["x"], "cannot be set"),
        ("port", [], "config set KEY VALUE"),
    ],
)
def test_what_cannot_be_meant_changes_nothing_and_says_what_can(key: str, values: list[str], words: str) -> None:
    answer, changes = ask("set", key, *values)

    assert (answer.code, changes) == (2, {})
    assert words in answer.problem


def test_a_setting_is_printed_as_programs_read_it() -> None:
    assert [ask("get", key)[0].text for key in ("port", "format", "https", "names")] == ["8080", "auto", "false", "[]"]


def test_what_an_administrator_fixed_is_marked_and_stays() -> None:
    answer, changes = ask("set", "https", "false", https=True)

    assert (answer.code, changes) == (1, {})
    assert "Fixed by your administrator" in answer.problem
    assert "https = true  # Fixed by your administrator" in ask("list", https=True)[0].text.splitlines()
