"""The smoke test of packages knows what programs say today."""

from __future__ import annotations

import pytest

from installer.smoke import ALLOWED
from server.doctor import Check, report
from server.serve import FINGERPRINT
from server.terminal import complain


def test_the_fingerprint_may_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    complain(FINGERPRINT.format(fingerprint="AB:" * 31 + "CD"))
    said = capsys.readouterr().err.splitlines()

    assert [line for line in said if not any(allowed.search(line) for allowed in ALLOWED)] == []


def test_a_content_doctor_is_understood() -> None:
    assert "Everything is there." in report([Check("Python", True, "")])
