"""Certificates: made, renewed, kept private; and files of the person's own, refused in words."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.errors import CertificateError
from server.net.certificates import OWN_FILE, Certificate, certificate_from_files, own_certificate

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LAN = "192.168.1.20"


def own(folder: Path, *addresses: str, now: dt.datetime = NOW, hostname: str = "workbench") -> Certificate:
    return own_certificate(folder, addresses, hostname, now)


def parsed(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.chain_file.read_bytes())


def signed(
    key: ec.EllipticCurvePrivateKey, begin: dt.datetime = NOW - DAY, end: dt.datetime = NOW + 90 * DAY
) -> x509.Certificate:
    """Return a certificate such as somebody else makes."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody else's")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(begin).not_valid_after(end)
    return builder.sign(key, hashes.SHA256())


def write(path: Path, *parts: x509.Certificate | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> Path:
    encoded = []
    for part in parts:
        if isinstance(part, x509.Certificate):
            encoded.append(part.public_bytes(serialization.Encoding.PEM))
        else:
            locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
            encoded.append(part.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    path.write_bytes(b"".join(encoded))
    return path


def test_it_is_good_for_every_name_and_address_of_this_computer(tmp_path: Path) -> None:
    certificate = own(tmp_path / "config", LAN, "fd00::2", "fe80::1%eth0")

    assert set(certificate.names) == {
        *("localhost", "workbench", "workbench.local"),
        *("127.0.0.1", "::1", LAN, "fd00::2", "fe80::1"),
    }


def test_it_is_valid_from_yesterday_for_397_days_and_for_servers_only(tmp_path: Path) -> None:
    certificate = parsed(own(tmp_path / "config"))
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    key = certificate.public_key()

    assert certificate.not_valid_before_utc == NOW - DAY
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == 397 * DAY
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not constraints.ca


@pytest.mark.parametrize("hostname", ["", "-dash", "name with blanks", "ümlaut", "a" * 64])
def test_a_name_that_is_none_is_left_out(tmp_path: Path, hostname: str) -> None:
    names = own(tmp_path / "config", hostname=hostname).names

    assert names == ("localhost", "127.0.0.1", "::1")


def test_the_key_is_the_owners_alone(tmp_path: Path) -> None:
    path = own(tmp_path / "config").key_file

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [found.name for found in path.parent.iterdir()] == [OWN_FILE]


@pytest.mark.parametrize(
    ("later", "addresses", "is_same"),
    [
        (0 * DAY, (LAN,), True),
        (0 * DAY, (), True),
        (366 * DAY, (LAN,), True),
        (367 * DAY, (LAN,), False),
        (-2 * DAY, (LAN,), False),
        (0 * DAY, (LAN, "10.0.0.7"), False),
    ],
)
def test_it_is_renewed_when_it_has_to_be(
    tmp_path: Path, later: dt.timedelta, addresses: tuple[str, ...], is_same: bool
) -> None:
    before = own(tmp_path / "config", LAN)
    after = own(tmp_path / "config", *addresses, now=NOW + later)

    assert (before.fingerprint == after.fingerprint) is is_same
    assert {LAN, *addresses} <= set(after.names)


def test_two_networks_in_turn_need_one_certificate(tmp_path: Path) -> None:
    own(tmp_path / "config", LAN)
    at_work = own(tmp_path / "config", "10.0.0.7")
    at_home = own(tmp_path / "config", LAN)

    assert at_work.fingerprint == at_home.fingerprint


def test_addresses_of_long_ago_are_let_go(tmp_path: Path) -> None:
    for number in range(40):
        certificate = own(tmp_path / "config", f"10.0.0.{number}")

    assert "10.0.0.39" in certificate.names
    assert len(certificate.names) == 24


def test_a_damaged_file_and_one_that_others_could_read_are_replaced(tmp_path: Path) -> None:
    first = own(tmp_path / "config")
    first.key_file.chmod(0o644)
    second = own(tmp_path / "config")
    content = second.key_file.read_bytes()
    second.key_file.write_bytes(content[: len(content) // 2])
    third = own(tmp_path / "config")
    write(third.key_file, ec.generate_private_key(ec.SECP256R1()), parsed(third))
    fourth = own(tmp_path / "config")

    assert len({first.fingerprint, second.fingerprint, third.fingerprint, fourth.fingerprint}) == 4
    assert stat.S_IMODE(fourth.key_file.stat().st_mode) == 0o600


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.pem"
    elsewhere.write_text("precious")
    (tmp_path / "config").mkdir(mode=0o700)
    (tmp_path / "config" / OWN_FILE).symlink_to(elsewhere)

    with pytest.raises(CertificateError, match=r"symbolic link.*Remove"):
        own(tmp_path / "config")
    assert elsewhere.read_text() == "precious"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")

    with pytest.raises(CertificateError, match="share without HTTPS"):
        own(tmp_path / "config")


def spoken(context: ssl.SSLContext, viewer: ssl.SSLContext) -> ssl.SSLSocket:
    """Return the viewer's end of a real TLS connection."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            context.wrap_socket(ours, server_side=True).close()
        except OSError:
            ours.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        return viewer.wrap_socket(theirs, server_hostname="workbench.local")
    except OSError:
        theirs.close()
        raise
    finally:
        thread.join()


def test_a_viewer_that_trusts_it_speaks_tls_by_name(tmp_path: Path) -> None:
    certificate = own_certificate(tmp_path / "config", [LAN], "workbench")
    viewer = ssl.create_default_context(cafile=str(certificate.chain_file))
    viewer.set_alpn_protocols(["h2", "http/1.1"])
    with spoken(certificate.context(), viewer) as connected:
        assert connected.version() == "TLSv1.3"
        assert connected.selected_alpn_protocol() == "http/1.1"
        der = connected.getpeercert(binary_form=True)
        assert der is not None

    assert x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex(":").upper() == certificate.fingerprint
    assert len(certificate.fingerprint) == 95


@pytest.mark.parametrize(
    ("ciphers", "is_spoken"),
    [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", True),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", True),
        ("ECDHE-ECDSA-AES128-SHA256", False),
        ("ECDHE-ECDSA-AES256-SHA", False),
    ],
)
def test_tls_1_2_is_spoken_with_aead_only(tmp_path: Path, ciphers: str, is_spoken: bool) -> None:
    certificate = own_certificate(tmp_path / "config", [], "workbench")
    viewer = ssl.create_default_context(cafile=str(certificate.chain_file))
    viewer.maximum_version = ssl.TLSVersion.TLSv1_2
    viewer.set_ciphers(ciphers)

    if is_spoken:
        with spoken(certificate.context(), viewer) as connected:
            assert connected.version() == "TLSv1.2"
            assert connected.compression() is None
    else:
        with pytest.raises(OSError):  # noqa: PT011  whichever end notices first
            spoken(certificate.context(), viewer)


def test_older_tls_is_not_spoken(tmp_path: Path) -> None:
    certificate = own_certificate(tmp_path / "config", [], "workbench")
    context = certificate.context()

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.options & ssl.OP_NO_RENEGOTIATION
    assert context.options & ssl.OP_NO_COMPRESSION


# Files of the person's own.


def test_a_chain_and_its_key_are_taken_through_symbolic_links_too(tmp_path: Path) -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "live").symlink_to(tmp_path)
    write(tmp_path / "chain.pem", signed(key), signed(other))
    write(tmp_path / "key.pem", key)
    found = certificate_from_files(tmp_path / "live" / "chain.pem", tmp_path / "live" / "key.pem", NOW)

    assert found.fingerprint == signed_fingerprint(tmp_path / "chain.pem")
    assert not found.is_own
    assert found.not_after == NOW + 90 * DAY
    assert found.context().get_ciphers()


def signed_fingerprint(path: Path) -> str:
    return x509.load_pem_x509_certificates(path.read_bytes())[0].fingerprint(hashes.SHA256()).hex(":").upper()


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    write(tmp_path / "key.pem", key)

    with pytest.raises(CertificateError, match=r"does not belong.*was made with"):
        certificate_from_files(write(tmp_path / "chain.pem", signed(other)), tmp_path / "key.pem", NOW)
    with pytest.raises(CertificateError, match="put it first"):
        certificate_from_files(write(tmp_path / "chain.pem", signed(other), signed(key)), tmp_path / "key.pem", NOW)


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [(NOW - 90 * DAY, NOW - DAY, "expired on 2026-11-23"), (NOW + DAY, NOW + 90 * DAY, "clock is right")],
)
def test_a_certificate_that_is_not_valid_now_is_refused(
    tmp_path: Path, begin: dt.datetime, end: dt.datetime, words: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    write(tmp_path / "chain.pem", signed(key, begin, end))

    with pytest.raises(CertificateError, match=words):
        certificate_from_files(tmp_path / "chain.pem", write(tmp_path / "key.pem", key), NOW)


def test_files_that_cannot_be_read_are_told_apart(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    chain = write(tmp_path / "chain.pem", signed(key))
    good = write(tmp_path / "key.pem", key)
    locked = write(tmp_path / "locked.pem", key, password=b"secret")
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    huge = tmp_path / "huge.pem"
    huge.write_bytes(bytes(300_000))
    tries = {
        (tmp_path / "none.pem", good): "certificate file .*none.pem cannot be read: No such file",
        (tmp_path, good): "cannot be read: .* is not a plain file",
        (rubbish, good): "no certificate in rubbish.pem.*PEM",
        (good, good): "no certificate in key.pem",
        (huge, good): "too large",
        (chain, tmp_path / "none.pem"): "key file .*none.pem cannot be read",
        (chain, chain): "no key in chain.pem.*PEM",
        (chain, locked): "protected by a password",
    }
    for (chain_file, key_file), words in tries.items():
        with pytest.raises(CertificateError, match=words):
            certificate_from_files(chain_file, key_file, NOW)


def test_files_that_vanish_before_they_are_used_are_told(tmp_path: Path) -> None:
    certificate = own(tmp_path / "config")
    certificate.chain_file.unlink()

    with pytest.raises(CertificateError, match=r"https\.pem: No such file.*Choose other files"):
        certificate.context()
