"""A request as it shows itself: who asks, with which program, with which credentials. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server import reasons
from server.errors import ServerError
from server.net.peers import Peer

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


class Contradiction(ServerError):
    """The request shows two credentials, or one that cannot be read."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request, before anything is done for it.

    Attributes:
        address: of the other end of the socket, None where the system does not tell.
        method: in capitals.
        path: decoded, without the query.
        headers: by name in lower case, every value that came; may hold secrets, as may ``query``.
        query: by name, every value that came.
        is_old: it is HTTP/1.0. No browser speaks that, many proxies do.
    """

    address: str | None
    method: str
    path: str
    headers: Mapping[str, Sequence[str]] = field(repr=False)
    query: Mapping[str, Sequence[str]] = field(repr=False)
    is_old: bool = False

    @property
    def peer(self) -> Peer:
        """Return whom it comes from."""
        return Peer.of(self.address, self.headers, is_old=self.is_old)

    @property
    def browser(self) -> str:
        """Return the browser or program as it calls itself, in two or three words."""
        return browser_name(next(iter(self.headers.get("user-agent", ())), ""))

    def cookies(self, name: str) -> tuple[str, ...]:
        """Return every value of the cookie ``name``."""
        pairs = [pair.partition("=") for line in self.headers.get("cookie", ()) for pair in line.split(";")]
        return tuple(value.strip() for key, _, value in pairs if key.strip() == name)

    def token(self) -> str | None:
        """Return the link's token that is shown with the request, None without one.

        Raises:
            Contradiction: there are two, or an Authorization of another kind.
        """
        shown = [*self.query.get("token", ()), *map(_bearer, self.headers.get("authorization", ()))]
        if len(shown) > 1:
            raise Contradiction(reasons.TOKEN_TWICE)
        return shown[0] if shown and shown[0] else None


def browser_name(agent: str) -> str:
    """Return what a person calls the program with that User-Agent, empty where it does not say so in plain letters.

    There are letters that nobody sees (U+2800, U+3164) and some that look like others; programs need none of them.
    """
    if not (agent.isascii() and agent.isprintable()):
        return ""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    if not browser:
        words = [word for word in agent.replace("/", " ").split() if word[0].isalnum()]
        return words[0] if words else ""
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser}, {system}" if system else browser


def _bearer(value: str) -> str:
    kind, _, token = value.strip().partition(" ")
    if kind.lower() != "bearer":
        raise Contradiction(reasons.TOKEN_UNCLEAR)
    return token.strip()
