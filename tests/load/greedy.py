"""A guest who does its worst, in a process of its own: ``greedy PORT TOKEN WAY``; without a token, the owner.

Ways: ``channels`` opens 4 × 64 of them, each another size as WebP, ``video`` as many of other speeds as H.264,
``snapshots`` asks for 24 single pictures at once over and over, ``pings`` says nothing else, ``sliders`` changes the
options of all its channels. A line is printed when it is under way. On a line of standard input it ends, and prints
what it was told, counted.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import struct
import sys
from collections import Counter

from server.protocol import wire
from server.protocol.wire import MANY_PROTOCOL, PICTURE, ack

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONNECTIONS, CHANNELS, SNAPSHOTS = 4, 64, 24
TOLD: Counter[str] = Counter()


def frame(kind: int, body: bytes) -> bytes:
    """Return a viewer's message; a mask of zeros changes nothing."""
    size = bytes((0x80 | len(body),)) if len(body) < 126 else b"\xfe" + struct.pack("!H", len(body))
    return bytes((0x80 | kind,)) + size + bytes(4) + body


def head(port: int, path: str, *more: str) -> bytes:
    """Return a request; with a token that of somebody behind a proxy, for this computer would be the owner."""
    relayed = ("X-Forwarded-For: 10.0.0.66",) if "token=" in path else ()
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *relayed, *more, "", "")
    return "\r\n".join(lines).encode()


async def connected(
    port: int, token: str, path: str = "/streams", protocol: str = MANY_PROTOCOL
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return reader and writer of a WebSocket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Protocol: {protocol}")
    keys = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
    writer.write(head(port, f"{path}?token={token}" if token else path, *upgrade, *keys))
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def received(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return kind and content of the next message."""
    first, size = await reader.readexactly(2)
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
    return first & 15, await reader.readexactly(size)


async def watch_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything, acknowledge it, and count what is said."""
    channel = 0
    while True:
        kind, body = await received(reader)
        if kind == BINARY and body[0] == wire.CHANNEL:
            (channel,) = struct.unpack("<BxH", body)[1:]
        elif kind == BINARY and body[0] == PICTURE:
            TOLD["pictures"] += 1
            (sequence,) = struct.unpack_from("<Q", body, 8)
            writer.write(frame(BINARY, wire.channel(channel)) + frame(BINARY, ack(sequence, 0.001)))
        elif kind == TEXT:
            told = json.loads(body)
            TOLD[told["error"]["code"] if told["type"] == "error" else told["type"]] += 1
        elif kind == CLOSE:
            TOLD[f"closed {int.from_bytes(body[:2])}"] += 1
            writer.write(frame(CLOSE, body))


def opening(channel: int, number: int, way: str) -> bytes:
    """Return what opens a channel with wishes that nobody else has."""
    options: dict[str, object] = {"channel": channel, "id": "demo", "fps": 60, "adaptive": 0}
    if way == "video":
        options |= {"format": "h264", "fps": 10 + number / 10}
    else:
        options |= {"format": "webp", "scale": round(0.4 + number * 0.002, 3), "quality": 90}
    return frame(TEXT, json.dumps({"command": "open", "options": options}).encode())


async def channels(port: int, token: str, way: str) -> None:
    """Open as many channels as there are, and come again whenever that ends."""
    numbers = itertools.count()
    sliding = way == "sliders"

    async def one() -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await connected(port, token)
                for channel in range(1, CHANNELS + 1):
                    number = next(numbers) % 256
                    writer.write(opening(channel, number % 8 if sliding else number, way))
                watching = asyncio.ensure_future(watch_all(reader, writer))
                while sliding and not watching.done():
                    for channel in range(1, CHANNELS + 1):
                        changed = {"command": "update_options", "options": {"fps": 5 + next(numbers) % 50}}
                        said = frame(TEXT, json.dumps(changed).encode())
                        writer.write(frame(BINARY, wire.channel(channel)) + said)
                    await writer.drain()
                    # As often as it may on each channel, which is twenty times a second.
                    await asyncio.wait((watching,), timeout=0.06)
                await watching
            await asyncio.sleep(0.05)

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def snapshots(port: int, token: str) -> None:
    """Ask for single pictures, each as nobody else has it."""
    numbers = itertools.count()

    async def one() -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
                path = f"/snapshot/demo.webp?quality={10 + next(numbers) % 90}" + (f"&token={token}" if token else "")
                writer.write(head(port, path, "Connection: close"))
                answer = await reader.read()
                TOLD[answer[9:12].decode()] += 1
                writer.close()

    await asyncio.gather(*(one() for _ in range(SNAPSHOTS)))


async def pings(port: int, token: str) -> None:
    """Say nothing but pings, and frames without anything in them, on both kinds of connection."""

    async def one(path: str, protocol: str, first: bytes, said: bytes) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await connected(port, token, path, protocol)
                watching = asyncio.ensure_future(watch_all(reader, writer))
                watching.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
                writer.write(first)
                while not watching.done():
                    writer.write(said * 5000)
                    await writer.drain()
                    await asyncio.sleep(0)
            await asyncio.sleep(0.02)

    paths = (("/streams", MANY_PROTOCOL), ("/stream/demo", wire.PROTOCOL))
    # The last is a message in pieces that are empty, and never ends.
    said = [(b"", frame(kind, b"")) for kind in (PING, PONG, TEXT)]
    said.append((bytes.fromhex("018000000000"), bytes.fromhex("008000000000")))
    await asyncio.gather(*(one(*path, *each) for path in paths for each in said))


async def main() -> None:
    """Do it until a line comes."""
    os.nice(10)  # it stands for another computer, and is not to take the processors of those here
    port, token, way = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    doing = {"snapshots": snapshots, "pings": pings}
    task = asyncio.ensure_future(doing[way](port, token) if way in doing else channels(port, token, way))
    print("begun", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    task.cancel()
    print(json.dumps(TOLD), flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
