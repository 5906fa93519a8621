"""Settings that come from elsewhere, a command or the file: each is done as the panel does it. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gui.core.access import AccessController
from gui.core.controller import Controller
from gui.core.encryption import Encryption
from resources.translate import _
from server.errors import ENCRYPTED, MOVED, STOPPED

OPTIONS = {"fps": "fps", "quality": "quality", "format": "format", "pointer": "cursor"}
"""Settings that new viewers begin with, and how the protocol calls them."""
LISTENING = ("port", "mode", "interface", "address", "https", "certificate", "key")
"""Settings that are looked at when listening begins."""


def take_up(
    changes: Mapping[str, Any], controller: Controller, access: AccessController, encryption: Encryption
) -> str:
    """Have ``changes`` hold from now on; return why one cannot, empty when all do.

    Loop only, and only while sharing neither starts nor stops.
    """
    left, problem = dict(changes), ""
    for name, option in OPTIONS.items():
        if name in left:
            controller.set_option(option, left.pop(name))
    listening = {name: left.pop(name) for name in LISTENING if name in left}
    if "asks_here" in left:
        access.set_asks_here(left.pop("asks_here"))
    if "names" in left:
        problem = access.set_names(left.pop("names"))
    controller.remember(**left)
    if listening.keys() & {"certificate", "key"}:
        # Half of a pair would end sharing; the other half is on its way.
        files = {name: str(listening.pop(name, getattr(controller.settings, name))) for name in ("certificate", "key")}
        if all(files.values()) or not any(files.values()):
            encryption.use_files(**files)
        else:
            controller.remember(**files)
            problem = problem or _("Both files are needed: the certificate and its key.")
    if "interface" in listening and "address" not in listening:
        # Where that is now is right, for it was chosen now.
        listening["address"] = ""
    controller.remember(**listening)
    if listening.keys() == {"https"}:
        encryption.listen_anew()
    elif listening:
        controller.dismiss("network")
        is_closed = listening.get("mode") == "here"
        controller.listen_anew(STOPPED if is_closed else ENCRYPTED if listening.get("https") else MOVED)
    return problem
