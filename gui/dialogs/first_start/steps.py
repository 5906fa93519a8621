"""What the first start says and offers, apart from how it looks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gui.core.networks import HERE_WORDS
from gui.core.state import BARE_SCREENS, AppState, SourceState
from resources.translate import N_, _, ngettext
from server.net.interfaces import Interface, Kind

MEANINGS: dict[Kind, str] = {
    "cable": N_("Devices on this network can watch, but only with your link or a PIN."),
    "wifi": N_(
        "Devices on this Wi-Fi can watch, but only with your link or a PIN. On a public Wi-Fi, also turn on "
        "encryption: More → Encrypt (HTTPS)."
    ),
    "other": N_("Devices on this network can watch, but only with your link or a PIN."),
    "vpn": N_("Devices that are connected to the same VPN can watch, but only with your link or a PIN."),
    "virtual": N_("Mostly for virtual machines and containers on this computer. They need your link or a PIN."),
}
"""What it means to open a network, by its kind."""
TOLD = ("server", "network", "certificate", BARE_SCREENS)
"""Subjects of messages that say why sharing is not, or not as it was chosen, or what has to be known first."""

COMMANDS = ("sudo ", "apt", "pip ", "env ", "xvfb-run ")


@dataclass(frozen=True, slots=True)
class Reach:
    """One answer to who can watch.

    Attributes:
        interface: the network, None for this computer only.
    """

    name: str
    meaning: str
    interface: Interface | None = None


def reaches(interfaces: Iterable[Interface]) -> tuple[Reach, ...]:
    """Return what there is to choose, this computer first."""
    here = Reach(_(HERE_WORDS), _("Only browsers on this computer can open the link. Good for a first try."))
    networks = (Reach(each.label, f"{each.address} · {_(MEANINGS[each.kind])}", each) for each in interfaces)
    return (here, *networks)


def offered(state: AppState) -> tuple[SourceState, ...]:
    """Return the sources to choose from: no monitor that is unplugged, and no single one beside the desktop."""
    there = [row for row in state.sources if row.source.kind != "monitor" or row.source.state != "waiting"]
    has_desktop = any(row.source.kind == "desktop" for row in there)
    monitors = [row for row in there if row.source.kind == "monitor"]
    is_doubled = has_desktop and len(monitors) == 1 and not monitors[0].shared
    return tuple(row for row in there if not (is_doubled and row.source.kind == "monitor"))


def local_url(state: AppState, full_url: str, *, needs_link: bool) -> str:
    """Return the address by which this computer itself opens what is shared; empty while nothing is."""
    if not state.is_sharing:
        return ""
    # By loopback no link is needed, and none gets into a list of visited pages.
    return full_url if needs_link else f"{state.url.partition('://')[0]}://localhost:{state.port}"


def watching_words(state: AppState) -> str:
    """Return who watches, in words; empty while nobody does."""
    if not state.viewers:
        return ""
    first = state.viewers[0]
    if len(state.viewers) == 1:
        return _("Someone is watching “{title}”: {place}").format(title=first.watches, place=first.place)
    words = ngettext("{count} viewer is watching", "{count} viewers are watching", len(state.viewers))
    return words.format(count=len(state.viewers))


def copied_part(mend: str) -> str:
    """Return what is put into the clipboard of advice: the command that it ends in, or else all of it."""
    command = mend.rpartition(": ")[2]
    return command if command.startswith(COMMANDS) else mend
