"""The server under measurement, in a process of its own. Each line on standard input is answered with its counters.

``--unguarded`` leaves out what is asked before each take and each picture that is sent, for comparison.
"""

from __future__ import annotations

import asyncio
import json
import sys

from capture.backends.choose import make_backend
from capture.backends.demo import demo_source
from capture.catalog import Catalog
from capture.hub import Hub
from capture.source import Source
from capture.video import video_encoders
from server.options import StreamOptions
from server.registry import SessionRegistry
from server.server import Server
from server.sharing import ShareList, ShareRule


async def main() -> None:
    """Serve everything until standard input ends."""
    catalog = Catalog((demo_source(320, 240),))
    hub = Hub(make_backend, video_encoders())
    shares = ShareList(catalog, (ShareRule("all"),))
    registry = SessionRegistry(hub, shares, StreamOptions(fps=30, format="auto"))
    link = registry.access.links.make("measured", (ShareRule("all"),))
    if "--unguarded" in sys.argv:
        registry.may_see = lambda viewer: _yes  # type: ignore[method-assign]
    server = Server(hub, catalog, shares, registry)
    catalog.start()
    await catalog.ready()
    await server.start(port=0)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(server.port, flush=True)
    while await reader.readline():
        counters = {
            "takes": hub.takes,
            "encodes": hub.encoder.encodes + sum(film.encodes for film in (hub.films.running if hub.films else ())),
            "viewers": len(registry),
            "token": link.token,
            "picture_rate": sum(session.bytes_per_second for session in registry.sessions()),
            "fps": [session.fps for session in registry.sessions()],
            "formats": [session.options.format for session in registry.sessions()],
        }
        print(json.dumps(counters), flush=True)
    await server.stop()
    registry.close()
    shares.close()
    catalog.stop()
    await hub.close()


def _yes(source: Source) -> bool:
    return True


if __name__ == "__main__":
    asyncio.run(main())
