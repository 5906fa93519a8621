"""Ours is held against the peer that is as good, picture for picture; parts are called by their names."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import means, parts
from tests.benchmarks.page_rows import rows
from tests.benchmarks.quality.measures import Quality
from tests.benchmarks.readers import RECORD
from tests.benchmarks.report import Watched, goodness
from tests.benchmarks.scenes import HD, PAIR, SCENES, Scene
from tests.benchmarks.servers import is_installed, is_ours, setting_of
from tests.benchmarks.wire_parts import recorded

FINE, COARSE = Quality(0.98, 45.0, 6, 0), Quality(0.93, 39.0, 6, 0)
OWN = Watched("motion 720p", "panecast auto", 20, 200_000, 29, 12, 16, 300, 199_000, quality=FINE)
PEER = Watched("motion 720p", "pixelflux h264-full", 12, 100_000, 29, 10, 15, 200, quality=COARSE)
EQUAL = Watched("motion 720p", "pixelflux h264-full crf 17", 10, 400_000, 14.5, 11, 14, 200, quality=FINE)
LOWERED = Watched("motion 720p", "panecast auto quality 50", 18, 50_000, 29, 12, 16, 300, quality=COARSE)


def test_targets_are_held_against_the_peer_at_our_quality_and_ours_at_its() -> None:
    found = {row.what: row for row in rows(Scene("motion", HD, PAIR, equal=True), [PEER, OWN, EQUAL, LOWERED])}

    cost = found["motion 720p, panecast auto: CPU"]
    # The peer showed half of the pictures for half of the time: it is as dear.
    assert "1.67 × pixelflux h264-full, 1.00 × pixelflux h264-full crf 17" in cost.measured
    assert cost.target == "≤ 0.9 × pixelflux h264-full crf 17"
    assert found["motion 720p, panecast auto: sent"].target == "≤ 400 kB/s"
    lowered = found["motion 720p, panecast auto quality 50, the peer's quality: CPU, sent"]
    assert lowered.measured.endswith("1.50 ×, 0.50 ×")


def test_without_peers_there_are_rows_without_targets() -> None:
    found = list(rows(Scene("motion", HD, PAIR), [OWN]))

    assert found[0].target == ""
    assert found[0].measured == "20.0 %"


def test_a_server_is_named_with_its_setting() -> None:
    assert setting_of("h264-full crf 21") == ("h264-full", {"crf": "21"})
    assert setting_of("auto") == ("auto", {})
    assert is_ours("panecast auto quality 60")
    assert is_installed("naive")


def test_what_is_identical_needs_no_figures_and_what_was_not_caught_has_none() -> None:
    assert goodness(Quality(1.0, math.inf, 6, 6)) == "identical"
    assert goodness(FINE) == "0.9800, 45.0 dB"
    assert goodness(None) == "–"


def test_messages_that_were_written_down_are_read_again(tmp_path: Path) -> None:
    file = tmp_path / "messages"
    file.write_bytes(RECORD.pack(1.5, 3) + b"abc" + RECORD.pack(2.5, 0))

    assert list(recorded(file)) == [(1.5, b"abc"), (2.5, b"")]


def test_every_scene_is_a_part_of_its_own() -> None:
    known = parts()

    assert len({scene.name for scene in SCENES}) == len(SCENES)
    assert means("page-motion-720p", "page-motion-720p", known)
    assert not means("page-motion-720p", "page-motion-720p-60", known)
    assert means("page", "page-motion-720p-60", known)


@pytest.mark.parametrize("name", ["page-motion-720p", "wire-motion-2160p", "growth-viewers", "faults", "profile"])
def test_parts_have_the_names_that_the_documentation_gives(name: str) -> None:
    assert name in parts()
