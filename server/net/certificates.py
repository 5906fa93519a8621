"""Certificates for HTTPS: one of this installation, made here and renewed, or files of the person's own.

Everything here reads or writes files, and making a key takes a moment: call it in a worker thread.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from capture.reason import Reason
from resources.translate import _
from server import reasons
from server.errors import CertificateError
from server.private_files import NotAFile, NotPrivate, open_plain, put_aside, read_private, replace_private

OWN_FILE = "https.pem"
"""Key and certificate in one file, so that they are replaced together."""
VALID_DAYS = 397
"""Browsers refuse what is valid for longer than 398 days."""
RENEW_DAYS = 30
MOST_ADDRESSES = 24
LARGEST_FILE = 256 * 1024
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: only with forward secrecy, and only AEAD. TLS 1.3 has nothing else."""
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LOOPBACK = ("127.0.0.1", "::1")
UNUSABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What reading keys and certificates that are damaged raises; most of it comes only when a part is asked for."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What HTTPS is spoken with.

    Attributes:
        chain_file, key_file: where the certificates and the key are, PEM; may be the same file.
        fingerprint: SHA-256 of the certificate, as ``AA:BB:…``, as browsers show it.
        names: DNS names and addresses it is good for.
        not_after: when it expires, in UTC.
        is_own: it was made here; browsers do not know who vouches for it.
        problem: why the one before it is not used, as a sentence; empty for none.
    """

    chain_file: Path
    key_file: Path
    fingerprint: str
    names: tuple[str, ...]
    not_after: dt.datetime
    is_own: bool
    problem: str = ""

    def context(self) -> ssl.SSLContext:
        """Return what a server speaks TLS with: 1.2 at least, AEAD only, no compression, no renegotiation.

        Raises:
            CertificateError: the files cannot be used, or not any more.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
        context.set_alpn_protocols(["http/1.1"])
        try:
            # Without a password: OpenSSL would ask for one on the terminal.
            context.load_cert_chain(self.chain_file, self.key_file, password="")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise CertificateError(
                reasons.CERTIFICATE_UNUSABLE.of(file=self.chain_file.name, problem=_reason(error))
            ) from error
        return context


def own_certificate(
    folder: Path, addresses: Iterable[str], hostname: str, now: dt.datetime | None = None
) -> Certificate:
    """Return this installation's certificate for ``addresses`` of this computer and its name; make it where needed.

    A new one is made when there is none that can be read, fewer than 30 days are left, or an address or the name is
    not in it. Addresses of the one before stay in it: who carries a computer between two networks meets one
    certificate and not two in turn.

    Raises:
        CertificateError: the file in ``folder`` is not to be trusted, or cannot be written.
    """
    now = dt.datetime.now(dt.UTC) if now is None else now
    path = folder / OWN_FILE
    wanted = _wanted_names(addresses, hostname)
    try:
        found, problem = _found(path)
        if found is not None and _is_good(found, wanted, now):
            return _described(found, path, path, is_own=True)
        earlier = () if found is None else _names(found)
        names = _joined(wanted, earlier)
        key = ec.generate_private_key(ec.SECP256R1())
        made = _self_signed(key, names, now)
        replace_private(path, _key_pem(key) + made.public_bytes(serialization.Encoding.PEM))
    except NotPrivate as error:
        raise CertificateError(reasons.CERTIFICATE_NOT_PRIVATE.of(path=str(path), problem=str(error))) from error
    except OSError as error:
        raise CertificateError(
            reasons.CERTIFICATE_NOT_KEPT.of(path=str(path), problem=error.strerror or str(error))
        ) from error
    return replace(_described(made, path, path, is_own=True), problem=problem)


def certificate_from_files(chain_file: Path, key_file: Path, now: dt.datetime | None = None) -> Certificate:
    """Return the certificate in files of the person's own: a PEM chain, its own certificate first, and a PEM key.

    Raises:
        CertificateError: they cannot be read, do not belong together, or are not valid now.
    """
    now = dt.datetime.now(dt.UTC) if now is None else now
    chain = _chain(chain_file)
    key = _key(key_file)
    try:
        public = _public(key.public_key())
        belongs = [_public(each.public_key()) == public for each in chain]
        described = _described(chain[0], chain_file, key_file, is_own=False)
        begins, ends = chain[0].not_valid_before_utc, chain[0].not_valid_after_utc
    except UNUSABLE as error:
        raise CertificateError(reasons.CERTIFICATE_DAMAGED.of(file=chain_file.name)) from error
    if not belongs[0]:
        hint = reasons.CERTIFICATE_HINT_KEY
        if any(belongs):
            hint = reasons.CERTIFICATE_HINT_ORDER
        raise CertificateError(reasons.CERTIFICATE_OF_OTHER_KEY.of(key=key_file.name, file=chain_file.name, hint=hint))
    if ends <= now:
        raise CertificateError(reasons.CERTIFICATE_EXPIRED.of(file=chain_file.name, date=f"{ends:%Y-%m-%d}"))
    if begins > now:
        raise CertificateError(reasons.CERTIFICATE_EARLY.of(file=chain_file.name, date=f"{begins:%Y-%m-%d}"))
    return described


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return its SHA-256 as ``AA:BB:…``."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


# Our own.


def _wanted_names(addresses: Iterable[str], hostname: str) -> tuple[str, ...]:
    names = ["localhost"]
    host = hostname.lower().rstrip(".")
    if host and all(LABEL.fullmatch(label) for label in host.split(".")):
        names.append(host)
        if "." not in host:
            names.append(f"{host}.local")
    # Link-local ones come with the name of an interface, which no certificate has.
    names += [str(ipaddress.ip_address(address.partition("%")[0])) for address in (*LOOPBACK, *addresses)]
    return tuple(dict.fromkeys(names))


def _joined(wanted: tuple[str, ...], earlier: Sequence[str]) -> tuple[str, ...]:
    """Return ``wanted`` and as many of the earlier addresses as there is room for."""
    old = [name for name in earlier if _address(name) is not None and name not in wanted]
    return wanted + tuple(old[: max(0, MOST_ADDRESSES - len(wanted))])


def _self_signed(key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: dt.datetime) -> x509.Certificate:
    # A day back, for viewers whose clock is slow.
    begin = now - dt.timedelta(days=1)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Panecast")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _found(path: Path) -> tuple[x509.Certificate | None, str]:
    """Return the certificate in our file, None where none can be used, and what was wrong with it.

    What is damaged is kept beside. Raises OSError where it cannot be read, or not be put aside.
    """
    try:
        content, was_open = read_private(path, LARGEST_FILE)
        if was_open:
            words = _("Others on this computer could read the key of HTTPS until now, so there is a new certificate.")
            return None, words
        return _own(content), ""
    except FileNotFoundError:
        return None, ""
    except (NotAFile, ValueError) as error:
        aside = put_aside(path)
        words = _(
            "The certificate of this installation could not be used ({problem}) and is kept as {file}. "
            "There is a new one, of which browsers will warn once more."
        )
        return None, words.format(problem=error, file=aside.name)


def _own(content: bytes) -> x509.Certificate:
    """Return the certificate that stands there together with its key. Raises ValueError where that cannot be used."""
    try:
        key = serialization.load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificate(content)
        _described(certificate, Path(), Path(), is_own=True)
        belongs = _public(key.public_key()) == _public(certificate.public_key())
        certificate.verify_directly_issued_by(certificate)
    except (*UNUSABLE, InvalidSignature) as error:
        raise ValueError(_("it is damaged")) from error
    if not belongs:
        raise ValueError(_("its key is another one's"))
    return certificate


def _is_good(found: x509.Certificate, wanted: tuple[str, ...], now: dt.datetime) -> bool:
    return (
        found.not_valid_before_utc <= now
        and found.not_valid_after_utc - now >= dt.timedelta(days=RENEW_DAYS)
        and set(wanted) <= set(_names(found))
    )


# What every certificate has.


def _described(certificate: x509.Certificate, chain_file: Path, key_file: Path, *, is_own: bool) -> Certificate:
    return Certificate(
        chain_file,
        key_file,
        fingerprint_of(certificate),
        _names(certificate),
        certificate.not_valid_after_utc,
        is_own,
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress)))


def _general_name(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _public(key: object) -> bytes:
    """Return a public key's bytes, to compare."""
    assert hasattr(key, "public_bytes")
    found = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert isinstance(found, bytes)
    return found


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


# The person's own.


def _chain(path: Path) -> list[x509.Certificate]:
    content = _content(path, reasons.CERTIFICATE_UNREADABLE, reasons.CERTIFICATE_TOO_LARGE)
    try:
        return x509.load_pem_x509_certificates(content)
    except UNUSABLE as error:
        raise CertificateError(reasons.CERTIFICATE_NOT_FOUND.of(file=path.name)) from error


def _key(path: Path) -> PrivateKeyTypes:
    content = _content(path, reasons.KEY_UNREADABLE, reasons.KEY_TOO_LARGE)
    try:
        return serialization.load_pem_private_key(content, password=None)
    except TypeError as error:
        raise CertificateError(reasons.KEY_LOCKED.of(file=path.name)) from error
    except UNUSABLE as error:
        raise CertificateError(reasons.KEY_NOT_FOUND.of(file=path.name)) from error


def _content(path: Path, unreadable: Reason, too_large: Reason) -> bytes:
    try:
        # Not bound to be a private file: tools that fetch certificates keep them behind symbolic links.
        with open_plain(path, follow=True) as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise CertificateError(unreadable.of(path=str(path), problem=_reason(error))) from error
    if len(content) > LARGEST_FILE:
        raise CertificateError(too_large.of(path=str(path)))
    return content


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or _("OpenSSL refuses it")).replace("_", " ").lower()
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
