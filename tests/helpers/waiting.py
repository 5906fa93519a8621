"""Waiting for what a test cannot be told of."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import websockets

Until = Callable[..., Awaitable[None]]


async def receive(viewer: Any, kind: str, seconds: float = 20.0) -> dict[str, Any]:
    """Return the next message of that type, passing over others."""
    async with asyncio.timeout(seconds):
        while True:
            message = json.loads(await viewer.recv())
            if message["type"] == kind:
                return message


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return once ``true()`` holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.005)


async def say(viewer: Any, command: str, **options: Any) -> None:
    """Send a command."""
    await viewer.send(json.dumps({"command": command, "options": options}))


async def closed(viewer: Any, seconds: float = 6.0) -> tuple[int, list[dict[str, Any]]]:
    """Return the close code, and the messages that came before it."""
    messages = []
    async with asyncio.timeout(seconds):
        while True:
            try:
                messages.append(json.loads(await viewer.recv()))
            except websockets.ConnectionClosed:
                break
    return viewer.close_code, messages


def wait_for(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return once ``true()`` holds, where no loop runs; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.005)
