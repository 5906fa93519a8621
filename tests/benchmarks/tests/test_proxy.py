"""The narrow line passes on what it is given, both ways, and keeps the server's own name."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.benchmarks import proxy
from tests.helpers.waiting import Until


async def test_everything_arrives_and_the_name_is_the_servers(capsys: pytest.CaptureFixture[str], until: Until) -> None:
    heard: list[bytes] = []
    sent = bytes(range(256)) * 256

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(sent)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = asyncio.create_task(proxy.main(port, 1e9))
    shown: list[str] = []
    await until(lambda: shown.append(capsys.readouterr().out) or "".join(shown).strip())
    own = int("".join(shown))
    reader, writer = await asyncio.open_connection("127.0.0.1", own)
    writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{own}\r\n\r\n".encode())
    got = await reader.read()
    writer.close()
    line.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await line
    server.close()
    await server.wait_closed()

    assert got == sent
    assert heard == [f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()]
