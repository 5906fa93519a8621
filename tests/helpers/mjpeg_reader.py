"""A viewer of Motion JPEG that looks at every byte."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PIL import Image

PLAYER, BROWSER = "player/1.0", "Mozilla/5.0 (a browser)"
BOUNDARY = b"--panecast-picture\r\n"


class MjpegReader:
    """Reads parts as they come.

    Attributes:
        status: the HTTP status.
        headers: of the answer, names in lower case.
    """

    def __init__(self, reader: asyncio.StreamReader, is_browser: bool) -> None:
        self._reader = reader
        self._is_browser = is_browser
        self.status = 0
        self.headers: dict[str, str] = {}

    async def begin(self) -> None:
        """Read the answer's head, and that of the first part where it comes early."""
        self.status = int((await self._line()).split()[1])
        self.headers = await self._heads()
        if self._is_browser and self.status == 200:
            await self._part_heads()

    async def picture(self, seconds: float = 20.0) -> Image.Image:
        """Return the next picture; for a browser it is there only when the head behind it is."""
        async with asyncio.timeout(seconds):
            return Image.open(io.BytesIO(await self._data()))

    async def colour(self) -> tuple[int, int, int]:
        """Return the colour in the middle of the next picture."""
        image = await self.picture()
        return image.getpixel((image.width // 2, image.height // 2))

    async def until(self, colour: tuple[int, int, int]) -> int:
        """Read until a picture has that colour; return how many came before it."""
        passed = 0
        while not all(abs(a - b) < 12 for a, b in zip(await self.colour(), colour, strict=True)):
            passed += 1
        return passed

    async def end(self, seconds: float = 20.0) -> bytes:
        """Return what comes until the answer ends."""
        async with asyncio.timeout(seconds):
            if "content-length" in self.headers:
                return await self._reader.readexactly(int(self.headers["content-length"]))
            return await self._reader.read(-1)

    async def _data(self) -> bytes:
        if self._is_browser:
            data = (await self._reader.readuntil(b"\r\n" + BOUNDARY)).removesuffix(b"\r\n" + BOUNDARY)
            assert await self._heads() == {"content-type": "image/jpeg"}
            return data
        heads = await self._part_heads()
        data = await self._reader.readexactly(int(heads["content-length"]))
        assert await self._line() == ""
        return data

    async def _part_heads(self) -> dict[str, str]:
        assert await self._line() == BOUNDARY.decode().strip()
        heads = await self._heads()
        assert heads["content-type"] == "image/jpeg"
        return heads

    async def _heads(self) -> dict[str, str]:
        found = {}
        while line := await self._line():
            name, _, value = line.partition(": ")
            found[name.lower()] = value
        return found

    async def _line(self) -> str:
        return (await self._reader.readuntil(b"\r\n")).decode().removesuffix("\r\n")


@asynccontextmanager
async def watching_mjpeg(port: int, path: str = "/mjpeg/4711", agent: str = PLAYER) -> AsyncIterator[MjpegReader]:
    """Have a viewer of Motion JPEG while the block lasts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: {agent}\r\n\r\n".encode())
    viewer = MjpegReader(reader, agent == BROWSER)
    try:
        async with asyncio.timeout(20):
            await viewer.begin()
        yield viewer
    finally:
        writer.close()
