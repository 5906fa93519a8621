"""What a server has used, asked of the kernel: all servers are counted alike and none is disturbed."""

from __future__ import annotations

import socket
import struct
import time

import psutil

PROCESS_CLOCK = 2
"""The part of a Linux clock's number that stands for «all threads of a process, in nanoseconds»."""
SOCK_DIAG, SOCK_DIAG_BY_FAMILY = 4, 20
REQUEST_ALL = 0x301
ESTABLISHED = 1 << 1
WITH_TCP_INFO = 2
DONE = 3
ACKED_AT = 120
"""Where struct tcp_info has the bytes that the other side acknowledged (linux/tcp.h)."""


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and its children so far, all threads, ended ones too."""
    return sum(time.clock_gettime((~one.pid << 3) | PROCESS_CLOCK) for one in _family(pid))


def memory_bytes(pid: int) -> int:
    """Return the resident memory of a process and its children."""
    return sum(int(one.memory_info().rss) for one in _family(pid))


def sent_bytes(port: int) -> dict[int, int]:
    """Return what the server at a local port has sent over each open connection, by the other side's port.

    Everything that came after the TCP headers is counted: pictures, messages, WebSocket and HTTP headers.
    """
    ask = struct.pack("=BBBBI48s", socket.AF_INET, socket.IPPROTO_TCP, 1 << (WITH_TCP_INFO - 1), 0, ESTABLISHED, b"")
    head = struct.pack("=IHHII", 16 + len(ask), SOCK_DIAG_BY_FAMILY, REQUEST_ALL, 1, 0)
    found: dict[int, int] = {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as kernel:
        kernel.send(head + ask)
        while True:
            answer = memoryview(kernel.recv(1 << 18))
            while len(answer) >= 16:
                size, kind = struct.unpack_from("=IH", answer)
                if kind == DONE:
                    return found
                here, there = struct.unpack_from("!HH", answer, 20)
                if here == port:
                    found[there] = _acked(answer[16 + 72 : size])
                answer = answer[(size + 3) & ~3 :]


def growth(before: dict[int, int], after: dict[int, int]) -> int:
    """Return the bytes sent in between over connections that are still open."""
    return sum(sent - before.get(there, 0) for there, sent in after.items())


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _acked(attributes: memoryview) -> int:
    while len(attributes) >= 4:
        size, kind = struct.unpack_from("=HH", attributes)
        if kind == WITH_TCP_INFO:
            return int(struct.unpack_from("=Q", attributes, 4 + ACKED_AT)[0])
        attributes = attributes[(size + 3) & ~3 :]
    return 0
