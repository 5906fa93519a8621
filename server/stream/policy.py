"""What holds for every viewer, and what for one: how long is waited for it, and what it agreed to."""

from __future__ import annotations

from dataclasses import dataclass

SILENT_SECONDS = 40.0
"""A viewer from which nothing came for so long, not even the answer to a ping, is gone."""
STALL_SECONDS = 4.2
"""A viewer that took nothing for so long is dropped; with what follows it is gone within five seconds."""
SLOW_SECONDS = 1.0
"""From here on a viewer that takes nothing is shown as slow."""
PARTING_SECONDS = 0.3
"""How long a last word has before the connection of a viewer that took nothing is cut."""


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """What holds for a session beside its options.

    Attributes:
        group: the viewer it is one of several sessions of, empty when it is alone.
        keeps: options that stay as the viewer has them whatever the host wishes.
        tells_figures: send ``stats``.
    """

    group: str = ""
    keeps: frozenset[str] = frozenset()
    tells_figures: bool = True
