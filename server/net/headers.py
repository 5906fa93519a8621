"""Headers that every answer has: who made it, and what browsers may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_LOADS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    # A page without a decoder of its own plays video from a film that it makes itself.
    "media-src blob:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none';"
)


def content_policy(embedders: str = "'none'") -> str:
    """Return what the page may load, and who may show it in a frame: ``'none'``, or a list of origins."""
    return f"{_LOADS} frame-ancestors {embedders}"


SERVER_NAME = "Panecast"
"""What answers say of who made them: no versions, which would tell what is open to attack."""

SAFETY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": content_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
)
