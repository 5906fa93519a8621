"""A viewer that asks for pictures and never reads one. Prints the moment at which it asked."""

from __future__ import annotations

import base64
import os
import socket
import sys
import time


def main(port: int, path: str) -> None:
    """Ask, then hold still until killed."""
    raw = socket.create_connection(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    print(time.monotonic(), flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
