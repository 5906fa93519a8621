"""The program without its panel, on a display, and what a viewer of it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import websockets

from tests.helpers.x11.desktop import PROJECT


@contextlib.contextmanager
def sharing(environment: Mapping[str, str], *what: str) -> Iterator[str]:
    """Have ``panecast serve`` share ``what`` while the block lasts; its address, without the scheme."""
    command = [sys.executable, "-m", "gui", "serve", "--print-url", "--port", "0", "--share", *what]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip().removeprefix("http://")
        finally:
            process.terminate()
            process.wait(10)


class Told:
    """A viewer and what it has been told last."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self._connection = connection

    async def next(self, kind: str, seconds: float = 20, **values: object) -> dict[str, Any]:
        """Return the next message of a kind of which ``values`` are part."""
        async with asyncio.timeout(seconds):
            while True:
                message = json.loads(await self._connection.recv())
                body = message.get("data") or message.get("error") or {}
                if message["type"] == kind and values.items() <= body.items():
                    return body

    async def close_code(self) -> int | None:
        """Return the code with which the server closes."""
        async with asyncio.timeout(20):
            await self._connection.wait_closed()
        return self._connection.close_code


@contextlib.asynccontextmanager
async def viewer(address: str, source: str) -> AsyncIterator[Told]:
    """Have a viewer while the block lasts."""
    url = f"ws://{address}/stream/{source}?fps=10&unchanged=skip"
    async with websockets.connect(url, max_size=None, compression=None) as connection:
        yield Told(connection)
