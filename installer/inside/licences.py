"""Licence expressions, and the texts that they stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from license_expression import ExpressionError, Licensing

FOLDER = Path(__file__).parents[1] / "licences"
GPL = ("GPL-", "AGPL-")
STANDS_ON = {"LGPL-3.0": ("GPL-3.0",)}
"""Texts that say no more than how they differ from another."""


class NoticeError(Exception):
    """Something in a tree cannot be named, or must not be there; the words say what to do about it."""


def is_gpl_only(expression: str) -> bool:
    """Tell whether what is under ``expression`` makes the GPL hold for all that is linked with it."""
    return _is_gpl(_parsed(expression))


def text_names(expression: str) -> tuple[str, ...]:
    """Return the names of the texts of ``expression``: of several to choose from, those of the first."""
    names: list[str] = []
    for key in _keys(_parsed(expression)):
        if not key.startswith("LicenseRef-"):
            name = key.removesuffix("-only").removesuffix("-or-later")
            names += [name, *STANDS_ON.get(name, ())]
    return tuple(dict.fromkeys(names))


def text(name: str) -> str:
    """Return the licence's text.

    Raises:
        NoticeError: it is not in `FOLDER`.
    """
    file = FOLDER / f"{name}.txt"
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as gone:
        raise NoticeError(f"The text of the licence {name} is needed in installer/licences/{file.name}.") from gone


def has_text(name: str) -> bool:
    """Tell whether `text` has it."""
    return (FOLDER / f"{name}.txt").exists()


def is_expression(words: str) -> bool:
    """Tell whether ``words`` can be read as a licence expression."""
    try:
        return _parsed(words) is not None
    except ExpressionError:
        return False


def _parsed(expression: str) -> Any:
    return Licensing().parse(expression)


def _is_gpl(node: Any) -> bool:
    operator = getattr(node, "operator", "").strip()
    if operator == "OR":
        return all(_is_gpl(each) for each in node.args)
    if operator == "AND":
        return any(_is_gpl(each) for each in node.args)
    # An exception is what makes it not hold for the rest.
    return not hasattr(node, "exception_symbol") and str(node.key).startswith(GPL)


def _keys(node: Any) -> list[str]:
    operator = getattr(node, "operator", "").strip()
    if operator == "OR":
        return _keys(node.args[0])
    if operator == "AND":
        return [key for each in node.args for key in _keys(each)]
    if hasattr(node, "exception_symbol"):
        return [node.license_symbol.key, node.exception_symbol.key]
    return [node.key]
