from __future__ import annotations

import pytest

from gui.core.settings import DECLARED
from gui.settings.checks import checked, is_within, network_text
from gui.settings.declared import BadSetting
from gui.settings.history import Change, History
from gui.settings.schema import migrated
from gui.settings.words import searched, value_words
from resources.translate import use


def test_one_setting_is_taken_back_and_the_others_stay() -> None:
    history = History().with_change(Change("a", {"fps": 30, "port": 8080}, 1.0))
    history = history.with_change(Change("b", {"fps": 15}, 9.0))

    rest, before = history.undone("port")
    assert (before, rest.keys, rest.words) == ({"port": 8080}, {"fps"}, "b")
    rest, before = rest.undone()
    assert before == {"fps": 15}
    rest, before = rest.undone("fps")
    assert (before, rest) == ({"fps": 30}, History())
    assert rest.undone() == (rest, {})


def test_what_is_changed_in_one_go_is_taken_back_in_one_go() -> None:
    history = History()
    for at, value in enumerate((30, 29, 28)):
        history = history.with_change(Change("a", {"fps": value}, at * 0.5))

    assert history.undone() == (History(), {"fps": 30})


@pytest.mark.parametrize(
    ("text", "kept", "inside"),
    [
        ("wlan0 192.168.1.20/24", "wlan0 192.168.1.0/24", True),
        ("192.168.0.0/16", "192.168.0.0/16", True),
        ("eth0 192.168.1.0/24", "eth0 192.168.1.0/24", False),
        ("wlan0 fd00::/64", "wlan0 fd00::/64", False),
    ],
)
def test_a_network_is_known_again(text: str, kept: str, inside: bool) -> None:
    assert network_text(text) == kept
    assert is_within("192.168.1.77", "wlan0", text) is inside


def test_what_is_no_network_is_said_and_never_matches() -> None:
    with pytest.raises(BadSetting, match="not a network"):
        checked("start_networks", ("home",), None)
    assert not is_within("192.168.1.77", "wlan0", "home")


def test_values_are_said_in_the_language_in_use() -> None:
    use("de")
    try:
        found = [
            value_words(DECLARED[key], 0 if key == "remind_after" else 7) for key in ("port", "fps", "remind_after")
        ]
        texts = searched(DECLARED["port"])
    finally:
        use("en")

    assert found == ["7", "7 pro Sekunde", "Nie"]
    assert "content-type" not in texts


def test_who_wanted_no_visits_wants_no_departures() -> None:
    assert migrated({"tells_visits": False})["tells_departures"] is False
    assert migrated({"tells_visits": False, "tells_departures": True})["tells_departures"] is True
    assert "tells_departures" not in migrated({})
