"""Files of other versions: which form a table has, and how it becomes the present one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

KEY = "schema"
SCHEMA = 1
"""The form that this version writes. It goes up when a key gets another meaning; a new key needs no new form."""
Migration = Callable[[Mapping[str, Any]], dict[str, Any]]


def _numbered(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of the time before forms had numbers; all its keys mean the same still."""
    return {**table, KEY: 1}


FOLLOWING = {"tells_departures": "tells_visits"}
"""New keys, each with the one that said the same before: a file without the new one means the older."""
MIGRATIONS: tuple[Migration, ...] = (_numbered,)
"""The first makes schema 1 of schema 0, which is a file without a number; and so on."""


def schema_of(table: Mapping[str, Any]) -> int:
    """Return which form ``table`` has. Raises ValueError where its number is none."""
    found = table.get(KEY, 0)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 1_000_000:
        raise ValueError("a schema is a whole number")
    return found


def migrated(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``table`` in the present form; one of a newer form, or without a valid number, as it is."""
    try:
        number = schema_of(table)
    except ValueError:
        return dict(table)
    for migration in MIGRATIONS[number:]:
        table = migration(table)
    return followed(table)


def followed(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``table`` with the keys that it does not have and another one of it speaks for."""
    return {key: table[older] for key, older in FOLLOWING.items() if older in table} | dict(table)
