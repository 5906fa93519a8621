"""Both commands, `installer/run.sh` and `installer/test.sh`, on a machine that has only Python and git."""

import json
import os
import shutil
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.install.bare_root import BareRoot, RunningCommand, bare_root

PROJECT = Path(__file__).resolve().parents[2]
CLONE = "/home/panecast"
ADDRESS = r"http://[^\s\"']+"

# A slow line to the package servers is no fault of ours.
SET_UP_SECONDS = 600
START_SECONDS = 30
END_SECONDS = 15

pytestmark = [
    pytest.mark.fresh,
    pytest.mark.timeout(SET_UP_SECONDS + 300),
    pytest.mark.skipif(os.environ.get("PANECAST_IN_FRESH_ROOT") == "1", reason="this is a fresh machine already"),
    pytest.mark.skipif(os.geteuid() != 0, reason="changing the root directory needs root"),
    pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="mmdebstrap is not installed"),
]


@pytest.fixture(scope="module")
def machine() -> Iterator[BareRoot]:
    """One machine for all: the app first, then the tests, is also what a newcomer does."""
    with bare_root(PROJECT / ".cache" / "fresh") as root:
        root.clone(PROJECT, CLONE)
        yield root


def fetch(address: str, path: str) -> bytes:
    """Fetch a path of the server; what the address carries beside the path, such as a key, is kept."""
    with urllib.request.urlopen(urlunsplit(urlsplit(address)._replace(path=path, fragment="")), timeout=10) as answer:
        assert answer.status == 200
        return answer.read()


def different_picture(address: str, first: bytes) -> bytes:
    """Fetch the demo's picture until it is another one."""
    deadline = time.monotonic() + 10
    while (picture := fetch(address, "/snapshot/demo.jpg")) == first:
        assert time.monotonic() < deadline, "the demo's picture does not change"
        time.sleep(0.1)
    return picture


def check_service(address: str) -> None:
    json.loads(fetch(address, "/api/health"))
    assert "demo" in json.dumps(json.loads(fetch(address, "/api/windows")))
    first = fetch(address, "/snapshot/demo.jpg")
    second = different_picture(address, first)
    for picture in (first, second):
        assert picture.startswith(b"\xff\xd8\xff")
        assert picture.endswith(b"\xff\xd9")


def check_end(app: RunningCommand, by: signal.Signals) -> None:
    app.send(by)

    assert app.wait(END_SECONDS) == 0, app.output()
    assert app.left_processes() == []
    assert "Traceback" not in app.output()


def test_app_runs_in_a_fresh_clone(machine: BareRoot) -> None:
    command = ("sh", f"{CLONE}/installer/run.sh")

    with machine.running(*command) as app:
        check_service(app.wait_for(ADDRESS, SET_UP_SECONDS))
        check_end(app, signal.SIGINT)

    # The second start finds everything in place, and installs nothing.
    with machine.running(*command) as app:
        check_service(app.wait_for(ADDRESS, START_SECONDS))
        assert "nstalling" not in app.output()
        check_end(app, signal.SIGTERM)

    assert list((machine.folder / "tmp").glob("tmp.*")) == []
    assert list((machine.folder / "tmp/.X11-unix").glob("*")) == []


@pytest.mark.skipif(os.environ.get("PANECAST_LONG") != "1", reason="takes long: run installer/test.sh --long")
@pytest.mark.timeout(3600)
def test_tests_pass_in_a_fresh_clone(machine: BareRoot) -> None:
    with machine.running("sh", f"{CLONE}/installer/test.sh") as tests:
        assert tests.wait(3000) == 0, tests.output()
        assert "passed" in tests.output().splitlines()[-1]
