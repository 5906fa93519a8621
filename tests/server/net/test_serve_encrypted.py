"""``panecast serve --https`` as a process: what it prints, what is met, what cannot be."""

from __future__ import annotations

import hashlib
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from yarl import URL

SERVE = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url"]


def met(url: str) -> str:
    """Return the fingerprint of the certificate at that address."""
    address = URL(url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", address.port or 0), 10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as caller,
    ):
        found = caller.getpeercert(binary_form=True)
    assert found is not None
    return hashlib.sha256(found).hexdigest().upper()


def run_once(*more: str) -> str:
    """Start it, meet its certificate, end it; return the fingerprint, which is the one that it printed."""
    process = subprocess.Popen([*SERVE, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("https://localhost:")
        found = met(url)
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=20)
    assert ":".join(found[at : at + 2] for at in range(0, 64, 2)) in complaints
    return found


def test_the_certificate_is_kept_where_there_is_a_place_for_it(tmp_path: Path) -> None:
    first = run_once("--https", "--config-dir", str(tmp_path / "kept"))

    assert run_once("--https", "--config-dir", str(tmp_path / "kept")) == first
    assert (tmp_path / "kept" / "https.pem").stat().st_mode & 0o077 == 0
    own = str(tmp_path / "kept" / "https.pem")
    assert run_once("--certificate", own, "--key", own) == first


def test_where_none_can_be_kept_there_is_one_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, where a folder should be", encoding="utf-8")

    assert run_once("--https", "--config-dir", str(tmp_path / "taken"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--certificate", "one.pem"], "needs both"),
        (["--certificate", "/nowhere/one.pem", "--key", "/nowhere/one.key"], "cannot be read"),
        (["--https", "--config-dir", ""], "it is empty"),
    ],
)
def test_what_cannot_be_is_said(more: list[str], words: str) -> None:
    ended = subprocess.run([*SERVE, *more], capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == (1 if "--key" in more else 2)
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not ended.stdout
