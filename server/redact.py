"""Text without anything in it that could be a secret: it goes into logs, which are read and passed on."""

from __future__ import annotations

import re

from capture.source import clean_text

SECRET_LIKE = re.compile(r"[A-Za-z0-9_-]{22,}|(?<!\d)\d{6}(?!\d)")
"""Text that could be a token, a cookie's secret or a PIN: a window's title may hold the very link that opens it."""
QUERY = re.compile(r"\?[^\s'\"<>]+")
"""What stands behind an address: it may hold the same."""


def redacted(text: str) -> str:
    """Return ``text`` as one line in which nothing is left that could be a secret."""
    # In this order: what is cut off in the middle would not be known as one any more.
    return clean_text(SECRET_LIKE.sub("…", text))
