"""Autobahn's fuzzing client judges the code that every WebSocket of Panecast goes through (RFC 6455).

Only with ``sh installer/test.sh --long``, which fetches the client.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.autobahn_setup import PYTHON, is_ready, translated
from tests.helpers.x11.desktop import PROJECT

SECTIONS = [f"{section}.*" for section in (1, 2, 3, 4, 5, 6, 7, 9, 10)]
"""Framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, limits, fragments made by the sender. There is no
section 8 in the suite."""
CASES = 301
STRICT = {"OK", "INFORMATIONAL"}
EXCEPTIONS = {
    # aiohttp takes 1006 for a code that may be sent (it is among its `WSCloseCode`), and answers it.
    "7.9.5": ("FAILED", "WRONG CODE"),
    # aiohttp looks at the text of a message when it is there wholly. What is no UTF-8 is refused, but not before.
    **dict.fromkeys(("6.4.1", "6.4.2", "6.4.3", "6.4.4"), ("NON-STRICT", "OK")),
}
"""What is upstream's, by case: how the message and how the close was judged."""


@pytest.mark.skipif(not os.environ.get("PANECAST_LONG"), reason="only with --long")
@pytest.mark.timeout(300)
def test_every_case_is_passed_but_for_the_known_ones(tmp_path: Path) -> None:
    assert is_ready(), "python -m tests.conformance.autobahn_setup was not run"
    command = [sys.executable, "-m", "tests.conformance.echo"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as echo:
        assert echo.stdout is not None
        address = f"ws://127.0.0.1:{int(echo.stdout.readline())}/"
        script = Path(__file__).with_name("autobahn_run.py")
        try:
            done = subprocess.run(
                [PYTHON, script, address, tmp_path, *SECTIONS], capture_output=True, text=True, timeout=280, check=False
            )
        finally:
            echo.communicate("")
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))

    differs = {
        number: (case["behavior"], case["behaviorClose"])
        for number, case in report.items()
        if {case["behavior"], case["behaviorClose"]} - STRICT
    }
    assert len(report) == CASES
    assert differs == EXCEPTIONS


def test_sources_are_translated_line_by_line() -> None:
    before = 'from case import Case\nif x.has_key(k):\n   print "no", binascii.b2a_hex(y)\n   print\n'
    after = 'from .case import Case\nif (k in x):\n   print("no", _hex(y))\n   print()\n'

    assert translated(before) == after
