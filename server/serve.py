"""``panecast serve``: everything without a desktop, until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from capture.feed.blank_on_lock import LOCK, PERSON, BlankOnLock
from capture.platforms.choose import make_session_end
from capture.privacy.blanking import BLANKED, PAUSED
from capture.source import Source
from resources.translate import N_, _, ngettext
from server import reasons
from server.access.control import AccessControl
from server.access.links import Link
from server.access.origins import parse_name, parse_origin
from server.ending import end_within, ending_signals
from server.errors import CertificateError, ListenError, ServerError
from server.folder_lock import WAIT_SECONDS, FolderLock, lock_folder, named_folder
from server.host import Host
from server.net.encryption import Encryption, prepared
from server.net.interfaces import checked_address
from server.protocol.options import BINARY_FORMATS, InvalidOption, StreamOptions
from server.remote.listener import RemoteListener
from server.remote.message import NO_PANEL, Answer, Request
from server.remote.requests import answer
from server.server import is_loopback
from server.sharing import ShareRule, parse_rule, with_source, without_source
from server.terminal import complain, say

FAILED, MISUSED = 1, 2
LINK_NAME = "panecast serve"
"""By which the link of the command line is found again, and which program has a folder."""
FINGERPRINT = N_("The certificate's fingerprint is {fingerprint}")
PAGE_FPS = 30
"""The page begins with it; programs of the JSON form, which get whole pictures, begin with the protocol's 10."""


def serve(arguments: argparse.Namespace) -> int:
    """Serve what ``arguments`` say until told to end; return the exit code."""
    arguments.config_dir = arguments.config_dir or named_folder()
    try:
        rules = tuple(parse_rule(text) for text in arguments.share)
        wishes = {
            name: value for name in ("fps", "quality", "format") if (value := getattr(arguments, name)) is not None
        }
        options = StreamOptions(format="auto").patched(wishes, BINARY_FORMATS)
        origins = frozenset(map(parse_origin, arguments.allow_origin))
        names = frozenset(map(parse_name, arguments.name))
        if (arguments.certificate is None) != (arguments.key is None):
            return _complain(reasons.CERTIFICATE_NEEDS_BOTH.words, MISUSED)
        if problem := _wrong_address(arguments.host):
            return _complain(problem, MISUSED)
        with _lock(arguments.config_dir):
            asyncio.run(_serve_until_told(arguments, rules, options, origins, names))
    except InvalidOption as error:
        return _complain(f"--{error.field}: {error.message}", MISUSED)
    except ValueError as error:
        return _complain(str(error), MISUSED)
    except ServerError as error:
        return _complain(error.message, FAILED)
    except (asyncio.CancelledError, KeyboardInterrupt):  # the latter by Ctrl-C on Windows
        return 0  # it was told to end
    return 0


@contextlib.contextmanager
def _lock(folder: Path | None) -> Iterator[None]:
    """Keep ``folder``, where there is one, for this program. Raises `FolderTaken`."""
    lock = FolderLock(()) if folder is None else lock_folder(folder, LINK_NAME, WAIT_SECONDS)
    if lock.problem:
        complain(lock.problem)
    try:
        yield
    finally:
        lock.release()


def _end_when_told() -> Callable[[], None]:
    """Have SIGINT, SIGTERM and SIGHUP cancel the running task, wherever it is: the start may wait for something too.

    Return what does the same.
    """
    task = asyncio.current_task()
    assert task is not None

    def end() -> None:
        # Once: a second signal must not break off the end.
        for number in numbers:
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, lambda: None)
        end_within()
        task.cancel()

    loop = asyncio.get_running_loop()
    numbers = ending_signals()
    for number in numbers:
        with contextlib.suppress(NotImplementedError):  # not on Windows, where Ctrl-C ends the loop itself
            loop.add_signal_handler(number, end)
    return end


async def _serve_until_told(
    arguments: argparse.Namespace,
    rules: tuple[ShareRule, ...],
    options: StreamOptions,
    origins: frozenset[str],
    names: frozenset[str],
) -> None:
    end = _end_when_told()
    session = make_session_end(end)
    if session is not None:
        session.start()
    try:
        await _serve(arguments, rules, options, origins, names, end)
    finally:
        if session is not None:
            await session.stop()


async def _serve(
    arguments: argparse.Namespace,
    rules: tuple[ShareRule, ...],
    options: StreamOptions,
    origins: frozenset[str],
    names: frozenset[str],
    end: Callable[[], None],
) -> None:
    needs_windows = any(rule.kind != "demo" for rule in rules)
    host = Host(
        rules,
        options,
        windows=needs_windows,
        folder=arguments.config_dir,
        say=complain,
        host_needs_token=arguments.require_token,
        page_fps=PAGE_FPS if arguments.fps is None else None,
        allow_origins=origins,
        names=names,
    )
    for problem in host.problems:
        complain(problem)
    lock = BlankOnLock(host.hub, "nothing" if arguments.no_blank_when_locked else "blank")
    catalog, server, shares = host.catalog, host.server, host.shares
    catalog.start()
    lock.start()
    listener: RemoteListener | None = None
    try:
        encryption = await _encryption(arguments)
        tls = None if encryption is None else encryption.context
        await server.start(arguments.host, arguments.port, tls)
        if encryption is not None:
            if encryption.certificate.problem:
                complain(encryption.certificate.problem)
            complain(_(FINGERPRINT).format(fingerprint=encryption.certificate.fingerprint))
        # From here on health says "ok", and what is shared is there.
        await catalog.ready()
        # All that was loaded stays; a full collection of garbage would walk it again and again and hold the loop.
        gc.freeze()
        if needs_windows and catalog.condition.reason:
            complain(catalog.condition.reason.words)
        # Where there is no list at all, that has been said.
        if not shares.shared and not (needs_windows and catalog.condition.state == "waiting"):
            complain(_("Nothing matches yet; waiting."))
        copy = ServingCopy(
            host,
            partial(server.start, arguments.host, server.port, tls),
            needs_link=server.is_open or arguments.require_token or bool(names),
            end=end,
        )
        if arguments.config_dir is not None:
            listener = RemoteListener(arguments.config_dir, partial(answer, copy=copy))
            await listener.open()
        if arguments.print_url:
            say(copy.address)
        else:
            count = len(shares.shared)
            words = ngettext(
                "Panecast shows {count} source at {address} (Ctrl-C ends it)",
                "Panecast shows {count} sources at {address} (Ctrl-C ends it)",
                count,
            )
            say(words.format(count=count, address=copy.address))
        await asyncio.Event().wait()
    finally:
        if listener is not None:
            await listener.close()
        host.settle()
        await lock.stop()
        await host.close()


class ServingCopy:
    """What ``panecast share`` and the like do here; see `server.remote.requests.RunningCopy`. Loop only."""

    has_panel = False

    def __init__(
        self, host: Host, start: Callable[[], Awaitable[None]], *, needs_link: bool, end: Callable[[], None]
    ) -> None:
        self.host = host
        self._start = start
        self._needs_link = needs_link
        self._end = end
        self._turn = asyncio.Lock()

    @property
    def phase(self) -> str:
        """Tell whether viewers get in."""
        return "sharing" if self.host.server.is_running else "idle"

    @property
    def address(self) -> str:
        """Return the address to give away, with the link where one is needed."""
        server = self.host.server
        return server.url_of(_link(self.host.access)) if self._needs_link else server.url

    async def settled(self) -> None:
        """Wait until sharing is on or off."""
        async with self._turn:
            return

    async def start(self) -> str:
        """Listen again, where and how it was listened at first."""
        async with self._turn:
            if not self.host.server.is_running:
                try:
                    await self._start()
                except ServerError as error:
                    return error.message
        return ""

    async def stop(self) -> None:
        """Part from all viewers and listen no longer."""
        async with self._turn:
            await self.host.server.stop()
            self.host.access.allow_all_again()

    async def set_port(self, port: int) -> str:
        """Say that this is for its start."""
        return _("panecast serve keeps its port. End it, then start it with --port {port}.").format(port=port)

    def set_shared(self, source: Source, wanted: bool) -> None:
        """Allow or no longer allow ``source`` to be seen."""
        shares = self.host.shares
        rules = shares.rules
        shares.set_rules(with_source(rules, source) if wanted else without_source(rules, source, shares.shared))

    def pause(self) -> None:
        """Have viewers keep the pictures they have."""
        self.host.hub.set_blanking(PERSON, PAUSED)

    def blank(self) -> None:
        """Have viewers see nothing."""
        self.host.hub.set_blanking(PERSON, BLANKED)

    def go_on(self) -> None:
        """Have viewers see pictures again, also where a lock was told of and never its end."""
        for reason in (PERSON, LOCK):
            self.host.hub.set_blanking(reason, None)

    async def config(self, request: Request) -> Answer:
        """Say that there are none here."""
        words = N_(
            "panecast serve uses this settings folder and takes all it needs from its command line. "
            "End it to change the settings of the panel."
        )
        return Answer(NO_PANEL, problem=request.speech.gettext(words))

    def show(self) -> None:
        """Do nothing: there is no panel."""

    def show_demo(self) -> None:
        """Do nothing: there is no window to open."""

    def quit(self) -> None:
        """End, once the answer is written."""
        asyncio.get_running_loop().call_soon(self._end)


async def _encryption(arguments: argparse.Namespace) -> Encryption | None:
    """Return what HTTPS is spoken with, None where it is not asked for. Raises `CertificateError`."""
    chain, key = arguments.certificate, arguments.key
    if chain is None and key is None and not arguments.https:
        return None
    if (chain is None) != (key is None):
        raise CertificateError(reasons.CERTIFICATE_NEEDS_BOTH)
    if chain is not None:
        return await prepared(Path(), chain, key)
    if arguments.config_dir is not None:
        try:
            return await prepared(arguments.config_dir)
        except CertificateError as error:
            complain(_("{problem} This run has a certificate of its own.").format(problem=error.message))
    with tempfile.TemporaryDirectory(prefix="panecast-") as folder:
        return await prepared(Path(folder))


def _link(access: AccessControl) -> Link:
    """Return the link that is printed: the one that was kept, or a new one, for all that is shared."""
    for link in access.links.all.values():
        if link.name == LINK_NAME and access.links.is_good(link.id):
            return link
    return access.links.make(LINK_NAME, (ShareRule("all"),))


def _wrong_address(host: str) -> str:
    """Return why it cannot be listened at ``host``, empty where it can."""
    try:
        if not is_loopback(host):
            checked_address(host)
    except ListenError as error:
        return error.message
    return ""


def _complain(words: str, code: int) -> int:
    complain(words)
    return code
