from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from capture.source import DEMO_ID, Source
from server.access.authorizer import Anonymous, AuthorizerRules, Denial, Grant, Guest, Owner
from server.access.devices import MOST_PER_ADDRESS
from server.access.links import Link
from server.access.lockout import ALL, EACH
from server.access.login import LoggedIn
from server.access.origins import Refusal
from server.access.pin import MOST_FAILURES
from server.access.request import AccessRequest, browser_name
from server.net.peers import Peer
from server.sharing import ShareRule
from tests.server.access.fakes import ELSEWHERE, HERE, LOG, MAIL, THERE, VAULT
from tests.server.access.house import COOKIE, HOST, NAME, House, access_request

LOG_ONLY = (ShareRule.for_source(LOG),)
WEBSITE = "http://evil.example"
RELAYED = (
    "forwarded", "via", "x_real_ip", "true_client_ip", "x_client_ip", "client_ip", "x_cluster_client_ip",
    "x_forwarded", "x_forwarded_for", "x_forwarded_host", "x_forwarded_proto", "x_forwarded_port", "x_forwarded_server",
    "x_forwarded_by", "x_forwarded_scheme", "x_forwarded_ssl", "x_forwarded_prefix", "x_forwarded_path",
    "x_forwarded_anything", "x_original_host", "x_original_url", "x_original_forwarded_for", "cf_connecting_ip",
    "cf_connecting_ipv6", "cf_ray", "cf_visitor", "cf_ipcountry", "cf_worker", "fastly_client_ip", "fly_client_ip",
    "x_envoy_external_address", "x_azure_clientip", "x_arr_clientcert", "x_amzn_trace_id", "cdn_loop",
    "tailscale_user_login", "proxy_connection", "x_originating_ip", "x_remote_addr",
)  # fmt: skip
"""Headers by which proxies and tunnels are known, with underscores for hyphens."""
OURS = f"http://{HOST}"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def link(house: House) -> Link:
    return house.links.make("Living room", LOG_ONLY)


def status(answer: Grant | Refusal) -> int:
    """Return 200 for somebody who was let in, else the status of the refusal, whose words have to be a sentence."""
    if isinstance(answer, Grant):
        return 200
    assert answer.reason.english.endswith((".", "…"))
    return answer.status


def code(answer: Grant | Refusal) -> str:
    assert isinstance(answer, Denial), answer
    return answer.code


def seen(answer: Grant | Refusal) -> set[str]:
    assert isinstance(answer, Grant), answer
    return set(answer.sources)


def with_cookies(lines: str | list[str]) -> AccessRequest:
    """Return a request with just these lines of cookies."""
    plain = access_request(THERE)
    return replace(plain, headers={**plain.headers, "cookie": [lines] if isinstance(lines, str) else lines})


# ---- the owner


@pytest.mark.parametrize("address", [HERE, "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("network", [False, True])
def test_program_on_this_computer_needs_no_credential(address: str, network: bool) -> None:
    answer = House(network=network).authorize(address)

    assert isinstance(answer, Grant)
    assert answer.who == Owner()
    assert seen(answer) == {LOG.id, MAIL.id}


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost:9000", "localhost"])
def test_own_page_on_this_computer_needs_none_either(house: House, host: str) -> None:
    for path in ("/api/windows", "/stream/4711", "/streams"):
        assert status(house.authorize(HERE, path, origin=f"http://{host}", host=host)) == 200


@pytest.mark.parametrize("name", [HOST, NAME])
async def test_by_a_name_that_others_may_answer_to_this_computer_is_a_guest_too(house: House, name: str) -> None:
    """A page at that name may be anybody's on the same network, and may have it lead to this computer (rebinding)."""
    link = house.links.make("TV", LOG_ONLY)
    for how in ({}, {"origin": f"http://{name}"}):
        assert code(house.authorize(HERE, host=name, **how)) == "credential_missing"
        assert code(house.authorize(HERE, "/streams", host=name, **how)) == "credential_missing"
        assert house.authorize(HERE, "/", host=name, **how) == Grant(Anonymous(), {})
        assert seen(house.authorize(HERE, host=name, token=link.token, **how)) == {LOG.id}
    # Nor may a page of that name ask by another.
    assert status(house.authorize(HERE, origin=f"http://{name}")) == 403
    _, cookie = await house.entered(HERE, link.token, host=name)
    assert seen(house.authorize(HERE, host=name, cookie=cookie)) == {LOG.id}


def test_allowed_page_needs_a_credential_once_the_network_may_come(house: House, link: Link) -> None:
    origin = "http://friend.example"
    assert status(House(network=False).authorize(HERE, origin=origin)) == 200
    assert status(House(network=False).authorize(HERE, origin=origin, host=NAME)) == 401
    assert status(house.authorize(HERE, origin=origin)) == 401
    assert status(house.authorize(HERE, origin=origin, token=link.token)) == 200


def test_owner_may_ask_for_a_credential_here_too(house: House, link: Link) -> None:
    house.authorizer.set_rules(AuthorizerRules(network=True, host_needs_token=True))

    assert status(house.authorize(HERE)) == 401
    assert seen(house.authorize(HERE, token=link.token)) == {LOG.id}


def test_what_a_proxy_asks_is_not_asked_by_the_owner(house: House, link: Link) -> None:
    for network in (False, True):
        house.authorizer.set_rules(AuthorizerRules(network=network))
        for header in RELAYED:
            assert code(house.authorize(HERE, **{header: "203.0.113.9"})) == "credential_missing", header
            assert "proxy" in str(house.authorize(HERE, **{header: ""})), header
            assert seen(house.authorize(HERE, token=link.token, **{header: "203.0.113.9"})) == {LOG.id}


def test_what_comes_by_http_1_0_may_come_through_a_proxy(house: House, link: Link) -> None:
    for host in ("localhost:8080", []):
        assert code(house.authorize(HERE, host=host, is_old=True)) == "credential_missing"
        assert seen(house.authorize(HERE, host=host, is_old=True, token=link.token)) == {LOG.id}
        assert seen(house.authorize(THERE, host=host or HOST, is_old=True, token=link.token)) == {LOG.id}


def test_owner_is_never_locked_out(house: House) -> None:
    for number in range(1000):
        assert status(house.authorize(HERE, token=f"wrong-{number}")) == 401

    assert status(house.authorize(HERE)) == 200
    assert status(house.authorize(THERE, "/")) == 200


def test_cookie_takes_nothing_from_the_owner(house: House) -> None:
    assert isinstance(house.authorize(HERE, cookie="a.wrong"), Grant)
    assert house.lockout.failures == ()


def test_owner_who_opens_a_link_sees_what_its_guests_see(house: House, link: Link) -> None:
    assert seen(house.authorize(HERE, token=link.token)) == {LOG.id}


# ---- names, websites, addresses


@pytest.mark.parametrize(
    "host",
    ["evil.example:8080", "192.168.1.20", "192.168.1.20:8081", "192.168.1.20.:8080", "", [HOST, HOST], []],
)
def test_no_credential_helps_under_a_wrong_name(house: House, link: Link, host: str | list[str]) -> None:
    assert status(house.authorize(THERE, host=host, token=link.token)) == 421
    assert status(house.authorize(HERE, host=host)) == 421


@pytest.mark.parametrize("origin", [WEBSITE, "http://192.168.1.20", f"{OURS}.evil.example", [OURS, WEBSITE], ""])
async def test_no_credential_helps_a_website(house: House, link: Link, origin: str | list[str]) -> None:
    _, cookie = await house.entered(THERE, link.token)

    for how in ({"token": link.token}, {"cookie": cookie}, {"bearer": link.token}, {}):
        assert status(house.authorize(THERE, origin=origin, **how)) == 403
        assert status(house.authorize(HERE, origin=origin, **how)) == 403
    refusal = await house.login.by_link(access_request(THERE, "/api/enter", method="POST", origin=origin), link.token)
    assert isinstance(refusal, Refusal)
    refusal = await house.login.by_pin(access_request(THERE, "/api/enter", method="POST", origin=origin), "042042")
    assert isinstance(refusal, Refusal)


@pytest.mark.parametrize("address", [THERE, "2001:db8::5", "", None])
def test_nobody_from_outside_comes_while_it_is_for_this_computer_only(address: str | None) -> None:
    house = House(network=False)
    link = house.links.make("Living room", LOG_ONLY)

    for path in ("/", "/api/windows", "/api/enter"):
        assert status(house.authorize(address, path, token=link.token)) == 403
        assert status(house.authorize(address, path)) == 403


def test_forwarded_headers_open_nothing(house: House) -> None:
    for header in ("x_forwarded_for", "forwarded", "x_real_ip"):
        assert status(house.authorize(THERE, **{header: "127.0.0.1"})) == 401


def test_blocked_address_does_not_come_in(house: House, link: Link) -> None:
    house.authorizer.set_rules(AuthorizerRules(network=True, blocked=frozenset({THERE, "host"})))

    assert status(house.authorize(THERE, token=link.token)) == 403
    assert status(house.authorize(THERE, "/")) == 403
    assert status(house.authorize(ELSEWHERE, token=link.token)) == 200
    assert status(house.authorize(HERE)) == 200


# ---- strangers


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/embed.js", "/watch/4711", "/watch/4713", "/viewer/page.js"])
def test_stranger_gets_the_page_and_no_source(house: House, path: str) -> None:
    answer = house.authorize(THERE, path)

    assert answer == Grant(Anonymous(), {})
    assert status(house.authorize(THERE, path, cookie="a.wrong")) == 200
    assert house.lockout.failures == ()


@pytest.mark.parametrize(
    "path", ["/api/windows", "/api/health", "/health", "/metrics", "/stream/4711", "/snapshot/0.png", "/plain/0", "//"]
)
def test_stranger_gets_nothing_else(house: House, path: str) -> None:
    assert code(house.authorize(THERE, path)) == "credential_missing"


def test_browser_may_ask_whether_it_may_ask(house: House, link: Link) -> None:
    answer = house.authorize(THERE, method="OPTIONS", origin="http://friend.example", token=link.token)

    assert answer == Grant(Anonymous(), {})


def test_source_that_is_not_shared_is_there_for_nobody(house: House) -> None:
    wide = house.links.make("Everything", (ShareRule("all"), ShareRule("id", VAULT.id)))

    assert VAULT.id not in seen(house.authorize(HERE))
    assert seen(house.authorize(THERE, token=wide.token)) == {LOG.id, MAIL.id}


# ---- links


def test_token_lets_in_by_query_and_by_header(house: House, link: Link) -> None:
    by_query = house.authorize(THERE, token=link.token)
    by_header = house.authorize(THERE, authorization=f"bearer  {link.token} ")

    assert by_query == by_header
    assert seen(by_query) == {LOG.id}
    assert isinstance(by_query, Grant)
    assert isinstance(by_query.who, Guest)
    assert by_query.who.link_id == link.id
    assert house.links.all[link.id].last_used == house.clock()
    assert [device.name for device in house.devices.of(link.id)] == ["Unknown program"]


@pytest.mark.parametrize("token", ["wrong", "x" * 4096, "\ud800", "ä", "' or 1=1"])
def test_wrong_token_is_refused_and_counted(house: House, link: Link, token: str) -> None:
    assert code(house.authorize(THERE, token=token)) == "credential_wrong"
    assert code(house.authorize(THERE, bearer=token)) == "credential_wrong"
    assert house.lockout.failures[0].count == 2


def test_wrong_token_is_not_made_good_by_a_right_cookie(house: House, link: Link) -> None:
    _, cookie = house.devices.admit(link, access_request(THERE).peer, "Firefox")

    assert code(house.authorize(THERE, token="wrong", cookie=cookie)) == "credential_wrong"


@pytest.mark.parametrize("empty", ["", " "])
def test_empty_token_is_none(house: House, empty: str) -> None:
    assert code(house.authorize(THERE, token=empty.strip())) == "credential_missing"
    assert code(house.authorize(THERE, bearer=empty)) == "credential_missing"


def test_two_tokens_are_refused_even_when_both_are_right(house: House, link: Link) -> None:
    twice = replace(access_request(THERE), query={"token": [link.token, link.token]})

    assert code(house.authorizer.authorize(twice)) == "credential_unclear"
    assert code(house.authorize(THERE, token=link.token, bearer=link.token)) == "credential_unclear"
    assert code(house.authorize(THERE, authorization=[f"Bearer {link.token}"] * 2)) == "credential_unclear"
    assert code(house.authorize(THERE, authorization=f"Basic {link.token}")) == "credential_unclear"
    assert code(house.authorize(HERE, token=link.token, bearer=link.token)) == "credential_unclear"


def test_guest_looks_and_changes_nothing(house: House, link: Link) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert status(house.authorize(THERE, method=method, token=link.token)) == 403
        assert status(house.authorize(HERE, method=method)) == 200
    assert status(house.authorize(THERE, method="HEAD", token=link.token)) == 200


def test_guest_gets_no_figures_about_others(house: House, link: Link) -> None:
    assert status(house.authorize(THERE, "/metrics", token=link.token)) == 403
    assert status(house.authorize(HERE, "/metrics", token=link.token, via="proxy")) == 403
    assert status(house.authorize(HERE, "/metrics")) == 200


def test_withdrawn_and_expired_links_are_told_apart_from_wrong_ones_and_not_counted(house: House) -> None:
    revoked = house.links.make("Kitchen", LOG_ONLY)
    expired = house.links.make("Cellar", LOG_ONLY, expires=house.clock() + 60)
    house.links.revoke(revoked.id)
    house.clock.advance(60)

    for _ in range(EACH.failures + 1):
        assert code(house.authorize(THERE, token=revoked.token)) == "link_withdrawn"
        assert code(house.authorize(THERE, token=expired.token)) == "link_expired"
    assert house.lockout.failures == ()


def test_link_for_two_devices_lets_in_two(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, most_devices=2)

    assert status(house.authorize(THERE, token=link.token)) == 200
    assert status(house.authorize(ELSEWHERE, token=link.token)) == 200
    assert code(house.authorize("192.168.1.33", token=link.token)) == "too_many_devices"
    assert status(house.authorize(THERE, token=link.token)) == 200


def test_link_that_asks_first_lets_no_program_in_by_its_token_alone(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, asks=True)

    assert code(house.authorize(THERE, token=link.token)) == "consent_needed"


# ---- cookies


async def test_browser_comes_in_by_its_cookie(house: House, link: Link) -> None:
    who, cookie = await house.entered(THERE, link.token, user_agent="Mozilla/5.0 (Android 14) Firefox/130.0")
    answer = house.authorize(ELSEWHERE, cookie=cookie)

    assert seen(answer) == {LOG.id}
    assert seen(house.authorize(ELSEWHERE, "/", cookie=cookie)) == {LOG.id}
    assert isinstance(answer, Grant)
    assert isinstance(answer.who, Guest)
    assert (answer.who.device_id, answer.who.link_id) == (who.device_id, link.id)
    assert house.devices.all[who.device_id].name == "Firefox, Android"


async def test_token_of_the_same_link_beside_the_cookie_is_the_same_device(house: House, link: Link) -> None:
    who, cookie = await house.entered(THERE, link.token)
    answer = house.authorize(THERE, cookie=cookie, token=link.token)

    assert isinstance(answer, Grant)
    assert answer.who == who
    assert len(house.devices.all) == 1


async def test_token_of_another_link_beside_the_cookie_is_refused(house: House, link: Link) -> None:
    other = house.links.make("Kitchen", LOG_ONLY)
    _, cookie = await house.entered(THERE, link.token)

    assert code(house.authorize(THERE, cookie=cookie, token=other.token)) == "credential_unclear"


async def test_old_cookie_keeps_nobody_from_a_new_link(house: House, link: Link) -> None:
    _, cookie = await house.entered(THERE, link.token)
    house.links.revoke(link.id)
    new = house.links.make("New", LOG_ONLY)

    assert status(house.authorize(THERE, cookie=cookie, token=new.token)) == 200
    assert status(house.authorize(THERE, "/", cookie=cookie)) == 200
    assert (await house.entered(THERE, new.token, cookie=cookie))[0].link_id == new.id


async def test_removed_device_is_told_so_and_not_counted(house: House, link: Link) -> None:
    who, cookie = await house.entered(THERE, link.token)
    house.devices.forget(who.device_id)

    for _ in range(EACH.failures + 1):
        assert code(house.authorize(THERE, cookie=cookie)) == "removed"
    assert house.lockout.failures == ()


async def test_device_of_an_expired_link_is_told_so(house: House) -> None:
    link = house.links.make("Cellar", LOG_ONLY, expires=house.clock() + 60)
    _, cookie = await house.entered(THERE, link.token)
    house.clock.advance(60)

    assert code(house.authorize(THERE, cookie=cookie)) == "link_expired"


async def test_of_several_cookies_the_good_one_counts(house: House, link: Link) -> None:
    _, cookie = await house.entered(THERE, link.token)

    for doubled in (
        f"{COOKIE}={cookie}; {COOKIE}={cookie}",
        [f"{COOKIE}={cookie}", f"{COOKIE}=a.b"],
        f"{COOKIE}=a.b; {COOKIE}={cookie}",
        f"{COOKIE}; {COOKIE}=; {COOKIE}={cookie}",
        f"x{COOKIE}=a; {COOKIE} = {cookie} ;{COOKIE}x=b",
    ):
        assert status(house.authorizer.authorize(with_cookies(doubled))) == 200
    assert code(house.authorizer.authorize(with_cookies(f"{COOKIE}=a.b; {COOKIE}=c.d"))) == "credential_missing"


async def test_of_several_cookies_one_that_was_good_is_told_so(house: House) -> None:
    short = house.links.make("Cellar", LOG_ONLY, expires=house.clock() + 60)
    guest, cookie = await house.entered(THERE, short.token)
    house.clock.advance(60)

    assert code(house.authorizer.authorize(with_cookies(f"{COOKIE}=a.b; {COOKIE}={cookie}"))) == "link_expired"
    house.devices.forget(guest.device_id)
    assert code(house.authorizer.authorize(with_cookies(f"{COOKIE}=a.b; {COOKIE}={cookie}"))) == "removed"


def test_old_cookies_are_not_known_and_lock_nobody_out(house: House, link: Link) -> None:
    codes = [code(house.authorize(THERE, cookie=f"a.{number}")) for number in range(EACH.failures + 1)]

    assert codes == ["credential_missing"] * (EACH.failures + 1)
    assert status(house.authorize(THERE, token=link.token)) == 200


# ---- guessing


def test_guesser_waits_and_is_told_how_long(house: House, link: Link) -> None:
    for number in range(EACH.failures):
        house.authorize(THERE, token=f"wrong-{number}")

    answer = house.authorize(THERE, token="wrong")
    assert isinstance(answer, Denial)
    assert (answer.status, answer.code, answer.retry_seconds) == (429, "locked_out", 60)
    assert "1 minute." in answer.reason.english
    house.clock.advance(60)
    house.authorize(THERE, token="wrong")
    answer = house.authorize(THERE, token="wrong")
    assert isinstance(answer, Denial)
    assert "2 minutes." in answer.reason.english
    house.clock.advance(120)
    assert status(house.authorize(THERE, token="wrong")) == 401


@pytest.mark.parametrize("lawful", [THERE, "fd00::20", "fd00::5:1"])
async def test_a_right_link_lets_in_whatever_its_neighbours_try(house: House, lawful: str) -> None:
    """In a network of IPv6 alone all have one /64, and so count as one address."""
    asks = house.links.make("Kitchen", LOG_ONLY, asks=True)
    plain = house.links.make("TV", LOG_ONLY)
    for number in range(40):
        for guesser in (THERE, f"fd00::{number:x}"):
            house.authorize(guesser, token=f"wrong-{number}")
    assert status(house.authorize(lawful, token="wrong")) == 429

    assert status(house.authorize(lawful, token=plain.token)) == 200
    _, cookie = await house.entered(lawful, plain.token)
    assert status(house.authorize(lawful, cookie=cookie)) == 200
    task = asyncio.create_task(house.login.by_link(access_request(lawful, "/api/enter", method="POST"), asks.token))
    await house.asking()
    house.answer("allow")
    assert isinstance(await task, LoggedIn)


async def test_known_device_comes_in_while_its_address_has_to_wait(house: House, link: Link) -> None:
    _, cookie = await house.entered(THERE, link.token)
    for number in range(EACH.failures):
        house.authorize(THERE, token=f"wrong-{number}")

    assert status(house.authorize(THERE, cookie=cookie)) == 200
    assert status(house.authorize(THERE, token="wrong")) == 429


def test_what_others_guess_keeps_nobody_with_a_link_out(house: House, link: Link) -> None:
    for number in range(ALL.failures):
        house.authorize(f"10.0.0.{number}", token="wrong")

    assert status(house.authorize(THERE, token=link.token)) == 200
    assert status(house.authorize(ELSEWHERE, token="wrong")) == 429
    assert status(house.authorize(ELSEWHERE, cookie="a.wrong")) == 401


async def test_ten_thousand_guesses_with_forged_headers_let_nobody_in(house: House, link: Link) -> None:
    house.pins.show()
    answers = set()
    for number in range(10_000):
        address = f"2001:db8:{number % 3000:x}::1"
        forged = {"x_forwarded_for": "127.0.0.1", "x_real_ip": "::1", "forwarded": "for=127.0.0.1"}
        match number % 3:
            case 0:
                answers.add(status(house.authorize(address, token=f"wrong-{number}", **forged)))
            case 1:
                answers.add(status(house.authorize(address, cookie=f"a.wrong-{number}", **forged)))
            case _:
                guess = access_request(address, "/api/enter", method="POST", **forged)
                refusal = await house.login.by_pin(guess, f"{number:06}")
                assert isinstance(refusal, Refusal)
                answers.add(refusal.status)

    assert answers == {401, 429}
    assert status(house.authorize(HERE)) == 200
    assert status(house.authorize(THERE, token=link.token)) == 200


# ---- staying


async def test_everything_that_ends_a_visit_ends_it_at_once(house: House) -> None:
    def wide() -> Link:
        return house.links.make("Everything", (ShareRule("all"),))

    async def guest(link: Link) -> Guest:
        return (await house.entered(THERE, link.token))[0]

    link = wide()
    endings: list[tuple[Guest, Any]] = []
    who = await guest(link)
    endings.append((who, lambda: house.links.revoke(link.id)))
    other = await guest(wide())
    endings.append((other, lambda: house.devices.forget(other.device_id)))
    third = await guest(wide())
    endings.append(
        (third, lambda: house.authorizer.set_rules(AuthorizerRules(network=True, blocked=frozenset({THERE}))))
    )
    endings.append((third, lambda: house.authorizer.set_rules(AuthorizerRules(network=False))))
    told: list[None] = []
    unsubscribe = house.authorizer.subscribe(lambda: told.append(None))
    for visitor, end in endings:
        house.authorizer.set_rules(AuthorizerRules(network=True))
        assert house.authorizer.is_still_allowed(visitor)
        assert house.authorizer.may_see(visitor, LOG)
        told.clear()
        end()

        assert told
        assert not house.authorizer.is_still_allowed(visitor)
        assert not house.authorizer.may_see(visitor, LOG)
        assert not house.authorizer.sees(visitor)
    unsubscribe()
    told.clear()
    house.authorizer.set_rules(AuthorizerRules())
    assert told == []


def test_owner_stays_until_a_credential_is_asked_for(house: House) -> None:
    assert house.authorizer.may_see(Owner(), LOG)
    assert not house.authorizer.may_see(Owner(), VAULT)
    assert not house.authorizer.is_still_allowed(Owner(foreign=True))
    house.authorizer.set_rules(AuthorizerRules(host_needs_token=True))
    assert not house.authorizer.may_see(Owner(), LOG)


def test_to_a_stranger_nothing_is_shared(house: House) -> None:
    assert house.authorizer.is_still_allowed(Anonymous())
    assert not house.authorizer.may_see(Anonymous(), LOG)


def test_reused_handle_is_seen_by_nobody(house: House, link: Link) -> None:
    answer = house.authorize(THERE, token=link.token)
    assert isinstance(answer, Grant)
    reused = Source(LOG.id, "window", LOG.title, LOG.app, 320, 240, pid=LOG.pid, started=2)
    house.catalog.set_fixed((reused, MAIL))

    for who in (answer.who, Owner()):
        assert not house.authorizer.may_see(who, LOG)
        assert not house.authorizer.may_see(who, reused)


def test_link_for_a_title_goes_by_it_where_titles_are_hidden_from_viewers(house: House) -> None:
    titled = house.links.make("Builds", (ShareRule("title", "build"),))
    by_program = house.links.make("By program", (ShareRule("title", LOG.app),))
    house.shares.hide_titles(True)
    answers = [house.authorize(THERE, token=link.token) for link in (titled, by_program)]

    assert [seen(answer) for answer in answers] == [{LOG.id}, set()]
    assert isinstance(answers[0], Grant)
    assert house.authorizer.sees(answers[0].who)[LOG.id].title == LOG.app


def test_link_for_a_title_ends_with_the_title(house: House) -> None:
    link = house.links.make("Builds", (ShareRule("title", "build"),))
    answer = house.authorize(THERE, token=link.token)
    assert isinstance(answer, Grant)
    assert house.authorizer.may_see(answer.who, LOG)
    house.catalog.set_fixed((Source(LOG.id, "window", "private", LOG.app, 320, 240, pid=99, started=1), MAIL))

    # Who still holds the window as it was does not get it by that.
    assert not house.authorizer.may_see(answer.who, LOG)


def test_unsharing_takes_it_from_everybody(house: House, link: Link) -> None:
    answer = house.authorize(THERE, token=link.token)
    assert isinstance(answer, Grant)
    house.shares.set_rules((ShareRule("id", DEMO_ID),))

    assert not house.authorizer.may_see(answer.who, LOG)
    assert not house.authorizer.may_see(Owner(), LOG)


# ---- the entrance


async def entering(house: House, link: Link, **how: Any) -> asyncio.Task[Any]:
    """Return what comes of opening a link that asks first, once the person is asked."""
    task = asyncio.create_task(
        house.login.by_link(access_request(THERE, "/api/enter", method="POST", **how), link.token)
    )
    await house.asking()
    return task


async def with_pin(house: House, source_id: str | None = None, address: str = THERE) -> asyncio.Task[Any]:
    """Return what comes of the right PIN, once the person is asked."""
    pin = house.pins.show()
    at_the_door = access_request(address, "/api/enter", method="POST", user_agent="curl/8")
    task = asyncio.create_task(house.login.by_pin(at_the_door, pin.digits, source_id))
    await house.asking()
    return task


async def test_entrance_is_open_to_who_has_nothing_yet(house: House) -> None:
    assert house.authorize(THERE, "/api/enter", method="POST", bearer="whatever") == Grant(Anonymous(), {})
    assert house.lockout.failures == ()


async def test_browser_that_is_known_stays_the_same_device(house: House, link: Link) -> None:
    who, cookie = await house.entered(THERE, link.token)
    again = await house.login.by_link(access_request(THERE, "/api/enter", method="POST", cookie=cookie), link.token)

    assert again.cookie is None
    assert again.who == who
    assert len(house.devices.all) == 1


async def test_browser_that_changes_links_counts_at_the_new_one_only(house: House, link: Link) -> None:
    other = house.links.make("Kitchen", LOG_ONLY)
    _, cookie = await house.entered(THERE, link.token)
    who, _ = await house.entered(THERE, other.token, cookie=cookie)

    assert [device.id for device in house.devices.all.values()] == [who.device_id]


async def test_wrong_token_does_not_get_through_the_entrance(house: House, link: Link) -> None:
    refusal = await house.login.by_link(access_request(THERE, "/api/enter", method="POST"), "wrong")

    assert code(refusal) == "credential_wrong"


async def test_full_link_lets_no_browser_in_and_asks_nobody(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, most_devices=1, asks=True)
    task = await entering(house, link)
    house.answer("allow")
    await task
    refusal = await house.login.by_link(access_request(ELSEWHERE, "/api/enter", method="POST"), link.token)

    assert code(refusal) == "too_many_devices"


async def test_two_who_wait_for_the_last_place_do_not_both_get_it(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, most_devices=1, asks=True)
    first = await entering(house, link)
    second = asyncio.create_task(
        house.login.by_link(access_request(ELSEWHERE, "/api/enter", method="POST"), link.token)
    )
    await asyncio.sleep(0)
    house.answer("allow")
    house.answer("allow")

    answers = await asyncio.gather(first, second)
    assert [isinstance(answer, Denial) for answer in answers] == [False, True]
    assert len(house.devices.all) == 1


@pytest.mark.parametrize(("answer", "remembered"), [("allow", 1), ("once", 0)])
async def test_link_that_asks_lets_in_who_is_allowed(house: House, answer: Any, remembered: int) -> None:
    link = house.links.make("Kitchen", (ShareRule("all"),), asks=True)
    task = await entering(house, link, user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
    question = house.consents.questions[0]

    assert (question.address, question.browser, question.by) == (THERE, "Firefox, Linux", "Kitchen")
    assert question.wanted == ("build log", "Inbox")
    house.answer(answer)
    entered = await task
    assert status(house.authorize(THERE, cookie=entered.cookie)) == 200
    assert len(house.devices.remembered) == remembered


async def test_link_revoked_while_the_person_is_asked_lets_nobody_in(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, asks=True)
    task = await entering(house, link)
    house.links.revoke(link.id)
    house.answer("allow")

    assert code(await task) == "link_expired"
    assert not house.devices.all


async def test_network_closed_while_the_person_is_asked_lets_nobody_in(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, asks=True)
    task = await entering(house, link)
    pin_task = await with_pin(house, address=ELSEWHERE)
    house.authorizer.set_rules(AuthorizerRules(network=False))
    house.answer("allow")

    assert status(await task) == 403
    assert status(await pin_task) == 403
    assert not house.devices.all


async def test_second_question_of_one_address_is_refused(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, asks=True)
    task = await entering(house, link)
    refusal = await house.login.by_link(access_request(THERE, "/api/enter", method="POST"), link.token)

    assert code(refusal) == "busy"
    pin = house.pins.show()
    refusal = await house.login.by_pin(access_request(THERE, "/api/enter", method="POST"), pin.digits)
    assert code(refusal) == "busy"
    # It was not even looked at.
    assert house.pins.pin == pin
    house.consents.deny_all()
    assert code(await task) == "refused"


async def test_pin_and_consent_together_let_in(house: House) -> None:
    task = await with_pin(house)
    question = house.consents.questions[0]

    assert (question.by, question.browser, question.wanted) == ("PIN", "curl", ("Everything that is shared",))
    # One PIN opens one question.
    assert house.pins.pin is None
    house.answer("allow")
    entered = await task
    answer = house.authorize(THERE, cookie=entered.cookie)
    assert seen(answer) == {LOG.id, MAIL.id}
    assert isinstance(answer, Grant)
    assert isinstance(answer.who, Guest)
    assert answer.who.link_id == ""
    house.devices.forget(answer.who.device_id)
    assert not house.authorizer.is_still_allowed(answer.who)


async def test_pin_lets_in_no_more_devices_than_there_may_be(house: House) -> None:
    task = await with_pin(house)
    for _ in range(MOST_PER_ADDRESS):
        house.devices.admit_by_consent((ShareRule("all"),), Peer.of(THERE), "Firefox")
    house.answer("allow")
    assert code(await task) == "too_many_devices"
    pin = house.pins.show()
    refusal = await house.login.by_pin(access_request(THERE, "/api/enter", method="POST"), pin.digits)

    assert code(refusal) == "too_many_devices"
    # Nobody was asked, and it is good still.
    assert house.consents.questions == ()
    assert house.pins.pin == pin


async def test_consent_is_for_what_was_asked_for(house: House) -> None:
    task = await with_pin(house, LOG.id)
    question = house.consents.questions[0]

    assert question.wanted == ("build log",)
    house.answer("once")
    entered = await task
    assert seen(house.authorize(THERE, cookie=entered.cookie)) == {LOG.id}
    assert house.devices.remembered == ()


@pytest.mark.parametrize("source_id", [VAULT.id, "999999", "../etc"])
async def test_nobody_learns_by_asking_what_there_is(house: House, source_id: str) -> None:
    task = await with_pin(house, source_id)
    question = house.consents.questions[0]

    assert question.wanted == ("Something that is not shared",)
    house.answer("allow")
    entered = await task
    assert seen(house.authorize(THERE, cookie=entered.cookie)) == set()


async def test_silence_lets_nobody_in_and_counts(house: House) -> None:
    task = await with_pin(house)
    house.clock.advance(60)

    assert code(await task) == "refused"
    assert not house.devices.all
    assert house.lockout.failures[0].what == "question"


async def test_who_is_denied_again_and_again_has_to_wait(house: House) -> None:
    for _ in range(EACH.failures):
        task = await with_pin(house)
        house.answer("deny")
        await task
    house.pins.show()
    refusal = await house.login.by_pin(access_request(THERE, "/api/enter", method="POST"), "042042")

    assert code(refusal) == "locked_out"


async def test_leaving_while_the_person_thinks_is_a_no_and_nothing_is_remembered(house: House) -> None:
    link = house.links.make("Kitchen", LOG_ONLY, asks=True)
    for _ in range(EACH.failures):
        task = await entering(house, link)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert house.consents.questions == ()
    assert not house.devices.all
    refusal = await house.login.by_link(access_request(THERE, "/api/enter", method="POST"), link.token)
    assert code(refusal) == "locked_out"
    # Without a question it goes on, for a right link is never locked out.
    assert status(house.authorize(THERE, token=house.links.make("TV", LOG_ONLY).token)) == 200


async def test_ten_guesses_are_all_there_are_for_one_pin(house: House) -> None:
    house.pins.show()
    answers = []
    for number in range(MOST_FAILURES + 5):
        at_the_door = access_request(f"10.0.0.{number}", "/api/enter", method="POST")
        answers.append(code(await house.login.by_pin(at_the_door, "000000")))

    assert house.pins.pin is None
    assert set(answers) == {"credential_wrong"}
    refusal = await house.login.by_pin(access_request(THERE, "/api/enter", method="POST"), "042042")
    assert code(refusal) == "credential_wrong"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/128.0 Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/128.0 Safari/537.36 Edg/128.0", "Edge, Windows"),
        ("Firefox/1", "Firefox"),
        ("VLC/3.0.20 LibVLC/3.0.20", "VLC"),
        ("", ""),
        (" / ", ""),
        ("--- (bot)/1", "1"),
        # Nothing that can be seen, and what looks like something else.
        ("\u2800\u2800", ""),
        ("\u3164", ""),
        ("Firefox\u2800/1", ""),
        ("\u0421hrome/1", ""),
        ("Firefox\x1b/1", ""),
    ],
)
def test_browser_is_named_as_people_name_it(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_nothing_that_is_printed_holds_a_secret(house: House, link: Link) -> None:
    shown = access_request(THERE, token=link.token, bearer=link.token, cookie=f"a.{link.token}")
    device, cookie = house.devices.admit(link, shown.peer, "Firefox")
    entered = house.authorize(THERE, cookie=cookie)

    for value in (shown, entered, house.authorize(THERE, token=link.token), device, link):
        assert link.token not in repr(value)
        assert cookie not in repr(value)


# Disconnected, until sharing stops or the person allows it again.


async def test_who_was_disconnected_stays_out_and_is_told_why(house: House, link: Link) -> None:
    who, cookie = await house.entered(THERE, link.token)
    house.dismiss(who)

    assert code(house.authorize(THERE, cookie=cookie)) == "disconnected"
    assert code(house.authorize(THERE, cookie=cookie, token=link.token)) == "disconnected"
    # The page that says so.
    assert status(house.authorize(THERE, "/watch/4711", cookie=cookie)) == 200
    assert not house.authorizer.is_still_allowed(who)
    assert not house.authorizer.may_see(who, LOG)
    again = await house.login.by_link(access_request(THERE, "/api/enter", method="POST", cookie=cookie), link.token)
    assert code(again) == "disconnected"
    house.authorizer.allow_again(who.device_id)

    assert status(house.authorize(THERE, cookie=cookie)) == 200
    assert house.authorizer.is_still_allowed(who)
    assert house.authorizer.may_see(who, LOG)


async def test_a_browser_without_its_cookies_is_the_same_to_who_disconnected_it(house: House, link: Link) -> None:
    who, _ = await house.entered(THERE, link.token)
    neighbour, neighbours_cookie = await house.entered(THERE, link.token)
    house.dismiss(who)

    assert (
        code(await house.login.by_link(access_request(THERE, "/api/enter", method="POST"), link.token))
        == "disconnected"
    )
    assert code(house.authorize(THERE, token=link.token)) == "disconnected"
    # Others at that address, and elsewhere, are not meant.
    assert status(house.authorize(THERE, cookie=neighbours_cookie)) == 200
    entering = access_request(THERE, "/api/enter", method="POST", cookie=neighbours_cookie)
    assert not isinstance(await house.login.by_link(entering, link.token), Refusal)
    assert (await house.entered("192.168.1.99", link.token))[0].device_id != neighbour.device_id


async def test_program_that_was_disconnected_stays_out_and_others_there_go_on(house: House, link: Link) -> None:
    house.authorize(THERE, token=link.token)
    (program,) = house.devices.all.values()
    browser, _ = await house.entered(THERE, link.token)
    house.dismiss(browser)
    assert status(house.authorize(THERE, token=link.token)) == 200
    house.dismiss(Guest(Peer.of(THERE), program.id, link.id))

    assert code(house.authorize(THERE, token=link.token)) == "disconnected"


@pytest.mark.parametrize("by", ["PIN", "link"])
async def test_who_is_asked_about_and_allowed_was_disconnected_no_longer(house: House, link: Link, by: str) -> None:
    asking = house.links.make("Asks", LOG_ONLY, asks=True)
    who, cookie = await house.entered(THERE, link.token)
    house.dismiss(who)
    for answer, is_in in (("deny", False), ("allow", True)):
        entering = asyncio.ensure_future(
            house.login.by_pin(
                access_request(THERE, "/api/enter", method="POST", cookie=cookie), house.pins.show().digits
            )
            if by == "PIN"
            else house.login.by_link(access_request(THERE, "/api/enter", method="POST", cookie=cookie), asking.token)
        )
        await house.asking()
        house.answer(answer)
        assert (not isinstance(await entering, Refusal)) == is_in
        assert house.authorizer.was_dismissed(who.device_id) == (not is_in)


async def test_behind_a_proxy_only_the_device_is_kept_out(house: House, link: Link) -> None:
    proxied = {"host": "box.local:8080", "x_forwarded_for": "192.168.1.31"}
    who, cookie = await house.entered("127.0.0.1", link.token, **proxied)
    house.dismiss(who)

    assert code(house.authorize("127.0.0.1", cookie=cookie, **proxied)) == "disconnected"
    await house.entered("127.0.0.1", link.token, **proxied)
