"""What a setting cannot be although its type allows it. Pure."""

from __future__ import annotations

import ipaddress
from typing import Any

from capture.platforms.keys import Keys
from capture.privacy.exclusions import STARTING_LIST
from gui.settings.declared import BadSetting
from resources.translate import _
from server.access.origins import parse_name


def checked(key: str, value: Any, settings: object) -> Any:
    """Return ``value`` as it is kept, beside the others in ``settings``. Raises `BadSetting`."""
    if key == "mode" and value == "network" and not getattr(settings, "interface", ""):
        raise BadSetting(_("No network is chosen yet."))
    if key == "shown_anyway" and (strange := [program for program in value if program not in STARTING_LIST]):
        raise BadSetting(_("“{program}” is not on the built-in list.").format(program=strange[0]))
    if key == "start_networks":
        return tuple(dict.fromkeys(map(network_text, value)))
    try:
        if key == "hot_key" and value:
            Keys.parse(value)
        if key == "names":
            return tuple(dict.fromkeys(map(parse_name, value)))
    except ValueError as error:
        raise BadSetting(str(error)) from error
    return value


def network_text(text: str) -> str:
    """Return a network as it is kept: the name of an interface where there is one, then the network.

    Raises:
        BadSetting: it is none.
    """
    name, network = parted(text)
    return f"{name} {network}".strip()


def parted(text: str) -> tuple[str, str]:
    """Return the name of an interface, empty for any, and the network that ``text`` means. Raises `BadSetting`."""
    name, _space, network = text.strip().rpartition(" ")
    try:
        return name.strip(), str(ipaddress.ip_network(network, strict=False))
    except ValueError:
        words = _("“{text}” is not a network. Write it like wlan0 192.168.1.0/24.")
        raise BadSetting(words.format(text=text)) from None


def is_within(address: str, interface: str, text: str) -> bool:
    """Tell whether ``address`` of ``interface`` lies in the network that ``text`` means; of a bad text it does not."""
    try:
        name, network = parted(text)
    except BadSetting:
        return False
    return name in ("", interface) and ipaddress.ip_address(address) in ipaddress.ip_network(network)
