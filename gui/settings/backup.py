"""All that Panecast keeps, settings, links, devices and the key for HTTPS, in one file under a password.

The first line says what it is and its form; the second, JSON, how the key was made of the password (scrypt) and by
which nonce the rest is encrypted (AES-256-GCM), and is authenticated with it.

`cryptography` is imported where it is used, in a worker thread: it takes 40 ms, and the settings open without it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from gui.settings.restore import NAMES, OWN_FILE, SETTINGS
from gui.settings.text import parsed
from resources.translate import _
from server.access.store import MOST_BYTES as MOST_LINK_BYTES
from server.access.store import NAME as LINKS
from server.access.store import AccessState
from server.private_files import read_private

FORM = 1
FIRST = b"panecast-backup "
COST = 2**16
"""Of scrypt, with blocks of 8 × 128 bytes: 64 MB, and a fifth of a second on a machine of today."""
COSTS = tuple(2**power for power in range(14, 19))
MOST_BYTES = 48 * 1024 * 1024
SHORTEST = 8
"""Letters that a password has at least."""


class BadBackup(ValueError):
    """It cannot be restored; the message is a sentence for a person."""


def gathered(folder: Path) -> dict[str, bytes]:
    """Return what is kept in ``folder``, by name of file. Raises OSError."""
    found = {}
    for name in NAMES:
        path = folder / name
        if path.exists():
            found[name] = read_private(path.resolve(), MOST_LINK_BYTES)[0]
    return found


def sealed(files: Mapping[str, bytes], password: str, cost: int = COST) -> bytes:
    """Return ``files`` as a backup under ``password``. Takes a moment: call it in a worker thread."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    about = {"cost": cost, "salt": salt.hex(), "nonce": nonce.hex()}
    head = FIRST + f"{FORM}\n".encode() + json.dumps(about).encode() + b"\n"
    plain = json.dumps({name: base64.b64encode(content).decode() for name, content in files.items()}).encode()
    return head + AESGCM(_key(password, salt, cost)).encrypt(nonce, plain, head)


def opened(content: bytes, password: str) -> dict[str, bytes]:
    """Return the files in a backup, each looked at: all of them can be used here.

    Takes a moment: call it in a worker thread.

    Raises:
        BadBackup: it is none, or a newer one, or damaged, or the password is another.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from server.net.certificates import UNUSABLE

    first, _end, rest = content.partition(b"\n")
    second, _end, secret = rest.partition(b"\n")
    if not first.startswith(FIRST) or len(content) > MOST_BYTES:
        raise BadBackup(_("This file is not a backup of Panecast."))
    if first != FIRST + str(FORM).encode():
        raise BadBackup(_("This backup comes from a newer Panecast. Update Panecast, then restore it."))
    head = content[: len(first) + len(second) + 2]
    try:
        about = json.loads(second)
        cost, salt, nonce = about["cost"], bytes.fromhex(about["salt"]), bytes.fromhex(about["nonce"])
    except (ValueError, KeyError, TypeError, RecursionError):
        cost, salt, nonce = 0, b"", b""
    # What it takes to open it is said by a file that anybody may have written.
    if cost not in COSTS or len(nonce) != 12:
        raise BadBackup(_("This backup is damaged."))
    try:
        plain = AESGCM(_key(password, salt, cost)).decrypt(nonce, secret, head)
    except InvalidTag:
        raise BadBackup(_("The password is wrong, or the backup is damaged.")) from None
    try:
        packed = json.loads(plain)
        files = {name: base64.b64decode(packed[name], validate=True) for name in NAMES if name in packed}
        _look_at(files)
    except (binascii.Error, RecursionError, *UNUSABLE):
        raise BadBackup(_("This backup holds something that this version cannot use.")) from None
    return files


def _look_at(files: Mapping[str, bytes]) -> None:
    """Raise ValueError where one of ``files`` cannot be used."""
    if not files:
        raise ValueError("nothing is in it")
    if SETTINGS in files:
        parsed(files[SETTINGS])
    if LINKS in files:
        msgspec.json.decode(files[LINKS], type=AccessState)
    if OWN_FILE in files:
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization

        serialization.load_pem_private_key(files[OWN_FILE], None)
        x509.load_pem_x509_certificate(files[OWN_FILE])


def _key(password: str, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(password.encode())
