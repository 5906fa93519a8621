"""A program of which one copy stays: ``python -m tests.server.remote.one_copy FOLDER``.

It says what it is, and what it is asked for. Behind the folder: ``stuck``: it never looks at what comes. ``late``: it
listens only once a line comes on standard input. ``ending``: it listens no longer once one comes, and ends at the next.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from server.errors import ServerError
from server.remote.claim import claim
from server.remote.listener import RemoteListener
from server.remote.message import Answer, Request

folder = Path(sys.argv[1])


def say(words: str) -> None:
    print(words, flush=True)


async def act(request: Request) -> Answer:
    say(f"asked to {request.name}")
    return Answer(text="second")


async def stay() -> None:
    listener = RemoteListener(folder, act)
    if "late" in sys.argv:
        say("first")
        await asyncio.to_thread(sys.stdin.readline)
    await listener.open()
    if "late" not in sys.argv:
        say("first")
    if "stuck" in sys.argv:
        time.sleep(60)  # noqa: ASYNC251 (holding the loop is the point)
    if "ending" in sys.argv:
        await asyncio.to_thread(sys.stdin.readline)
        await listener.close()
        say("closed")
        await asyncio.to_thread(sys.stdin.readline)
        return
    await asyncio.Event().wait()


try:
    found = claim(folder, Request("open"))
except ServerError as reason:
    say(reason.message)
    sys.exit(1)
if isinstance(found, Answer):
    say(found.text)
    sys.exit(0)
asyncio.run(stay())
