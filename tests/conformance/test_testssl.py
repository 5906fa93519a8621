"""testssl.sh looks at HTTPS as this installation speaks it, with a certificate of its own.

Only with ``sh installer/test.sh --long``: it takes one to two minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.x11.desktop import PROJECT

MANNERS = ("--quiet", "--color", "0", "--warnings", "batch", "--openssl-timeout", "10", "--nodns", "none")
LOOKS = ("--protocols", "--std", "--server-preference", "--server-defaults", "--fs", "--vulnerable")
"""At protocols, ciphers, the server's choice, its certificate, forward secrecy, known weaknesses."""
HARMLESS = {"OK", "INFO"}
ALLOWED = {
    # Nobody vouches for a certificate that was made here; who connects compares its fingerprint.
    "cert_chain_of_trust",
    # And nobody keeps a list of those that are called back: this computer makes another one.
    "cert_revocation",
}
UNTRIED = {
    # Its own OpenSSL has no GOST, so it cannot try that.
    "engine_problem",
    # It gives up when a resumed session does not answer soon enough; resuming is no weakness.
    "sessionresumption_ticket",
    "sessionresumption_ID",
}
"""What the judge says of itself, as warnings."""
OFFERED = {"TLS1_2", "TLS1_3"}
PROTOCOLS = {"SSLv2", "SSLv3", "TLS1", "TLS1_1", *OFFERED}
CIPHERS = {
    "cipherorder_TLSv1_2": {
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
    },
    "cipherorder_TLSv1_3": {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"},
}


@pytest.mark.skipif(not os.environ.get("PANECAST_LONG"), reason="only with --long")
@pytest.mark.timeout(300)
def test_nothing_is_found_but_that_nobody_vouches_for_it(tmp_path: Path) -> None:
    folder, report = tmp_path / "config", tmp_path / "report.json"
    folder.mkdir(mode=0o700)
    command = [sys.executable, "-m", "tests.conformance.secure", str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = f"https://127.0.0.1:{int(server.stdout.readline())}"
        try:
            subprocess.run(
                ["testssl", *MANNERS, *LOOKS, "--jsonfile", report, address],
                capture_output=True,
                timeout=280,
                check=False,  # its status counts what it found, also what is harmless
            )
        finally:
            server.communicate("")
    findings = json.loads(report.read_text(encoding="utf-8"))

    found = {each["id"]: each["severity"] for each in findings if each["severity"] not in HARMLESS}
    assert {name for name, severity in found.items() if severity != "WARN"} == ALLOWED
    assert {name for name, severity in found.items() if severity == "WARN"} <= UNTRIED
    said = {each["id"]: each["finding"] for each in findings}
    assert {name for name in PROTOCOLS if said[name].startswith("offered")} == OFFERED
    assert {name: set(said[name].split()) for name in CIPHERS} == CIPHERS
    assert "scanTime" in said, "it did not come to its end"
