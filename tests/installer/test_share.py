"""What is laid out under /usr/share."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer.project import APPLICATION, TOP
from installer.share import lay_out, main

EPOCH = "1767225600"


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a person who lets nobody read his files has laid out."""
    folder = tmp_path_factory.mktemp("made") / "share"
    subprocess.run(
        [sys.executable, TOP / "installer" / "share.py", folder],
        check=True,
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH},
        umask=0o077,
    )
    return folder


def test_everything_is_where_desktops_look_for_it(share: Path) -> None:
    found = files(share)

    icons = {path for path in found if path.startswith("icons/hicolor/")}
    assert set(found) - icons == {
        f"applications/{APPLICATION}.desktop",
        f"metainfo/{APPLICATION}.metainfo.xml",
        "bash-completion/completions/panecast",
        "fish/vendor_completions.d/panecast.fish",
        "zsh/vendor-completions/_panecast",
        "zsh/site-functions/_panecast",
        "man/de/man1/panecast.1.gz",
        "man/man1/panecast.1.gz",
    }
    assert len(icons) == 10
    assert gzip.decompress(found["man/man1/panecast.1.gz"]).startswith(b'.\\"')


def test_everybody_can_read_it(share: Path) -> None:
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in (share, *share.rglob("*"))}

    assert modes == {(True, 0o755), (False, 0o644)}


def test_two_builds_are_equal(share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)

    lay_out(tmp_path)

    assert files(tmp_path) == files(share)


def test_a_date_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    monkeypatch.setattr("sys.argv", ["share", str(tmp_path)])

    assert main() == 1
    assert capsys.readouterr().err == "share: SOURCE_DATE_EPOCH is to be seconds since 1970, not 'soon'.\n"
