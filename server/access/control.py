"""All that says who gets in, joined: made once, asked by every request, changed by the person at this computer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from capture.source import Unsubscribe
from server.access.audit_log import AuditLog
from server.access.authorizer import Authorizer, AuthorizerRules, Guest, Owner, Principal
from server.access.consent import Consents
from server.access.devices import Devices
from server.access.disconnected import Dismissal, without
from server.access.links import Links
from server.access.lockout import Lockout
from server.access.login import Login
from server.access.origins import OriginPolicy
from server.access.pin import OneTimePin
from server.access.store import AccessState
from server.sharing import ShareList

HERE, BY_PIN = "this computer", "PIN"
"""How somebody came who came by no link."""
OWNER = Owner()


def _drop(line: str) -> None:
    """Keep no log."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who watches.

    Attributes:
        address: of the socket's other end, whatever headers claim.
        agent: the program, as it calls itself.
        who: as the authorizer let them in.
        by: in words, how: the name of a link, “PIN”, “this computer”.
    """

    address: str
    agent: str
    who: Principal = OWNER
    by: str = HERE

    @property
    def device_id(self) -> str:
        """Return the device that is to be forgotten to part from this viewer for good; empty for the owner."""
        return self.who.device_id if isinstance(self.who, Guest) else ""

    @property
    def peer_key(self) -> str:
        """Return what `AccessControl.block` takes; empty for the owner."""
        return self.who.peer.key if isinstance(self.who, Guest) else ""


class AccessControl:
    """The parts of access to what ``shares`` holds. Loop only; the parts say what any thread may ask.

    Attributes:
        links, devices: what was given away, and who came by it.
        lockout: who guessed, and has to wait.
        pins, consents: what the person shows, and is asked.
        authorizer: judges requests.
        login: lets devices in.
        log: says who saw what.
    """

    def __init__(
        self,
        shares: ShareList,
        kept: AccessState | None = None,
        write: Callable[[str], None] = _drop,
        write_refused: Callable[[str], None] | None = None,
        *,
        host_needs_token: bool = False,
    ) -> None:
        """``kept`` is from an earlier run.

        ``write`` and ``write_refused`` take the lines of the access log, and return at once.
        """
        kept = kept or AccessState()
        self.links = Links(kept.links, kept.revoked)
        self.devices = Devices(self.links, kept.devices, kept.forgotten)
        self.lockout = Lockout()
        self.pins = OneTimePin()
        self.consents = Consents()
        rules = AuthorizerRules(host_needs_token=host_needs_token, blocked=frozenset(kept.blocked))
        # Nobody is let in before the server knows the names that it goes by.
        self.authorizer = Authorizer(OriginPolicy(), shares, self.links, self.devices, self.lockout, rules=rules)
        self.login = Login(self.authorizer, self.pins, self.consents)
        self.log = AuditLog(write, write_refused)

    @property
    def kept(self) -> AccessState:
        """Return what is to outlive the program."""
        return AccessState.of(self.links, self.devices, self.authorizer.rules.blocked)

    def open_at(self, policy: OriginPolicy, *, network: bool) -> None:
        """Let in whom ``policy`` allows: from other computers too (``network``), or from this one only."""
        self.authorizer.policy = policy
        # Cookies of an address are sent to all its ports: two Panecasts must not take each other's away.
        self.authorizer.cookie_name = f"panecast-{policy.port}"
        self.authorizer.set_rules(replace(self.authorizer.rules, network=network))

    def close(self) -> None:
        """Let nobody in any more; those that wait for an answer are told no."""
        self.authorizer.policy = OriginPolicy()
        self.pins.hide()
        self.consents.deny_all()

    def ask_host(self, needs_token: bool) -> None:
        """Ask for a link on this computer as well, or not; viewers without one are parted from."""
        self.authorizer.set_rules(replace(self.authorizer.rules, host_needs_token=needs_token))

    def block(self, peer_key: str) -> None:
        """Do not let an address in any more, whatever it shows."""
        self._set_blocked(self.authorizer.rules.blocked | {peer_key})

    def unblock(self, peer_key: str) -> None:
        """Let an address in again that shows what it needs."""
        self._set_blocked(self.authorizer.rules.blocked - {peer_key})

    def dismiss(self, viewer: Viewer) -> None:
        """Keep out a guest who is being disconnected, until `allow_again` or `allow_all_again`."""
        if isinstance(viewer.who, Guest):
            peer = viewer.who.peer
            key = "" if peer.is_local else peer.key
            dismissal = Dismissal(viewer.who.device_id, key, viewer.address, viewer.agent, viewer.by)
            others = without(self.authorizer.rules.dismissed, dismissal.device_id)
            self.authorizer.set_rules(replace(self.authorizer.rules, dismissed=(*others, dismissal)))

    def allow_again(self, device_id: str) -> None:
        """Let in again a device that was disconnected."""
        self.authorizer.allow_again(device_id)

    def allow_all_again(self) -> None:
        """Let disconnected viewers in again: the session of sharing is over."""
        if self.authorizer.rules.dismissed:
            self.authorizer.set_rules(replace(self.authorizer.rules, dismissed=()))

    def viewer(self, address: str, agent: str, who: Principal) -> Viewer:
        """Return somebody who was let in, as he is shown and logged."""
        return Viewer(address, agent, who, self._by(who))

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called when something of `kept` may be another; return what ends that."""
        return self.authorizer.subscribe(changed)

    def _set_blocked(self, blocked: frozenset[str]) -> None:
        self.authorizer.set_rules(replace(self.authorizer.rules, blocked=blocked))

    def _by(self, who: Principal) -> str:
        if not isinstance(who, Guest):
            return HERE
        link = self.links.all.get(who.link_id)
        return BY_PIN if link is None else link.name
