"""aiohttp still has the names of its own that we use; it may change them with any version."""

from __future__ import annotations

import asyncio
import inspect

from aiohttp import base_protocol, web

from server.net.aiohttp_private import drained, handler_options, wants_rest


async def nothing(request: web.BaseRequest) -> web.StreamResponse:
    return web.Response()


async def test_a_server_keeps_the_options_of_its_handlers() -> None:
    server = web.Server(nothing, keepalive_timeout=7.0)
    options = handler_options(server)
    handler = web.RequestHandler(server, loop=asyncio.get_running_loop(), **options)

    assert options["keepalive_timeout"] == 7.0
    assert handler.keepalive_timeout == 7.0


def test_aiohttp_rests_under_names_that_are_known() -> None:
    """All that pauses reading is told by one of these two."""
    assert {"_reading_paused", "_buffer_paused"} <= set(base_protocol.BaseProtocol.__slots__)
    assert inspect.getsource(base_protocol).count("self.transport.pause_reading()") == 1


class Resting:
    def __init__(self, **flags: bool) -> None:
        self.__dict__.update(flags)


def test_either_reason_is_a_rest() -> None:
    assert wants_rest(Resting(_reading_paused=True))
    assert wants_rest(Resting(_buffer_paused=True, _reading_paused=False))
    assert not wants_rest(Resting())


async def test_a_connection_is_waited_for_until_it_takes_more() -> None:
    protocol = base_protocol.BaseProtocol(asyncio.get_running_loop())
    protocol.connection_made(Transport())
    protocol.pause_writing()
    waiting = asyncio.ensure_future(drained(protocol))
    await asyncio.sleep(0)
    assert not waiting.done()
    protocol.resume_writing()
    await waiting


class Transport(asyncio.Transport):
    """A transport that takes everything."""
