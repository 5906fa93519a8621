"""Sizes and memory of packages are those of the files and pages that belong to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.benchmarks.packages import FROZEN, SOURCE, Memory, Start, against, blocks, mb, memory_of, sizes, start_cell

SMAPS = """\
55d0c0000000-55d0c0100000 r--p 00000000 08:01 77 /opt/panecast/_internal/libQt6Core.so.6
Rss:                 100 kB
Pss:                  50 kB
Pss_Dirty:             7 kB
7f0000000000-7f0000100000 rw-p 00000000 00:00 0
Rss:                  10 kB
Pss:                  10 kB
7f1000000000-7f1000100000 rw-s 00000000 00:01 5 /SYSV00000000 (deleted)
Rss:                  40 kB
Pss:                  20 kB
"""


def test_own_files_count_whole_and_what_is_shared_with_the_x_server_by_its_share() -> None:
    assert memory_of(SMAPS, (Path("/opt/panecast"),)) == Memory((100 + 10 + 20) * 1024, 150 * 1024)
    assert memory_of(SMAPS, ()) == Memory((50 + 10 + 20) * 1024, 150 * 1024)


def test_memory_of_this_process_can_be_read() -> None:
    memory = memory_of(Path("/proc/self/smaps").read_text(encoding="utf-8"), ())

    assert 0 < memory.own <= memory.resident


def test_files_with_several_names_count_once_and_links_not_at_all(tmp_path: Path) -> None:
    frozen, video = tmp_path / "panecast", tmp_path / "video"
    frozen.mkdir()
    video.mkdir()
    (frozen / "one").write_bytes(bytes(3_000_000))
    os.link(frozen / "one", frozen / "again")
    (frozen / "link").symlink_to("one")
    (video / "more").write_bytes(bytes(4_000_000))

    assert sizes(frozen, video, tmp_path) == [("installed, Linux", "3 MB", "7 MB", "≤ 190 MB, ≤ 240 MB")]


def test_packages_that_were_not_built_have_no_row(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    (tmp_path / "panecast_1.0_amd64.deb").write_bytes(bytes(50_000_000))
    (tmp_path / "panecast-1.0-setup.exe").write_bytes(bytes(40_000_000))

    assert [row[:3] for row in sizes(missing, missing, tmp_path)] == [
        (".deb, both with video", "50 MB", "–"),
        ("setup.exe", "40 MB", "–"),
    ]
    assert sizes(missing, missing, missing) == []


def test_setup_counts_as_one_with_video_where_video_was_built(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    (tmp_path / "panecast-1.0-setup.exe").write_bytes(bytes(51_000_000))
    (tmp_path / "panecast-video-1.0-windows-x64.zip").write_bytes(bytes(9))

    assert [row[:3] for row in sizes(missing, missing, tmp_path)] == [("setup.exe", "–", "51 MB")]


def test_the_middle_of_some_starts_is_told() -> None:
    starts = [Start(0.9, 0.5), Start(0.3, 0.2), Start(0.5, 0.9)]

    assert start_cell(starts) == "0.50 s, CPU 0.50 s"
    assert start_cell([Start(0.1, 0.2, 21e6)]) == "0.10 s, CPU 0.20 s, 21 MB"


def test_frozen_is_held_against_source() -> None:
    assert against({SOURCE: [Start(1, 2.0)], FROZEN: [Start(1, 1.0)]}, "cpu") == "0.50 ×"
    assert against({SOURCE: [Start(1, 2.0)]}, "cpu") == "–"


@pytest.mark.parametrize(("value", "shown"), [(0, "–"), (617_000, "0.62 MB"), (199_400_000, "199 MB")])
def test_small_sizes_have_more_digits(value: float, shown: str) -> None:
    assert mb(value) == shown


def test_a_table_without_rows_is_left_out() -> None:
    report = blocks(12.0, ((("size", "here"), []), (("start", "there"), [("--version", "0.10 s")])))

    assert "12 % of them busy with other things" in report.splitlines()[0]
    assert "| --version | 0.10 s |" in report
    assert "size" not in report
