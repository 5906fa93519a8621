"""Commands of viewers: text in, a checked command out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from server import reasons
from server.errors import ProtocolError

NAMES = ("update_options", "take_screenshot", "get_status", "pause", "resume", "stop")
SYNONYMS = MappingProxyType({"status": "get_status"})


@dataclass(frozen=True, slots=True)
class Command:
    """One command, by its name, with its options as they came."""

    name: str
    options: Mapping[str, object]


class BadCommand(ProtocolError):
    """Something that is no command."""


def parse(text: str, names: Collection[str] = NAMES) -> Command:
    """Return the command that ``text`` holds, one of ``names``.

    Raises:
        BadCommand: it is not JSON (NaN and Infinity are not), not an object, or no command we know.
    """
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadCommand("bad_message", reasons.NOT_JSON) from error
    if not isinstance(value, dict):
        raise BadCommand("bad_message", reasons.NOT_AN_OBJECT)
    name = value.get("command")
    if not isinstance(name, str):
        raise BadCommand("bad_message", reasons.COMMAND_MISSING)
    name = SYNONYMS.get(name, name)
    if name not in names:
        raise BadCommand("unknown_command", reasons.COMMAND_UNKNOWN.of(command=name[:40], known=", ".join(names)))
    options = value.get("options")
    if options is None:
        options = {}
    if not isinstance(options, dict):
        raise BadCommand("bad_message", reasons.OPTIONS_WRONG)
    return Command(name, options)
