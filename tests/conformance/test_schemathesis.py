"""Schemathesis reads ``/openapi.json`` and asks a running server for everything in it, rightly and wrongly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from server.http.openapi import document
from tests.helpers.served import Served

OPERATIONS = sum(len(methods) for methods in document()["paths"].values()) - 1
"""All but the description itself, which schemathesis reads and leaves at that."""
FOUND = '[parameters]\n"path.id" = "demo"\n'
"""Have every address be that of a source which is there; else hardly any would be."""


def authorize(served: Served, folder: Path, config: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis with all its checks."""
    (folder / "schemathesis.toml").write_text(config, encoding="utf-8")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(folder / "schemathesis.toml")),
        *("run", served.url("/openapi.json"), "--checks", "all", "--phases", "examples,coverage,fuzzing"),
        # The same cases every time: what fails today must not pass tomorrow.
        *("--max-examples", "5", "--seed", "1", "--request-timeout", "10", "--no-color", *arguments),
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


def test_answers_are_as_described_whatever_is_asked_for(served: Served, tmp_path: Path) -> None:
    done = authorize(served, tmp_path, "")

    assert done.returncode == 0, done.stdout
    assert f"Tested: {OPERATIONS}" in done.stdout


def test_answers_about_a_source_are_as_described(served: Served, tmp_path: Path) -> None:
    # An answer that does not end cannot be waited for; `test_openapi` reads its beginning.
    done = authorize(served, tmp_path, FOUND, "--exclude-path", "/mjpeg/{id}")

    assert done.returncode == 0, done.stdout
    assert f"Tested: {OPERATIONS - 1}" in done.stdout
    assert "Missing test data" not in done.stdout
