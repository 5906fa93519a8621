"""The parts of access joined: who is shown as what, blocking, opening and closing, what is kept."""

from __future__ import annotations

import asyncio

from capture.feed.catalog import Catalog
from server.access.authorizer import Grant, Guest, Owner
from server.access.control import BY_PIN, HERE, AccessControl
from server.access.origins import OriginPolicy, Refusal, host_names
from server.access.request import AccessRequest
from server.net.peers import Peer
from server.sharing import ShareList, ShareRule
from tests.server.access.fakes import HERE as LOOPBACK
from tests.server.access.fakes import LOG, MAIL, THERE

POLICY = OriginPolicy(8080, host_names(("192.168.1.20",), 8080))


def house(**how: bool) -> AccessControl:
    catalog = Catalog((LOG, MAIL), windows=False)
    catalog.start()
    return AccessControl(ShareList(catalog, (ShareRule("all"),)), **how)


def access_request(address: str, token: str | None = None) -> AccessRequest:
    host = "localhost:8080" if address == LOOPBACK else "192.168.1.20:8080"
    query = {} if token is None else {"token": [token]}
    return AccessRequest(address, "GET", "/api/windows", {"host": [host]}, query)


async def test_before_the_server_runs_nobody_gets_in() -> None:
    assert isinstance(house().authorizer.authorize(access_request(LOOPBACK)), Refusal)


async def test_opening_and_closing() -> None:
    access = house()
    token = access.links.make("TV", (ShareRule("all"),)).token

    access.open_at(POLICY, network=False)
    assert isinstance(access.authorizer.authorize(access_request(THERE, token)), Refusal)
    assert isinstance(access.authorizer.authorize(access_request(LOOPBACK)), Grant)
    assert access.authorizer.cookie_name == "panecast-8080"

    access.open_at(POLICY, network=True)
    entry = access.authorizer.authorize(access_request(THERE, token))
    assert isinstance(entry, Grant)

    pin = access.pins.show()
    asking = asyncio.ensure_future(access.consents.ask(Peer.of(THERE), "Firefox", ("all",), "PIN"))
    await asyncio.sleep(0)
    access.close()
    assert isinstance(access.authorizer.authorize(access_request(THERE, token)), Refusal)
    assert await asking == "deny"
    assert not access.pins.accepts(pin.digits)


async def test_this_computer_is_asked_as_well_and_no_longer() -> None:
    access = house()
    access.open_at(POLICY, network=False)
    token = access.links.make("TV", (ShareRule("all"),)).token
    owner, told = Owner(), []
    access.subscribe(lambda: told.append(access.authorizer.is_still_allowed(owner)))

    access.ask_host(True)
    assert told == [False]
    assert isinstance(access.authorizer.authorize(access_request(LOOPBACK)), Refusal)
    entry = access.authorizer.authorize(access_request(LOOPBACK, token))
    assert isinstance(entry, Grant)
    assert isinstance(entry.who, Guest)

    access.ask_host(False)
    assert isinstance(access.authorizer.authorize(access_request(LOOPBACK)), Grant)


async def test_viewers_are_named_by_how_they_came() -> None:
    access = house()
    link = access.links.make("TV", (ShareRule("all"),))
    peer = Peer.of(THERE)
    device = access.devices.admit_program(link, peer, "mpv")
    by_link = access.viewer(THERE, "mpv", Guest(peer, device.id, link.id))
    by_pin = access.viewer(THERE, "Firefox", Guest(peer, device.id, ""))
    owner = access.viewer(LOOPBACK, "curl", Owner())

    assert (by_link.by, by_link.device_id, by_link.peer_key) == ("TV", device.id, THERE)
    assert by_pin.by == BY_PIN
    assert (owner.by, owner.device_id, owner.peer_key) == (HERE, "", "")


async def test_who_is_blocked_stays_so_until_unblocked_also_in_another_run() -> None:
    access = house()
    token = access.links.make("TV", (ShareRule("all"),)).token
    access.open_at(POLICY, network=True)
    told = 0

    def changed() -> None:
        nonlocal told
        told += 1

    unsubscribe = access.subscribe(changed)
    access.block(THERE)
    assert told == 1
    assert isinstance(access.authorizer.authorize(access_request(THERE, token)), Refusal)

    again = AccessControl(access.authorizer.shares, access.kept)
    again.open_at(POLICY, network=True)
    assert isinstance(again.authorizer.authorize(access_request(THERE, token)), Refusal)
    again.unblock(THERE)
    assert isinstance(again.authorizer.authorize(access_request(THERE, token)), Grant)
    unsubscribe()


async def test_the_host_can_be_asked_for_a_token_too() -> None:
    access = house(host_needs_token=True)
    access.open_at(POLICY, network=False)

    assert isinstance(access.authorizer.authorize(access_request(LOOPBACK)), Refusal)
    assert isinstance(
        access.authorizer.authorize(access_request(LOOPBACK, access.links.make("me", (ShareRule("all"),)).token)), Grant
    )


async def test_without_a_place_for_it_the_log_is_dropped() -> None:
    house().log.note("nobody reads this")


async def test_who_is_disconnected_stays_out_until_allowed_again_one_by_one_or_all() -> None:
    access = house()
    link = access.links.make("TV", (ShareRule("all"),))
    access.open_at(POLICY, network=True)
    guests = [
        access.authorizer.authorize(access_request(address, link.token)).who for address in (THERE, "192.168.1.99")
    ]
    for who in guests:
        access.dismiss(access.viewer(THERE, "Firefox", who))
        access.dismiss(access.viewer(THERE, "Firefox", who))
    access.dismiss(access.viewer(LOOPBACK, "Firefox", Owner()))

    assert [each.by for each in access.authorizer.rules.dismissed] == ["TV", "TV"]
    assert not any(access.authorizer.is_still_allowed(who) for who in guests)
    access.allow_again(guests[0].device_id)
    assert [access.authorizer.is_still_allowed(who) for who in guests] == [True, False]
    access.allow_all_again()
    access.allow_all_again()
    assert all(access.authorizer.is_still_allowed(who) for who in guests)
