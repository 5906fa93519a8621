"""Command lines that speak the language in use, argparse's own words included."""

from __future__ import annotations

import argparse
import os
from typing import Any

from resources import translate
from resources.translate import N_, NAMES, _, ngettext

WORDS = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("unrecognized arguments: %s"),
    N_("the following arguments are required: %s"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("ignored explicit argument %r"),
)
"""Those of argparse that our command lines can come to say."""
OPTION = "--lang"


class Parser(argparse.ArgumentParser):
    """Reads a command line. Each takes ``--lang``, which `choose_language` has obeyed before."""

    def __init__(self, **options: Any) -> None:
        """``options`` are those of argparse's own."""
        vars(argparse).update(_=_, ngettext=ngettext)  # it has no other way; nobody else reads command lines here
        super().__init__(**options)
        tags = ", ".join(NAMES)
        self.add_argument(
            OPTION, metavar="TAG", help=_("speak another language than the system: {tags}").format(tags=tags)
        )


def choose_language(arguments: list[str]) -> list[str]:
    """Speak what ``arguments`` say by ``--lang``, else what this computer is set to; return the rest of them.

    Raises:
        ValueError: there is no such language; the message says which there are.
    """
    translate.use_system()
    rest, tag = _without_option(arguments)
    if tag is None:
        return rest
    if (
        translate.nearest([tag]) == translate.ENGLISH
        and tag.replace("_", "-").split("-")[0].lower() != translate.ENGLISH
    ):
        words = _("There is no language “{tag}” here. There are: {tags}")
        raise ValueError(words.format(tag=tag, tags=", ".join(f"{key} ({name})" for key, name in NAMES.items())))
    # So that it holds for what is started from here as well.
    os.environ["LANGUAGE"] = translate.insist(tag)
    return rest


def what() -> str:
    """Return what can stand for something that is to be shared."""
    return _(
        "all, desktop, demo, monitor-1, monitor:OUTPUT, a window's handle (see: panecast windows), title:TEXT; "
        "several may be named"
    )


def sentence(words: str) -> str:
    """Return ``words`` of a list as a sentence."""
    return f"{words[0].upper()}{words[1:]}."


def _without_option(arguments: list[str]) -> tuple[list[str], str | None]:
    """Return the arguments without ``--lang``, wherever it stands, and what it says; None without."""
    rest, tag, words = [], None, iter(arguments)
    for word in words:
        if word == OPTION:
            tag = next(words, "")
        elif word.startswith(f"{OPTION}="):
            tag = word.partition("=")[2]
        else:
            rest.append(word)
    return rest, tag
