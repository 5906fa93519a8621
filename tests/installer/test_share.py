"""What is laid out under /usr/share."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

from installer.project import APPLICATION, TOP


def lay_out(folder: Path) -> dict[str, bytes]:
    """Return what is in each file that has been laid out there."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1767225600"}
    subprocess.run([sys.executable, TOP / "installer" / "share.py", folder], check=True, env=environment)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_where_desktops_look_for_it(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        found = lay_out(tmp_path / "share")
    finally:
        os.umask(old)

    icons = {path for path in found if path.startswith("icons/hicolor/")}
    assert set(found) - icons == {
        f"applications/{APPLICATION}.desktop",
        f"metainfo/{APPLICATION}.metainfo.xml",
        "bash-completion/completions/panecast",
        "fish/vendor_completions.d/panecast.fish",
        "zsh/vendor-completions/_panecast",
        "zsh/site-functions/_panecast",
        "man/man1/panecast.1.gz",
    }
    assert len(icons) == 10
    assert gzip.decompress(found["man/man1/panecast.1.gz"]).startswith(b'.\\"')
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "share").rglob("*") if path.is_file()}
    assert modes == {0o644}


def test_two_builds_are_equal(tmp_path: Path) -> None:
    assert lay_out(tmp_path / "one") == lay_out(tmp_path / "two")


def test_a_date_that_is_none_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, TOP / "installer" / "share.py", tmp_path],
        check=False,
        env=os.environ | {"SOURCE_DATE_EPOCH": "soon"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr == "share: SOURCE_DATE_EPOCH is to be seconds since 1970, not 'soon'.\n"
