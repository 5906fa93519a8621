"""What was picked is kept for its owner alone, and a damaged file costs nothing but what was in it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from capture.platforms.picks import Pick, Picks
from server.picks import FILE, PickFile, checked


def test_picks_come_back_and_nobody_else_can_read_them(tmp_path: Path) -> None:
    picks = Picks((Pick(2, "window", "secret", 10, 20), Pick(5, "screen")), 6)
    PickFile(tmp_path).save(picks)

    assert PickFile(tmp_path).load() == picks
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"[]", b'{"each": [{"number": "x"}]}', b"\xff\xff", b"{" * 5000])
def test_a_damaged_file_is_put_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)

    assert PickFile(tmp_path).load() == Picks()
    assert (tmp_path / f"{FILE}.bak").read_bytes() == content


def test_none_is_kept_where_there_is_no_file_or_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert PickFile(tmp_path / "missing").load() == Picks()
    (tmp_path / "file").write_text("")
    PickFile(tmp_path / "file").save(Picks())

    assert "cannot be kept" in caplog.text


def test_numbers_that_two_have_or_that_cannot_be_are_left_out() -> None:
    twice = Picks((Pick(3, "screen"), Pick(3, "window"), Pick(-1, "screen"), Pick(7, "other")), 1)

    assert checked(twice) == Picks((Pick(3, "screen"), Pick(7, "other")), 8)
