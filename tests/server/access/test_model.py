"""Whatever is shared, given away, taken back, closed and tried, in any order: what the gate lets be taken is in a model
that knows nothing of how it is done.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from capture.source import DESKTOP_ID, Source
from server.access.authorizer import Anonymous, AuthorizerRules, Grant, Guest, Principal
from server.access.consent import ANSWERABLE_SECONDS
from server.access.login import LoggedIn
from server.access.origins import Refusal
from server.access.store import AccessState
from server.sharing import ShareRule
from tests.server.access.fakes import HERE
from tests.server.access.house import House, access_request

HANDLES = ("100", "200", "300")
TITLES = ("build log", "Inbox", "passwords", "build passwords")
ADDRESSES = ("192.168.1.31", "192.168.1.32", "2001:db8::1")
DESKTOP = Source(DESKTOP_ID, "desktop", "Whole desktop", "", 3840, 1080)

handles = st.sampled_from(HANDLES)
titles = st.sampled_from(TITLES)
addresses = st.sampled_from(ADDRESSES)
# Others: who has to wait after wrong tries comes to nothing else.
guessers = st.sampled_from(("10.0.0.1", "2001:db8:bad::1"))


@dataclass
class Promise:
    """What somebody was given, as a person would put it down.

    ``scope`` says of a source whether it was meant; a link's devices look at their link.
    """

    scope: Callable[[Source], bool]
    until: float | None = None
    most: int | None = None
    devices: int = 0
    is_withdrawn: bool = False
    link_id: str = ""
    token: str = ""


@dataclass
class Visitor:
    """Somebody whom the gate let in, and by which promise; none for the person at this computer."""

    who: Principal
    remote: bool
    by: Promise | None = None
    cookie: str | None = None
    is_removed: bool = False


@dataclass
class Model:
    """What is so, in the plainest terms."""

    sources: dict[str, Source] = field(default_factory=dict)
    shared: set[tuple[str, int | None, int | None]] = field(default_factory=set)
    network: bool = True
    asks_host: bool = False

    def allows(self, visitor: Visitor, source: Source, now: float) -> bool:
        current = self.sources.get(source.id)
        if current is None or current.identity != source.identity or current.identity not in self.shared:
            return False
        if visitor.by is None:
            return not self.asks_host
        if visitor.remote and not self.network:
            return False
        if visitor.is_removed or visitor.by.is_withdrawn or (visitor.by.until is not None and now >= visitor.by.until):
            return False
        return visitor.by.scope(current)


class Access(RuleBasedStateMachine):
    """The person at this computer, visitors right and wrong, and windows that come, go and change."""

    promises = Bundle("promises")
    visitors = Bundle("visitors")

    @initialize()
    def open(self) -> None:
        self.house = House()
        self.model = Model()
        self.started = 0
        self.everybody: list[Visitor] = []
        self.old: list[Source] = []
        for handle, title in zip(HANDLES, TITLES, strict=False):
            self.open_window(handle, title)
        self.show()
        self.person_shares_just_these(set(HANDLES))

    # ---- windows

    def show(self) -> None:
        self.house.catalog.set_fixed(tuple(self.model.sources.values()))

    def open_window(self, handle: str, title: str) -> None:
        """Open a window; a handle that was one's before is another's now."""
        self.started += 1
        self.put(Source(handle, "window", title, "xterm", 9, 9, pid=7, started=self.started))

    def put(self, source: Source) -> None:
        self.model.sources[source.id] = source
        self.old.append(source)

    # The rules are few, and those that matter most have several ways in one: so a story gets somewhere.
    @rule(what=st.sampled_from(["open", "close", "title", "title", "desktop"]), handle=handles, title=titles)
    def windows_change(self, what: str, handle: str, title: str) -> None:
        current = self.model.sources.get(handle)
        match what:
            case "open":
                self.open_window(handle, title)
            case "close":
                self.model.sources.pop(handle, None)
            case "title" if current is not None:
                self.put(replace(current, title=title))
            case "desktop" if self.model.sources.pop(DESKTOP_ID, None) is None:
                self.put(DESKTOP)
        self.show()

    # ---- the person

    @rule(chosen=st.sets(st.sampled_from([*HANDLES, DESKTOP_ID]), min_size=1))
    def person_shares_just_these(self, chosen: set[str]) -> None:
        found = [source for key, source in self.model.sources.items() if key in chosen]
        self.model.shared = {source.identity for source in found}
        self.house.shares.set_rules(tuple(ShareRule.for_source(source) for source in found))

    @rule(network=st.sampled_from([True, True, False]), asks_host=st.sampled_from([False, False, True]))
    def person_changes_how_far_it_is_open(self, network: bool, asks_host: bool) -> None:
        self.model.network, self.model.asks_host = network, asks_host
        self.house.authorizer.set_rules(AuthorizerRules(network=network, host_needs_token=asks_host))

    def scope(self, kind: str, handle: str, title: str) -> tuple[tuple[ShareRule, ...], Callable[[Source], bool]]:
        if kind == "all":
            return (ShareRule("all"),), lambda source: True
        if kind == "title":
            return (ShareRule("title", title),), lambda source: source.kind == "window" and title in source.title
        chosen = self.model.sources.get(handle)
        if kind == "none" or chosen is None:
            return (), lambda source: False
        return (ShareRule.for_source(chosen),), lambda source: source.identity == chosen.identity

    kinds = st.sampled_from(["all", "title", "source", "none"])
    # Few, so that the very second at which a link ends is met.
    spans = st.sampled_from([10, 20, 60])

    @rule(
        target=promises,
        kind=kinds,
        handle=handles,
        title=titles,
        seconds=st.none() | st.none() | spans,
        most=st.none() | st.none() | st.integers(1, 2),
    )
    def person_makes_a_link(self, kind: str, handle: str, title: str, seconds: int | None, most: int | None) -> Promise:
        rules, means = self.scope(kind, handle, title)
        until = None if seconds is None else self.house.clock() + seconds
        link = self.house.links.make("x", rules, expires=until, most_devices=most)
        return Promise(means, until, most, link_id=link.id, token=link.token)

    @rule(promise=promises, takes_back=st.sampled_from([False, False, True]), kind=kinds, handle=handles, title=titles)
    def person_changes_a_link(self, promise: Promise, takes_back: bool, kind: str, handle: str, title: str) -> None:
        if takes_back:
            promise.is_withdrawn = True
            self.house.links.revoke(promise.link_id)
        else:
            rules, promise.scope = self.scope(kind, handle, title)
            self.house.links.rescope(promise.link_id, rules)

    @rule(visitor=consumes(visitors))
    def person_removes_a_visitor(self, visitor: Visitor) -> None:
        if not isinstance(visitor.who, Guest):
            return
        if visitor.by is not None and visitor.who.device_id in self.house.devices.all:
            visitor.by.devices -= 1
        self.house.devices.forget(visitor.who.device_id)
        for each in self.everybody:
            if isinstance(each.who, Guest) and each.who.device_id == visitor.who.device_id:
                each.is_removed = True

    # ---- visitors

    def mark_authenticated(self, visitor: Visitor) -> Visitor:
        self.everybody.append(visitor)
        return visitor

    @rule(target=visitors)
    def owner_comes(self) -> Any:
        answer = self.house.authorize(HERE)
        assert isinstance(answer, Grant) == (not self.model.asks_host)
        return self.mark_authenticated(Visitor(answer.who, remote=False)) if isinstance(answer, Grant) else multiple()

    @rule(target=visitors, promise=promises, address=addresses)
    def program_comes_by_a_link(self, promise: Promise, address: str) -> Any:
        before = set(self.house.devices.all)
        answer = self.house.authorize(address, token=promise.token)
        if not isinstance(answer, Grant):
            return multiple()
        promise.devices += len(set(self.house.devices.all) - before)
        assert promise.most is None or promise.devices <= promise.most
        return self.mark_authenticated(Visitor(answer.who, remote=True, by=promise))

    @rule(target=visitors, promise=promises, address=addresses)
    def browser_comes_by_a_link(self, promise: Promise, address: str) -> Any:
        at_the_door = access_request(address, "/api/enter", method="POST")
        entered = asyncio.run(self.house.login.by_link(at_the_door, promise.token))
        if isinstance(entered, Refusal):
            return multiple()
        promise.devices += 1
        assert promise.most is None or promise.devices <= promise.most
        return self.mark_authenticated(Visitor(entered.who, remote=True, by=promise, cookie=entered.cookie))

    @rule(
        target=visitors,
        address=addresses | guessers,
        is_right=st.booleans(),
        answer=st.sampled_from(["allow", "allow", "once", "deny", None]),
        handle=st.none() | handles,
    )
    def visitor_tries_a_pin(self, address: str, is_right: bool, answer: Any, handle: str | None) -> Any:
        pin = self.house.pins.show()
        guess = pin.digits if is_right else "000000"
        requested = None if handle is None else self.house.shares.find(handle)

        async def trying() -> LoggedIn | Refusal:
            at_the_door = access_request(address, "/api/enter", method="POST")
            task = asyncio.create_task(self.house.login.by_pin(at_the_door, guess, handle))
            await asyncio.sleep(0)
            for question in self.house.consents.questions:
                if answer is None:
                    self.house.clock.advance(60)
                else:
                    self.house.clock.advance(ANSWERABLE_SECONDS)
                    self.house.consents.answer(question.id, answer)
            return await task

        entered = asyncio.run(trying())
        if isinstance(entered, Refusal):
            return multiple()
        assert is_right
        assert answer in ("allow", "once")

        def means(source: Source) -> bool:
            return handle is None or (requested is not None and source.identity == requested.identity)

        return self.mark_authenticated(Visitor(entered.who, remote=True, by=Promise(means), cookie=entered.cookie))

    @rule(visitor=visitors, address=addresses)
    def visitor_asks_again_with_the_cookie(self, visitor: Visitor, address: str) -> None:
        if visitor.cookie is None:
            return
        answer = self.house.authorize(address, cookie=visitor.cookie)
        if isinstance(answer, Grant):
            self.check(replace(visitor, who=answer.who), dict(answer.sources))

    @rule(address=guessers, guess=st.text(max_size=40))
    def somebody_guesses(self, address: str, guess: str) -> None:
        assert not isinstance(self.house.authorize(address, token=f"x{guess}"), Grant)
        # The ids of devices are no secret.
        for device_id in ("x", *list(self.house.devices.all)[-2:]):
            cookie = f"{device_id}.{guess}".replace(";", "")
            assert not isinstance(self.house.authorize(address, cookie=cookie), Grant)
        page = self.house.authorize(address, "/")
        assert not isinstance(page, Grant) or page == Grant(Anonymous(), {})

    # ---- time

    @rule(seconds=spans)
    def time_passes(self, seconds: int) -> None:
        self.house.clock.advance(seconds)

    # ---- what has to hold

    def check(self, visitor: Visitor, sources: dict[str, Source]) -> None:
        now = self.house.clock()
        for source in sources.values():
            assert self.model.allows(visitor, source, now), f"{visitor} sees {source}"

    @invariant()
    def nobody_takes_what_the_model_does_not_allow(self) -> None:
        if not hasattr(self, "house"):
            return
        now = self.house.clock()
        for visitor in self.everybody[-8:]:
            self.check(visitor, dict(self.house.authorizer.sees(visitor.who)))
            for source in (*self.old[-5:], *self.model.sources.values()):
                taken = self.house.authorizer.may_see(visitor.who, source)
                # No more than is allowed, and no less: a gate that lets nobody in keeps nothing of its promise.
                assert taken == self.model.allows(visitor, source, now), f"{visitor} and {source}"

    @rule()
    def a_restart_changes_nothing_but_who_was_let_in_once(self) -> None:
        kept = AccessState.of(self.house.links, self.house.devices)
        again = House(kept)
        again.clock.time = self.house.clock.time
        assert AccessState.of(again.links, again.devices) == kept


def test_nothing_is_ever_taken_that_was_not_allowed() -> None:
    # 10,000 steps when there is time.
    stories = 250 if os.environ.get("PANECAST_LONG") else 80
    run_state_machine_as_test(
        cast("Any", Access),
        settings=settings(
            max_examples=stories, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
