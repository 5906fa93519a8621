"""By which name a request calls this server, and from which page it comes. Pure: no socket and no credential in sight.

A browser on this computer can be made to ask anything by any website, so a request without a credential counts as the
owner's only by a name that no website can have, and from no page but our own.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from capture.reason import Reason
from resources.translate import N_, _
from server import reasons
from server.access.request import AccessRequest

Scheme = Literal["http", "https"]
PLAIN_PORTS: dict[Scheme, int] = {"http": 80, "https": 443}
"""Those that browsers leave out of Host."""
LOOPBACK_NAMES = frozenset({"localhost", "localhost.", "ip6-localhost", "ip6-loopback"})
"""Names that systems give to loopback themselves; none of them can be had in a network."""
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::([1-9][0-9]{0,4}))?")
ORIGIN = re.compile(r"https?://([^\s;,'\"/@?#]+)")
FOREIGN_SITES = frozenset({"cross-site", "same-site"})
"""Words by which browsers mark requests of other people's pages. Another port of this computer is another page too."""
TAKING = ("/snapshot/", "/mjpeg/")
"""Addresses at which asking has a picture taken."""

NULL_ORIGIN = N_(
    "null is what every sandboxed frame of every website calls itself, so it is not allowed. "
    "Open the page from a small web server instead, for example with: python3 -m http.server 8000, "
    "and allow http://localhost:8000."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody does not get in: an HTTP status and the reason."""

    status: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class OriginPolicy:
    """The names this server answers to. Loopback names always count, with any port: a tunnel may end at another one.

    Attributes:
        port: where it listens; 0 while it does not, and then nobody is answered.
        hosts: what else it goes by, each as it stands in a Host header, with the port.
        names: what it goes by with whatever port, such as the name of a proxy in front of it.
        origins: other people's pages that the owner allowed.
        scheme: by which our own pages come.
    """

    port: int = 0
    hosts: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    scheme: Scheme = "http"

    @property
    def embedders(self) -> str:
        """Return who may show a picture in a frame, as a Content-Security-Policy lists it."""
        return " ".join(["'self'", *sorted(filter(ORIGIN.fullmatch, self.origins))])

    def refuses(self, access_request: AccessRequest) -> Refusal | None:
        """Return why a request is refused whatever it shows, None if it is not."""
        return self._wrong_host(access_request) or self._foreign_page(access_request)

    def allows_foreign(self, origin: str | None) -> bool:
        """Tell whether ``origin`` is another's page that the owner allowed."""
        return origin is not None and origin in self.origins

    def knows_host(self, host: str) -> bool:
        """Tell whether a Host header, in lower case, calls this server."""
        if not self.port:
            return False
        return is_loopback_host(host) or host in self.hosts or _split(host)[0] in self.names

    def is_foreign(self, access_request: AccessRequest) -> bool:
        """Tell whether a request comes from another's page that the owner allowed."""
        return any(map(self.allows_foreign, access_request.headers.get("origin", ())))

    @staticmethod
    def is_by_loopback(access_request: AccessRequest) -> bool:
        """Tell whether a request calls this computer by a name of its loopback.

        By any other it may be made by somebody else's page: in a network, anybody can answer to ``NAME.local``.
        """
        return is_loopback_host(_first(access_request, "host", "").lower())

    def _wrong_host(self, access_request: AccessRequest) -> Refusal | None:
        hosts = access_request.headers.get("host", ())
        # A page that got a name of its own to resolve to this computer still sends that name (DNS rebinding).
        if len(hosts) == 1 and self.knows_host(hosts[0].lower()):
            return None
        if not hosts and access_request.is_old and self.port:
            return None  # HTTP/1.0 knows no Host, and no browser speaks it; it needs a credential in any case
        place = f"{self.scheme}://localhost:{self.port or 8080}"
        return Refusal(421, reasons.WRONG_NAME.of(address=place))

    def _foreign_page(self, access_request: AccessRequest) -> Refusal | None:
        refusal = Refusal(403, reasons.FOREIGN_PAGE)
        origins = access_request.headers.get("origin", ())
        if origins:
            # Compared byte by byte, as browsers send it: no prefix, no suffix, no other name or port of ours counts.
            return None if len(origins) == 1 and origins[0] in self._own(access_request) | self.origins else refusal
        # Without Origin: programs, typed addresses, links, and what a foreign page embeds. The last are told apart by
        # what browsers say of themselves.
        if _first(access_request, "sec-fetch-site", "none") not in FOREIGN_SITES:
            return None
        if (
            _first(access_request, "sec-fetch-mode", "navigate"),
            _first(access_request, "sec-fetch-dest", "document"),
        ) == (
            "navigate",
            "document",
        ):
            # A link in another page. It may open our pages; how long a picture takes is nothing for its opener to know.
            return refusal if access_request.path.startswith(TAKING) else None
        # In a frame. Origin is not sent with these; Referer is, and no page can send another's.
        parts = urlsplit(_first(access_request, "referer", ""))
        return None if self.allows_foreign(f"{parts.scheme}://{parts.netloc}") else refusal

    def _own(self, access_request: AccessRequest) -> frozenset[str]:
        """Return the origins of our own pages at the name by which the request calls us."""
        host = _first(access_request, "host", "").lower()
        # A proxy in front may speak HTTPS for us.
        schemes = ("http", "https") if _split(host)[0] in self.names else (self.scheme,)
        return frozenset(f"{scheme}://{host}" for scheme in schemes)


def is_loopback_host(host: str) -> bool:
    """Tell whether a Host header, in lower case, names this computer's loopback, with whatever port."""
    name = _split(host)[0]
    if name in LOOPBACK_NAMES or name == "[::1]":
        return True
    try:
        return ipaddress.IPv4Address(name).is_loopback
    except ValueError:
        return False


def host_names(names: Sequence[str], port: int, scheme: Scheme = "http") -> frozenset[str]:
    """Return how ``names`` may stand in a Host header for ``port``; IPv6 addresses get their brackets."""
    found = set()
    for name in names:
        shown = f"[{name}]" if ":" in name else name.lower()
        found.add(f"{shown}:{port}")
        if port == PLAIN_PORTS[scheme]:
            found.add(shown)
    return frozenset(found)


def parse_origin(text: str) -> str:
    """Return ``text`` as an origin of other people's pages that may be allowed.

    Raises:
        ValueError: it is none, or one that stands for everybody; the message says what is right.
    """
    if text.strip().lower() == "null":
        raise ValueError(_(NULL_ORIGIN))
    origin = text.strip().removesuffix("/").lower()
    found = ORIGIN.fullmatch(origin)
    if found is None or not _split(found[1])[0]:
        raise ValueError(
            _("“{text}” is no origin of a website. It looks like http://localhost:3000, without a path.").format(
                text=text
            )
        )
    return origin


def parse_name(text: str) -> str:
    """Return ``text`` as a name that the server goes by, in lower case and as Host has it, without a port.

    Raises:
        ValueError: it is none; the message says what is right.
    """
    try:
        # Names with other letters than these have them spelled out on the wire (RFC 5891).
        name, port = _split(text.strip().lower().encode("idna").decode("ascii"))
    except UnicodeError:
        name, port = "", ""
    if not name or port:
        raise ValueError(
            _("“{text}” is no name of a computer. It looks like screen.example.org, without a port.").format(text=text)
        )
    return name


def _split(host: str) -> tuple[str, str]:
    """Return name and port, empty without, of a Host header in lower case; two empty strings for what is none."""
    found = HOST.fullmatch(host)
    if found is None or (found[2] and int(found[2]) > 0xFFFF):
        return "", ""
    return found[1], found[2] or ""


def _first(access_request: AccessRequest, header: str, missing: str) -> str:
    return next(iter(access_request.headers.get(header, ())), missing)
