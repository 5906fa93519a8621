"""What the home page says of the newest version: asked at one address, checked, and nothing of it is carried out."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from pathlib import Path
from typing import Annotated

import aiohttp
import msgspec

from resources import HOMEPAGE

ADDRESS = f"{HOMEPAGE}/latest.json"
"""The one address that is asked."""
TIMEOUT_SECONDS = 10.0
MOST_BYTES = 64 * 1024
AUTHORITIES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where Linux systems have the authorities that they trust, for a frozen program whose OpenSSL looks elsewhere."""


class Release(msgspec.Struct, frozen=True):
    """The newest version there is.

    Attributes:
        version: three numbers, ``1.2.3``.
        notes: what is new, as plain text.
        link: the page about it.
    """

    version: Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}\.\d{1,4}\.\d{1,4}$")]
    link: Annotated[str, msgspec.Meta(pattern=r"^https://[^\s\x00-\x1f\"<>]+$", max_length=500)]
    notes: Annotated[str, msgspec.Meta(max_length=8000)] = ""


class NoAnswer(Exception):
    """It could not be found out; the message says why, for the log."""


def is_newer(version: str, own: str) -> bool:
    """Tell whether ``version`` comes after ``own``; a release comes after its own development versions."""
    numbers = [tuple(map(int, re.findall(r"\d+", each)[:3])) for each in (version, own)]
    is_release = re.fullmatch(r"[\d.]+", own) is not None
    return numbers[0] > numbers[1] or (numbers[0] == numbers[1] and not is_release)


async def newest(address: str) -> Release:
    """Return what ``address`` says of the newest version.

    Raises:
        NoAnswer: no network, no answer in time, or one that cannot be meant.
    """
    try:
        context = await asyncio.get_running_loop().run_in_executor(None, _trusted) if "https:" in address else False
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            # No version, no system: nobody is to be counted. A proxy that is set for the system is used.
            aiohttp.ClientSession(
                headers={"User-Agent": "Panecast"},
                connector=aiohttp.TCPConnector(ssl=context),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=True,
            ) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise NoAnswer(f"the answer is {answer.status}")
            content = b""
            async for part in answer.content.iter_chunked(8192):
                content += part
                if len(content) > MOST_BYTES:
                    raise NoAnswer("the answer is too long")
        return msgspec.json.decode(content, type=Release)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise NoAnswer(f"no answer ({type(error).__name__})") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NoAnswer(f"the answer cannot be read: {error}") from error


def _trusted() -> ssl.SSLContext:
    context = ssl.create_default_context()
    for file in map(Path, AUTHORITIES):
        if not context.cert_store_stats()["x509_ca"] and file.is_file():
            with contextlib.suppress(OSError, ssl.SSLError):
                context.load_verify_locations(file)
    return context
