from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.lockout import ALL, EACH, FAILURES_LISTED, NEWS_SECONDS, PEERS_KEPT, Lockout
from server.net.peers import Peer
from tests.server.access.fakes import MINUTE, FakeClock

GUESSER = Peer.of("192.168.1.66")
OTHER = Peer.of("192.168.1.67")
OWNER = Peer.of("127.0.0.1")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def lockout(clock: FakeClock) -> Lockout:
    return Lockout(clock, clock)


@pytest.mark.parametrize(
    ("address", "key", "is_host"),
    [
        ("192.168.1.31", "192.168.1.31", False),
        ("::ffff:192.168.1.31", "192.168.1.31", False),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", False),
        ("fe80::1%eth0", "fe80::/64", False),
        ("127.0.0.1", "host", True),
        ("127.1.2.3", "host", True),
        ("::1", "host", True),
        ("::ffff:127.0.0.1", "host", True),
        ("", "unknown", False),
        (None, "unknown", False),
        ("localhost", "unknown", False),
        ("127.0.0.1, 10.0.0.1", "unknown", False),
    ],
)
def test_peer_is_who_the_socket_says(address: str | None, key: str, is_host: bool) -> None:
    peer = Peer.of(address)

    assert (peer.key, peer.is_host, peer.is_local) == (key, is_host, is_host)


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_who_stands_behind_a_proxy_is_not_the_owner(header: str) -> None:
    relayed = Peer.of("127.0.0.1", ["host", header])

    assert relayed.is_local
    assert not relayed.is_host
    assert relayed.key != OWNER.key


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_forwarded_headers_change_nothing_for_others(header: str) -> None:
    assert Peer.of("192.168.1.66", [header]) == GUESSER


def test_waits_after_five_failures_and_ever_longer(clock: FakeClock, lockout: Lockout) -> None:
    waits = []
    for _ in range(11):
        lockout.failed(GUESSER, "PIN")
        waits.append(lockout.wait_seconds(GUESSER))
        clock.advance(waits[-1])

        assert lockout.wait_seconds(GUESSER) == 0

    assert waits == [0, 0, 0, 0, *(minutes * MINUTE for minutes in (1, 2, 4, 8, 15, 15, 15))]


def test_one_address_waits_alone(lockout: Lockout) -> None:
    for _ in range(EACH.failures):
        lockout.failed(GUESSER, "PIN")

    assert lockout.wait_seconds(GUESSER) > 0
    assert lockout.wait_seconds(OTHER) == 0
    assert lockout.common_wait_seconds(OTHER) == 0


def test_all_wait_when_many_addresses_guess(clock: FakeClock, lockout: Lockout) -> None:
    for number in range(ALL.failures):
        assert lockout.common_wait_seconds(OTHER) == 0
        lockout.failed(Peer.of(f"10.0.0.{number}"), "PIN")

    assert lockout.common_wait_seconds(OTHER) == MINUTE
    clock.advance(MINUTE)
    assert lockout.common_wait_seconds(OTHER) == 0
    lockout.failed(GUESSER, "PIN")
    assert lockout.common_wait_seconds(OTHER) == 2 * MINUTE


def test_one_who_guesses_on_and_on_does_not_keep_the_others_waiting(clock: FakeClock, lockout: Lockout) -> None:
    for _ in range(200):
        lockout.failed(GUESSER, "PIN")
        clock.advance(lockout.wait_seconds(GUESSER))

        assert lockout.common_wait_seconds(OTHER) == 0


def test_addresses_of_one_subscriber_count_as_one(lockout: Lockout) -> None:
    for number in range(EACH.failures):
        lockout.failed(Peer.of(f"2001:db8::{number + 1:x}"), "PIN")

    assert lockout.wait_seconds(Peer.of("2001:db8::ffff")) == MINUTE
    assert lockout.wait_seconds(Peer.of("2001:db8:0:1::1")) == 0


def test_owner_never_waits(lockout: Lockout) -> None:
    for _ in range(1000):
        lockout.failed(OWNER, "link")
        lockout.failed(GUESSER, "link")

    assert lockout.wait_seconds(OWNER) == 0
    assert lockout.common_wait_seconds(OWNER) == 0
    assert lockout.wait_seconds(GUESSER) > 0


def test_owners_own_failures_keep_nobody_out(lockout: Lockout) -> None:
    for _ in range(1000):
        lockout.failed(OWNER, "link")

    assert lockout.common_wait_seconds(OTHER) == 0
    assert len(lockout) == 0


def test_quiet_is_rewarded(clock: FakeClock, lockout: Lockout) -> None:
    for _ in range(EACH.failures + 1):
        lockout.failed(GUESSER, "PIN")
    clock.advance(lockout.wait_seconds(GUESSER) + EACH.failures * EACH.forget_seconds)

    waits = []
    for _ in range(EACH.failures):
        lockout.failed(GUESSER, "PIN")
        waits.append(lockout.wait_seconds(GUESSER))

    assert waits == [0, 0, 0, 0, MINUTE]


def test_mistakes_now_and_then_lock_nobody_out(clock: FakeClock, lockout: Lockout) -> None:
    for _ in range(100):
        lockout.failed(GUESSER, "PIN")
        clock.advance(EACH.forget_seconds)

        assert lockout.wait_seconds(GUESSER) == 0


def test_flood_of_addresses_fills_no_memory(lockout: Lockout) -> None:
    for number in range(PEERS_KEPT + 500):
        lockout.failed(Peer("", str(number), is_host=False), "PIN")

    assert len(lockout) == PEERS_KEPT
    assert len(lockout.failures) == FAILURES_LISTED
    assert lockout.common_wait_seconds(OTHER) > 0


def test_failures_are_listed_for_the_person(clock: FakeClock, lockout: Lockout) -> None:
    told: list[int] = []
    unsubscribe = lockout.subscribe(lambda: told.append(len(lockout.failures)))
    lockout.failed(GUESSER, "PIN")
    clock.advance(5)
    lockout.failed(OTHER, "link")
    clock.advance(5)
    lockout.failed(GUESSER, "cookie")
    unsubscribe()
    unsubscribe()
    lockout.failed(OWNER, "link")

    assert told == [1, 2, 2]
    owner, guesser, other = lockout.failures
    assert (owner.address, owner.count) == ("127.0.0.1", 1)
    assert (guesser.address, guesser.what, guesser.count, guesser.at) == ("192.168.1.66", "cookie", 2, clock())
    assert (other.what, other.count, other.wait_seconds) == ("link", 1, 0)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 2000)), max_size=60))
def test_nobody_ever_gets_more_than_five_tries_in_a_minute(story: list[tuple[bool, float]]) -> None:
    clock = FakeClock()
    lockout = Lockout(clock, clock)
    tries: list[float] = []
    for is_try, seconds in story:
        if not is_try:
            clock.advance(seconds)
        elif lockout.wait_seconds(GUESSER) == 0:
            tries.append(clock())
            lockout.failed(GUESSER, "PIN")

        assert sum(at > clock() - MINUTE for at in tries) <= EACH.failures
        assert lockout.wait_seconds(GUESSER) <= 15 * MINUTE


def test_who_came_in_is_listed_no_longer_but_counted_all_the_same(clock: FakeClock, lockout: Lockout) -> None:
    for _ in range(EACH.failures - 1):
        lockout.failed(GUESSER, "PIN")
    lockout.failed(OTHER, "link")
    told: list[int] = []
    lockout.subscribe(lambda: told.append(len(lockout.failures)))
    lockout.came_in(GUESSER, "link")
    lockout.came_in(Peer.of("192.168.1.99"), "PIN")
    assert told == []
    lockout.came_in(GUESSER, "PIN", "link")

    assert told == [1]
    assert [failure.address for failure in lockout.failures] == [OTHER.address]
    lockout.failed(GUESSER, "PIN")
    assert lockout.wait_seconds(GUESSER) > 0, "getting in made room for more guesses"


def test_failures_are_news_for_a_while_and_count_from_one_after_a_pause(clock: FakeClock, lockout: Lockout) -> None:
    lockout.failed(GUESSER, "PIN")
    lockout.failed(GUESSER, "PIN")
    (twice,) = lockout.failures
    clock.advance(EACH.forget_seconds + 1)
    lockout.failed(GUESSER, "PIN")
    (once,) = lockout.failures

    assert (twice.count, once.count) == (2, 1)
    assert twice.news_until == twice.at + NEWS_SECONDS
