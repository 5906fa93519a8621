"""The login: where a link or a PIN becomes a cookie, with the owner's consent where needed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from resources.translate import _
from server import reasons
from server.access.authorizer import Authorizer, Denial, Guest
from server.access.consent import Answer, Consents, TooManyQuestions
from server.access.devices import Device, DeviceLimit
from server.access.links import Link
from server.access.lockout import QUESTION
from server.access.origins import Refusal
from server.access.pin import OneTimePin
from server.access.request import AccessRequest
from server.net.peers import Peer
from server.sharing import ShareRule


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Somebody came in: who, and the value of the cookie to set, None when he has it already."""

    who: Guest
    cookie: str | None = field(repr=False)


class Login:
    """Lets devices in. Loop only."""

    def __init__(self, authorizer: Authorizer, pins: OneTimePin, consents: Consents) -> None:
        self._authorizer = authorizer
        self._pins = pins
        self._consents = consents

    async def by_link(self, access_request: AccessRequest, token: str) -> LoggedIn | Refusal:
        """Let a browser in that shows the token of a link; with some links the person is asked first."""
        devices = self._authorizer.devices
        peer = self._authorizer.check_origin(access_request)
        if isinstance(peer, Refusal):
            return peer
        link = self._authorizer.link_for(peer, token)
        if isinstance(link, Refusal):
            return link
        before = self._authorizer.device_of(access_request)
        if before is not None and before.link_id == link.id:
            devices.seen(before.id, peer)
            return self._authorizer.held_back(peer, before) or LoggedIn(Guest(peer, before.id, link.id), None)
        try:
            devices.check_room(link, peer)
            answer = await self._may_come(access_request, peer, link, before)
            if isinstance(answer, Refusal):
                return answer
            device, cookie = devices.admit(link, peer, access_request.browser, once=answer == "once")
            self._authorizer.lockout.came_in(peer, "link")
        except DeviceLimit as full:
            return Denial(403, full.reason, "too_many_devices")
        if before is not None:
            # The browser has one cookie: by the old link it will not come again, and must not count there.
            devices.forget(before.id)
        return LoggedIn(Guest(peer, device.id, link.id), cookie)

    async def by_pin(
        self, access_request: AccessRequest, guess: str, source_id: str | None = None
    ) -> LoggedIn | Refusal:
        """Let a browser in that shows the PIN, once the person has agreed; to one source, or to all that is shared.

        Whether ``source_id`` is shared nobody learns by it: the person is asked either way.
        """
        lockout = self._authorizer.lockout
        peer = self._authorizer.check_origin(access_request)
        if isinstance(peer, Refusal):
            return peer
        waiting = self._authorizer.must_wait(
            max(lockout.wait_seconds(peer), lockout.common_wait_seconds(peer), lockout.question_wait_seconds(peer))
        )
        if waiting is not None:
            return waiting
        try:
            # Before the PIN is looked at: a right one is used up.
            self._consents.check_room(peer, "")
            self._authorizer.devices.check_room(None, peer)
        except TooManyQuestions as busy:
            return Denial(429, busy.reason, "busy")
        except DeviceLimit as full:
            return Denial(403, full.reason, "too_many_devices")
        if not self._pins.accepts(guess):
            lockout.failed(peer, "PIN")
            return Denial(401, reasons.PIN_WRONG, "credential_wrong")
        wanted, scope = self._wish(source_id)
        answer = await self._ask(access_request, peer, (wanted,), "PIN")
        if isinstance(answer, Refusal):
            return answer
        try:
            device, cookie = self._authorizer.devices.admit_by_consent(
                scope, peer, access_request.browser, once=answer == "once"
            )
        except DeviceLimit as full:
            return Denial(403, full.reason, "too_many_devices")
        self._welcome(peer, self._authorizer.device_of(access_request))
        lockout.came_in(peer, "PIN", "link", QUESTION)
        return LoggedIn(Guest(peer, device.id, ""), cookie)

    async def _may_come(
        self, access_request: AccessRequest, peer: Peer, link: Link, before: Device | None
    ) -> Answer | Refusal:
        """Return how a new device may come by ``link``, or why not; ``before`` is what the browser was so far."""
        if not link.asks:
            return self._authorizer.held_back(peer, before) or "allow"
        waiting = self._authorizer.must_wait(self._authorizer.lockout.question_wait_seconds(peer))
        if waiting is not None:
            return waiting
        wanted = tuple(source.title for source in self._authorizer.shares.titled.values() if link.shows(source))
        answer = await self._ask(access_request, peer, wanted, link.name, link.id)
        if not isinstance(answer, Refusal):
            if not self._authorizer.links.is_good(link.id):
                return Denial(403, reasons.LINK_EXPIRED, "link_expired")
            self._welcome(peer, before)
        return answer

    def _welcome(self, peer: Peer, before: Device | None) -> None:
        """Note that the person allowed it: that holds for somebody who was disconnected, too."""
        self._authorizer.allow_again("" if before is None else before.id, peer)

    def _wish(self, source_id: str | None) -> tuple[str, tuple[ShareRule, ...]]:
        """Return what is asked for, in words and as rules."""
        if source_id is None:
            return _("Everything that is shared"), (ShareRule("all"),)
        source = self._authorizer.shares.titled.get(source_id)
        return (
            (_("Something that is not shared"), ())
            if source is None
            else (source.title, (ShareRule.for_source(source),))
        )

    async def _ask(
        self, access_request: AccessRequest, peer: Peer, wanted: tuple[str, ...], by: str, link_id: str = ""
    ) -> Answer | Refusal:
        """Return the person's yes, or a refusal."""
        # A no is counted, so that nobody asks on and on; and so is leaving, which asks as much of the person.
        try:
            answer = await self._consents.ask(peer, access_request.browser, wanted, by, link_id)
        except TooManyQuestions as busy:
            return Denial(429, busy.reason, "busy")
        except asyncio.CancelledError:
            self._authorizer.lockout.failed(peer, QUESTION)
            raise
        if answer == "deny":
            self._authorizer.lockout.failed(peer, QUESTION)
            return Denial(403, reasons.HOST_DECLINED, "refused")
        # The person may have closed the network meanwhile, or blocked this address.
        late = self._authorizer.check_origin(access_request)
        return late if isinstance(late, Refusal) else answer
