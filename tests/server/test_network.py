"""Open to a network of its own: who gets in, what he sees, and when that ends. Real sockets, real addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
import websockets

from capture.source import Source
from server.access.audit_log import AuditLog
from server.access.devices import MOST_PER_ADDRESS
from server.access.links import Link
from server.net.limits import ConnectionLimits
from server.sharing import ShareRule
from tests.helpers.lan import HOME, NEIGHBOUR, STRANGER, Lan
from tests.helpers.studio import SECRET, SHARED, Studio
from tests.helpers.visitor import Visitor
from tests.helpers.waiting import closed, receive, say, until

OTHER = Source("4713", "window", "notes", "editor", 320, 240, pid=97, started=1)


@pytest.fixture(scope="module")
def lan() -> Iterator[Lan]:
    network = Lan()
    yield network
    network.close()


@pytest.fixture
async def open_studio(studio: Studio, lan: Lan) -> Studio:
    """The studio, with two of three windows shared and open to the network."""
    studio.canvases[OTHER.id] = type(studio.canvas)()
    studio.set_sources(SHARED, SECRET, OTHER)
    studio.shares.set_rules((ShareRule.for_source(SHARED), ShareRule.for_source(OTHER)))
    await studio.server.stop()
    with lan.inside():
        await studio.server.start(HOME, 0)
    return studio


@pytest.fixture
async def visitor(open_studio: Studio, lan: Lan) -> AsyncIterator[Visitor]:
    somebody = Visitor(lan, NEIGHBOUR, open_studio.server.port)
    yield somebody
    await somebody.http.close()


@pytest.fixture
async def guesser(open_studio: Studio, lan: Lan) -> AsyncIterator[Visitor]:
    somebody = Visitor(lan, STRANGER, open_studio.server.port)
    yield somebody
    await somebody.http.close()


def link_for(studio: Studio, *sources: Source, **more: Any) -> Link:
    return studio.registry.access.links.make("TV", tuple(map(ShareRule.for_source, sources)), **more)


async def test_to_a_stranger_nothing_exists(open_studio: Studio, visitor: Visitor) -> None:
    shown, hidden = await visitor.get("/watch/4711"), await visitor.get("/watch/4712")
    assert shown == hidden
    assert SHARED.title.encode() not in shown[1]
    for path in ("/api/windows", "/api/health", "/snapshot/4711.jpg", "/mjpeg/4711", "/plain/4711", "/metrics"):
        status, body = await visitor.get(path)
        assert (status, body["error"]["code"]) == (401, "credential_missing")
    for path in ("/stream/4711", "/streams"):
        with pytest.raises(websockets.InvalidStatus) as refused:
            await visitor.watch(path)
        assert refused.value.response.status_code == 401
    assert open_studio.hub.takes == 0


async def test_by_a_link_one_sees_its_sources_and_no_others(open_studio: Studio, visitor: Visitor) -> None:
    link = link_for(open_studio, SHARED)

    status, cookie = await visitor.enter(token=link.token)

    assert status == 204
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert link.token not in cookie
    status, listed = await visitor.get("/api/windows")
    assert [source["handle"] for source in listed["windows"]] == [4711]
    assert (await visitor.get("/snapshot/4711.jpg"))[0] == 200
    not_mine, not_there = await visitor.get("/snapshot/4713.jpg"), await visitor.get("/snapshot/4799.jpg")
    assert not_mine == not_there
    assert not_mine[0] == 404
    assert (await visitor.get("/metrics"))[0] == 403
    assert (await visitor.get("/api/health"))[1]["sources"] == 1
    async with visitor.watch("/stream/4711") as viewer:
        await receive(viewer, "frame")
        (view,) = [each for each in open_studio.registry.sessions() if not each.looks]
        assert (view.viewer.address, view.viewer.by) == (NEIGHBOUR, "TV")
    async with visitor.watch("/stream/4713") as viewer:
        assert (await closed(viewer))[0] == 4404
    assert open_studio.canvases[OTHER.id].takes == open_studio.canvases[SECRET.id].takes == 0


async def test_programs_show_the_token_each_time(open_studio: Studio, visitor: Visitor) -> None:
    token = link_for(open_studio, SHARED).token

    assert (await visitor.get(f"/snapshot/4711.png?token={token}"))[0] == 200
    assert (await visitor.get("/snapshot/4711.png", Authorization=f"Bearer {token}"))[0] == 200
    assert (await visitor.get(f"/plain/4711?token={token}"))[0] == 200
    async with visitor.watch(f"/stream/4711?token={token}") as viewer:
        await receive(viewer, "frame")
    async with visitor.http.get(f"{visitor.base}/mjpeg/4711?token={token}") as answer:
        assert (await answer.content.readuntil(b"\r\n\r\n")).startswith(b"--")
    assert (await visitor.get("/snapshot/4711.png"))[0] == 401
    assert len(open_studio.registry.access.devices.all) == 1


async def test_the_list_over_one_socket_is_that_of_the_link(open_studio: Studio, visitor: Visitor) -> None:
    link = link_for(open_studio, SHARED)
    await visitor.enter(token=link.token)
    async with visitor.watch("/streams", subprotocols=["panecast.many.v1"]) as viewer:
        first = await receive(viewer, "sources")
        open_studio.registry.access.links.rescope(link.id, (ShareRule("all"),))
        second = await receive(viewer, "sources")
    assert [source["handle"] for source in first["data"]["windows"]] == [4711]
    assert [source["handle"] for source in second["data"]["windows"]] == [4711, 4713]


@pytest.mark.parametrize("how", ["revoke", "forget", "rescope", "block", "expire"])
async def test_what_is_taken_away_ends_at_once(open_studio: Studio, visitor: Visitor, how: str) -> None:
    access = open_studio.registry.access
    clock = {"now": 0.0}
    link = link_for(open_studio, SHARED)
    if how == "expire":
        import time

        access.links._now = lambda: time.time() + clock["now"]  # noqa: SLF001  the wall clock of this computer
        link = link_for(open_studio, SHARED, expires=time.time() + 3600)
    await visitor.enter(token=link.token)
    async with visitor.watch("/stream/4711?fps=30") as viewer:
        await receive(viewer, "frame")
        match how:
            case "revoke":
                access.links.revoke(link.id)
            case "forget":
                access.devices.forget_all()
            case "rescope":
                access.links.rescope(link.id, (ShareRule.for_source(OTHER),))
            case "block":
                access.block(NEIGHBOUR)
            case "expire":
                clock["now"] = 7200.0
        code, messages = await closed(viewer)
    assert code == 4403
    assert messages[-1]["error"]["code"] == "removed"
    status, _ = await visitor.get("/snapshot/4711.jpg")
    assert status == (404 if how == "rescope" else 403)


async def test_a_pin_lets_in_whom_the_person_allows(open_studio: Studio, visitor: Visitor) -> None:
    access = open_studio.registry.access
    pin = access.pins.show().digits

    entering = asyncio.ensure_future(visitor.enter(pin=f"{pin[:3]} {pin[3:]}", id="4711"))
    await until(lambda: bool(access.consents.questions))
    (question,) = access.consents.questions
    assert (question.address, question.wanted, question.by) == (NEIGHBOUR, (SHARED.title,), "PIN")
    await until(lambda: access.consents.answer(question.id, "allow"))

    assert (await entering)[0] == 204
    _, listed = await visitor.get("/api/windows")
    assert [source["handle"] for source in listed["windows"]] == [4711]


async def test_who_leaves_asks_nothing_any_more(open_studio: Studio, visitor: Visitor) -> None:
    access = open_studio.registry.access
    entering = asyncio.ensure_future(visitor.enter(pin=access.pins.show().digits))
    await until(lambda: bool(access.consents.questions))

    entering.cancel()

    await until(lambda: not access.consents.questions)
    assert not access.devices.all


async def test_guessing_ends_soon_and_hurts_nobody_else(
    open_studio: Studio, visitor: Visitor, guesser: Visitor
) -> None:
    access = open_studio.registry.access
    pin = access.pins.show().digits
    wrong = "111111" if pin != "111111" else "222222"
    compared = 0
    for number in range(200):
        headers = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.1.{number}"}
        async with guesser.http.post(f"{guesser.base}/api/enter", json={"pin": wrong}, headers=headers) as answer:
            compared += answer.status == 401
            if answer.status == 429:
                assert int(answer.headers["Retry-After"]) > 0
    assert compared == 5
    assert access.lockout.failures[0].address == STRANGER
    # Who was given a link does not notice, nor does the person here.
    assert (await visitor.enter(token=link_for(open_studio, SHARED).token))[0] == 204


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"token": 5}',
        b'{"token": ""}',
        b'{"token": "a", "pin": "123456"}',
        b'{"pin": "123456", "more": 1}',
        b'{"pin": NaN}',
        b"[" * 900,
        b'{"token": "' + b"a" * 2000 + b'"}',
        b"\xff\xfe",
    ],
)
async def test_what_is_no_wish_is_said_so(open_studio: Studio, visitor: Visitor, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with visitor.http.post(f"{visitor.base}/api/enter", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["code"] == "bad_request"
    async with visitor.http.post(f"{visitor.base}/api/enter", data={"token": "a"}) as answer:
        assert answer.status == 400
    assert not open_studio.registry.access.lockout.failures


async def test_who_tries_to_enter_in_vain_is_in_the_log(open_studio: Studio, guesser: Visitor) -> None:
    access = open_studio.registry.access
    lines: list[str] = []
    access.log = AuditLog(lines.append)
    for token in ("guessed-this", "guessed-that"):
        await guesser.enter(token=token)
    await guesser.enter(pin="123456")

    assert [f"refused {STRANGER}" in line for line in lines] == [True, True]
    assert "This link isn't valid" in lines[0]
    assert "That PIN is wrong" in lines[1]
    assert not any(secret in line for line in lines for secret in ("guessed", "123456"))


async def test_coming_again_and_again_without_a_cookie_puts_nobody_out(
    open_studio: Studio, visitor: Visitor, guesser: Visitor, lan: Lan
) -> None:
    """The same link, from one address; the first of its own devices watches, and so does one elsewhere."""
    link = link_for(open_studio, SHARED)
    await visitor.enter(token=link.token)
    await guesser.enter(token=link.token)
    async with visitor.watch("/stream/4711") as here, guesser.watch("/stream/4711") as there:
        await receive(here, "frame")
        await receive(there, "frame")
        answers = []
        for _ in range(MOST_PER_ADDRESS + 5):
            guesser.http.cookie_jar.clear()
            status, body = await guesser.enter(token=link.token)
            answers.append(status if status == 204 else body["error"]["code"])
        for viewer in (here, there):
            await say(viewer, "get_status")
            await receive(viewer, "status")

    assert answers == [204] * (MOST_PER_ADDRESS - 1) + ["too_many_devices"] * 6
    assert len(open_studio.registry.access.devices.of(link.id)) == MOST_PER_ADDRESS + 1


async def test_a_link_whose_places_are_taken_is_told_so_and_the_owner_gets_in(
    open_studio: Studio, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, lan: Lan
) -> None:
    monkeypatch.setattr(ConnectionLimits, "share_of_link", lambda self, others: 1)
    token = link_for(open_studio, SHARED).token
    await visitor.enter(token=token)
    async with visitor.watch("/stream/4711") as viewer:
        await receive(viewer, "frame")
        status, body = await visitor.get("/api/windows")
        assert (status, body["error"]["code"]) == (503, "too_many_viewers")
        entered, body = await visitor.enter(token=token)
        assert (entered, body["error"]["code"]) == (503, "too_many_viewers")
        other = link_for(open_studio, OTHER).token
        visitor.http.cookie_jar.clear()
        assert (await visitor.get(f"/api/windows?token={other}"))[0] == 200
        await say(viewer, "get_status")
        await receive(viewer, "status")


async def test_the_person_here_needs_no_link(open_studio: Studio, lan: Lan) -> None:
    port = open_studio.server.port
    with lan.inside():
        reader, writer = await asyncio.open_connection(sock=lan.connect("127.0.0.1", port, to="127.0.0.1"))
    writer.write(f"GET /api/windows HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert SHARED.title.encode() in answer


async def test_sharing_here_only_again_lets_nobody_in(open_studio: Studio, visitor: Visitor) -> None:
    link = link_for(open_studio, SHARED)
    await visitor.enter(token=link.token)
    await open_studio.server.stop()
    await open_studio.server.start(port=0)

    with pytest.raises(aiohttp.ClientError):
        await visitor.get("/api/windows")
    assert not open_studio.server.is_open


async def test_a_cookie_that_is_not_known_any_more_is_taken_back(open_studio: Studio, visitor: Visitor) -> None:
    link = link_for(open_studio, SHARED)
    await visitor.enter(token=link.token)
    access = open_studio.registry.access
    access.devices.forget_all()
    access.devices.forgotten = ()
    for _ in range(8):
        async with visitor.http.get(f"{visitor.base}/api/windows") as answer:
            assert answer.status == 401
    assert not list(visitor.http.cookie_jar)
    assert not access.lockout.failures
    assert (await visitor.enter(token=link.token))[0] == 204
