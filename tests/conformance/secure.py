"""A server that speaks HTTPS with a certificate of its own: ``python -m tests.conformance.secure FOLDER``.

It prints its port and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from server.host import Host
from server.net import certificates
from server.sharing import ShareRule


async def serve(folder: Path) -> None:
    """Show the test picture until nobody holds the other end of standard input."""
    host = Host((ShareRule("demo"),), windows=False, has_video=False)
    host.catalog.start()
    certificate = certificates.own_certificate(folder, ("127.0.0.1",), "localhost")
    await host.server.start(port=0, tls=certificate.context())
    print(host.server.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await host.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
