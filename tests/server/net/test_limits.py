"""How many connections there may be, and who makes way: as a table, and for any order of coming and going."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from server.net.limits import ConnectionLimiter, ConnectionLimits, Full
from server.net.peers import Peer

HOST = Peer("127.0.0.1", "host", is_host=True)
SMALL = ConnectionLimits(total=12, reserve=3, per_address=3, unproven=6, unproven_per_network=3)


def stranger(number: int) -> Peer:
    return Peer(f"192.168.1.{number}", f"192.168.1.{number}", is_host=False)


@pytest.mark.parametrize(
    ("descriptors", "total", "reserve", "unproven"),
    [(None, 256, 16, 64), (1024, 256, 16, 64), (352, 256, 16, 64), (256, 160, 16, 53), (100, 32, 8, 10)],
)
def test_caps_fit_the_descriptors_there_are(descriptors: int | None, total: int, reserve: int, unproven: int) -> None:
    limits = ConnectionLimits.fitting(descriptors)

    assert (limits.total, limits.reserve, limits.unproven) == (total, reserve, unproven)


def test_silent_ones_of_an_address_make_way_for_each_other_and_its_share_is_what_it_is() -> None:
    limiter: ConnectionLimiter[int] = ConnectionLimiter(SMALL)
    for guest in range(3):
        assert limiter.enter(guest, stranger(1)) is None
    # 16 silent connections of one neighbour keep nobody out, also not one who counts as the same.
    assert limiter.enter(3, stranger(1)) == 0
    assert limiter.prove(3)
    assert limiter.prove(3)
    assert limiter.enter(4, stranger(1)) == 1
    assert limiter.prove(2)
    assert limiter.prove(4)
    with pytest.raises(Full):
        limiter.enter(5, stranger(1))
    limiter.leave(2)
    limiter.leave(2)

    assert limiter.enter(5, stranger(1)) is None
    assert limiter.everybody() == (3, 4, 5)


def test_neighbours_in_one_network_of_ipv6_do_not_take_each_others_places() -> None:
    limiter: ConnectionLimiter[str] = ConnectionLimiter(ConnectionLimits())
    bad, good = Peer.of("fd00::bad"), Peer.of("fd00::60")
    assert bad.key == good.key
    for number in range(16):
        limiter.enter(f"bad {number}", bad)
    assert limiter.enter("good", good) == "bad 0"
    for number in range(100):
        # Its own go, for it has most of them.
        assert str(limiter.enter(f"worse {number}", bad)).startswith(("bad", "worse"))
    assert "good" in limiter.everybody()

    for guest in limiter.everybody():
        limiter.prove(guest)
    proven = [guest for guest in range(200) if comes(limiter, f"more {guest}", bad)]
    assert len(proven) + 15 == ConnectionLimits().per_address
    assert comes(limiter, "better", good)


def comes(limiter: ConnectionLimiter[str], guest: str, peer: Peer, link_id: str = "") -> bool:
    """Tell whether somebody gets in and may stay, without anybody having to go."""
    try:
        leaving = limiter.enter(guest, peer)
    except Full:
        return False
    may_stay = limiter.prove(guest, link_id)
    if not may_stay:
        limiter.leave(guest)
    return leaving is None and may_stay


def test_ten_addresses_leave_something_to_the_eleventh() -> None:
    limiter: ConnectionLimiter[str] = ConnectionLimiter(ConnectionLimits())

    def taken(address: int, link_id: str) -> int:
        names = (f"{address} {number} {link_id}" for number in range(60))
        return sum(comes(limiter, name, stranger(address), link_id) for name in names)

    greedy = [taken(address, "a") for address in range(10)]
    assert greedy[0] == ConnectionLimits().per_address
    assert sum(greedy) < ConnectionLimits().share_of_link(0)
    assert taken(11, "a") > 0
    assert taken(12, "b") >= 8
    assert comes(limiter, "own", HOST)


def test_one_link_leaves_something_to_the_others() -> None:
    limiter: ConnectionLimiter[str] = ConnectionLimiter(ConnectionLimits())
    first = sum(comes(limiter, f"a {number}", stranger(number), "a") for number in range(240))
    assert first == 192
    second = sum(comes(limiter, f"b {number}", stranger(number), "b") for number in range(240))
    third = sum(comes(limiter, f"c {number}", stranger(300 + number), "c") for number in range(8))

    assert second == 38
    assert third > 0
    # The same connection may change over to another link; the owner has none.
    assert limiter.prove("c 0", "c")
    assert limiter.prove("c 0", "d")
    assert comes(limiter, "own", HOST)
    assert limiter.prove("own")
    assert limiter.prove("nobody any more", "a")


def test_what_comes_through_a_proxy_of_this_computer_takes_no_place_of_the_owners() -> None:
    limiter: ConnectionLimiter[int] = ConnectionLimiter(SMALL)
    behind = Peer.of("127.0.0.1", ["via"])
    for guest in range(SMALL.total):
        limiter.enter(guest, HOST)
    for guest in range(SMALL.total):
        try:
            limiter.unmask(guest, behind)
            limiter.unmask(guest, behind)
            limiter.prove(guest, "")
        except Full:
            assert guest not in limiter.everybody()

    assert len(limiter) == SMALL.for_strangers
    assert all(limiter.enter(guest, HOST) is None for guest in range(100, 100 + SMALL.reserve))
    assert limiter.unmask(1000, behind) is None


def test_the_oldest_of_whoever_has_most_makes_way() -> None:
    limiter: ConnectionLimiter[str] = ConnectionLimiter(
        ConnectionLimits(total=60, per_address=5, unproven=6, unproven_per_network=3)
    )
    for guest, number in (("a1", 1), ("b1", 2), ("b2", 2), ("b3", 2), ("c1", 3), ("c2", 3)):
        limiter.enter(guest, stranger(number))

    assert limiter.enter("d1", stranger(4)) == "b1"
    assert limiter.oldest_unproven() == "b2"


def test_who_showed_a_credential_never_makes_way() -> None:
    limiter: ConnectionLimiter[int] = ConnectionLimiter(SMALL)
    for guest in range(9):
        limiter.enter(guest, stranger(guest))
        assert limiter.prove(guest, str(guest))
    with pytest.raises(Full):
        limiter.enter(9, stranger(9))
    for guest in range(10, 13):
        assert limiter.enter(guest, HOST) is None
        limiter.prove(guest)
    with pytest.raises(Full):
        limiter.enter(13, HOST)

    assert limiter.oldest_unproven() is None


def test_the_owner_takes_the_place_of_a_silent_stranger_before_that_of_a_silent_program_of_his() -> None:
    limiter: ConnectionLimiter[str] = ConnectionLimiter(SMALL)
    for number in range(11):
        limiter.enter(f"own {number}", HOST)
    limiter.enter("stranger", stranger(1))

    assert limiter.enter("new", HOST) == "stranger"
    assert limiter.enter("newer", HOST) == "own 0"
    assert len(limiter) == 12


class ComingAndGoing(RuleBasedStateMachine):
    """Whatever happens, no cap is exceeded, and who proved itself is still there until it leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.limiter: ConnectionLimiter[int] = ConnectionLimiter(SMALL)
        self.inside: dict[int, Peer] = {}
        self.proven: set[int] = set()
        self.count = 0

    @rule(number=st.integers(0, 6))
    def come(self, number: int) -> None:
        peer = HOST if number == 0 else stranger(number)
        self.count += 1
        try:
            leaving = self.limiter.enter(self.count, peer)
        except Full:
            assert peer != HOST or (len(self.inside) == SMALL.total and self.proven == set(self.inside))
            return
        self.inside[self.count] = peer
        if leaving is not None:
            assert leaving not in self.proven
            del self.inside[leaving]

    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        guest = data.draw(st.integers(0, self.count))
        self.limiter.prove(guest)
        if guest in self.inside:
            self.proven.add(guest)

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        guest = data.draw(st.integers(0, self.count))
        self.limiter.leave(guest)
        self.inside.pop(guest, None)
        self.proven.discard(guest)

    @invariant()
    def counts_are_right_and_no_cap_is_exceeded(self) -> None:
        strangers = [guest for guest, peer in self.inside.items() if not peer.is_host]
        unproven = [guest for guest in strangers if guest not in self.proven]

        assert self.limiter.everybody() == tuple(self.inside)
        assert self.limiter.unproven == len(unproven) <= SMALL.unproven
        assert len(self.inside) <= SMALL.total
        assert len(strangers) <= SMALL.total - SMALL.reserve
        for peer in set(self.inside.values()) - {HOST}:
            of_peer = [guest for guest in strangers if self.inside[guest] == peer]
            assert len(of_peer) <= SMALL.per_address
            # Who withdrew nothing cannot have more than its share unproven.
            assert len([guest for guest in of_peer if guest in unproven]) <= SMALL.unproven_per_network


TestComingAndGoing = ComingAndGoing.TestCase
TestComingAndGoing.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
