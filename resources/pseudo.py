"""A language that nobody speaks: letters with accents, a third longer, in brackets. Placeholders stay as they are."""

from __future__ import annotations

import re
from gettext import NullTranslations

LETTERS = str.maketrans("AaEeIiOoUuCcNnSsYyZz", "ÅåÉéÎîÖöÛûÇçÑñŠšÝýŽž")
KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&&|&(?=\w)|%\(\w+\)\w)")
"""What a program reads: placeholders, tags, the letter to press."""


def pseudo(message: str) -> str:
    """Return ``message`` as this language has it."""
    parts = KEPT.split(message)
    if not any(letter.isalpha() for part in parts if not KEPT.fullmatch(part) for letter in part):
        return message  # a pattern, such as that of a day
    said = "".join(part if KEPT.fullmatch(part) else part.translate(LETTERS) for part in parts)
    return f"⟦{said}{'~' * (len(message) // 3)}⟧"


class PseudoTranslations(NullTranslations):
    """Makes the words of any message; nothing is looked up."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)
