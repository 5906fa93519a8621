"""Settings as a file that is given to other people or computers, without secrets and without what is true here alone.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import tomli_w

from gui.settings.checks import checked
from gui.settings.declared import NOT_CONVERTED, BadSetting, Declaration
from gui.settings.schema import KEY, SCHEMA, migrated, schema_of
from gui.settings.text import MOST_BYTES, parsed
from gui.settings.words import label_of
from resources.translate import _

MARK, VALUE = "panecast", "settings"
"""By which such a file is known."""
VERSION = "version"
STAYS_HERE = ("interface", "mode", "start_networks", "names", "certificate", "key")
"""What is true of this computer and its networks alone; nothing that comes from elsewhere opens a network."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds.

    Attributes:
        changes: what becomes another value by it.
        remarks: sentences about what of it is not taken.
    """

    changes: dict[str, Any]
    remarks: tuple[str, ...] = ()


def exported(settings: msgspec.Struct, known: Mapping[str, Declaration], version: str) -> bytes:
    """Return the settings as such a file, made by ``version`` of Panecast."""
    table = msgspec.to_builtins(settings)
    taken = {key: table[key] for key, each in known.items() if not each.is_own and key not in STAYS_HERE}
    return tomli_w.dumps({MARK: VALUE, VERSION: version, KEY: SCHEMA, **taken}).encode()


def imported(
    content: bytes, settings: msgspec.Struct, known: Mapping[str, Declaration], locked: frozenset[str]
) -> Imported:
    """Return what ``content`` changes in ``settings``, of which ``locked`` ones stay.

    Raises:
        BadSetting: it is no such file, or one that cannot be used; the message says why.
    """
    table, version = _table(content)
    wanted = {key: each for key, each in known.items() if not each.is_own and key not in STAYS_HERE}
    changes: dict[str, Any] = {}
    fixed, wrong = [], []
    for key in wanted.keys() & table.keys():
        try:
            value = checked(key, known[key].converted(table[key]), settings)
        except NOT_CONVERTED:
            wrong.append(key)
            continue
        if value != getattr(settings, key):
            changes[key] = value
            if key in locked:
                del changes[key]
                fixed.append(key)
    remarks = [
        _named(_("Fixed by your administrator, so not changed: {names}."), fixed, known),
        _named(_("Not possible in this version, so not changed: {names}."), wrong, known),
        _("Settings that this version does not know are left out.") if table.keys() - known.keys() else "",
        _("It comes from an older Panecast ({version}); settings that it does not have stay as they are.").format(
            version=version
        )
        if wanted.keys() - table.keys()
        else "",
    ]
    return Imported({key: changes[key] for key in known if key in changes}, tuple(filter(None, remarks)))


def _table(content: bytes) -> tuple[dict[str, Any], str]:
    """Return what a file says, in the present form, and the version that made it. Raises `BadSetting`."""
    if len(content) > MOST_BYTES:
        raise BadSetting(_("This file is too large to hold settings."))
    try:
        table = parsed(content)
    except (ValueError, RecursionError):
        table = {}
    if table.pop(MARK, None) != VALUE:
        raise BadSetting(_("This file holds no settings that Panecast has exported."))
    version = str(table.pop(VERSION, ""))[:20]
    try:
        schema = schema_of(table)
    except ValueError:
        raise BadSetting(_("This file is damaged.")) from None
    if schema > SCHEMA:
        words = _("This file comes from a newer Panecast ({version}). Update Panecast, then import it.")
        raise BadSetting(words.format(version=version))
    present = migrated(table)
    present.pop(KEY, None)
    return present, version


def _named(words: str, keys: list[str], known: Mapping[str, Declaration]) -> str:
    return words.format(names=", ".join(label_of(known[key]) for key in known if key in keys)) if keys else ""
