"""Puts what a run has found into the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.growth.curves import Curve
from tests.benchmarks.growth.drawing import drawn

DOCUMENTS = Path(__file__).parents[2] / "docs"
DOCUMENT, PICTURE = DOCUMENTS / "benchmarks.md", DOCUMENTS / "pictures" / "growth.svg"
BEGIN, END = "<!-- made by python -m tests.benchmarks --write -->", "<!-- end of what is made -->"


def write(report: str, curves: Sequence[Curve]) -> None:
    """Put a report in the place of the one before, and draw the curves."""
    shown = f"![CPU by number of pixels, sources and viewers, with exponents](pictures/{PICTURE.name})"
    text = replaced(DOCUMENT.read_text(encoding="utf-8"), f"{report}\n\n{shown}")
    DOCUMENT.write_text(text, encoding="utf-8")
    PICTURE.write_text(drawn(curves), encoding="utf-8")


def replaced(document: str, report: str) -> str:
    """Return a document with ``report`` between its marks.

    Raises:
        ValueError: it has no marks.
    """
    before, found, rest = document.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError("the document has no place for what is made")
    return f"{before}{BEGIN}\n\n{report}\n\n{END}{after}"
