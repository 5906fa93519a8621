"""The front door: who is accepted, who has to make way, and who is cut for keeping us waiting.

Linux answers at every address of 127.0.0.0/8, and strangers here come from some of them; other systems do not.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys

import pytest

from server.net.limits import ConnectionLimits
from server.net.peers import Peer
from tests.server.net.listening import LARGE, answer, closing, first, get, house, run_on

LOOPS = pytest.mark.parametrize("kind", ["asyncio", "qt", "no readers"])
STRANGER, OTHER = "127.0.0.2", "127.0.0.3"

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.skipif(sys.platform != "linux", reason="strangers need loopback addresses of their own"),
]


@LOOPS
def test_requests_are_answered_and_connections_kept(kind: str) -> None:
    async def scenario() -> None:
        async with house() as door:
            caller = door.call(said=get() + get())
            with closing(caller):
                said = await first(caller, 2 * 150)

                assert said.count(b"hello over http") == 2
                assert len(door.listener.limiter) == 1
            await door.until(lambda: len(door.listener.limiter) == 0)

    run_on(kind, scenario)


def handling() -> int:
    """Return with how many callers somebody speaks."""
    return sum(task.get_coro().__qualname__ == "RequestHandler.start" for task in asyncio.all_tasks())


@LOOPS
def test_silent_ones_of_an_address_make_way_for_one_that_asks(kind: str) -> None:
    async def scenario() -> None:
        limits = ConnectionLimits(unproven_per_network=3)
        async with house(limits) as door:
            held = [door.call(STRANGER) for _ in range(3)]
            with closing(*held):
                await door.until(lambda: handling() == 3)

                same, other, here = door.call(STRANGER, get()), door.call(OTHER, get()), door.call(said=get())
                with closing(same, other, here):
                    for caller in (same, other, here):
                        assert b"hello" in await first(caller)
                    assert await answer(held[0]) == b""
                    assert door.listener.turned_away == 1

    run_on(kind, scenario)


@LOOPS
def test_an_address_that_has_its_share_is_closed_at_once(kind: str) -> None:
    async def scenario() -> None:
        async with house(ConnectionLimits(per_address=3)) as door:
            held = [door.call(STRANGER, get("/in")) for _ in range(3)]
            with closing(*held):
                for caller in held:
                    assert b"come in" in await first(caller)
                tasks = asyncio.all_tasks()

                assert await answer(door.call(STRANGER)) == b""
                assert door.listener.turned_away == 1
                assert asyncio.all_tasks() <= tasks
                other = door.call(OTHER, get())
                with closing(other):
                    assert b"hello" in await first(other)

    run_on(kind, scenario)


@LOOPS
def test_a_link_that_has_its_share_lets_no_more_in(kind: str) -> None:
    async def scenario() -> None:
        async with house(ConnectionLimits(total=12, reserve=2)) as door:
            held = [door.call(f"127.0.0.{number}", get("/in?link=a")) for number in range(3, 11)]
            with closing(*held):
                for caller in held:
                    assert b"come in" in await first(caller)
                late, other = door.call("127.0.0.11", get("/in?link=a")), door.call("127.0.0.12", get("/in?link=b"))
                with closing(late, other):
                    assert b"no place" in await first(late)
                    assert b"come in" in await first(other)

    run_on(kind, scenario)


@LOOPS
def test_the_places_of_those_who_leave_are_free_again(kind: str) -> None:
    async def scenario() -> None:
        async with house(ConnectionLimits(unproven_per_network=2)) as door:
            for _ in range(20):
                pair = [door.call(STRANGER, get()) for _ in range(2)]
                with closing(*pair):
                    for caller in pair:
                        assert b"hello" in await first(caller)
                await door.until(lambda: len(door.listener.limiter) == 0)

            assert door.listener.turned_away == 0

    run_on(kind, scenario)


@LOOPS
def test_a_credential_makes_room_for_more_of_that_address(kind: str) -> None:
    async def scenario() -> None:
        async with house(ConnectionLimits(unproven_per_network=1, per_address=2)) as door:
            known = door.call(STRANGER, get("/in"))
            with closing(known):
                assert b"come in" in await first(known)
                second = door.call(STRANGER, get())
                with closing(second):
                    assert b"hello" in await first(second)
                    # It showed nothing, so it makes way for the next one.
                    third = door.call(STRANGER, get("/in"))
                    with closing(third):
                        assert b"come in" in await first(third)
                        assert await answer(door.call(STRANGER, get("/in"))) == b""

    run_on(kind, scenario)


def test_the_owner_gets_in_when_strangers_hold_all_that_they_may() -> None:
    async def scenario() -> None:
        limits = ConnectionLimits(total=8, reserve=2, unproven=8, unproven_per_network=8)
        async with house(limits) as door:
            held = [door.call(f"127.0.0.{number}", get(f"/in?link={number}")) for number in range(3, 9)]
            with closing(*held):
                for caller in held:
                    assert b"come in" in await first(caller)
                assert await answer(door.call(OTHER)) == b""
                owner = [door.call(said=get()) for _ in range(2)]
                with closing(*owner):
                    for caller in owner:
                        assert b"hello" in await first(caller)
                    # All eight places are taken by those who may stay.
                    assert await answer(door.call()) == b""

    run_on("asyncio", scenario)


@LOOPS
def test_the_oldest_silent_one_makes_way_when_too_many_say_nothing(kind: str) -> None:
    async def scenario() -> None:
        limits = ConnectionLimits(unproven=4, unproven_per_network=3)
        async with house(limits) as door:
            greedy = [door.call(STRANGER) for _ in range(3)]
            modest = door.call(OTHER)
            with closing(*greedy, modest):
                await door.until(lambda: len(door.listener.limiter) == 4)
                newcomer = door.call("127.0.0.4", get())
                with closing(newcomer):
                    assert b"hello" in await first(newcomer)
                    assert await answer(greedy[0]) == b""
                    modest.send(get())
                    assert b"hello" in await first(modest)
                    assert len(door.listener.limiter) == 4

    run_on(kind, scenario)


def test_programs_of_this_computer_that_say_nothing_make_way_for_one_that_asks() -> None:
    async def scenario() -> None:
        async with house(ConnectionLimits(total=10, reserve=2)) as door:
            silent = [door.call() for _ in range(40)]
            with closing(*silent):
                asking = door.call(said=get())
                with closing(asking):
                    assert b"hello" in await first(asking)
                    assert len(door.listener.limiter) == 10

    run_on("asyncio", scenario)


def test_a_flood_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with house(ConnectionLimits(per_address=1)) as door:
            held = door.call(STRANGER, get("/in"))
            with closing(held):
                assert b"come in" in await first(held)
                for _ in range(30):
                    assert await answer(door.call(STRANGER)) == b""
                door.clock.advance(61)
                assert await answer(door.call(STRANGER)) == b""

            assert door.listener.turned_away == 31

    with caplog.at_level(logging.DEBUG, "server.net.listener"):
        run_on("asyncio", scenario)
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]

    assert warnings == [
        "too many connections at once: 1 closed unanswered",
        "too many connections at once: 30 closed unanswered",
    ]


# Deadlines: the clock stands still until a test moves it.


@LOOPS
@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: lo", b"GET / HTTP/1.1\r\nX: y\r\n"])
def test_headers_that_do_not_come_end_the_connection(kind: str, said: bytes) -> None:
    async def scenario() -> None:
        async with house() as door:
            caller = door.call(said=said)
            await door.until(lambda: handling() == 1)
            door.clock.advance(4.9)
            door.listener.sweep()
            assert len(door.listener.limiter) == 1
            door.clock.advance(0.2)

            assert await answer(caller) == b""
            assert door.listener.overdue == 1
            await door.until(lambda: len(door.listener.limiter) == 0)

    run_on(kind, scenario)


def test_headers_sent_bit_by_bit_do_not_buy_time() -> None:
    async def scenario() -> None:
        async with house() as door:
            caller = door.call(said=b"GET / HTTP/1.1\r\n")
            await door.until(lambda: handling() == 1)
            for number in range(5):
                caller.send(f"X-{number}: 1\r\n".encode())
                door.clock.advance(1.01)

            assert await answer(caller) == b""

    run_on("asyncio", scenario)


@LOOPS
@pytest.mark.parametrize("path", ["/echo", "/ignore"])
def test_a_body_that_is_half_sent_ends_the_connection(kind: str, path: str) -> None:
    async def scenario() -> None:
        async with house() as door:
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
            caller = door.call(said=head.encode())
            if path == "/echo":
                await door.reached.wait()
            else:
                assert b"not read" in await first(caller)
            door.clock.advance(4.9)
            door.listener.sweep()
            assert len(door.listener.limiter) == 1
            door.clock.advance(0.2)

            assert await answer(caller) == b""

    run_on(kind, scenario)


def test_a_whole_body_in_time_is_taken() -> None:
    async def scenario() -> None:
        async with house() as door:
            caller = door.call(said=b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nhalf")
            with closing(caller):
                await door.reached.wait()
                door.clock.advance(4.9)
                caller.send(b"done")
                assert b"halfdone" in await first(caller)
                door.clock.advance(100)
                door.listener.sweep()

                assert door.listener.overdue == 0

    run_on("asyncio", scenario)


@LOOPS
def test_a_stranger_without_a_credential_has_ten_seconds(kind: str) -> None:
    async def scenario() -> None:
        async with house() as door:
            unknown, known, owner = door.call(STRANGER, get()), door.call(STRANGER, get("/in")), door.call(said=get())
            with closing(known, owner):
                for caller in (unknown, known, owner):
                    await first(caller)
                door.clock.advance(9.9)
                door.listener.sweep()
                assert len(door.listener.limiter) == 3
                door.clock.advance(0.2)

                assert await answer(unknown) == b""
                for caller in (known, owner):
                    caller.send(get())
                    assert b"hello" in await first(caller)

    run_on(kind, scenario)


@LOOPS
@pytest.mark.parametrize("path", ["/wait", "/chat"])
def test_answers_that_take_long_are_not_cut(kind: str, path: str) -> None:
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")

    async def scenario() -> None:
        async with house() as door:
            request = get(path, "localhost", *upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
            with closing(door.call(STRANGER, request)):
                await door.reached.wait()
                door.clock.advance(1000)
                door.listener.sweep()

                assert door.listener.overdue == 0

    run_on(kind, scenario)


@LOOPS
def test_an_answer_that_nobody_reads_ends_the_connection(kind: str) -> None:
    async def scenario() -> None:
        async with house() as door:
            caller = door.call(said=get("/large"))
            with closing(caller):
                await first(caller)
                (connection,) = door.listener.limiter.everybody()
                await door.until(lambda: connection.unsent > 0)

                def wait_a_second() -> bool:
                    door.clock.advance(1)
                    door.listener.sweep()
                    return len(door.listener.limiter) == 0

                # The kernel takes some more at first.
                await door.until(wait_a_second)

            assert door.listener.overdue == 1

    run_on(kind, scenario)


def test_an_answer_that_is_read_slowly_is_not_cut() -> None:
    async def scenario() -> None:
        async with house() as door:
            caller = door.call(said=get("/large"))
            taken = 0
            with closing(caller):
                while taken < LARGE:
                    taken += len(await first(caller, min(400_000, LARGE - taken)))
                    await asyncio.sleep(0)  # reading what is there gives nobody else a turn
                    door.clock.advance(1)
                    door.listener.sweep()

            assert door.listener.overdue == 0

    run_on("asyncio", scenario)


@LOOPS
def test_nothing_runs_while_nobody_is_connected(kind: str) -> None:
    async def scenario() -> None:
        async with house() as door:
            assert not door.listener.is_watching
            with closing(door.call(said=get())):
                await door.until(lambda: len(door.listener.limiter) == 1)
                assert door.listener.is_watching
            await door.until(lambda: not door.listener.is_watching)

    run_on(kind, scenario)


@LOOPS
def test_ending_waits_for_nobody_and_leaves_nothing(kind: str) -> None:
    async def scenario() -> None:
        async with house() as door:
            callers = [door.call(said=said) for said in (b"", b"GET", get("/wait"), get("/large"))]
            await door.reached.wait()
            await door.end()
            for caller in callers:
                await answer(caller)
            await door.until(lambda: len(door.listener.limiter) == 0)

            with pytest.raises(ConnectionError):
                door.call()

        # aiohttp does not wait for what it cancels.
        await door.until(lambda: len(asyncio.all_tasks()) == 1)

    run_on(kind, scenario)


def test_who_leaves_at_once_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        async with house() as door:
            for _ in range(100):
                caller = door.call()
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                caller.close()
            with closing(door.call(said=get())) as _:
                await door.until(lambda: len(door.listener.limiter) == 1)
            await door.until(lambda: len(door.listener.limiter) == 0)

    run_on("asyncio", scenario)


def test_peers_are_those_of_the_socket() -> None:
    async def scenario() -> None:
        async with house() as door:
            with closing(door.call()):
                await door.until(lambda: len(door.listener.limiter) == 1)
                (connection,) = door.listener.limiter.everybody()

                assert connection.peer == Peer("127.0.0.1", "host", is_host=True)
                assert connection.is_authenticated

    run_on("asyncio", scenario)
