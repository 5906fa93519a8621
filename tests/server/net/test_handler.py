"""Requests that are none, and faults of ours: what is answered, and what the log says of them."""

from __future__ import annotations

import asyncio
import http.client
import logging
import sys

import pytest

from server.access.links import TOKEN_BYTES
from server.net.handler import without_secrets
from tests.helpers.studio import Studio
from tests.server.net.listening import answer, get, house, run_on

TOKEN = "dGhpcyBpcyBub3QgYSBzZWNyZXQhIQx2"
MALFORMED = [
    f"GET /api/windows?token={TOKEN} HTTP/9.9\r\nHost: localhost\r\n\r\n",
    f"GET /x?token={TOKEN} rubbish\r\n\r\n",
    f"G@T /x?token={TOKEN} HTTP/1.1\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: localhost\r\nCookie {TOKEN}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {TOKEN}\r\n\r\n",
    f"GET /{'x' * 9000}?token={TOKEN} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    f"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{TOKEN}\r\n\r\n",
]


def test_the_token_of_these_tests_is_as_long_as_a_real_one() -> None:
    assert len(TOKEN) >= TOKEN_BYTES * 4 / 3


@pytest.mark.parametrize("request_text", MALFORMED)
def test_malformed_requests_are_answered_without_what_they_said(
    request_text: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> bytes:
        async with house() as door:
            return await answer(door.call(said=request_text.encode()))

    with caplog.at_level(logging.DEBUG):
        said = run_on("asyncio", scenario)

    assert said.startswith((b"HTTP/1.0 400 Bad Request\r\n", b"HTTP/1.1 400 Bad Request\r\n"))
    assert b"\r\nServer: Panecast\r\n" in said
    assert b"\r\nContent-Security-Policy: default-src 'none'" in said
    assert TOKEN.encode() not in said
    assert TOKEN not in caplog.text
    assert "Traceback" not in caplog.text
    assert "malformed requests were refused: 1, the last from 127.0.0.1" in caplog.text


def test_malformed_requests_are_told_of_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with house() as door:
            for seconds in (0, 1, 58, 1.1, 1):
                door.clock.advance(seconds)
                assert b" 400 " in await answer(door.call(said=b"rubbish\r\n\r\n"))

    run_on("asyncio", scenario)

    assert [record.getMessage().split(",")[0][-1] for record in caplog.records] == ["1", "3"]


def test_faults_of_ours_keep_their_traceback_but_no_query(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> bytes:
        async with house() as door:
            return await answer(door.call(said=get(f"/fail?token={TOKEN}&pin=123456")))

    said = run_on("asyncio", scenario)

    assert b" 500 Internal Server Error\r\n" in said
    assert b"\r\nServer: Panecast\r\n" in said
    assert "answering GET /fail for 127.0.0.1 failed\nTraceback" in caplog.text
    assert "listening.py" in caplog.text
    assert "ValueError: could not read /fail?…" in caplog.text
    assert TOKEN not in caplog.text + said.decode()
    assert "123456" not in caplog.text + said.decode()


def test_what_has_no_cause_has_no_traceback() -> None:
    assert without_secrets(None) == ""


def test_causes_are_told_and_their_secrets_are_not() -> None:
    try:
        try:
            {}[TOKEN]
        except KeyError as missing:
            raise ValueError("PIN 123456 is wrong") from missing
    except ValueError:
        told = without_secrets(sys.exc_info()[1])

    assert "KeyError: '…'" in told
    assert "ValueError: PIN … is wrong" in told
    assert "test_causes_are_told_and_their_secrets_are_not" in told


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 200),
        ("GET", "/nothing", {}, 404),
        ("PUT", "/", {}, 405),
        ("GET", "/", {"Host": "evil.example"}, 421),
        ("GET", "/", {"Expect": "the-impossible"}, 417),
        ("GET", "/stream/4711", {}, 426),
        ("POST", "/api/enter", {"Content-Type": "application/json"}, 400),
    ],
)
async def test_no_answer_tells_of_versions(
    studio: Studio, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    def ask() -> tuple[int, str | None]:
        caller = http.client.HTTPConnection("127.0.0.1", studio.server.port, timeout=10)
        try:
            caller.request(method, path, headers=headers)
            found = caller.getresponse()
            return found.status, found.getheader("Server")
        finally:
            caller.close()

    assert await asyncio.to_thread(ask) == (status, "Panecast")


async def test_the_answer_to_an_upgrade_does_not_either(studio: Studio) -> None:
    async with studio.connect() as viewer:
        assert viewer.response is not None
        assert viewer.response.headers["Server"] == "Panecast"
