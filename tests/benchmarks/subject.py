"""The server under measurement, in a process of its own. Each line on standard input is answered with its counters.

After the line ``unguarded`` nobody asks any more, before a take or a picture that is sent, who may see it; after
``guarded`` it is as ever. For comparison. Started with ``crowd``, it lets in far more than 256 viewers, all
of one device.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable

from capture.platforms.demo import demo_source
from capture.source import Source
from server.access.control import Viewer
from server.host import Host
from server.net.limits import ConnectionLimits
from server.protocol.options import StreamOptions
from server.sharing import ShareRule
from server.stream.limits import device_limits, message_rate

CROWD = 2000


def let_in_crowd() -> None:
    """Raise every bound that a crowd on one device would meet, before there is a server.

    Real ones come from as many devices, whose messages are paced each by itself.
    """
    limits = ConnectionLimits(total=CROWD)
    ConnectionLimits.fitting = lambda _: limits  # type: ignore[method-assign,assignment]  # for this process alone
    device_limits.MOST_STREAMS = CROWD
    message_rate.MESSAGES_A_SECOND = message_rate.MESSAGES_AT_ONCE = CROWD * 100


async def main() -> None:
    """Serve everything until standard input ends."""
    if sys.argv[1:] == ["crowd"]:
        let_in_crowd()
    host = Host((ShareRule("all"),), StreamOptions(fps=30, format="auto"))
    host.catalog.set_fixed((demo_source(320, 240),))
    hub, registry, server = host.hub, host.registry, host.server
    if sys.argv[1:] == ["crowd"]:
        registry.limit = CROWD
    link = registry.access.links.make("measured", (ShareRule("all"),))
    asks = True
    may_see = registry.may_see

    def switched(viewer: Viewer) -> Callable[[Source], bool]:
        guarded = may_see(viewer)
        return lambda source: guarded(source) if asks else True

    registry.may_see = switched  # type: ignore[method-assign]  # the question that is measured
    host.catalog.start()
    await host.catalog.ready()
    await server.start(port=0)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(server.port, flush=True)
    while told := await reader.readline():
        asks = {b"unguarded\n": False, b"guarded\n": True}.get(told, asks)
        counters = {
            "cpu": time.process_time(),
            "sent": registry.totals.pictures,
            "takes": hub.takes,
            "encodes": hub.encoder.encodes
            + sum(film.encodes for film in (hub.shared_videos.running if hub.shared_videos else ())),
            "viewers": len(registry),
            "token": link.token,
            "picture_rate": sum(session.bytes_per_second for session in registry.sessions()),
            "fps": [session.fps for session in registry.sessions()],
            "formats": [session.options.format for session in registry.sessions()],
        }
        print(json.dumps(counters), flush=True)
    await host.close()


if __name__ == "__main__":
    asyncio.run(main())
