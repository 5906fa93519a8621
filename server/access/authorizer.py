"""The authorizer: says of every request who it is and what it may see, or why it is refused. No socket in sight.

A website could make a browser on this computer ask anything; a stranger on the network can send anything. So: the name
we were called by and the page it comes from first (`OriginPolicy`), then where the socket comes from, then credentials.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from capture.events import Listeners
from capture.source import Source, Unsubscribe
from server import reasons
from server.access.devices import Device, DeviceLimit, Devices
from server.access.disconnected import Dismissal, is_dismissed, is_held, without
from server.access.links import Link, Links
from server.access.lockout import Lockout
from server.access.origins import OriginPolicy, Refusal
from server.access.request import AccessRequest, Contradiction
from server.net.peers import Peer
from server.sharing import ShareList

ENTER_PATH = "/api/enter"
"""Where a link's token or a PIN becomes a cookie. Its credential is no matter of the authorizer but of the login."""
PAGES = frozenset({"/", "/favicon.ico", "/embed.js"})
PAGE_FOLDERS = ("/watch/", "/viewer/")
"""With `PAGES`: what comes without a credential, because the page is what asks for one. Nothing about windows is in it:
to a stranger no source exists."""
LOOKING = frozenset({"GET", "HEAD"})
FOR_OWNER = frozenset({"/metrics"})
"""Addresses that tell about all that is shared and everybody who watches."""


@dataclass(frozen=True, slots=True)
class Denial(Refusal):
    """A refusal that programs can tell from others.

    Attributes:
        code: in one word.
        retry_seconds: how long to wait before the next try, 0 where waiting does not help.
    """

    code: str = "refused"
    retry_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody at this computer: sees all that is shared. ``foreign``: another's page that the owner allowed."""

    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """A device that was let in: by the link ``link_id``, or, where that is empty, by the owner's own consent."""

    peer: Peer
    device_id: str
    link_id: str


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Somebody without a credential, who gets the page that asks for one: to him nothing is shared."""


Principal = Owner | Guest | Anonymous


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody let in: who it is, and the sources that are there for him right now, by id."""

    who: Principal
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class AuthorizerRules:
    """How far it is open.

    Attributes:
        network: to other computers too; else to this one only.
        host_needs_token: programs on this computer need a credential as well.
        blocked: keys of peers that do not get in, whatever they show.
        dismissed: viewers that were disconnected since sharing began.
    """

    network: bool = False
    host_needs_token: bool = False
    blocked: frozenset[str] = frozenset()
    dismissed: tuple[Dismissal, ...] = ()


class Authorizer:
    """Judges requests, and goes on saying whether somebody may stay.

    Loop only, but for `is_still_allowed` and `may_see`.
    """

    def __init__(
        self,
        policy: OriginPolicy,
        shares: ShareList,
        links: Links,
        devices: Devices,
        lockout: Lockout,
        *,
        rules: AuthorizerRules | None = None,
        cookie_name: str = "panecast",
    ) -> None:
        """``cookie_name`` had better name the port: cookies of one address are sent to all its ports."""
        self.policy = policy
        self.shares = shares
        self.links = links
        self.devices = devices
        self.lockout = lockout
        self.rules = rules or AuthorizerRules()
        self.cookie_name = cookie_name
        self._listeners = Listeners()

    def set_rules(self, rules: AuthorizerRules) -> None:
        """Let in by ``rules`` from now on; subscribers end what they do not allow."""
        self.rules = rules
        self._listeners.tell()

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called when somebody may have lost what he had; return what ends that.

        Not when a link's time is up: `is_still_allowed` is to be asked now and then as well.
        """
        endings = [each.subscribe(changed) for each in (self._listeners, self.links, self.devices)]

        def unsubscribe() -> None:
            for end in endings:
                end()

        return unsubscribe

    def authorize(self, access_request: AccessRequest) -> Grant | Refusal:
        """Return who asks and what he may see, or why he is refused."""
        peer = self.check_origin(access_request)
        if isinstance(peer, Refusal):
            return peer
        # A browser that asks whether it may ask (CORS) shows no credential, and gets nothing but headers.
        if access_request.path == ENTER_PATH or access_request.method == "OPTIONS":
            return self._entry(Anonymous())
        try:
            token = access_request.token()
        except Contradiction as bad:
            return Denial(401, bad.reason, "credential_unclear")
        found: Principal | Denial = (
            self._by_token(access_request, peer, token)
            if token is not None
            else self._owner(access_request, peer) or self._by_cookie(access_request, peer)
        )
        if isinstance(found, Refusal):
            return found
        if isinstance(found, Guest) and access_request.method not in LOOKING:
            return Denial(403, reasons.LINK_ONLY_WATCHES)
        if isinstance(found, Guest) and access_request.path in FOR_OWNER:
            return Denial(403, reasons.FOR_HOST_ONLY)
        return self._entry(found)

    def check_origin(self, access_request: AccessRequest) -> Peer | Refusal:
        """Return whom a request comes from, or why no credential would help it."""
        refusal = self.policy.refuses(access_request)
        if refusal is not None:
            return refusal
        peer = access_request.peer
        if self._may_come(peer):
            return peer
        return Denial(403, reasons.ADDRESS_BLOCKED if peer.key in self.rules.blocked else reasons.LOCAL_ONLY)

    def link_for(self, peer: Peer, token: str) -> Link | Denial:
        """Return the link that ``peer`` may use with ``token``; a wrong one is counted."""
        # Before anybody has to wait: 192 bits are not guessed, and nobody is to be kept out by what others try, who
        # may have the same address, or be of the same network.
        link = self.links.find(token)
        if link is not None:
            return Denial(403, reasons.LINK_EXPIRED, "link_expired") if not self.links.is_good(link.id) else link
        if self.links.was_revoked(token):
            return Denial(403, reasons.LINK_REVOKED, "link_withdrawn")
        waiting = self.must_wait(self.lockout.wait_seconds(peer) or self.lockout.common_wait_seconds(peer))
        if waiting is not None:
            return waiting
        self.lockout.failed(peer, "link")
        return Denial(401, reasons.LINK_UNKNOWN, "credential_wrong")

    def device_of(self, access_request: AccessRequest) -> Device | None:
        """Return the device that the request's cookie proves and that may come in, None without."""
        # There may be several of that name: what another server of this computer set for a part of its addresses, say.
        found = map(self.devices.find, access_request.cookies(self.cookie_name))
        return next((each for each in found if each is not None and self.devices.is_known(each.id)), None)

    def is_still_allowed(self, who: Principal) -> bool:
        """Tell whether somebody who was let in may still be here. Any thread."""
        match who:
            case Owner(foreign):
                return not self.rules.host_needs_token and not (foreign and self.rules.network)
            case Guest(peer, device_id, _):
                return self._may_come(peer) and self.devices.is_known(device_id) and not self.was_dismissed(device_id)
        return True

    def may_see(self, who: Principal, source: Source) -> bool:
        """Tell whether this very source may be taken for somebody who was let in. To be asked before each take.

        Any thread.
        """
        # As it is now: it may have another title since ``source`` was looked at, and a link can be for a title.
        current = self.shares.titled.get(source.id)
        if current is None or (current is not source and current.identity != source.identity):
            return False
        match who:
            case Owner():
                return self.is_still_allowed(who)
            case Guest(peer, device_id, _):
                may_come = self._may_come(peer) and not self.was_dismissed(device_id)
                return may_come and self.devices.may_see(device_id, current)
        return False

    def was_dismissed(self, device_id: str) -> bool:
        """Tell whether that device was disconnected, and is to stay out for now. Any thread."""
        return is_dismissed(self.rules.dismissed, device_id)

    def held_back(self, peer: Peer, device: Device | None) -> Denial | None:
        """Return the refusal of somebody who was disconnected, also when it comes as if it were new."""
        rules = self.rules
        is_out = is_held(rules.dismissed, peer.key) if device is None else self.was_dismissed(device.id)
        return Denial(403, reasons.DEVICE_DISCONNECTED, "disconnected") if is_out else None

    def allow_again(self, device_id: str, peer: Peer | None = None) -> None:
        """Let in again a device that was disconnected, and with ``peer`` new ones from there."""
        dismissed = without(self.rules.dismissed, device_id, "" if peer is None else peer.key)
        if dismissed != self.rules.dismissed:
            self.set_rules(replace(self.rules, dismissed=dismissed))

    def sees(self, who: Principal) -> Mapping[str, Source]:
        """Return the sources that are there for somebody, by id; for others they do not exist."""
        shared = self.shares.shared
        return MappingProxyType({key: source for key, source in shared.items() if self.may_see(who, source)})

    @staticmethod
    def must_wait(seconds: float) -> Denial | None:
        """Return the refusal of somebody who has to wait so long, None when he need not."""
        if seconds <= 0:
            return None
        reason = reasons.TOO_MANY_TRIES.of(count=math.ceil(seconds / 60))
        return Denial(429, reason, "locked_out", math.ceil(seconds))

    def _entry(self, who: Principal) -> Grant:
        return Grant(who, self.sees(who))

    def _may_come(self, peer: Peer) -> bool:
        return peer.is_host or (peer.key not in self.rules.blocked and (peer.is_local or self.rules.network))

    def _owner(self, access_request: AccessRequest, peer: Peer) -> Owner | None:
        owner = Owner(foreign=self.policy.is_foreign(access_request))
        return (
            owner
            if peer.is_host and self.policy.is_by_loopback(access_request) and self.is_still_allowed(owner)
            else None
        )

    def _by_token(self, access_request: AccessRequest, peer: Peer, token: str) -> Guest | Denial:
        link = self.link_for(peer, token)
        if isinstance(link, Denial):
            return link
        device = self.device_of(access_request)
        if device is not None and device.link_id != link.id:
            return Denial(403, reasons.LINK_OF_ANOTHER, "credential_unclear")
        if device is None and link.asks:
            return Denial(403, reasons.LINK_ASKS, "consent_needed")
        held_back = self.held_back(peer, device or self._program_of(link, peer))
        if held_back is not None:
            return held_back
        if device is None:
            try:
                device = self.devices.admit_program(link, peer, access_request.browser)
            except DeviceLimit as full:
                return Denial(403, full.reason, "too_many_devices")
        return self._guest(device, peer)

    def _by_cookie(self, access_request: AccessRequest, peer: Peer) -> Guest | Anonymous | Denial:
        device = self.device_of(access_request)
        is_out = device is not None and self.was_dismissed(device.id)
        if device is not None and not is_out:
            return self._guest(device, peer)
        # A cookie that is good no longer must not keep the page away that lets its owner in again.
        if access_request.path in PAGES or access_request.path.startswith(PAGE_FOLDERS):
            return Anonymous()
        if is_out:
            return Denial(403, reasons.DEVICE_DISCONNECTED, "disconnected")
        cookies = access_request.cookies(self.cookie_name)
        if any(self.devices.find(cookie) is not None for cookie in cookies):
            return Denial(403, reasons.LINK_EXPIRED, "link_expired")
        if any(map(self.devices.was_forgotten, cookies)):
            return Denial(403, reasons.DEVICE_REMOVED, "removed")
        # Not counted: 256 bits are not guessed, and a page that was left open asks for several things at once.
        return Denial(
            401,
            reasons.LINK_NEEDED_BY_PROXY if peer.is_local and not peer.is_host else reasons.LINK_NEEDED,
            "credential_missing",
        )

    def _program_of(self, link: Link, peer: Peer) -> Device | None:
        """Return the device that programs with that link at that address are, None before the first of them."""
        return next((each for each in self.devices.of(link.id) if each.peer_key == peer.key), None)

    def _guest(self, device: Device, peer: Peer) -> Guest:
        self.devices.seen(device.id, peer)
        return Guest(peer, device.id, device.link_id)
