"""Why something is as it is: a code with values for programs, a sentence for people in whichever language they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Union

from resources.translate import ENGLISH, language, speech

Value = Union[str, int, float, "Reason"]
NO_VALUES: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, not yet in any language. Those that there are stand in each package's ``reasons``.

    It is true unless it is `NOTHING`. As text it is English: so it is written to logs and sent over the wire.

    Attributes:
        code: names the sentence for programs, such as ``port_in_use``; never changed once it was sent to anybody.
        template: the sentence in English, a source of translations, with ``{name}`` for each value.
        values: what is put in; another reason is said in the same language.
        plural: the template for a value ``count`` other than 1, empty where nothing is counted.
    """

    code: str
    template: str = field(compare=False)
    values: Mapping[str, Value] = field(default_factory=lambda: NO_VALUES, hash=False)
    plural: str = field(default="", compare=False)

    def of(self, **values: Value) -> Reason:
        """Return the reason with these values."""
        return replace(self, values=MappingProxyType(values))

    def __bool__(self) -> bool:
        return bool(self.code)

    def __str__(self) -> str:
        return self.english

    @property
    def english(self) -> str:
        """Return the sentence in English: for the wire, for logs."""
        return self.words_in(ENGLISH)

    @property
    def words(self) -> str:
        """Return the sentence in the language that the program speaks: for a person at this computer."""
        return self.words_in(language())

    def words_in(self, tag: str) -> str:
        """Return the sentence in the language ``tag``: for a person who is somewhere else."""
        if not self.template:
            return ""
        _, ngettext = speech(tag)
        values = {name: each.words_in(tag) if isinstance(each, Reason) else each for name, each in self.values.items()}
        count = values.get("count", 0)
        is_counted = self.plural and isinstance(count, int)
        template = ngettext(self.template, self.plural, int(count)) if is_counted else _(self.template)
        return template.format(**values)

    @property
    def for_programs(self) -> dict[str, object]:
        """Return code and values as JSON has them: both empty where there is no reason."""
        values = {name: each.for_programs if isinstance(each, Reason) else each for name, each in self.values.items()}
        return {"code": self.code, "values": values}


class ReasonedError(Exception):
    """A fault that says in a ``reason`` what happened, and what can be done."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def message(self) -> str:
        """Return the reason in words for the person at this computer."""
        return self.reason.words


def counted_reason(code: str, template: str, plural: str) -> Reason:
    """Return a reason whose sentence depends on a value ``count``; `installer.catalogues` finds both forms here."""
    return Reason(code, template, plural=plural)


NOTHING = Reason("", "")
"""No reason: everything is as it should be."""
