"""No secret is left behind (attack T7): the real program is used and abused, then all that it leaves is searched."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers import secrets as leftovers
from tests.helpers.x11.desktop import PROJECT

PIN = "271828"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@dataclass(frozen=True)
class Program:
    """A running ``panecast serve``, the token of its link, and where it writes."""

    port: int
    token: str
    pid: int
    folder: Path

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        """Return the answer to a request of its own."""
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            caller.request(method, path, body or None, {"Host": f"localhost:{self.port}"} | names)
            found = caller.getresponse()
            found.read()
            return found
        finally:
            caller.close()

    def say(self, text: str) -> bytes:
        """Send what need not be HTTP; return all that is said to it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as caller:
            caller.sendall(text.encode())
            said = b""
            while chunk := caller.recv(1 << 16):
                said += chunk
            return said


@contextmanager
def running(tmp_path: Path) -> Iterator[Program]:
    """Have the program run, at its most talkative, with a temporary folder of its own."""
    for name in ("config", "temporary"):
        (tmp_path / name).mkdir(mode=0o700)
    command = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url", "--verbose"]
    command += ["--require-token", "--config-dir", str(tmp_path / "config")]
    with (tmp_path / "errors").open("wb") as errors:
        started = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "temporary")},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with started:
        assert started.stdout is not None
        # The one line in which the link is printed, because that was asked for.
        address = re.fullmatch(r"http://localhost:(\d+)/#t=(\S+)\n", started.stdout.readline())
        assert address is not None
        try:
            yield Program(int(address[1]), address[2], started.pid, tmp_path)
        finally:
            started.terminate()
            (tmp_path / "said").write_text(started.stdout.read())
            assert started.wait(10) == 0


def test_no_secret_is_in_anything_that_is_left(tmp_path: Path) -> None:
    with running(tmp_path) as program:
        cookie = use_and_abuse(program)
        left = leftovers.of_process(program.pid)
    left |= leftovers.on_disk(tmp_path)

    assert {"cmdline", "environ", "errors", "said", "config/refused.log"} <= left.keys()
    assert b"malformed requests were refused" in left["errors"]
    assert b"refused" in left["config/refused.log"]
    assert b"\nforged" not in left["errors"]
    assert leftovers.holding(left, (program.token, cookie, PIN)) == []
    assert cookie.encode() not in (tmp_path / "config" / "access.json").read_bytes()


def use_and_abuse(program: Program) -> str:
    """Come in by every door, and bang on all of them; return the secret of the cookie that was given."""
    token, host = program.token, f"Host: localhost:{program.port}\r\n"
    enter = json.dumps({"token": token})
    entered = program.ask("POST", "/api/enter", enter, Content_Type="application/json")
    cookie_line = (entered.getheader("Set-Cookie") or "").partition(";")[0]
    cookie = cookie_line.partition(".")[2]
    assert entered.status == 204
    assert len(cookie) >= 22

    assert program.ask("GET", "/api/windows", Cookie=cookie_line).status == 200
    assert program.ask("GET", "/snapshot/demo.jpg", Cookie=cookie_line).status == 200
    assert program.ask("GET", f"/api/windows?token={token}").status == 200
    assert program.ask("GET", f"/nothing/{token}?token={token}").status == 404
    assert program.ask("GET", f"/watch/{token}%0aforged?token={token}x").status in (401, 403)
    assert program.ask("GET", "/api/windows", Cookie=f"{cookie_line}x", User_Agent=token).status in (401, 403)
    assert (
        program.ask("GET", f"/stream/demo?token={token}", Upgrade="rubbish", Origin="http://evil.example").status == 403
    )
    assert program.ask("POST", "/api/enter", enter[:-1], Content_Type="application/json").status == 400
    assert program.ask("POST", "/api/enter", f'{{"pin": "{PIN}"}}', Content_Type="application/json").status in (
        401,
        403,
    )
    for malformed in (
        f"GET /api/windows?token={token} HTTP/9.9\r\n{host}\r\n",
        f"GET /x?token={token} rubbish\r\n\r\n",
        f"G@T /x?token={token} HTTP/1.1\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}Cookie {cookie_line}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}Content-Length: {cookie}\r\n\r\n",
    ):
        said = program.say(malformed)
        assert b" 400 " in said
        assert token.encode() not in said
        assert cookie.encode() not in said
    return cookie


def test_the_search_finds_a_secret_in_every_form() -> None:
    secret = "dGhpcyBpcyBub3QgYSBzZWNyZXQhIQ"
    for written in (
        secret,
        f"x{secret[:-2]}",
        secret.encode().hex(),
        *(base64.b64encode(f"{'a' * shift}:{secret}".encode()).decode() for shift in range(3)),
    ):
        assert leftovers.holding({"log": written.encode()}, (secret,)) == ["log"]
    assert leftovers.holding({"one": b"0.271828", "said": b"271 828", "other": b"271828182"}, (PIN,)) == ["one", "said"]
