"""What the command line knows, read from its own parsers, so that manual and completions are never behind."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gui.__main__ import _parser as app_parser
from server.cli import _parser as headless_parser
from server.remote.command_line import parser as remote_parser

Kind = Literal["", "nothing", "text", "what", "format", "file", "folder", "action"]
KINDS: dict[str, Kind] = {"WHAT": "what", "FILE": "file", "DIR": "folder", "--format": "format", "ACTION": "action"}
"""By a value's name in the help, or by its option, of which kind it is; every other one is ``text``."""
WORDS: dict[Kind, tuple[str, ...]] = {
    "what": ("all", "desktop", "demo", "monitor-1", "monitor:", "title:"),
    "format": ("auto", "jpeg", "png", "webp", "h264"),
    "action": ("get", "set", "list"),
}
"""What can be offered for a value of a kind."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its names, its help, of which kind its value is, and whether it takes several values in a row."""

    names: tuple[str, ...]
    about: str
    value: Kind
    takes_many: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command, or with an empty name the program itself; ``value`` is of which kind the words are that it takes."""

    name: str
    about: str
    options: tuple[Option, ...]
    value: Kind


def commands() -> tuple[Command, ...]:
    """Return the program itself, then all its commands in the order of its help."""
    parsers = (app_parser(), remote_parser(), headless_parser())
    options: dict[tuple[str, ...], Option] = {}
    found: dict[str, Command] = {}
    for parser in parsers:
        for option in _options(parser):
            options.setdefault(option.names, option)
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                abouts = {each.dest: each.help or "" for each in action._choices_actions}
                for name, each in action.choices.items():
                    command = Command(name, abouts.get(name, ""), tuple(_options(each)), _positional(each))
                    found.setdefault(name, command)
    return (Command("", parsers[0].description or "", tuple(options.values()), ""), *found.values())


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:
        if action.option_strings and action.help != argparse.SUPPRESS:
            value = "nothing" if action.nargs == 0 else _kind(action)
            yield Option(tuple(action.option_strings), action.help or "", value, action.nargs in ("+", "*"))


def _positional(parser: argparse.ArgumentParser) -> Kind:
    for action in parser._actions:
        if not action.option_strings and not isinstance(action, argparse._SubParsersAction):
            return _kind(action)
    return ""


def _kind(action: argparse.Action) -> Kind:
    for word in (action.metavar, *action.option_strings):
        if isinstance(word, str) and word in KINDS:
            return KINDS[word]
    return "text"
