from __future__ import annotations

import math

import pytest

from capture.source import Source
from server.access.devices import (
    AWAY_FROM_ADDRESS_SECONDS,
    AWAY_SECONDS,
    FORGOTTEN_KEPT,
    MOST_PER_ADDRESS,
    DeviceLimit,
    Devices,
)
from server.access.links import MOST_DEVICES, SEEN_SECONDS, Link, LinkError, Links
from server.net.peers import Peer
from server.sharing import ShareRule
from tests.server.access.fakes import ELSEWHERE, LOG, MAIL, THERE, CountedBytes, FakeClock

SCOPE = (ShareRule.for_source(LOG),)
PHONE, TABLET = Peer.of(THERE), Peer.of(ELSEWHERE)


class Rooms:
    """Links and the devices that came by them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.links = Links(now=self.clock, random_bytes=CountedBytes())
        self.devices = Devices(self.links, now=self.clock, random_bytes=CountedBytes())

    def link(self, **how: int) -> Link:
        return self.links.make("Living room", SCOPE, **how)


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


def test_device_is_found_by_its_cookie_only(rooms: Rooms) -> None:
    device, cookie = rooms.devices.admit(rooms.link(), PHONE, "Firefox, Android")
    other, other_cookie = rooms.devices.admit(rooms.link(), TABLET, "Safari, iPad")
    other_secret = other_cookie.partition(".")[2]

    assert rooms.devices.find(cookie) == device
    assert rooms.devices.find(other_cookie) == other
    wrong = ["", ".", device.id, f"{device.id}.", f"{device.id}.{other_secret}", f"{device.id}.{device.proof}"]
    for value in (*wrong, f"{cookie}x", cookie[:-1], f".{other_secret}", "x" * 10_000, f"{device.id}.{'x' * 10_000}"):
        assert rooms.devices.find(value) is None


def test_cookies_have_256_random_bits_and_only_their_digest_is_kept() -> None:
    links = Links()
    devices = Devices(links)
    link = links.make("Living room", SCOPE)
    cookies = [devices.admit(link, network(number), "Firefox")[1] for number in range(100)]

    assert len(set(cookies)) == 100
    for cookie, device in zip(cookies, devices.all.values(), strict=True):
        secret = cookie.partition(".")[2]
        assert len(secret) * math.log2(64) >= 256
        assert secret not in "".join(map(str, (device.id, device.proof, device.name, device.address)))


def test_device_sees_what_its_link_shows_now(rooms: Rooms) -> None:
    link = rooms.link()
    device, _ = rooms.devices.admit(link, PHONE, "Firefox")

    assert rooms.devices.may_see(device.id, LOG)
    assert not rooms.devices.may_see(device.id, MAIL)
    rooms.links.rescope(link.id, (ShareRule.for_source(MAIL),))
    assert not rooms.devices.may_see(device.id, LOG)
    assert rooms.devices.may_see(device.id, MAIL)


def test_device_with_consent_sees_what_that_was_for(rooms: Rooms) -> None:
    device, _ = rooms.devices.admit_by_consent(SCOPE, PHONE, "Firefox")

    assert rooms.devices.is_known(device.id)
    assert rooms.devices.may_see(device.id, LOG)
    assert not rooms.devices.may_see(device.id, MAIL)
    assert not rooms.devices.may_see("another", LOG)


def test_consent_can_be_given_for_another_source_later(rooms: Rooms) -> None:
    device, _ = rooms.devices.admit_by_consent(SCOPE, PHONE, "Firefox")
    told: list[bool] = []
    rooms.devices.subscribe(lambda: told.append(rooms.devices.may_see(device.id, LOG)))
    rooms.devices.rescope("gone", (ShareRule("all"),))
    rooms.devices.rescope(device.id, (ShareRule.for_source(MAIL),))

    assert told == [False]
    assert rooms.devices.may_see(device.id, MAIL)
    with pytest.raises(LinkError):
        rooms.devices.rescope(device.id, (ShareRule("title", ""),))


def test_consent_for_every_title_is_not_possible(rooms: Rooms) -> None:
    with pytest.raises(LinkError):
        rooms.devices.admit_by_consent((ShareRule("title", ""),), PHONE, "Firefox")


def test_revoking_a_link_forgets_its_devices(rooms: Rooms) -> None:
    link, other = rooms.link(), rooms.link()
    device, cookie = rooms.devices.admit(link, PHONE, "Firefox")
    kept, _ = rooms.devices.admit(other, PHONE, "Firefox")
    consented, _ = rooms.devices.admit_by_consent(SCOPE, PHONE, "Firefox")
    told: list[bool] = []
    rooms.devices.subscribe(lambda: told.append(rooms.devices.is_known(device.id)))
    rooms.links.revoke(link.id)

    assert told == [False]
    assert set(rooms.devices.all) == {kept.id, consented.id}
    assert rooms.devices.find(cookie) is None
    assert rooms.devices.was_forgotten(cookie)
    assert not rooms.devices.may_see(device.id, LOG)


def test_device_of_a_link_whose_time_is_up_does_not_get_in(rooms: Rooms) -> None:
    link = rooms.links.make("Living room", SCOPE, expires=rooms.clock() + 60)
    device, cookie = rooms.devices.admit(link, PHONE, "Firefox")
    rooms.clock.advance(60)

    assert not rooms.devices.is_known(device.id)
    assert not rooms.devices.may_see(device.id, LOG)
    assert rooms.devices.find(cookie) is not None


def test_devices_count_against_the_number_of_their_link(rooms: Rooms) -> None:
    link = rooms.link(most_devices=2)
    first, _ = rooms.devices.admit(link, PHONE, "Firefox")
    rooms.devices.admit_program(link, TABLET, "VLC")

    with pytest.raises(DeviceLimit):
        rooms.devices.admit(link, PHONE, "Firefox")
    with pytest.raises(DeviceLimit):
        rooms.devices.admit_program(link, PHONE, "VLC")
    rooms.devices.forget(first.id)
    rooms.devices.admit(link, PHONE, "Firefox")

    assert len(rooms.devices.of(link.id)) == 2


def test_program_is_known_again_by_its_address(rooms: Rooms) -> None:
    link, other = rooms.link(), rooms.link()
    first = rooms.devices.admit_program(link, PHONE, "VLC")

    assert rooms.devices.admit_program(link, PHONE, "mpv") == first
    assert rooms.devices.admit_program(link, TABLET, "VLC") != first
    assert rooms.devices.admit_program(other, PHONE, "VLC") != first
    assert rooms.devices.find(f"{first.id}.") is None


def network(number: int) -> Peer:
    return Peer.of(f"10.0.{number // 200}.{number % 200 + 1}")


def test_nobody_makes_way_for_whoever_comes_again_and_again_without_a_cookie(rooms: Rooms) -> None:
    link = rooms.link()
    known, _ = rooms.devices.admit(link, TABLET, "Firefox")
    for _ in range(MOST_PER_ADDRESS):
        rooms.devices.admit(link, PHONE, "curl")
    for _ in range(3):
        with pytest.raises(DeviceLimit, match="from your network"):
            rooms.devices.admit(link, PHONE, "curl")
        with pytest.raises(DeviceLimit):
            rooms.devices.check_room(link, PHONE)

    assert known.id in rooms.devices.all
    assert len(rooms.devices.all) == MOST_PER_ADDRESS + 1
    rooms.devices.admit(link, TABLET, "Firefox")
    # By another link, and by consent, they have places of their own.
    rooms.devices.admit(rooms.link(), PHONE, "curl")
    rooms.devices.admit_by_consent(SCOPE, PHONE, "curl")


def test_of_one_address_those_make_way_that_have_been_away_and_do_not_watch(rooms: Rooms) -> None:
    link = rooms.link()
    watching, away, *_ = [rooms.devices.admit(link, PHONE, "Firefox")[0] for _ in range(MOST_PER_ADDRESS)]
    rooms.devices.watching = lambda: {watching.id}
    rooms.clock.advance(AWAY_FROM_ADDRESS_SECONDS)
    rooms.devices.admit(link, PHONE, "Firefox")

    assert watching.id in rooms.devices.all
    assert away.id not in rooms.devices.all
    assert len(rooms.devices.all) == MOST_PER_ADDRESS


def test_the_257th_is_refused_until_one_has_been_away_for_a_month(rooms: Rooms) -> None:
    link = rooms.link()
    first, second, *_ = [rooms.devices.admit(link, network(number), "Firefox")[0] for number in range(MOST_DEVICES)]
    rooms.devices.watching = lambda: {first.id}
    with pytest.raises(DeviceLimit):
        rooms.devices.admit(link, network(MOST_DEVICES), "Firefox")
    with pytest.raises(DeviceLimit):
        rooms.devices.admit_program(link, network(MOST_DEVICES), "mpv")

    rooms.clock.advance(AWAY_SECONDS)
    rooms.devices.admit(link, network(MOST_DEVICES), "Firefox")
    assert first.id in rooms.devices.all
    assert second.id not in rooms.devices.all
    assert len(rooms.devices.all) == MOST_DEVICES


def test_behind_a_proxy_there_is_but_one_address(rooms: Rooms) -> None:
    link, behind = rooms.link(), Peer.of("127.0.0.1", ["via"])
    for _ in range(MOST_PER_ADDRESS + 1):
        rooms.devices.admit(link, behind, "Firefox")

    assert len(rooms.devices.all) == MOST_PER_ADDRESS + 1


def test_forgetting_one_and_all(rooms: Rooms) -> None:
    link = rooms.link()
    cookies = [rooms.devices.admit(link, PHONE, "Firefox")[1] for _ in range(3)]
    told: list[int] = []
    unsubscribe = rooms.devices.subscribe(lambda: told.append(len(rooms.devices.all)))
    rooms.devices.forget("another")
    rooms.devices.forget(next(iter(rooms.devices.all)))
    rooms.devices.forget_all()
    rooms.devices.forget_all()
    unsubscribe()
    rooms.devices.admit(link, PHONE, "Firefox")

    assert told == [2, 0]
    assert all(rooms.devices.was_forgotten(cookie) for cookie in cookies)
    assert not rooms.devices.was_forgotten("a.b")


def test_forgotten_devices_do_not_pile_up(rooms: Rooms) -> None:
    link = rooms.link()
    for _ in range(FORGOTTEN_KEPT + 10):
        rooms.devices.forget(rooms.devices.admit(link, PHONE, "Firefox")[0].id)
    rooms.devices.forget(rooms.devices.admit_program(link, PHONE, "VLC").id)

    assert len(rooms.devices.forgotten) == FORGOTTEN_KEPT
    assert all(rooms.devices.forgotten)


def test_who_is_let_in_once_is_not_remembered(rooms: Rooms) -> None:
    link = rooms.link()
    once, _ = rooms.devices.admit_by_consent(SCOPE, PHONE, "Firefox", once=True)
    once_by_link, _ = rooms.devices.admit(link, PHONE, "Firefox", once=True)
    kept, _ = rooms.devices.admit_by_consent(SCOPE, PHONE, "Firefox")

    assert rooms.devices.is_known(once.id)
    assert rooms.devices.is_known(once_by_link.id)
    assert rooms.devices.remembered == (kept,)


def test_when_and_where_it_was_seen_is_noted(rooms: Rooms) -> None:
    link = rooms.link()
    device, _ = rooms.devices.admit(link, PHONE, "Firefox")
    told: list[None] = []
    rooms.devices.subscribe(lambda: told.append(None))
    rooms.clock.advance(SEEN_SECONDS - 1)
    rooms.devices.seen(device.id, TABLET)
    rooms.clock.advance(1)
    rooms.devices.seen(device.id, TABLET)
    rooms.devices.seen("another", TABLET)

    now = rooms.devices.all[device.id]
    assert told == [None]
    assert (now.last_seen, now.address, now.first_seen) == (rooms.clock(), ELSEWHERE, device.first_seen)
    assert rooms.links.all[link.id].last_used == rooms.clock()


def test_name_is_one_short_line(rooms: Rooms) -> None:
    link = rooms.link()

    assert rooms.devices.admit(link, PHONE, "<b>\n\u202eevil" + "x" * 1000)[0].name.startswith("<b> evilx")
    assert rooms.devices.admit(link, PHONE, " \n")[0].name == "Unknown program"


def test_devices_are_the_same_after_a_restart_and_none_without_its_link(rooms: Rooms) -> None:
    link, gone = rooms.link(), rooms.link()
    device, cookie = rooms.devices.admit(link, PHONE, "Firefox")
    rooms.devices.admit(gone, PHONE, "Firefox")
    forgotten, forgotten_cookie = rooms.devices.admit(link, PHONE, "Firefox")
    rooms.devices.forget(forgotten.id)
    links = Links((link,), now=rooms.clock)
    again = Devices(links, rooms.devices.remembered, rooms.devices.forgotten, now=rooms.clock)

    assert again.remembered == (device,)
    assert again.find(cookie) == device
    assert again.was_forgotten(forgotten_cookie)


def test_follows_the_links_no_longer_when_closed(rooms: Rooms) -> None:
    link = rooms.link()
    device, _ = rooms.devices.admit(link, PHONE, "Firefox")
    rooms.devices.close()
    rooms.links.revoke(link.id)

    # In the list, but not let in.
    assert device.id in rooms.devices.all
    assert not rooms.devices.is_known(device.id)
    assert not rooms.devices.may_see(device.id, LOG)


def test_window_of_another_process_with_the_same_handle_is_not_seen(rooms: Rooms) -> None:
    device, _ = rooms.devices.admit(rooms.link(), PHONE, "Firefox")
    reused = Source(LOG.id, "window", LOG.title, LOG.app, 320, 240, pid=LOG.pid, started=2)

    assert not rooms.devices.may_see(device.id, reused)


def test_proof_is_not_printed_with_the_value(rooms: Rooms) -> None:
    device, cookie = rooms.devices.admit(rooms.link(), PHONE, "Firefox")

    assert device.proof not in repr(device)
    assert cookie not in repr(device)


def test_forgotten_devices_can_be_taken_back_as_they_were(rooms: Rooms) -> None:
    link = rooms.link()
    kept, cookie = rooms.devices.admit(link, PHONE, "Firefox")
    once, _ = rooms.devices.admit(link, PHONE, "Firefox", once=True)
    gone, gone_cookie = rooms.devices.admit(link, PHONE, "Firefox")
    ids = {device.id for device in (kept, once, gone) if rooms.devices.is_once(device.id)}
    rooms.devices.forget_all()
    rooms.devices.restore((kept, once), ids)

    assert rooms.devices.find(cookie) == kept
    assert not rooms.devices.was_forgotten(cookie)
    assert rooms.devices.was_forgotten(gone_cookie)
    assert rooms.devices.remembered == (kept,)
