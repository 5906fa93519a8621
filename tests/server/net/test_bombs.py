"""Messages that grow, are too large, or never end: 1009 or a cut, and the server does not grow with them (T8)."""

from __future__ import annotations

import base64
import functools
import gzip
import re
import socket
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psutil
import pytest

from tests.helpers.served import Served, seconds_until, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what it grows by is read from /proc")
MOST_GROWTH = 16 * 1024 * 1024
KEY = base64.b64encode(b"sixteen bytes ..").decode()
MEGABYTE = b"x" * (1 << 20)
PATHS = ("/stream/demo?max_width=64&fps=1", "/streams")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A server that has answered everything once, so that what it keeps for good is there."""
    with serving() as found:
        for path in ("/", "/api/windows", "/snapshot/demo.jpg?scale=0.2"):
            with socket.create_connection(("127.0.0.1", found.port)) as raw:
                raw.sendall(
                    f"GET {path} HTTP/1.1\r\nHost: localhost:{found.port}\r\nConnection: close\r\n\r\n".encode()
                )
                while raw.recv(65536):
                    pass
        for path in PATHS:
            with Stranger(found, path) as first:
                if "demo" in path:
                    first.wait_for_picture()
                first.send(frame(0x1, b"x" * 20000))
                first.close_code()
        yield found


class Stranger:
    """A program that speaks WebSocket by hand, because no library would send such things."""

    def __init__(self, served: Served, path: str) -> None:
        self._raw = socket.create_connection(("127.0.0.1", served.port))
        self._raw.settimeout(10)
        head = (
            f"GET {path} HTTP/1.1\r\nHost: localhost:{served.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
            "Sec-WebSocket-Protocol: panecast.v1, panecast.many.v1\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
        )
        self._raw.sendall(head.encode())
        self._heard = b""
        while b"\r\n\r\n" not in self._heard:
            self._heard += self._raw.recv(65536)
        self.head, _, self._heard = self._heard.partition(b"\r\n\r\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._raw.close()

    def patience(self, seconds: float) -> None:
        """Wait no longer than this for anything to be taken."""
        self._raw.settimeout(seconds)

    def send(self, data: bytes) -> bool:
        """Send; return whether anybody takes it."""
        try:
            self._raw.sendall(data)
        except OSError:
            return False
        return True

    def close_code(self) -> int | None:
        """Return with what the server closes; None when it just cuts."""
        while True:
            found = self._read_frame()
            if found is None:
                return None
            opcode, payload = found
            if opcode == 0x8:
                return int(struct.unpack("!H", payload[:2])[0])

    def wait_for_picture(self) -> None:
        """Return when a picture came: the first one makes what takes and encodes them."""
        while (found := self._read_frame()) is not None and found[0] != 0x2:
            pass

    def _read_frame(self) -> tuple[int, bytes] | None:
        head = self._take(2)
        if head is None:
            return None
        size = head[1]
        if size > 125:
            longer = self._take(2 if size == 126 else 8)
            if longer is None:
                return None
            size = int.from_bytes(longer)
        payload = self._take(size)
        return None if payload is None else (head[0] & 15, payload)

    def _take(self, count: int) -> bytes | None:
        while len(self._heard) < count:
            try:
                data = self._raw.recv(65536)
            except ConnectionError:
                return None
            if not data:
                return None
            self._heard += data
        found, self._heard = self._heard[:count], self._heard[count:]
        return found


def frame(first: int, payload: bytes, size: int | None = None, fin: bool = True) -> bytes:
    """Return a masked frame (with a mask of zeros) that says it has ``size`` bytes."""
    size = len(payload) if size is None else size
    head = bytes((first | (0x80 if fin else 0),))
    if size < 126:
        head += bytes((0x80 | size,))
    elif size < 1 << 16:
        head += b"\xfe" + size.to_bytes(2)
    else:
        head += b"\xff" + size.to_bytes(8)
    return head + bytes(4) + payload


def deflated(size: int) -> bytes:
    """Return what becomes ``size`` bytes when a WebSocket unpacks it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush nothing refers to what was before: a megabyte looks the same however often it comes.
    packed = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return (packed * (size >> 20))[:-4]


def test_a_bomb_becomes_what_it_says() -> None:
    assert zlib.decompress(deflated(3 << 20) + b"\x00\x00\xff\xff\x03\x00", -15) == MEGABYTE * 3


@functools.cache
def packed(packing: str) -> bytes:
    """Return two hundred megabytes, small."""
    return gzip.compress(MEGABYTE * 200) if "gzip" in packing else zlib.compress(MEGABYTE * 200)


class Growth:
    """Watches how much memory a process has at most, by the kernel's own count."""

    def __init__(self, process: psutil.Process) -> None:
        self._folder = Path(f"/proc/{process.pid}")
        (self._folder / "clear_refs").write_text("5", encoding="ascii")  # the peak begins at what there is now
        self._before = self._peak()

    def most(self) -> int:
        """Return by how many bytes it grew at its largest."""
        return self._peak() - self._before

    def _peak(self) -> int:
        found = re.search(r"VmHWM:\s+(\d+) kB", (self._folder / "status").read_text(encoding="ascii"))
        assert found is not None
        return int(found[1]) * 1024


@pytest.mark.parametrize("path", PATHS)
def test_a_bomb_is_not_unpacked(served: Served, path: str) -> None:
    bomb = frame(0x41, deflated(512 << 20))  # takes so long that a viewer would count as stuck meanwhile
    growth = Growth(served.process)
    with Stranger(served, path) as stranger:
        assert b"permessage-deflate" not in stranger.head
        stranger.send(bomb)
        # A bit that nothing was agreed about is a fault in the protocol.
        assert stranger.close_code() in (1002, 1009)

    assert growth.most() < MOST_GROWTH


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [4097, 20_000, 1 << 31, (1 << 63) - 1])
def test_a_giant_is_refused_before_it_has_come(served: Served, path: str, size: int) -> None:
    growth = Growth(served.process)
    with Stranger(served, path) as stranger:
        stranger.send(frame(0x1, b"x" * min(size, 20_000), size))
        assert stranger.close_code() == 1009

    assert growth.most() < MOST_GROWTH


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("piece", [b"x", b"x" * 1000], ids=["one", "thousand"])
def test_fragments_without_end_end(served: Served, path: str, piece: bytes) -> None:
    growth = Growth(served.process)
    more = frame(0x0, piece, fin=False) * 500
    with Stranger(served, path) as stranger:
        stranger.send(frame(0x1, b"{", fin=False))
        sent = 0
        while sent < 64 << 20 and stranger.send(more):
            sent += len(more)

    assert growth.most() < MOST_GROWTH
    assert sent < 64 << 20, "it was taken to the end"


@pytest.mark.parametrize("path", PATHS)
def test_empty_fragments_without_end_are_read_slowly(served: Served, path: str) -> None:
    growth = Growth(served.process)
    more = frame(0x0, b"", fin=False) * 20_000
    with Stranger(served, path) as stranger:
        stranger.patience(0.4)
        stranger.send(frame(0x1, b"{", fin=False))
        sent = 0
        while sent < 64 << 20 and stranger.send(more):
            sent += len(more)

    assert growth.most() < MOST_GROWTH
    # What the system holds, a few megabytes, and a little more.
    assert sent < 16 << 20


def test_many_halves_of_messages_are_no_weight(served: Served) -> None:
    growth = Growth(served.process)
    # As many as one address may have, each with as much as is read before it is too much.
    strangers = [Stranger(served, "/streams") for _ in range(30)]
    for stranger in strangers:
        stranger.send(frame(0x1, b"x" * 16_000, fin=False))
    for stranger in strangers:
        stranger.__exit__()
    seconds_until(lambda: served.connections() == 0, 5)

    assert growth.most() < MOST_GROWTH


def ask(served: Served, head: str, body: bytes) -> bytes:
    """Return the beginning of the answer to a request whose body may be cut short."""
    with socket.create_connection(("127.0.0.1", served.port)) as raw:
        raw.settimeout(15)
        try:
            raw.sendall(f"{head}\r\nHost: localhost:{served.port}\r\nConnection: close\r\n\r\n".encode() + body)
            return raw.recv(4096)
        except ConnectionError:
            return b""


@pytest.mark.parametrize("path", ["/api/enter", "/api/windows"])
@pytest.mark.parametrize("packing", ["", "Content-Encoding: gzip", "Content-Encoding: deflate"])
def test_large_bodies_are_not_read(served: Served, path: str, packing: str) -> None:
    growth = Growth(served.process)
    large = 256 << 20
    if packing:
        body = packed(packing)
        length = len(body)
    else:
        body, length = MEGABYTE, large
    head = f"POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{packing}"
    answer = ask(served, head.rstrip(), body)

    assert not answer or int(answer.split(b" ", 2)[1]) in (400, 401, 403, 405, 408, 413)
    assert growth.most() < MOST_GROWTH


def test_a_small_bomb_in_a_body_is_not_unpacked(served: Served) -> None:
    growth = Growth(served.process)
    # Twelve megabytes in as many kilobytes: short enough to be read as it comes.
    body = gzip.compress(MEGABYTE * 12)
    assert len(body) < 16 * 1024
    head = f"POST /api/enter HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    answer = ask(served, head + "Content-Encoding: gzip", body)

    assert not answer or 400 <= int(answer.split(b" ", 2)[1]) < 500
    assert growth.most() < 8 * 1024 * 1024


@pytest.mark.parametrize(
    "head",
    [
        "GET /" + "a" * (1 << 20) + " HTTP/1.1",
        "GET / HTTP/1.1\r\nX: " + "a" * (1 << 20),
        "GET / HTTP/1.1" + "\r\nX: y" * 200_000,
        "GET / HTTP/1.1" + "".join(f"\r\nX-{number}: y" for number in range(100_000)),
        "GET /watch/demo?" + "&".join(f"a{number}=b" for number in range(2000)) + " HTTP/1.1",
    ],
    ids=["address", "header", "one header often", "headers", "query"],
)
def test_large_heads_are_not_kept(served: Served, head: str) -> None:
    growth = Growth(served.process)
    answer = ask(served, head, b"")

    assert not answer or int(answer.split(b" ", 2)[1]) in (200, 400, 414, 431)
    assert growth.most() < MOST_GROWTH


def test_it_serves_others_afterwards(served: Served) -> None:
    assert served.process.is_running()
    assert ask(served, "GET /health HTTP/1.1", b"").startswith(b"HTTP/1.1 200")
