"""Somebody in the network, with a browser's cookies and an address of their own."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import websockets
from yarl import URL

from tests.helpers.lan import HOME, Lan


class Visitor:
    """Somebody on another computer, with a browser that keeps cookies."""

    def __init__(self, lan: Lan, address: str, port: int) -> None:
        self._lan, self._address, self.port = lan, address, port
        self.base = f"http://{HOME}:{port}"
        jar = aiohttp.CookieJar(unsafe=True)
        self.http = aiohttp.ClientSession(connector=_Connector(lan, address, port), cookie_jar=jar)

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.http.get(self.base + path, headers=headers) as answer:
            body = await answer.read()
            return answer.status, json.loads(body) if answer.content_type == "application/json" else body

    async def enter(self, **shown: str) -> tuple[int, Any]:
        async with self.http.post(f"{self.base}/api/enter", json=shown) as answer:
            return answer.status, await answer.json() if answer.status != 204 else answer.headers.get("Set-Cookie", "")

    def watch(self, path: str, **how: Any) -> websockets.connect:
        """Return a connection to a stream, with the cookies that there are."""
        cookies = self.http.cookie_jar.filter_cookies(URL(self.base))
        headers = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())} if cookies else {}
        return websockets.connect(
            f"ws://{HOME}:{self.port}{path}",
            sock=self._lan.connect(self._address, self.port),
            additional_headers=headers,
            max_size=None,
            compression=None,
            **how,
        )


class _Connector(aiohttp.TCPConnector):
    """Connects from an address inside the network."""

    def __init__(self, lan: Lan, address: str, port: int) -> None:
        super().__init__(socket_factory=self._make, local_addr=(address, 0), force_close=True)
        self._lan = lan

    def _make(self, address_info: Any) -> Any:
        import socket

        with self._lan.inside():
            return socket.socket(*address_info[:3])
