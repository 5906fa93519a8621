"""Whether what is sent is encrypted, and with which certificate: the person's wish, and what came of it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from gui.controller import Controller
from server.certificates import Certificate
from server.encryption import prepared


class Encryption:
    """Makes HTTPS ready at each start of sharing, where it is wished for. Loop only.

    Attributes:
        certificate: what was used last; None before the first time.
    """

    def __init__(self, controller: Controller, folder: Path) -> None:
        """``folder`` is where the certificate of this installation is kept."""
        self.certificate: Certificate | None = None
        self._controller = controller
        self._folder = folder
        self._listeners: list[Callable[[], None]] = []
        controller.find_tls = self.find_tls
        controller.subscribe_settings(self._tell)

    @property
    def is_on(self) -> bool:
        """Tell whether encryption is wished for."""
        return self._controller.settings.https

    @property
    def files(self) -> tuple[str, str]:
        """Return the paths of a certificate and a key of the person's own; empty for the one made here."""
        return self._controller.settings.certificate, self._controller.settings.key

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have ``changed()`` called when another certificate is used, or another wish was made."""
        self._listeners.append(changed)

    def switch(self, is_on: bool) -> None:
        """Encrypt from now on, or no longer; who watches has to open the address again."""
        if is_on != self.is_on:
            self._controller.remember(https=is_on)
            self._controller.listen_anew()

    def use_files(self, certificate: str, key: str) -> None:
        """Encrypt with these PEM files; with the certificate made here where both are empty."""
        if (certificate, key) != self.files:
            self._controller.remember(certificate=certificate, key=key)
            if self.is_on:
                self._controller.listen_anew()

    async def find_tls(self) -> ssl.SSLContext | None:
        """Return what to speak HTTPS with, None where that is not wished for.

        Raises:
            CertificateError: it is wished for and cannot be; nothing is to be sent in the clear then.
        """
        if not self.is_on:
            return None
        chain, key = self.files
        found = await prepared(self._folder, Path(chain) if chain else None, Path(key) if key else None)
        self.certificate = found.certificate
        self._tell()
        return found.context

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
