"""Devices that were let in once and are known again: browsers by a cookie, programs by their link and address."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Container, Iterable, Mapping
from types import MappingProxyType

import msgspec

from capture.events import Listeners
from capture.source import Source, Unsubscribe
from resources.translate import _
from server import reasons
from server.access.links import (
    MOST_DEVICES,
    SEEN_SECONDS,
    Link,
    LinkError,
    Links,
    check_id,
    check_moments,
    check_scope,
    clean_name,
)
from server.access.tokens import ID_BYTES, LONGEST_ID, RandomBytes, digest, is_among, random_word
from server.errors import ServerError
from server.net.peers import Peer
from server.sharing import ShareRule

COOKIE_BYTES = 32
MOST_PER_ADDRESS = 64
"""Devices of one link at one address, or in one network of IPv6: one visitor without cookies is not to take all."""
AWAY_SECONDS = 30 * 86_400.0
AWAY_FROM_ADDRESS_SECONDS = 3600.0
"""A device that was not seen for so long makes way for a new one of its link, or of its link and address."""
FORGOTTEN_KEPT = 256
"""Forgotten devices that are known as such, so that they are told so and do not count as guessers."""


class DeviceLimit(ServerError):
    """The link is used on as many devices as it may be."""


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A browser or a program that was let in.

    Times are seconds since the epoch.

    Attributes:
        id: what it is called in the program; no secret.
        name: the browser or program, as it calls itself.
        address: where it was last seen.
        first_seen, last_seen: when.
        link_id: the link it came by; empty when the person at this computer let it in without one.
        proof: digest of the secret in its cookie; empty for a program that shows the link's token each time.
        peer_key: by which such a program is known again.
        scope: without a link, of what is shared, what it sees.
    """

    id: str
    name: str
    address: str
    first_seen: float
    last_seen: float
    link_id: str = ""
    proof: str = ""
    peer_key: str = ""
    scope: tuple[ShareRule, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)
        check_moments(self.first_seen, self.last_seen)
        if self.name != clean_name(self.name) or len(self.address) > LONGEST_ID:
            raise LinkError(reasons.DEVICE_NAME)
        check_scope(self.scope)

    def __repr__(self) -> str:
        return f"Device(id={self.id!r}, name={self.name!r}, address={self.address!r})"


class Devices:
    """Every device there is. Loop only, but for `all`, `is_known` and `may_see`, which any thread may ask.

    A device goes with its link. The value of a cookie is ``ID.SECRET``: the id finds the device, the secret proves it.

    Attributes:
        all: by id; an immutable snapshot, swapped whole.
        forgotten: digests of the cookies' secrets of devices that were forgotten lately.
        watching: returns the ids of the devices that are watching now; they make way for nobody.
    """

    def __init__(
        self,
        links: Links,
        known: tuple[Device, ...] = (),
        forgotten: tuple[str, ...] = (),
        *,
        now: Callable[[], float] = time.time,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        """``known`` and ``forgotten`` are from an earlier run; ``now`` gives seconds since the epoch."""
        self.all: Mapping[str, Device] = MappingProxyType({device.id: device for device in known})
        self.forgotten = forgotten
        self.watching: Callable[[], Container[str]] = frozenset
        self._links = links
        self._now = now
        self._random_bytes = random_bytes
        self._once: frozenset[str] = frozenset()
        self._listeners = Listeners()
        self._unsubscribe = links.subscribe(self._follow_links)
        self._follow_links()

    @property
    def remembered(self) -> tuple[Device, ...]:
        """Return the devices that outlive the program: all but those that were let in once."""
        return tuple(device for device in self.all.values() if device.id not in self._once)

    def of(self, link_id: str) -> tuple[Device, ...]:
        """Return the devices that came by that link; those without a link for an empty id."""
        return tuple(device for device in self.all.values() if device.link_id == link_id)

    def check_room(self, link: Link | None, peer: Peer) -> None:
        """Do nothing when a further device may come from ``peer`` by ``link``, or, where that is None, by consent.

        Raises:
            DeviceLimit: there are as many as there may be, of the link or of that address.
        """
        if link is not None and link.most_devices is not None and len(self.of(link.id)) >= link.most_devices:
            raise DeviceLimit(reasons.LINK_FULL)
        self._leaving("" if link is None else link.id, peer)

    def admit(self, link: Link, peer: Peer, name: str, *, once: bool = False) -> tuple[Device, str]:
        """Return a new device that came by ``link``, and the value of its cookie.

        One that is let in ``once`` is forgotten when the program ends, or sooner, when `forget` is called.

        Raises:
            DeviceLimit: as `check_room`.
        """
        self.check_room(link, peer)
        secret = random_word(self._random_bytes, COOKIE_BYTES)
        device = self._new(peer, name, link_id=link.id, proof=digest(secret), once=once)
        return device, f"{device.id}.{secret}"

    def admit_by_consent(
        self, scope: tuple[ShareRule, ...], peer: Peer, name: str, *, once: bool = False
    ) -> tuple[Device, str]:
        """Return a new device that the person at this computer let in, and the value of its cookie.

        ``once`` is as with `admit`.

        Raises:
            DeviceLimit: as `check_room`.
        """
        secret = random_word(self._random_bytes, COOKIE_BYTES)
        device = self._new(peer, name, proof=digest(secret), scope=scope, once=once)
        return device, f"{device.id}.{secret}"

    def admit_program(self, link: Link, peer: Peer, name: str) -> Device:
        """Return the device that shows ``link``'s token from ``peer`` each time: a new one, or the one it was before.

        Programs at one address are one device: what they call themselves proves nothing.

        Raises:
            DeviceLimit: as `check_room`.
        """
        for device in self.of(link.id):
            if device.peer_key == peer.key:
                return device
        self.check_room(link, peer)
        return self._new(peer, name, link_id=link.id, peer_key=peer.key)

    def find(self, cookie: str) -> Device | None:
        """Return the device that proves itself by ``cookie``, None if there is none."""
        device_id, _dot, secret = cookie.partition(".")
        device = self.all.get(device_id)
        return device if device is not None and is_among((device.proof,), secret) else None

    def was_forgotten(self, cookie: str) -> bool:
        """Tell whether ``cookie`` was that of a device that was forgotten lately."""
        return is_among(self.forgotten, cookie.partition(".")[2])

    def is_known(self, device_id: str) -> bool:
        """Tell whether that device gets in now."""
        device = self.all.get(device_id)
        return device is not None and (not device.link_id or self._links.is_good(device.link_id))

    def may_see(self, device_id: str, source: Source) -> bool:
        """Tell whether that device gets in now and ``source`` is for it; whether that is shared is another question."""
        device = self.all.get(device_id)
        if device is None:
            return False
        if not device.link_id:
            return any(rule.matches(source) for rule in device.scope)
        link = self._links.all.get(device.link_id)
        return link is not None and self._links.is_good(link.id) and link.shows(source)

    def rescope(self, device_id: str, scope: tuple[ShareRule, ...]) -> None:
        """Have a device that came without a link see what ``scope`` says, from now on, also what it watches.

        Raises:
            LinkError: a rule would match everything by mistake.
        """
        device = self.all.get(device_id)
        if device is not None:
            self._put(msgspec.structs.replace(device, scope=scope))

    def seen(self, device_id: str, peer: Peer) -> None:
        """Note that a device was here."""
        device = self.all.get(device_id)
        if device is None:
            return
        if abs(self._now() - device.last_seen) >= SEEN_SECONDS:
            self._put(msgspec.structs.replace(device, last_seen=self._now(), address=peer.address))
        self._links.used(device.link_id)

    def forget(self, device_id: str) -> None:
        """Let a device in no longer; subscribers end what it had opened."""
        self._drop([device_id])

    @property
    def once(self) -> frozenset[str]:
        """Return the ids of devices that were allowed once."""
        return self._once

    def is_once(self, device_id: str) -> bool:
        """Tell whether that device was let in once, and is not to outlive the program."""
        return device_id in self._once

    def restore(self, devices: Iterable[Device], once: Container[str] = ()) -> None:
        """Have devices that were forgotten a moment ago be known again; ``once``: ids of those let in once."""
        back = {device.id: device for device in devices}
        proofs = {device.proof for device in back.values()}
        self.forgotten = tuple(each for each in self.forgotten if each not in proofs)
        self._once |= {device_id for device_id in back if device_id in once}
        self._swap({**self.all, **back})

    def forget_all(self) -> None:
        """Let none of the devices in any longer."""
        self._drop(self.all)

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called after each change of `all`; return what ends that."""
        return self._listeners.subscribe(changed)

    def close(self) -> None:
        """Follow the links no longer."""
        self._unsubscribe()

    def _new(
        self,
        peer: Peer,
        name: str,
        *,
        link_id: str = "",
        proof: str = "",
        peer_key: str = "",
        scope: tuple[ShareRule, ...] = (),
        once: bool = False,
    ) -> Device:
        now = self._now()
        leaving = self._leaving(link_id, peer)
        if leaving is not None:
            self._drop([leaving.id])
        device = Device(
            id=random_word(self._random_bytes, ID_BYTES),
            name=clean_name(name) or _("Unknown program"),
            address=peer.address,
            first_seen=now,
            last_seen=now,
            link_id=link_id,
            proof=proof,
            peer_key=peer_key,
            scope=scope,
        )
        if once:
            self._once |= {device.id}
        self._put(device)
        self._links.used(link_id)
        return device

    def _leaving(self, link_id: str, peer: Peer) -> Device | None:
        """Return the device that makes way for a new one from ``peer``, None while there is room.

        Raises:
            DeviceLimit: none of them has been away for long enough.
        """
        devices = self.of(link_id)
        # Behind a proxy on this computer all have one address.
        near = () if peer.is_local else tuple(each for each in devices if Peer.of(each.address).key == peer.key)
        for crowd, most, seconds in (
            (near, MOST_PER_ADDRESS, AWAY_FROM_ADDRESS_SECONDS),
            (devices, MOST_DEVICES, AWAY_SECONDS),
        ):
            if len(crowd) >= most:
                watching = self.watching()
                away = [each for each in crowd if each.id not in watching and self._is_away(each, seconds)]
                if not away:
                    raise DeviceLimit(reasons.LINK_CROWDED)
                return min(away, key=lambda device: device.last_seen)
        return None

    def _is_away(self, device: Device, seconds: float) -> bool:
        return abs(self._now() - device.last_seen) >= seconds

    def _follow_links(self) -> None:
        self._drop([device.id for device in self.all.values() if device.link_id not in {"", *self._links.all}])

    def _drop(self, device_ids: Iterable[str]) -> None:
        gone = {device_id: self.all[device_id] for device_id in device_ids if device_id in self.all}
        if not gone:
            return
        proofs = [device.proof for device in gone.values() if device.proof]
        self.forgotten = (*self.forgotten, *proofs)[-FORGOTTEN_KEPT:]
        self._once -= gone.keys()
        self._swap({each.id: each for each in self.all.values() if each.id not in gone})

    def _put(self, device: Device) -> None:
        self._swap({**self.all, device.id: device})

    def _swap(self, devices: dict[str, Device]) -> None:
        self.all = MappingProxyType(devices)
        self._listeners.tell()
