"""Numbers, times and lists as the language in use writes them. Pure.

What differs between languages stands in their catalogues, so that a translator sets it without a line of Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from resources.translate import _, is_mirrored, ngettext, pgettext

HOUR = 3600
THOUSAND = 1000


def number(value: float, digits: int = 0) -> str:
    """Return ``value`` with ``digits`` behind the decimal sign, and its thousands apart."""
    written = f"{value:,.{digits}f}"
    if written.strip("-0.,") == "":
        written = written.removeprefix("-")
    # Translators: the sign between thousands, as in 1,234
    thousands = pgettext("thousands sign", ",")
    # Translators: the sign before decimals, as in 1.5
    decimals = pgettext("decimal sign", ".")
    return written.translate({ord(","): thousands, ord("."): decimals})


def size(width: int, height: int) -> str:
    """Return a size in pixels.

    Where people read from the right, it would be told the wrong way round: there it stands by itself (LRI … PDI of
    https://unicode.org/reports/tr9/).
    """
    words = f"{width} × {height}"
    return f"\N{LEFT-TO-RIGHT ISOLATE}{words}\N{POP DIRECTIONAL ISOLATE}" if is_mirrored() else words


def percent(part: float) -> str:
    """Return a part of one in whole per cent."""
    return _("{number}%").format(number=number(100 * part))


def rate(bytes_per_second: float) -> str:
    """Return a data rate in the unit that suits it."""
    kilobytes = bytes_per_second / THOUSAND
    if kilobytes >= THOUSAND:
        return _("{number} MB/s").format(number=number(kilobytes / THOUSAND, 1))
    return _("{number} kB/s").format(number=number(kilobytes))


def clock(at: float) -> str:
    """Return a time (seconds since the epoch) as the hour and minute that it is here."""
    return _clock_pattern().format(at=_local(at))


def day(at: float) -> str:
    """Return a time (seconds since the epoch) as the day that it is here."""
    return _day_pattern().format(at=_local(at))


def moment(at: float) -> str:
    """Return a time (seconds since the epoch) as day, hour and minute here."""
    return f"{day(at)} {clock(at)}"


def moment_pattern() -> str:
    """Return how `moment` writes, as `time.strftime` has it."""
    return f"{_day_pattern()} {_clock_pattern()}".replace("{at:", "").replace("}", "")


def listed(names: Iterable[str]) -> str:
    """Return ``A, B and C``."""
    *front, last = names
    # Translators: the end of a list: A, B and C
    return _("{front} and {last}").format(front=_joined(front), last=last) if front else last


def either(names: Iterable[str]) -> str:
    """Return ``A, B or C``."""
    *front, last = names
    # Translators: the end of a list: A, B or C
    return _("{front} or {last}").format(front=_joined(front), last=last) if front else last


def and_more(names: Sequence[str], most: int) -> str:
    """Return the first ``most`` of ``names``, and how many more there are."""
    more = len(names) - most
    if more <= 0:
        return listed(names)
    words = ngettext("{names} and {count} more", "{names} and {count} more", more)
    return words.format(names=_joined(names[:most]), count=more)


def lasted(seconds: float) -> str:
    """Return a time in the largest unit that tells enough, as short as tables want it."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    if whole < HOUR:
        return _("{minutes} min").format(minutes=whole // 60)
    return _("{hours} h {minutes} min").format(hours=whole // HOUR, minutes=whole % HOUR // 60)


def lasting(minutes: int) -> str:
    """Return ``30 minutes``, ``1 hour``, ``2 hours``, ``1 hour 30 minutes``, as sentences have it."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("{count} hour", "{count} hours", hours).format(count=hours))
    if rest or not hours:
        parts.append(ngettext("{count} minute", "{count} minutes", rest).format(count=rest))
    return " ".join(parts)


def _joined(names: Sequence[str]) -> str:
    # Translators: between the entries of a list, with the space
    return pgettext("list", ", ").join(names)


def _day_pattern() -> str:
    # Translators: a day in digits; %Y is the year, %m the month, %d the day
    return _("{at:%Y-%m-%d}")


def _clock_pattern() -> str:
    # Translators: hour and minute; %H is 00 to 23, %I with %p is 01 to 12 with AM or PM
    return _("{at:%H:%M}")


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at).astimezone()
