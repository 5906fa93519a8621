"""What is said of settings to people, in their language: labels, values, and by which words each is found. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gui.settings.declared import PAGES, Declaration
from resources.translate import _


def label_of(declaration: Declaration) -> str:
    """Return what the setting is called."""
    return _(declaration.label)


def sentence_of(declaration: Declaration) -> str:
    """Return what the setting does."""
    return _(declaration.sentence)


def unit_of(declaration: Declaration) -> str:
    """Return what stands behind the number, empty for nothing."""
    return _(declaration.unit) if declaration.unit else ""  # gettext answers to "" with the catalogue's header


def zero_of(declaration: Declaration) -> str:
    """Return what stands in place of 0, empty where that is a number as others are."""
    return _(declaration.zero) if declaration.zero else ""


def choice_words(declaration: Declaration, value: str) -> str:
    """Return what one of its choices is called."""
    return _(declaration.words.get(value, value))


def value_words(declaration: Declaration, value: Any) -> str:
    """Return a value as a person reads it."""
    match value:
        case bool():
            return _("on") if value else _("off")
        case 0 if declaration.zero:
            return zero_of(declaration)
        case int():
            return f"{value} {unit_of(declaration)}".strip()
        case str() if declaration.words:
            return choice_words(declaration, value)
        case "" | ():
            return _("none")
        case tuple():
            return ", ".join(map(str, value))
    return str(value)


def searched(declaration: Declaration) -> str:
    """Return the text in which the words of a search are looked for: everything that is said of it, and its key."""
    parts = [declaration.label, declaration.sentence, *declaration.words.values()]
    if declaration.page is not None:
        parts.append(PAGES[declaration.page])
    return folded([declaration.key, *parts, *map(_, filter(None, parts))])


def folded(texts: Iterable[str]) -> str:
    """Return texts in the form in which they are compared."""
    return " ".join(texts).casefold()


def is_hit(typed: str, text: str) -> bool:
    """Tell whether each word that was typed is in ``text``, which is folded."""
    return all(word in text for word in typed.casefold().split())
