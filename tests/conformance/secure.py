"""A server that speaks HTTPS with a certificate of its own: ``python -m tests.conformance.secure FOLDER``.

It prints its port and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.platforms.choose import make_backend
from capture.platforms.demo import demo_source
from server.net import certificates
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareList, ShareRule
from server.stream.registry import SessionRegistry


async def serve(folder: Path) -> None:
    """Show the test picture until nobody holds the other end of standard input."""
    catalog = Catalog((demo_source(),), windows=False)
    catalog.start()
    hub = Hub(make_backend)
    shares = ShareList(catalog, (ShareRule("demo"),))
    registry = SessionRegistry(hub, shares, StreamOptions())
    server = Server(hub, catalog, shares, registry)
    certificate = certificates.own_certificate(folder, ("127.0.0.1",), "localhost")
    await server.start(port=0, tls=certificate.context())
    print(server.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop()
    registry.close()
    shares.close()
    catalog.stop()
    await hub.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
