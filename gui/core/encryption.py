"""Whether what is sent is encrypted, and with which certificate: the person's wish, and what came of it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from capture.events import Listeners
from gui.core.controller import Controller
from gui.core.state import Message
from resources.translate import _
from server.errors import ENCRYPTED, MOVED, RESTARTING
from server.net.encryption import prepared

if TYPE_CHECKING:
    from server.net.certificates import Certificate

SUBJECT = "encryption"
"""Of the message that the address is another one."""


class Encryption:
    """Makes HTTPS ready at each start of sharing, where it is wished for. Loop only.

    Attributes:
        certificate: what was used last; None before the first time.
        copy_link: puts the link into the clipboard.
    """

    def __init__(self, controller: Controller, folder: Path) -> None:
        """``folder`` is where the certificate of this installation is kept."""
        self.certificate: Certificate | None = None
        self.copy_link: Callable[[], None] = lambda: None
        self._controller = controller
        self._folder = folder
        self._listeners = Listeners()
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
        self._listeners.subscribe(changed)

    def switch(self, is_on: bool) -> None:
        """Encrypt from now on, or no longer; pages that watch are told, and open the encrypted address themselves."""
        if is_on != self.is_on:
            self._controller.remember(https=is_on)
            self.listen_anew()

    def listen_anew(self) -> None:
        """Take up whether encryption is wished for; pages that watch are told, and open the other address."""
        is_on = self.is_on
        self._controller.dismiss(SUBJECT)
        self._controller.listen_anew(ENCRYPTED if is_on else MOVED, lambda: self._tell_new_address(is_on))

    def use_files(self, certificate: str, key: str) -> None:
        """Encrypt with these PEM files; with the certificate made here where both are empty."""
        if (certificate, key) != self.files:
            self._controller.remember(certificate=certificate, key=key)
            if self.is_on:
                self._controller.listen_anew(RESTARTING)

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
        if found.certificate.problem:
            self._controller.tell(Message("certificate", found.certificate.problem, "notice"))
        self._tell()
        return found.context

    def _tell_new_address(self, is_on: bool) -> None:
        """Say that links that were given away are no longer right: their addresses begin otherwise now."""
        words = (
            _("Sharing is now encrypted. Send the link again: its address now begins with https://.")
            if is_on
            else _("Sharing is no longer encrypted. Send the link again: its address now begins with http://.")
        )
        self._controller.tell(Message(SUBJECT, words, "notice", action=_("Copy link"), act=self.copy_link))

    def _tell(self) -> None:
        self._listeners.tell()
