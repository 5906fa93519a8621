"""The language in which the program speaks to people: gettext's functions, and which catalogue they look into.

English stands in the source, as ``_("Copy link")``; for what counts something `ngettext` has both forms. Values are put
in afterwards, ``_("{name} is shared").format(name=name)``: of an f-string no catalogue knows. A constant of a module
is marked with `N_` and goes through `_` where it is used, for modules are imported before the language is known.

One catalogue for panel, command line and all else in Python: ``resources/locale/<language>/LC_MESSAGES/panecast.po``.
``python -m installer.catalogues`` brings it up to date. Imports nothing but gettext, and that only when it is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gettext import NullTranslations

ENGLISH = "en"
DOMAIN = "panecast"
PSEUDO = ("qps", "qps-rtl")
"""Languages that nobody speaks: they show which words come from no catalogue, are cut, or assume a direction."""
RIGHT_TO_LEFT = {"qps-rtl", "ar", "fa", "he", "ur"}
"""Tags of languages that are read from the right."""
NAMES = {"en": "English", "de": "Deutsch"}
"""Languages by their tags, as those who speak them call them."""

SYSTEM = "system"
"""What the settings say where this computer's language is meant."""

_language = ENGLISH
_is_insisted = False


class Speech(NamedTuple):
    """What speaks one language: ``_, ngettext = speech(tag)``."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]


def language() -> str:
    """Return the tag of the language in use."""
    return _language


def is_mirrored() -> bool:
    """Tell whether the language in use is read from the right."""
    return _language in RIGHT_TO_LEFT


def use(tag: str) -> str:
    """Speak the language of that tag from now on, or the nearest there is; return which that is."""
    global _language  # noqa: PLW0603 - a process speaks one language
    _language = nearest([tag])
    return _language


def use_system() -> str:
    """Speak the language that this computer is set to, as far as there is one; return which that is."""
    return use(nearest(_system_tags()))


def insist(tag: str) -> str:
    """Speak the language of that tag whatever the settings say, until they change; return which that is."""
    global _is_insisted  # noqa: PLW0603 - a process speaks one language
    _is_insisted = True
    return use(tag)


def prefer(tag: str, *, is_new: bool = False) -> str:
    """Speak what the settings say, `SYSTEM` for this computer's own; return which that is.

    A command line that insists on another one has the last word, until somebody chooses anew (``is_new``).
    """
    global _is_insisted  # noqa: PLW0603 - a process speaks one language
    _is_insisted = _is_insisted and not is_new
    if _is_insisted:
        return _language
    return use_system() if tag == SYSTEM else use(tag)


def nearest(tags: Iterable[str]) -> str:
    """Return the first of ``tags`` that there is a catalogue for, by its main part; English if for none."""
    for tag in tags:
        whole = tag.split(".")[0].replace("_", "-").casefold()
        if whole in PSEUDO:
            return whole
        short = whole.split("-")[0]
        if short in NAMES:
            return short
    return ENGLISH


def _(message: str) -> str:
    """Return ``message`` in the language in use; nothing stays nothing, for which a catalogue has its header."""
    return message if _language == ENGLISH or not message else _catalogue(_language).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form that fits ``count``, in the language in use; the number is still to be put in."""
    return speech(_language).ngettext(singular, plural, count)


def speech(tag: str) -> Speech:
    """Return what speaks the language ``tag``, for a person who is elsewhere; the program's own stays as it is."""
    return _ENGLISH if tag == ENGLISH else _speech(tag)


def pgettext(context: str, message: str) -> str:
    """Return ``message`` where its English words mean something else elsewhere; ``context`` says which are meant."""
    return message if _language == ENGLISH else _catalogue(_language).pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark ``message`` for the catalogue; it is returned as it is."""
    return message


def _english(singular: str, plural: str, count: int) -> str:
    return singular if count == 1 else plural


_ENGLISH = Speech(N_, _english)


@cache
def _speech(tag: str) -> Speech:
    catalogue = _catalogue(tag)
    return Speech(catalogue.gettext, catalogue.ngettext)


@cache
def _catalogue(tag: str) -> NullTranslations:
    from gettext import GNUTranslations, NullTranslations
    from importlib.resources import files

    if tag in PSEUDO:
        from resources.pseudo import PseudoTranslations

        return PseudoTranslations()
    try:
        with (files("resources") / "locale" / tag / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
            return GNUTranslations(file)
    except (OSError, ValueError, UnicodeError):
        return NullTranslations()  # missing or damaged: English is better than nothing


def _system_tags() -> tuple[str, ...]:
    """Return the languages that this computer is set to, the one that is liked best first."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        tags = tuple(tag for tag in os.environ.get(name, "").split(":") if tag)
        if tags:
            return tags
    found: tuple[str, ...] = ()
    if sys.platform == "win32":
        import ctypes
        import locale

        found = (locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), ""),)
    return found
