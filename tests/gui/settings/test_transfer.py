from __future__ import annotations

import tomllib

import pytest
import tomli_w

from gui.core.settings import DECLARED, SavedSource, Settings
from gui.settings.declared import BadSetting
from gui.settings.transfer import STAYS_HERE, exported, imported

OWN = Settings(
    fps=7,
    https=True,
    never_shown=("keepassxc",),
    mode="network",
    interface="wlan0",
    key="/home/me/key.pem",
    shared=(SavedSource(kind="window", app="xterm", title="secret plans"),),
    geometry="place",
)


def written(**table: object) -> bytes:
    return tomli_w.dumps({"panecast": "settings", "version": "9.9", "schema": 1} | table).encode()


def test_settings_come_over_without_what_is_true_here_alone() -> None:
    content = exported(OWN, DECLARED, "1.0")
    found = imported(content, Settings(), DECLARED, frozenset())

    assert found.changes == {"fps": 7, "https": True, "never_shown": ("keepassxc",)}
    assert found.remarks == ()
    table = tomllib.loads(content.decode())
    assert not table.keys() & {*STAYS_HERE, *(key for key, each in DECLARED.items() if each.is_own)}
    assert b"secret" not in content
    assert b"key.pem" not in content


def test_a_file_that_was_made_by_hand_opens_no_network() -> None:
    found = imported(written(mode="network", interface="eth0", shared=[], key="x"), Settings(), DECLARED, frozenset())

    assert found.changes == {}


def test_what_is_not_taken_is_said() -> None:
    content = written(fps=500, hot_key="B", port=9000, quality=20, future=1)
    found = imported(content, Settings(), DECLARED, frozenset({"quality"}))

    assert found.changes == {"port": 9000}
    assert found.remarks == (
        "Fixed by your administrator, so not changed: Quality.",
        "Not possible in this version, so not changed: Speed, Hot key.",
        "Settings that this version does not know are left out.",
        "It comes from an older Panecast (9.9); settings that it does not have stay as they are.",
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no settings that Panecast"),
        (b"\xff\xfe", "no settings that Panecast"),
        (b"fps = 3", "no settings that Panecast"),
        (b"a" + b".a" * 9999 + b" = 1", "no settings that Panecast"),
        (b"#" * 600_000, "too large"),
        (written(schema=99), "newer Panecast (9.9)"),
        (written(schema="x"), "damaged"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: bytes, words: str) -> None:
    with pytest.raises(BadSetting) as caught:
        imported(content, Settings(), DECLARED, frozenset())

    assert words in str(caught.value)
