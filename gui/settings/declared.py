"""What each setting is, read from its declaration: key, range, default, page, label, sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from msgspec import inspect

from resources.translate import N_, _

NOT_CONVERTED = (ValueError, OverflowError, RecursionError)
"""Raised by msgspec for a value that is not possible."""


Page = Literal["general", "pictures", "network", "privacy", "notices", "keyboard", "advanced"]
PAGES: dict[Page, str] = {
    "general": N_("General"),
    "pictures": N_("Pictures"),
    "network": N_("Network"),
    "privacy": N_("Privacy"),
    "notices": N_("Notices"),
    "keyboard": N_("Keyboard"),
    "advanced": N_("Advanced"),
}
"""The pages of the dialog, in their order, as they are called."""


class BadSetting(ValueError):
    """There is no such setting, or it cannot be that; the message is a sentence for a person."""


def said(
    sentence: str,
    page: Page | None = None,
    label: str = "",
    *,
    words: Mapping[str, str] = MappingProxyType({}),
    unit: str = "",
    zero: str = "",
    since: str = "0.1.0",
    restart: bool = False,
) -> msgspec.Meta:
    """Return what is said of a setting where it is declared, all marked for translation (`N_`).

    ``page`` and ``label`` are where it stands in the dialog, and as what; without a page it is Panecast's own note, and
    nobody sets it. ``words`` says each choice, ``unit`` stands behind a number, ``zero`` in place of a 0. ``since`` is
    the first version with it; ``restart`` is set where it is looked at only at the start of the program.
    """
    extra = {
        "page": page,
        "label": label,
        "words": dict(words),
        "unit": unit,
        "zero": zero,
        "since": since,
        "restart": restart,
    }
    return msgspec.Meta(description=sentence, extra=extra)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One setting. What is said of it is English, to be translated where it is shown.

    Attributes:
        kind: its type, as msgspec describes it.
        hint: its type, as Python writes it.
        sentence: what it does.
        page: where it stands in the dialog; None where Panecast notes it by itself.
        label: what it is called there.
        words: how each of its choices is called there.
        unit: what stands behind its number.
        zero: what stands in place of 0.
        since: the first version with it.
        needs_restart: it holds from the next start on.
    """

    key: str
    kind: inspect.Type
    hint: Any
    default: Any
    sentence: str
    page: Page | None = None
    label: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    zero: str = ""
    since: str = ""
    needs_restart: bool = False

    @property
    def is_own(self) -> bool:
        """Tell whether Panecast notes it by itself."""
        return self.page is None

    @property
    def allowed(self) -> str:
        """Return in words what it can be."""
        match self.kind:
            case inspect.IntType(ge=low, le=None):
                return _("a whole number from {low} on").format(low=low)
            case inspect.IntType(ge=low, le=high):
                return _("a whole number from {low} to {high}").format(low=low, high=high)
            case inspect.LiteralType():
                *front, last = self.choices
                return _("{names} or {last}").format(names=", ".join(front), last=last)
            case inspect.BoolType():
                return _("true or false")
            case inspect.VarTupleType(item_type=inspect.StrType(), max_length=most):
                words = _("a list of texts, at most {most}") if most else _("a list of texts")
                return words.format(most=most)
            case inspect.VarTupleType():
                return _("a list")
        return _("a text")

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the words that it can be, empty where these cannot be listed."""
        match self.kind:
            case inspect.LiteralType(values=values):
                # As they are written: msgspec sorts them.
                written = self.hint
                while hasattr(written, "__metadata__"):
                    written = written.__origin__
                return tuple(each for each in written.__args__ if each in values)
            case inspect.BoolType():
                return ("true", "false")
        return ()

    def converted(self, value: object) -> Any:
        """Return ``value``, as a file holds it, as the setting. Raises one of `NOT_CONVERTED`."""
        return msgspec.convert(value, self.hint)

    def parsed(self, texts: tuple[str, ...]) -> Any:
        """Return what a person wrote as the setting. Raises `BadSetting`."""
        if self.is_own:
            raise BadSetting(_("Panecast itself keeps “{key}” up to date; it cannot be set.").format(key=self.key))
        value: object = texts[0] if len(texts) == 1 else " ".join(texts)
        match self.kind:
            case inspect.VarTupleType():
                value = [text for text in texts if text]
            case inspect.IntType():
                value = int(texts[0]) if len(texts) == 1 and texts[0].isdecimal() and len(texts[0]) < 10 else value
            case inspect.BoolType():
                value = {"true": True, "false": False}.get(" ".join(texts), value)
        try:
            return self.converted(value)
        except NOT_CONVERTED:
            words = _("“{key}” cannot be {value}. It is {allowed}.")
            raise BadSetting(words.format(key=self.key, value=shown(value), allowed=self.allowed)) from None


def declarations(struct: type[msgspec.Struct]) -> Mapping[str, Declaration]:
    """Return what ``struct`` declares, by key."""
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)
    hints = {field.name: field.type for field in msgspec.structs.fields(struct)}
    return MappingProxyType({field.name: _declaration(field, hints[field.name]) for field in described.fields})


def _declaration(field: inspect.Field, hint: Any) -> Declaration:
    kind, sentence = field.type, ""
    extra: dict[str, Any] = {}
    while isinstance(kind, inspect.Metadata):
        sentence = (kind.extra_json_schema or {}).get("description", sentence)
        extra |= kind.extra or {}
        kind = kind.type
    restart = extra.pop("restart", False)
    default = () if field.default is msgspec.NODEFAULT else field.default
    return Declaration(field.name, kind, hint, default, sentence, needs_restart=restart, **extra)


def declared(key: str, known: Mapping[str, Declaration]) -> Declaration:
    """Return the setting that is called ``key``. Raises `BadSetting`, with the one that may be meant."""
    if key in known:
        return known[key]
    near = get_close_matches(key, known, 1)
    words = _("There is no setting “{key}”. Did you mean “{near}”? All of them: panecast config list")
    none = _("There is no setting “{key}”. All of them: panecast config list")
    raise BadSetting(words.format(key=key, near=near[0]) if near else none.format(key=key))


def shown(value: object) -> str:
    """Return a value as a settings file writes it, shortened."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = msgspec.json.encode(value.encode("utf-8", "replace").decode()).decode()
        case list() | tuple():
            text = f"[{', '.join(map(shown, value[:20]))}]"
        case int() if abs(value) > 10**50:
            text = _("so large a number")
        case dict() | msgspec.Struct():
            text = "{…}"
        case _:
            text = str(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def listed(names: list[str]) -> str:
    """Return names of settings as people list them."""
    *front, last = (f"“{name}”" for name in names)
    return _("{names} and {last}").format(names=", ".join(front), last=last) if front else last
