"""All parts of access put together, on a clock and with random numbers that tests control."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from capture.feed.catalog import Catalog
from server.access.authorizer import Authorizer, AuthorizerRules, Grant, Guest
from server.access.consent import ANSWERABLE_SECONDS, Answer, Consents
from server.access.devices import Devices
from server.access.disconnected import Dismissal
from server.access.links import Links
from server.access.lockout import Lockout
from server.access.login import LoggedIn, Login
from server.access.origins import OriginPolicy, Refusal, host_names
from server.access.pin import OneTimePin
from server.access.request import AccessRequest
from server.access.store import AccessState
from server.net.peers import Peer
from server.sharing import ShareList, ShareRule
from tests.server.access.fakes import LOG, MAIL, VAULT, CountedBytes, FakeClock

HOST, NAME = "192.168.1.20:8080", "box.local:8080"
COOKIE = "panecast-8080"


class House:
    """Everything a test of access needs to hold: three windows, two of them shared, open to the network."""

    def __init__(self, kept: AccessState | None = None, network: bool = True) -> None:
        kept = kept or AccessState()
        self.clock = FakeClock()
        self.catalog = Catalog((LOG, MAIL, VAULT), windows=False)
        self.catalog.start()
        self.shares = ShareList(self.catalog, (ShareRule.for_source(LOG), ShareRule.for_source(MAIL)))
        random_bytes = CountedBytes()
        self.links = Links(kept.links, kept.revoked, now=self.clock, random_bytes=random_bytes)
        self.devices = Devices(self.links, kept.devices, kept.forgotten, now=self.clock, random_bytes=random_bytes)
        self.lockout = Lockout(self.clock, self.clock)
        self.pins = OneTimePin(self.clock, lambda below: 42_042 % below)
        self.consents = Consents(self.clock, self.clock.later)
        policy = OriginPolicy(
            8080, host_names(("192.168.1.20", "box.local"), 8080), origins=frozenset({"http://friend.example"})
        )
        self.authorizer = Authorizer(
            policy,
            self.shares,
            self.links,
            self.devices,
            self.lockout,
            rules=AuthorizerRules(network=network),
            cookie_name=COOKIE,
        )
        self.login = Login(self.authorizer, self.pins, self.consents)

    def dismiss(self, who: Guest) -> None:
        """Disconnect somebody until sharing stops, as `server.access.control.AccessControl` does."""
        key = "" if who.peer.is_local else who.peer.key
        dismissed = (*self.authorizer.rules.dismissed, Dismissal(who.device_id, key, who.peer.address, "", ""))
        self.authorizer.set_rules(replace(self.authorizer.rules, dismissed=dismissed))

    def authorize(self, address: str | None, path: str = "/api/windows", **how: Any) -> Grant | Refusal:
        """Return what the gate says to a request; ``how`` is as with `access_request`."""
        return self.authorizer.authorize(access_request(address, path, **how))

    async def entered(self, address: str, token: str, **how: Any) -> tuple[Guest, str]:
        """Let a browser in by a link's token; return who it is and its cookie."""
        entered = await self.login.by_link(access_request(address, "/api/enter", method="POST", **how), token)
        assert isinstance(entered, LoggedIn)
        assert entered.cookie is not None
        return entered.who, entered.cookie

    def answer(self, answer: Answer) -> None:
        """Answer the oldest question, as soon as that is possible."""
        self.clock.advance(ANSWERABLE_SECONDS)
        assert self.consents.answer(self.consents.questions[0].id, answer)

    async def asking(self) -> None:
        """Return once the person is asked something."""
        async with asyncio.timeout(20):
            while not self.consents.questions:  # noqa: ASYNC110  what is waited for has no event of its own
                await asyncio.sleep(0)


def access_request(
    address: str | None,
    path: str = "/api/windows",
    *,
    method: str = "GET",
    token: str | None = None,
    bearer: str | None = None,
    cookie: str | None = None,
    is_old: bool = False,
    **headers: str | list[str],
) -> AccessRequest:
    """Return a request; ``headers`` are written with underscores, a list for a header that comes more than once.

    Without a Host of its own it calls this computer as people do where it comes from.
    """
    is_here = Peer.of(address).is_local
    every = {"host": ["localhost:8080" if is_here else HOST]} | {
        name.replace("_", "-"): [value] if isinstance(value, str) else value for name, value in headers.items()
    }
    if bearer is not None:
        every["authorization"] = [f"Bearer {bearer}"]
    if cookie is not None:
        every["cookie"] = [f"theme=dark; {COOKIE}={cookie}"]
    return AccessRequest(address, method, path, every, {} if token is None else {"token": [token]}, is_old)
