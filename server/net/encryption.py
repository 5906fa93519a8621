"""What HTTPS is spoken with: the certificate of this installation or files of the person's own, made ready aside."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from server.net.interfaces import own_addresses

if TYPE_CHECKING:
    from server.net.certificates import Certificate


@dataclass(frozen=True, slots=True)
class Encryption:
    """HTTPS, ready for `Server.start`."""

    certificate: Certificate
    context: ssl.SSLContext


async def prepared(folder: Path, chain_file: Path | None = None, key_file: Path | None = None) -> Encryption:
    """Return HTTPS with the certificate in ``folder``, made where needed, or with the given PEM files.

    Raises:
        CertificateError: the files cannot be used, or the folder cannot be written to.
    """
    return await asyncio.to_thread(_prepare, folder, chain_file, key_file)


def _prepare(folder: Path, chain_file: Path | None, key_file: Path | None) -> Encryption:
    # Here and not above: a library with OpenSSL and memory of its own comes along, for HTTPS alone.
    from server.net.certificates import certificate_from_files, own_certificate

    if chain_file is not None and key_file is not None:
        certificate = certificate_from_files(chain_file, key_file)
    else:
        certificate = own_certificate(folder, own_addresses(), socket.gethostname())
    return Encryption(certificate, certificate.context())
