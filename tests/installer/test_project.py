"""The version, the changelog and the date of a build."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from installer import project
from installer.project import BadInput, Release, build_day, own_releases, releases


def test_releases_are_read_from_the_changelog() -> None:
    text = "# Changelog\n\n## 0.2.0 – unreleased\n\n### Added\n\n## 0.1.0 – 2026-01-31\n"

    assert releases(text) == (Release("0.2.0", None), Release("0.1.0", date(2026, 1, 31)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Changelog\n", "names no release"),
        ("## 0.1.0\n", "'## 0.1.0' is not of the form"),
        ("## 0.2.0 – 2026-01-31\n## 0.1.0 – unreleased\n", "only the newest"),
    ],
)
def test_a_changelog_that_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        releases(text)


def test_the_changelog_begins_with_the_version_of_the_program() -> None:
    assert own_releases()[0].version == project.VERSION


def test_a_changelog_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "VERSION", "9.9.9")

    with pytest.raises(BadInput, match=r"says version 9\.9\.9"):
        own_releases()


def test_a_build_is_dated_by_its_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")

    assert build_day() == date(2026, 1, 1)


def test_an_epoch_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")

    with pytest.raises(BadInput, match="not 'today'"):
        build_day()


def test_without_history_an_epoch_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr(project, "TOP", tmp_path)

    with pytest.raises(BadInput, match="Set SOURCE_DATE_EPOCH"):
        build_day()
