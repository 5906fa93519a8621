from __future__ import annotations

import math

import msgspec
import pytest

from server.access.links import MOST_LINKS, NAME_LIMIT, REVOKED_KEPT, SEEN_SECONDS, Link, LinkError, Links
from server.sharing import ShareRule
from tests.server.access.fakes import LOG, MAIL, CountedBytes, FakeClock

SCOPE = (ShareRule.for_source(LOG),)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def links(clock: FakeClock) -> Links:
    return Links(now=clock, random_bytes=CountedBytes())


def test_link_is_found_by_its_token_only(links: Links) -> None:
    link = links.make("Living room", SCOPE)
    other = links.make("Kitchen", SCOPE)

    assert links.find(link.token) == link
    assert links.find(other.token) == other
    for wrong in ("", link.id, link.token[:-1], link.token + "x", link.token.swapcase(), "\ud800", "x" * 10_000):
        assert links.find(wrong) is None


def test_tokens_have_at_least_128_random_bits() -> None:
    tokens = {Links().make("Living room", SCOPE).token for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) * math.log2(64) >= 128 for token in tokens)
    assert all(token.replace("-", "a").replace("_", "a").isalnum() for token in tokens)


def test_link_shows_what_it_is_for(links: Links) -> None:
    link = links.make("Living room", SCOPE)

    assert link.shows(LOG)
    assert not link.shows(MAIL)


def test_link_is_good_until_its_time_is_up(clock: FakeClock, links: Links) -> None:
    link = links.make("Living room", SCOPE, expires=clock() + 60)
    endless = links.make("Kitchen", SCOPE)

    assert links.is_good(link.id)
    clock.advance(59.9)
    assert links.is_good(link.id)
    clock.advance(0.1)
    assert not links.is_good(link.id)
    assert links.is_good(endless.id)
    assert links.find(link.token) == link


def test_revoked_link_is_gone_at_once_and_known_as_such(links: Links) -> None:
    told: list[int] = []
    link = links.make("Living room", SCOPE)
    links.subscribe(lambda: told.append(len(links.all)))
    links.revoke(link.id)
    links.revoke(link.id)

    assert told == [0]
    assert links.find(link.token) is None
    assert not links.is_good(link.id)
    assert links.was_revoked(link.token)
    assert not links.was_revoked("another")
    assert not links.was_revoked("x" * 10_000)


def test_only_digests_are_kept_of_revoked_links(links: Links) -> None:
    link = links.make("Living room", SCOPE)
    links.revoke(link.id)

    assert link.token not in "".join(links.revoked)


def test_revoked_links_do_not_pile_up(links: Links) -> None:
    made = [links.make("Living room", SCOPE) for _ in range(2)]
    links.revoke(made[0].id)
    for _ in range(REVOKED_KEPT):
        links.revoke(links.make("Kitchen", SCOPE).id)

    assert len(links.revoked) == REVOKED_KEPT
    assert not links.was_revoked(made[0].token)


def test_link_can_be_renamed_and_shown_something_else(links: Links) -> None:
    link = links.make("Living room", SCOPE)
    links.rename(link.id, "  Grandma's\ntablet ")
    links.rescope(link.id, (ShareRule.for_source(MAIL),))

    changed = links.all[link.id]
    assert (changed.name, changed.token) == ("Grandma's tablet", link.token)
    assert changed.shows(MAIL)
    assert not changed.shows(LOG)


def test_link_can_be_made_another_and_keeps_its_address(links: Links) -> None:
    link = links.make("Living room", SCOPE, expires=1e11, most_devices=1)
    links.change(link.id, " Kitchen ", (ShareRule("all"),), expires=None, most_devices=None, asks=True)

    changed = links.all[link.id]
    assert (changed.id, changed.token, changed.created) == (link.id, link.token, link.created)
    assert (changed.name, changed.scope, changed.expires) == ("Kitchen", (ShareRule("all"),), None)
    assert (changed.most_devices, changed.asks) == (None, True)


def test_what_is_done_to_a_link_that_has_gone_does_nothing(links: Links) -> None:
    told: list[None] = []
    links.subscribe(lambda: told.append(None))
    links.rename("gone", "Kitchen")
    links.rescope("gone", SCOPE)
    links.change("gone", "Kitchen", SCOPE, expires=None, most_devices=None, asks=False)
    links.revoke("gone")
    links.used("gone")

    assert told == []
    assert dict(links.all) == {}


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("", {}),
        ("\u202e\n", {}),
        ("Kitchen", {"most_devices": 0}),
        ("Kitchen", {"most_devices": 257}),
        ("Kitchen", {"scope": (ShareRule("title", " "),)}),
    ],
)
def test_impossible_link_is_refused_in_words(links: Links, name: str, how: dict[str, object]) -> None:
    with pytest.raises(LinkError) as refused:
        links.make(name, **({"scope": SCOPE} | how))

    assert refused.value.message.endswith(".")
    assert not links.all


def test_impossible_change_leaves_the_link_as_it_was(links: Links) -> None:
    link = links.make("Living room", SCOPE)
    with pytest.raises(LinkError):
        links.rename(link.id, " ")
    with pytest.raises(LinkError):
        links.rescope(link.id, (ShareRule("title", ""),))
    with pytest.raises(LinkError):
        links.change(link.id, "Kitchen", SCOPE, expires=None, most_devices=0, asks=False)

    assert links.all[link.id] == link


def test_long_name_is_cut(links: Links) -> None:
    assert len(links.make("x" * 1000, SCOPE).name) == NAME_LIMIT


def test_there_are_not_too_many(links: Links) -> None:
    for _ in range(MOST_LINKS):
        links.make("Kitchen", SCOPE)

    with pytest.raises(LinkError, match="Revoke one"):
        links.make("Kitchen", SCOPE)


def test_use_is_noted_but_not_every_second(clock: FakeClock, links: Links) -> None:
    link = links.make("Living room", SCOPE)
    told: list[float] = []
    links.subscribe(lambda: told.append(links.all[link.id].last_used))
    first = clock()
    links.used(link.id)
    clock.advance(1)
    links.used(link.id)
    clock.advance(SEEN_SECONDS)
    links.used(link.id)

    assert told == [first, first + 1 + SEEN_SECONDS]


def test_snapshot_does_not_change_under_who_holds_it(links: Links) -> None:
    before = links.all
    links.make("Living room", SCOPE)

    assert len(before) == 0
    assert len(links.all) == 1


def test_token_is_not_printed_with_the_value(links: Links) -> None:
    link = links.make("Living room", SCOPE)

    assert link.token not in repr(link)
    assert link.token not in repr(msgspec.structs.replace(link, name="Kitchen"))


def test_links_are_the_same_after_a_restart(clock: FakeClock, links: Links) -> None:
    link = links.make("Living room", SCOPE, most_devices=3, asks=True)
    revoked = links.make("Kitchen", SCOPE)
    links.revoke(revoked.id)
    again = Links(tuple(links.all.values()), links.revoked, now=clock)

    assert again.find(link.token) == link
    assert isinstance(again.all[link.id], Link)
    assert again.was_revoked(revoked.token)


def test_revoked_link_can_be_taken_back_as_it_was(links: Links) -> None:
    link = links.make("TV", SCOPE, most_devices=3)
    other = links.make("Gone", SCOPE)
    links.revoke(link.id)
    links.revoke(other.id)
    links.restore(link)

    assert links.find(link.token) == link
    assert not links.was_revoked(link.token)
    assert links.was_revoked(other.token)
