"""The one of our languages that a browser asks for. Pure."""

from __future__ import annotations

from resources.translate import ENGLISH, NAMES


def language(accepted: str) -> str:
    """Return the tag of the language to speak to who sends that ``Accept-Language``; English, where two are as good."""
    wanted = {ENGLISH: 0.0} | dict.fromkeys(NAMES, 0.0)
    for entry in accepted.split(","):
        tag, _, parameter = entry.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        if primary in wanted:
            wanted[primary] = max(wanted[primary], _weight(parameter))
    return max(wanted, key=wanted.__getitem__)


def _weight(parameter: str) -> float:
    """Return how much a language is wanted: the number behind ``q=``, 1 where there is none."""
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
