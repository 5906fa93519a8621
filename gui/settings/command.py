"""``panecast config``: what is read and what is to be changed, the same beside a running copy and without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gui.settings.checks import checked
from gui.settings.declared import BadSetting, Declaration, declared, shown
from gui.settings.policy import FIXED_WORDS
from resources.translate import N_, _
from server.remote.message import Answer, Request, failed, misused

USAGE = N_("Possible are: panecast config list, panecast config get KEY, panecast config set KEY VALUE")


def asked(
    request: Request, settings: object, known: Mapping[str, Declaration], locked: Mapping[str, Any]
) -> tuple[Answer, dict[str, Any]]:
    """Return the answer to ``request``, and what of ``settings`` becomes another; ``locked`` cannot.

    Raises:
        NotUnderstood: a value of the request has another type.
    """
    action, key, texts = request.word("action"), request.word("key"), request.words("values")
    if action == "list" and not key:
        lines = (_line(each, settings, locked) for each in known.values() if not each.is_own)
        return Answer(text="\n".join(lines)), {}
    if action not in ("get", "set") or not key or (action == "set") != bool(texts):
        return misused(_(USAGE)), {}
    try:
        declaration = declared(key, known)
        if action == "get":
            return Answer(text=_plain(getattr(settings, key))), {}
        value = _checked(key, declaration.parsed(texts), settings)
    except BadSetting as error:
        return misused(str(error)), {}
    if key in locked:
        words = _("“{key}” cannot be changed. Fixed by your administrator: {value}.")
        return failed(words.format(key=key, value=shown(locked[key]))), {}
    later = _("It holds from the next start on.") if declaration.needs_restart else ""
    return Answer(text=f"{key} = {shown(value)} {later}".rstrip()), {key: value}


def _checked(key: str, value: Any, settings: object) -> Any:
    """Return ``value`` as it is kept. Raises `BadSetting` for what its type does not exclude."""
    try:
        return checked(key, value, settings)
    except BadSetting as error:
        if key == "mode":
            words = _("No network is chosen yet. First: panecast config set interface NAME, such as wlan0")
            raise BadSetting(words) from error
        raise BadSetting(_("“{key}” cannot be that. {problem}").format(key=key, problem=error)) from error


def _plain(value: Any) -> str:
    """Return a value as programs read it: a text bare, all else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _line(declaration: Declaration, settings: object, locked: Mapping[str, Any]) -> str:
    fixed = f"  # {_(FIXED_WORDS)}" if declaration.key in locked else ""
    return f"{declaration.key} = {shown(getattr(settings, declaration.key))}{fixed}"
