"""Who gets in. Asked before anything else of every request; pure, no socket in sight.

Three questions in order: by which name were we called (Host), from whose page (Origin), with which
credential. The last has its place here; on this computer alone none is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Scheme = Literal["http", "https"]
PLAIN_PORTS: Mapping[Scheme, int] = {"http": 80, "https": 443}
"""Those that browsers leave out of Host."""
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s;,'\"/]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody does not get in: an HTTP status and a sentence."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What this server answers to.

    Attributes:
        hosts: names and addresses it goes by, each as it stands in a Host header, with the port.
        origins: other people's pages that the owner allowed; ``null`` stands for pages opened from a file.
        scheme: by which our own pages come.
    """

    hosts: frozenset[str]
    origins: frozenset[str] = frozenset()
    scheme: Scheme = "http"

    @property
    def embedders(self) -> str:
        """Return who may show a picture in a frame, as a Content-Security-Policy lists it.

        Pages opened from a file (``null``) have no name there.
        """
        return " ".join(["'self'", *sorted(origin for origin in self.origins if ORIGIN.fullmatch(origin))])

    def refuses(self, headers: Mapping[str, Sequence[str]]) -> Refusal | None:
        """Return why a request with these headers (names in lower case) is refused, None if it is not."""
        return self._wrong_host(headers.get("host", ())) or self._foreign_page(headers)

    def allows_foreign(self, origin: str | None) -> bool:
        """Tell whether ``origin`` is another's page that the owner allowed."""
        return origin is not None and origin in self.origins

    def _wrong_host(self, hosts: Sequence[str]) -> Refusal | None:
        # A page that got a name of its own to resolve to this computer still sends that name (DNS rebinding).
        if len(hosts) == 1 and hosts[0].lower() in self.hosts:
            return None
        return Refusal(
            421,
            "This computer does not go by that name. Open the address that Panecast shows, "
            "for example http://localhost:8080.",
        )

    def _foreign_page(self, headers: Mapping[str, Sequence[str]]) -> Refusal | None:
        refusal = Refusal(403, "Pages of other websites may not use this server; its owner can allow one by name.")
        origins = headers.get("origin", ())
        if origins:
            # Compared byte by byte, as browsers send it: no prefix, no suffix, no other port counts as ours.
            ours = len(origins) == 1 and origins[0] in {f"{self.scheme}://{host}" for host in self.hosts} | self.origins
            return None if ours else refusal
        # Without Origin: programs, typed addresses, links, and pictures that a foreign page embeds. The last are
        # told apart by what browsers say of themselves.
        site = headers.get("sec-fetch-site", ("none",))[0]
        mode = headers.get("sec-fetch-mode", ("navigate",))[0]
        return refusal if site in ("cross-site", "same-site") and mode != "navigate" else None


def host_names(names: Sequence[str], port: int, scheme: Scheme = "http") -> frozenset[str]:
    """Return how ``names`` may stand in a Host header for ``port``; IPv6 addresses get their brackets."""
    found = set()
    for name in names:
        shown = f"[{name}]" if ":" in name else name.lower()
        found.add(f"{shown}:{port}")
        if port == PLAIN_PORTS[scheme]:
            found.add(shown)
    return frozenset(found)
