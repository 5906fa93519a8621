"""Addresses that climb out of their folder, and requests hidden in others (attack T13): no file is opened for them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.x11.desktop import PROJECT

CLIMBS = [
    f"{start}{step * count}{target}"
    for start in ("/", "/viewer/", "/watch/", "/plain/", "/snapshot/", "/mjpeg/", "/stream/", "/viewer/x/")
    for step in (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%5c",
        "..\\",
        "%252e%252e%252f",
        "..;/",
        "....//",
        "%c0%ae%c0%ae/",
    )
    for count, target in ((1, "index.html"), (6, "etc/passwd"))
]
ODD = [
    "/viewer//etc/passwd",
    "/viewer/%2fetc%2fpasswd",
    "//etc/passwd",
    "/etc/passwd",
    "/viewer/C:%5cwindows%5cwin.ini",
    "/viewer/watch.js%00.html",
    "/viewer/watch.js%0d%0aX-Injected:%201",
    "/viewer/.",
    "/viewer/..",
    "/viewer/",
    "/viewer/__init__.py",
    "/viewer/WATCH.JS",
    "/viewer/watch.js.",
    "/viewer/watch.js/",
    "/viewer/CON",
    "/viewer/watch.js::$DATA",
    "/snapshot/demo.jpg/../../x",
    "/snapshot/demo.php",
    "/snapshot/../demo.jpg%00.png",
    "/plain/file:%2f%2f%2fetc%2fpasswd",
    "/stream/%2e%2e",
    "/.git/config",
    "/.env",
    "/server/cli.py",
    "/resources/viewer/index.html",
    "/api/../viewer/../../pyproject.toml",
    "/viewer/" + "a" * 5000,
    "/viewer/" + "%41" * 1500,
    "/viewer/\u202egpj",
]


@dataclass(frozen=True)
class Watched:
    """A server in a process of its own, and what it opened so far."""

    port: int
    log: Path

    def opened(self) -> list[str]:
        """Return a line for each file that was opened."""
        return self.log.read_text(encoding="utf-8").splitlines()

    def say(self, request: bytes) -> bytes:
        """Return everything that comes back until the server closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port)) as raw:
            raw.settimeout(8)
            raw.sendall(request)
            answer = b""
            try:
                while data := raw.recv(65536):
                    answer += data
            except ConnectionResetError:
                pass
            return answer

    def get(self, path: str) -> bytes:
        """Return the whole answer to a request for ``path``, sent as it stands."""
        head = f"GET {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nConnection: close\r\n\r\n"
        return self.say(head.encode("utf-8", "surrogateescape"))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A server that has already opened whatever it opens once."""
    log = tmp_path_factory.mktemp("watched") / "opened"
    command = [sys.executable, "-m", "tests.server.stream.open_watch", str(log)]
    arguments = ["serve", "--share", "demo", "--port", "0", "--print-url"]
    with subprocess.Popen([*command, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = re.search(r":(\d+)", process.stdout.readline())
            assert port is not None
            server = Watched(int(port[1]), log)
            for path in (
                "/",
                "/viewer/watch.js",
                "/viewer/none",
                "/none",
                "/watch/demo",
                "/plain/demo",
                "/api/windows",
            ):
                server.get(path)
            for suffix in ("jpg", "png", "webp"):
                assert server.get(f"/snapshot/demo.{suffix}").startswith(b"HTTP/1.1 200")
            # For what goes into the log about nonsense, aiohttp's source is read, once.
            for line in (b"nonsense", b"GET / HTTP/1.1\r\nX: \0", b"GET /" + b"a" * 9000 + b" HTTP/1.1"):
                server.say(line + b"\r\n\r\n")
            yield server
        finally:
            process.terminate()
            process.wait(10)


def test_the_watch_sees_files(watched: Watched) -> None:
    assert any("watch.js" in line for line in watched.opened())


def test_no_address_leads_to_a_file(watched: Watched) -> None:
    before = watched.opened()
    for path in CLIMBS + ODD:
        answer = watched.get(path)
        status = int(answer.split(b" ", 2)[1]) if answer else 0
        if status == 200:
            # Folders that are left again lead to what is there by that name.
            assert b"<!doctype html>" in answer.lower(), path
        else:
            # 426: whatever comes behind /stream/ has to be asked for over a WebSocket.
            assert status in (400, 404) or (status == 426 and path.startswith("/stream/")), path
        assert b"root:" not in answer
        assert b"X-Injected" not in answer

    assert watched.opened() == before


HIDDEN = b"GET /api/windows HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
SMUGGLED = {
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": b"Content-Length: 0\r\nContent-Length: 60\r\n\r\n" + HIDDEN,
    "a list of lengths": b"Content-Length: 0, 60\r\n\r\n" + HIDDEN,
    "a length with a sign": b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "a length below nothing": b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in hexadecimal": b"Content-Length: 0x0\r\n\r\n" + HIDDEN,
    "a length with an underscore": b"Content-Length: 0_0\r\n\r\n" + HIDDEN,
    "a length that is no ASCII": "Content-Length: ٠\r\n\r\n".encode() + HIDDEN,
    "another coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a vertical tab": b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a folded line": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "bare line feeds": b"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a bare return": b"X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a chunk's size too large": b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n" + HIDDEN,
    "a chunk's size with a sign": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + HIDDEN,
    "a chunk's size in 0x": b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + HIDDEN,
    "a chunk longer than its size": b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n" + HIDDEN,
}
"""Headers of a first request, its body as one side sees it, and what the other side takes for a second request."""


@pytest.mark.parametrize("smuggled", SMUGGLED.values(), ids=SMUGGLED)
@pytest.mark.parametrize("path", ["/health", "/api/enter"])
def test_what_can_be_read_two_ways_is_not_read(watched: Watched, path: str, smuggled: bytes) -> None:
    before = watched.opened()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{watched.port}\r\nContent-Type: application/json\r\n".encode()
    answer = watched.say(head + smuggled.replace(b"{port}", str(watched.port).encode()))

    assert re.findall(rb"HTTP/1\.[01] (\d+)", answer) == [b"400"]
    assert b"demo" not in answer
    assert watched.opened() == before


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /health HTTP/1.1 HTTP/1.1",
        "GET\t/health\tHTTP/1.1",
        "GET /hea lth HTTP/1.1",
        "G\x00T /health HTTP/1.1",
        "PRI * HTTP/2.0",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_refused(watched: Watched, request_line: str) -> None:
    before = watched.opened()
    answer = watched.say(f"{request_line}\r\nHost: localhost:{watched.port}\r\n\r\n".encode("latin-1"))

    assert not answer.startswith(b"HTTP/1.1 200")
    assert b'"status": "ok"' not in answer
    assert watched.opened() == before
