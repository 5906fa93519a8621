"""HTTPS behind the front door: on every kind of loop, for browsers, WebSockets, the stuck and the plain."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tracemalloc
from typing import Any

import pytest
import websockets
from websockets.sync.client import connect

from server.net.certificates import Certificate, own_certificate
from server.net.plain_http import https_only
from tests.helpers.stuck_viewer import paint
from tests.helpers.studio import Studio
from tests.helpers.waiting import receive, until
from tests.server.net.listening import House, answer, closing, first, get, house, run_on

LOOPS = pytest.mark.parametrize("kind", ["asyncio", "qt", "no readers"])
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return own_certificate(tmp_path_factory.mktemp("config") / "panecast", [], "workbench")


def trusting(certificate: Certificate) -> ssl.SSLContext:
    """Return what a viewer speaks TLS with that trusts our certificate and no other."""
    return ssl.create_default_context(cafile=str(certificate.chain_file))


def fetch(door: House, certificate: Certificate, *requests: bytes) -> list[bytes]:
    """Ask from a thread of its own, as a program that waits, over one connection; return the bodies."""
    bodies = []
    with (
        socket.create_connection(("127.0.0.1", door.port), timeout=30) as raw,
        trusting(certificate).wrap_socket(raw, server_hostname="localhost") as caller,
    ):
        for request in requests:
            caller.sendall(request)
            said = b""
            while b"\r\n\r\n" not in said:
                said += caller.recv(1 << 16)
            head, _, body = said.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            while len(body) < length:
                body += caller.recv(1 << 16)
            bodies.append(body)
    return bodies


@LOOPS
def test_requests_are_answered_over_tls(kind: str, certificate: Certificate) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            body = bytes(range(256)) * 60
            post = f"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            bodies = await asyncio.to_thread(fetch, door, certificate, get(), post, get("/large"))

            assert bodies[:2] == [b"hello over https", body]
            assert bodies[2] == bytes(8 * 1024 * 1024)
            await door.until(lambda: len(door.listener.limiter) == 0)

    run_on(kind, scenario)


@LOOPS
def test_a_websocket_over_tls_is_spoken(kind: str, certificate: Certificate) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:

            async def talk() -> list[Any]:
                address = f"wss://localhost:{door.port}/chat"
                async with websockets.connect(address, ssl=trusting(certificate), compression=None) as chat:
                    said = ["a", "b" * 100_000]
                    for text in said:
                        await chat.send(text)
                    return [await chat.recv() for _ in said]

            assert await asyncio.to_thread(lambda: asyncio.run(talk())) == ["A", "B" * 100_000]

    run_on(kind, scenario)


@LOOPS
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_plain_http_is_told_where_to_go_and_closed(kind: str, name: str, certificate: Certificate) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            request = get("/watch/4711", f"{name}:{door.port}")
            caller = door.call(said=request[:9])
            await door.until(lambda: len(door.listener.limiter) == 1)
            caller.send(request[9:])
            head, _, page = (await answer(caller)).decode().partition("\r\n\r\n")

            assert head.startswith("HTTP/1.1 426 ")
            assert "content-security-policy: default-src 'none'" in head.lower()
            assert "\r\nserver: panecast\r\n" in head.lower()
            assert "x-content-type-options: nosniff" in head.lower()
            assert f'<a href="https://{name}:{door.port}/">' in page
            assert "4711" not in page

    run_on(kind, scenario)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: evil.example",
        b"GET / HTTP/1.1\r\nHost: ours\r\nHost: ours",
        b"GET / HTTP/1.1\r\nHost: ours\r\nhost: evil.example",
        b'GET / HTTP/1.1\r\nHost: ours"><script>alert(1)</script>',
        b"GET / HTTP/1.1\r\nX-Host: ours",
        b"GET http://ours/ HTTP/1.1\r\nAccept: */*",
        b"GET / HTTP/1.1\r\nHost: our\xf6s",
        b"",
    ],
)
def test_there_is_no_link_to_what_is_not_known_to_be_us(head: bytes) -> None:
    page = https_only(head, {"ours"}.__contains__)

    assert b"href" not in page
    assert b"script" not in page.partition(b"\r\n\r\n")[2]
    assert b"https://" in page


@pytest.mark.parametrize(
    ("accepted", "speech", "words"),
    [
        (b"", "en", "Sharing is encrypted here"),
        (b"\r\nAccept-Language: de-AT, en;q=0.5", "de", "Hier wird verschlüsselt freigegeben"),
        (b"\r\nACCEPT-LANGUAGE: fr, de;q=0.1", "de", "Hier wird verschlüsselt freigegeben"),
        (b"\r\nAccept-Language: \xff<script>", "en", "Sharing is encrypted here"),
    ],
)
def test_it_speaks_the_language_of_who_asks(accepted: bytes, speech: str, words: str) -> None:
    head, _, page = https_only(b"GET / HTTP/1.1\r\nHost: ours" + accepted, {"ours"}.__contains__).partition(b"\r\n\r\n")

    assert f'<html lang="{speech}">' in page.decode()
    assert words in page.decode()
    assert f"content-language: {speech}" in head.decode().lower()
    assert b"<script" not in page


def test_the_host_may_be_in_any_case_and_between_blanks() -> None:
    assert b'href="https://ours/"' in https_only(b"GET / HTTP/1.1\r\nhOST: \tOURS \r\nA: b", {"ours"}.__contains__)


def test_plain_headers_without_an_end_are_answered_when_they_get_long(certificate: Certificate) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            caller = door.call(said=b"GET / HTTP/1.1\r\nX: " + b"x" * 9000)

            assert b"426 Upgrade Required" in await answer(caller)

    run_on("asyncio", scenario)


@LOOPS
@pytest.mark.parametrize("said", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_who_does_not_get_on_with_it_is_cut_after_five_seconds(
    kind: str, said: bytes, certificate: Certificate
) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            caller = door.call(said=said)
            await door.until(lambda: len(door.listener.limiter) == 1)
            door.clock.advance(5.1)

            assert await answer(caller) == b""
            assert door.listener.overdue == 1

    run_on(kind, scenario)


@LOOPS
def test_who_begins_tls_and_stops_costs_a_place_and_little_else(kind: str, certificate: Certificate) -> None:
    """A buffer as large as asyncio's own TLS makes for each, or a task, would be had for one byte."""

    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            first_of_all = door.call(said=b"\x16\x03\x01")
            await door.until(lambda: len(door.listener.limiter) == 1)
            tasks = asyncio.all_tasks()
            tracemalloc.start()
            try:
                callers = [door.call(said=b"\x16\x03\x01") for _ in range(40)]
                # They are read before one that comes later has its answer.
                await asyncio.to_thread(fetch, door, certificate, get())
                await door.until(lambda: len(door.listener.limiter) == 41)
                await door.until(lambda: asyncio.all_tasks() <= tasks)
                held, _ = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            with closing(first_of_all, *callers):
                assert held < 40 * 32 * 1024

    run_on(kind, scenario)


@LOOPS
def test_who_speaks_no_tls_of_ours_is_told_so(kind: str, certificate: Certificate) -> None:
    """A browser then says that it is too old; of a connection that just ends it would say that the network is bad."""

    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            old = trusting(certificate)
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            old.set_ciphers("ECDHE-ECDSA-AES256-SHA")

            def ask() -> str:
                with socket.create_connection(("127.0.0.1", door.port), timeout=30) as raw:
                    try:
                        old.wrap_socket(raw, server_hostname="localhost")
                    except ssl.SSLError as refused:
                        return refused.reason
                raise AssertionError("it was spoken")

            assert "ALERT" in await asyncio.to_thread(ask)
            await door.until(lambda: len(door.listener.limiter) == 0)

    run_on(kind, scenario)


@LOOPS
def test_what_is_no_tls_at_all_ends_without_a_trace(
    kind: str, certificate: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            caller = door.call(said=b"\x16\x03\x01\x00\x05rubbish that is no handshake")
            await answer(caller)
            await door.until(lambda: len(door.listener.limiter) == 0)

            def mistrust() -> None:
                with pytest.raises(ssl.SSLCertVerificationError):
                    connect(f"wss://localhost:{door.port}/chat", ssl=ssl.create_default_context())

            await asyncio.to_thread(mistrust)
            await door.until(lambda: len(door.listener.limiter) == 0)

    run_on(kind, scenario)

    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


def test_headers_owed_after_the_handshake_have_their_own_five_seconds(certificate: Certificate) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            raw = door.call()
            await door.until(lambda: len(door.listener.limiter) == 1)
            door.clock.advance(4)
            reader, writer = await asyncio.open_connection(
                sock=raw, ssl=trusting(certificate), server_hostname="localhost"
            )
            (connection,) = door.listener.limiter.everybody()
            await door.until(lambda: connection.handler is not None)
            door.clock.advance(4.9)
            door.listener.sweep()
            assert len(door.listener.limiter) == 1
            door.clock.advance(0.2)

            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
            writer.close()

    run_on("asyncio", scenario)


@LOOPS
def test_ending_does_not_wait_for_handshakes_and_stuck_readers(kind: str, certificate: Certificate) -> None:
    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:
            silent, half = door.call(), door.call(said=b"\x16\x03\x01")
            stuck = door.call()
            stuck.setblocking(True)

            def ask() -> ssl.SSLSocket:
                caller = trusting(certificate).wrap_socket(stuck, server_hostname="localhost")
                caller.sendall(get("/large"))
                return caller

            caller = await asyncio.to_thread(ask)
            await door.until(lambda: any(connection.unsent > 0 for connection in door.listener.limiter.everybody()))
            await door.end()
            with closing(caller):
                assert await answer(silent) == b""
                assert await answer(half) == b""
                await door.until(lambda: len(door.listener.limiter) == 0)

    run_on(kind, scenario)


def test_goodbye_is_said_in_tls(certificate: Certificate) -> None:
    """Without it a viewer cannot tell an answer that ended from one that somebody cut."""

    async def scenario() -> None:
        async with house(tls=certificate.context()) as door:

            def ask() -> bytes:
                with (
                    socket.create_connection(("127.0.0.1", door.port), timeout=30) as raw,
                    trusting(certificate).wrap_socket(
                        raw, server_hostname="localhost", suppress_ragged_eofs=False
                    ) as caller,
                ):
                    caller.sendall(get("/", "localhost", "Connection: close"))
                    said = b""
                    while chunk := caller.recv(1 << 16):
                        said += chunk
                    return said

            assert (await asyncio.to_thread(ask)).endswith(b"hello over https")

    run_on("asyncio", scenario)


# The whole server.


async def restarted(studio: Studio, certificate: Certificate) -> None:
    await studio.server.stop()
    await studio.server.start(port=0, tls=certificate.context())


def secure(studio: Studio, certificate: Certificate, query: str, **options: Any) -> websockets.connect:
    address = f"wss://localhost:{studio.server.port}/stream/4711?{query}"
    return websockets.connect(address, ssl=trusting(certificate), max_size=None, compression=None, **options)


async def test_pictures_go_over_tls_to_our_own_pages(studio: Studio, certificate: Certificate) -> None:
    await restarted(studio, certificate)
    ours = f"https://localhost:{studio.server.port}"
    async with secure(studio, certificate, "fps=20", origin=ours) as viewer:
        frame = await receive(viewer, "frame")

    assert studio.server.url == ours
    assert frame["data"]["frame_number"] >= 0


async def test_pages_that_came_unencrypted_are_not_ours(studio: Studio, certificate: Certificate) -> None:
    await restarted(studio, certificate)
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with secure(studio, certificate, "fps=20", origin=f"http://localhost:{studio.server.port}"):
            pass

    assert refused.value.response.status_code == 403


async def test_a_stuck_viewer_over_tls_is_dropped_while_another_goes_on(
    studio: Studio, certificate: Certificate
) -> None:
    await restarted(studio, certificate)
    painting = asyncio.create_task(paint(studio))
    async with secure(studio, certificate, "fps=20") as good:
        await receive(good, "frame")
        async with secure(studio, certificate, "fps=60&quality=100", close_timeout=0.1) as stuck:
            stuck.transport.pause_reading()
            await until(lambda: len(studio.registry) == 2)
            numbers = []
            async with asyncio.timeout(30):
                while len(studio.registry) == 2:
                    numbers.append((await receive(good, "frame"))["data"]["frame_number"])
            stuck.transport.abort()
    painting.cancel()

    assert len(numbers) > 20
    assert numbers == sorted(numbers)


async def test_stopping_does_not_wait_for_stuck_viewers_over_tls(studio: Studio, certificate: Certificate) -> None:
    await restarted(studio, certificate)
    painting = asyncio.create_task(paint(studio))
    stuck = [await secure(studio, certificate, "fps=60&quality=100", close_timeout=0.1) for _ in range(3)]
    for viewer in stuck:
        viewer.transport.pause_reading()
    half = socket.create_connection(("127.0.0.1", studio.server.port))
    half.sendall(b"\x16\x03\x01")
    await until(lambda: all(view.state == "slow" for view in studio.registry.sessions()), seconds=20)
    async with asyncio.timeout(2.0):
        await studio.server.stop()
    painting.cancel()
    half.close()
    for viewer in stuck:
        viewer.transport.abort()

    assert len(studio.registry) == 0


async def test_plain_and_secure_viewers_take_turns_on_one_server(studio: Studio, certificate: Certificate) -> None:
    for tls in (None, certificate.context(), None):
        await studio.server.stop()
        await studio.server.start(port=0, tls=tls)
        caller = socket.create_connection(("127.0.0.1", studio.server.port))
        caller.setblocking(False)
        caller.send(get("/api/health", f"localhost:{studio.server.port}"))
        with closing(caller):
            said = await first(caller)

        assert said.startswith(b"HTTP/1.1 200" if tls is None else b"HTTP/1.1 426")
