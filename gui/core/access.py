"""What the person can do about who gets in, in verbs. Joins access, interfaces and server. Knows no widget."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator

from capture.events import Listeners
from capture.platforms.system import family
from capture.source import Unsubscribe
from gui.core.access_state import EVERYTHING, AccessViewState, failure_words, header_link, worth_telling
from gui.core.controller import Controller
from gui.core.link_text import LinkOptions
from gui.core.network_watch import LOOK_SECONDS, NetworkWatch
from gui.core.networks import (
    HERE,
    ChosenNetwork,
    firewall_hint,
    found_interface,
    gone_words,
    is_same_network,
    new_address_words,
    other_network_words,
)
from gui.core.notices.kinds import KINDS, Kind, is_wanted, wish
from gui.core.state import Message
from gui.core.undo import UNDO_SECONDS, Undo
from resources.translate import N_, _
from server.access.consent import Answer
from server.access.control import AccessControl
from server.access.links import Link, LinkError
from server.access.origins import parse_name
from server.errors import MOVED, STOPPED
from server.net.interfaces import Interface, interfaces
from server.server import Server
from server.stream.registry import SessionRegistry

MY_LINK = N_("My link")


class AccessController:
    """Carries out wishes about who gets in, and tells of every change. Loop only.

    Attributes:
        state: what is shown; frozen, replaced whole.
        access: what is asked at every request.
        partings: ends what somebody may do, and takes that back.
    """

    def __init__(
        self,
        controller: Controller,
        registry: SessionRegistry,
        server: Server,
        *,
        list_interfaces: Callable[[], tuple[Interface, ...]] = interfaces,
        look_seconds: float = LOOK_SECONDS,
        undo_seconds: float = UNDO_SECONDS,
    ) -> None:
        self.access: AccessControl = registry.access
        self._controller = controller
        self._registry = registry
        self._server = server
        self._list_interfaces = list_interfaces
        self._interfaces = list_interfaces()
        self._go_by(controller.settings.names)
        self._failures_timer: asyncio.TimerHandle | None = None
        self._listeners = Listeners()
        self._pending: asyncio.Handle | None = None
        access = self.access
        self.partings = Undo(controller, registry, self.refresh, undo_seconds)
        self.state = self._derived()
        self._unsubscribe: tuple[Unsubscribe, ...] = (
            access.subscribe(self.refresh),
            access.consents.subscribe(self.refresh),
            access.pins.subscribe(self.refresh),
            access.lockout.subscribe(self._tell_failures),
        )
        controller.find_host = self.find_host
        self._network_watch = NetworkWatch(controller, self._has_moved, look_seconds)
        controller.subscribe(self.refresh)
        controller.subscribe_settings(self.refresh)

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have ``changed()`` called after each change of `state`."""
        self._listeners.subscribe(changed)

    def refresh(self) -> None:
        """Derive the state anew, soon, and once for all changes until then."""
        if self._pending is None:
            self._pending = asyncio.get_running_loop().call_soon(self._show)

    def refresh_now(self) -> None:
        """Derive the state anew, at once."""
        if self._pending is not None:
            self._pending.cancel()
        self._show()

    def look(self) -> None:
        """Look which networks there are now."""
        self._interfaces = self._list_interfaces()
        self.refresh()

    def choose(self, interface: Interface | None) -> None:
        """Let the network of ``interface`` in, None for this computer only; at once if sharing runs."""
        if interface is None:
            self._controller.remember(mode="here")
        else:
            self._controller.remember(mode="network", interface=interface.name, address=interface.address)
        self._controller.dismiss("network")
        self._controller.listen_anew(STOPPED if interface is None else MOVED)
        self.refresh()

    def find_host(self) -> str:
        """Return the address to listen at now; where the chosen network is gone, say so and return loopback."""
        wanted = self._wanted()
        self._controller.dismiss("network")
        if self._controller.settings.asks_here or self._controller.settings.names:
            self._have_link()
        if not wanted.name:
            return HERE
        self._interfaces = self._list_interfaces()
        found = found_interface(wanted, self._interfaces)
        if found is None:
            self._controller.tell(Message("network", gone_words(wanted)))
            return HERE
        if not _is_meant(wanted, found):
            words = other_network_words(wanted, found.address)
            self._controller.tell(
                Message("network", words, action=_("Share with this network"), act=lambda: self.choose(found))
            )
            return HERE
        if found.address != wanted.address and self.access.links.all:
            self._controller.tell(Message("network", new_address_words(found.address), "notice"))
        self._have_link()
        self._controller.remember(address=found.address)
        return found.address

    def url_of(self, link_id: str) -> str:
        """Return the address of a link to give away; empty when it is none any more, or nothing is shared now."""
        link = self.access.links.all.get(link_id)
        return self._server.url_of(link) if link is not None and self._server.is_running else ""

    def make_link(self, wish: LinkOptions) -> Link | str:
        """Return a new link, or why that is not possible."""
        try:
            return self.access.links.make(
                wish.name, wish.scope, expires=wish.expires, most_devices=wish.most_devices, asks=wish.asks
            )
        except LinkError as error:
            return error.message

    def change_link(self, link_id: str, wish: LinkOptions) -> str:
        """Have a link be what is wished; return why that is not possible, empty when it is done."""
        with _said() as problem:
            self.access.links.change(
                link_id, wish.name, wish.scope, expires=wish.expires, most_devices=wish.most_devices, asks=wish.asks
            )
        return problem[0]

    def rename_link(self, link_id: str, name: str) -> str:
        """Call a link otherwise; return why that is not possible, empty when it is done."""
        with _said() as problem:
            self.access.links.rename(link_id, name)
        return problem[0]

    def unblock(self, address: str) -> None:
        """Let an address in again that has a link or a PIN."""
        self.access.unblock(address)

    def show_pin(self) -> None:
        """Have a new PIN, in place of the one before."""
        self.access.pins.show()

    def hide_pin(self) -> None:
        """Have no PIN any more."""
        self.access.pins.hide()

    def answer(self, question_id: int, answer: Answer) -> bool:
        """Answer whether somebody may watch; tell whether that was possible."""
        return self.access.consents.answer(question_id, answer)

    def set_asks_here(self, wanted: bool) -> None:
        """Ask for a link on this computer as well, or not."""
        if wanted:
            self._have_link()
        self._controller.remember(asks_here=wanted)
        self.access.ask_host(self._controller.settings.asks_here)

    def set_names(self, texts: tuple[str, ...]) -> str:
        """Have this computer go by further names; return which is none, empty when it is done."""
        try:
            names = tuple(dict.fromkeys(map(parse_name, texts)))
        except ValueError as error:
            return str(error)
        if names:
            self._have_link()
        self._controller.remember(names=names)
        self._server.go_by(frozenset(self._controller.settings.names))
        self.refresh()
        return ""

    def set_notice(self, kind: Kind, wanted: bool) -> None:
        """Have tray or desktop tell of something, or not."""
        self._controller.remember(**wish(kind, wanted, self._controller.settings))

    def close(self) -> None:
        """Follow nothing any more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._network_watch.close()
        self.partings.close()
        if self._failures_timer is not None:
            self._failures_timer.cancel()
        if self._pending is not None:
            self._pending.cancel()

    def _have_link(self) -> None:
        """Make a link where there is none: it is asked for as an address to give away."""
        if not self.access.links.all:
            with contextlib.suppress(LinkError):
                self.access.links.make(_(MY_LINK), EVERYTHING)

    def _go_by(self, names: tuple[str, ...]) -> None:
        """Go by the names that are remembered; one that is none, because somebody wrote the file, is said."""
        good = set()
        for name in names:
            try:
                good.add(parse_name(name))
            except ValueError as error:
                self._controller.tell(Message("names", str(error)))
        self._server.go_by(frozenset(good))

    def _has_moved(self) -> bool:
        """Tell whether the chosen network is to be listened at elsewhere than it is, or is no more."""
        wanted = self._wanted()
        self._interfaces = self._list_interfaces()
        found = found_interface(wanted, self._interfaces)
        host = found.address if found is not None and _is_meant(wanted, found) else HERE
        return host != (self._server.host if self._server.is_open else HERE)

    def _wanted(self) -> ChosenNetwork:
        settings = self._controller.settings
        return ChosenNetwork(settings.interface, settings.address) if settings.mode == "network" else ChosenNetwork()

    def _show(self) -> None:
        self._pending = None
        state = self._derived()
        if state != self.state:
            self.state = state
            self._listeners.tell()

    def _derived(self) -> AccessViewState:
        access, server, settings = self.access, self._server, self._controller.settings
        is_open = server.is_running and server.is_open
        needs_link = is_open or (server.is_running and bool(settings.asks_here or settings.names))
        links, devices = tuple(access.links.all.values()), tuple(access.devices.all.values())
        has_been_reached = bool(devices or any(link.last_used for link in links) or access.lockout.failures)
        return AccessViewState(
            wanted=self._wanted(),
            interfaces=self._interfaces,
            is_open=is_open,
            url=server.url if server.is_running else "",
            link=header_link(links, time.time()) if needs_link else None,
            links=links,
            devices=tuple(sorted(devices, key=lambda device: device.last_seen, reverse=True)),
            blocked=tuple(sorted(access.authorizer.rules.blocked)),
            dismissed=access.authorizer.rules.dismissed,
            undo=self.partings.undo_words,
            questions=access.consents.questions,
            pin=access.pins.pin,
            hint=firewall_hint(server.port, family()) if is_open and not has_been_reached else "",
            asks_here=settings.asks_here,
            names=settings.names,
            notices=frozenset(kind for kind in KINDS if is_wanted(kind, settings)),
            answerable=self._controller.state.phase in ("idle", "sharing"),
        )

    def _tell_failures(self) -> None:
        words = failure_words(worth_telling(self.access.lockout.failures, time.time()))
        if words:
            self._controller.tell(Message("failures", words, "notice"))
        self._look_at_failures()
        self.refresh()

    def _look_at_failures(self) -> None:
        """Take the message away once it is over: those who tried are in, or try no more."""
        now = time.time()
        current = worth_telling(self.access.lockout.failures, now)
        if self._failures_timer is not None:
            self._failures_timer.cancel()
            self._failures_timer = None
        if current:
            # Some later, for the two clocks are not one.
            left = min(failure.news_until for failure in current) - now + 0.1
            self._failures_timer = asyncio.get_running_loop().call_later(max(0.0, left), self._look_at_failures)
        else:
            self._controller.dismiss("failures")


def _is_meant(wanted: ChosenNetwork, found: Interface) -> bool:
    """Tell whether the interface that was found is where it was when the person chose it.

    Wi-Fi goes by the same name at home and in a café.
    """
    return not wanted.address or is_same_network(wanted.address, found.address)


@contextlib.contextmanager
def _said() -> Iterator[list[str]]:
    """Give a place that holds why what is done within was not possible, or an empty text."""
    problem = [""]
    try:
        yield problem
    except LinkError as error:
        problem[0] = error.message
