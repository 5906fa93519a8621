"""Secrets that prove who somebody is: made at random, kept as a digest where possible, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable

RandomBytes = Callable[[int], bytes]
"""Returns so many unpredictable bytes; ``secrets.token_bytes`` but in tests."""

ID_BYTES = 8
LONGEST_ID = 64
LONGEST_SECRET = 256
"""Characters; a longer token is none of ours and is not even looked at."""


def random_word(random_bytes: RandomBytes, size: int) -> str:
    """Return ``size`` random bytes as characters that need no escaping in addresses, headers and cookies."""
    return base64.urlsafe_b64encode(random_bytes(size)).rstrip(b"=").decode("ascii")


def digest(secret: str) -> str:
    """Return what may be kept instead of a long random ``secret``: its SHA-256, in hexadecimal.

    No salt and no slow hash: nobody can try 128 random bits one by one.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(expected: str, given: str) -> bool:
    """Tell whether the two are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(expected.encode("utf-8", "surrogatepass"), given.encode("utf-8", "surrogatepass"))


def is_among(digests: Iterable[str], secret: str) -> bool:
    """Tell whether one of ``digests`` is that of ``secret``; all are compared, also after a hit."""
    if len(secret) > LONGEST_SECRET:
        return False
    given = digest(secret)
    return True in [same(kept, given) for kept in digests]
