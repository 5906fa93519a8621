"""Which sources were shared, in words that outlive handles, and how to find them again. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from capture.privacy.masks import Mask
from capture.source import Source
from gui.core.settings import REMEMBERED_LIMIT, MaskedSource, SavedSource


def remember(source: Source) -> SavedSource:
    """Return what identifies ``source`` after a restart: a window by program and title, a monitor by its output."""
    if source.kind == "window":
        return SavedSource(kind="window", app=source.app, title=source.title)
    if source.kind == "monitor":
        return SavedSource(kind="monitor", output=source.output)
    return SavedSource(kind=source.kind, id=source.id)


def added(known: tuple[SavedSource, ...], source: Source) -> tuple[SavedSource, ...]:
    """Return ``known`` with ``source`` as the newest."""
    return (*removed(known, source), remember(source))[-REMEMBERED_LIMIT:]


def removed(known: tuple[SavedSource, ...], source: Source) -> tuple[SavedSource, ...]:
    """Return ``known`` without ``source``."""
    entry = remember(source)
    return tuple(each for each in known if each != entry)


def found_again(known: Iterable[SavedSource], sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return the sources that ``known`` means; a window only when no other looks the same."""
    listed = tuple(sources)
    found = []
    for entry in known:
        alike = [source for source in listed if remember(source) == entry]
        if len(alike) == 1:
            found.append(alike[0])
    return tuple(found)


def with_masks(
    known: tuple[MaskedSource, ...], source: Source, masks: tuple[Mask, ...], formerly: SavedSource | None
) -> tuple[MaskedSource, ...]:
    """Return ``known`` with the masks that ``source`` has now; ``formerly`` it was called, when it got others."""
    entry = remember(source)
    left = tuple(each for each in known if each.source not in (entry, formerly, _by_number(source)))
    return (*left, MaskedSource(source=entry, masks=masks))[-REMEMBERED_LIMIT:] if masks else left


def masks_again(known: Iterable[MaskedSource], source: Source) -> tuple[Mask, ...]:
    """Return the masks of ``source`` in an earlier run; of several windows that look the same all have them."""
    kept = {each.source: each.masks for each in known}
    return kept.get(remember(source)) or kept.get(_by_number(source), ())


def _by_number(source: Source) -> SavedSource:
    """Return how monitors were kept once. Shares kept so mean nothing now; masks are laid where they may belong."""
    return SavedSource(kind=source.kind, id=source.id)
