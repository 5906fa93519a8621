"""The notes of a release, and what holds one up."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import release_notes
from installer.project import VERSION, BadInput, Release, own_releases
from installer.release_notes import check_tag, main, section

CHANGELOG = """\
# Changelog

## 1.10.0 – unreleased

### Added
- A thing.

## 1.1.0 – 2026-01-31

### Mended
- Another.
## 1.0.0 – 2026-01-01
"""


def test_the_notes_are_what_the_changelog_says_of_this_version() -> None:
    assert section(CHANGELOG, "1.10.0") == "### Added\n- A thing.\n"
    assert section(CHANGELOG, "1.1.0") == "### Mended\n- Another.\n"


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0", "1.1.", "10.0"])
def test_a_version_of_which_nothing_is_said_has_no_notes(version: str) -> None:
    with pytest.raises(BadInput, match=f"CHANGELOG.md says nothing of {version}"):
        section(CHANGELOG, version)


def test_our_own_changelog_has_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    notes = capsys.readouterr().out
    assert notes.startswith("### ")
    assert "gh attestation verify" in notes
    assert "## 0." not in notes.replace("###", "")


def test_a_tag_of_another_version_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--tag", "v99.0.0"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert f"server/__init__.py says version {VERSION}" in said.err


def test_a_version_without_a_day_is_not_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_notes, "own_releases", lambda: (Release(VERSION, None),))

    with pytest.raises(BadInput, match="unreleased"):
        check_tag(f"v{VERSION}")


def test_readme_and_notes_tell_the_same_way_to_check() -> None:
    readme = (Path(release_notes.__file__).parents[1] / "README.md").read_text(encoding="utf-8")

    assert "gh attestation verify" in readme
    assert "SHA256SUMS.sigstore.json" in readme
    assert own_releases()
