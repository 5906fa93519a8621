"""What the person can do, in verbs. Joins catalog, share list, registry and server to one state. Knows no widget."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from capture.events import Listeners
from capture.feed.blank_on_lock import LOCK, PERSON
from capture.feed.catalog import Catalog
from capture.privacy.blanking import BLANKED, PAUSED, Blanking
from capture.privacy.masks import Mask
from capture.source import Identity, Source, Unsubscribe
from gui.core.networks import HERE
from gui.core.remembered import (
    added,
    found_again,
    masks_again,
    remember,
    removed,
    with_masks,
)
from gui.core.settings import SavedSource, Settings
from gui.core.state import BARE_SCREENS, AppState, Message, SourceOrder, source_states, title_words, watchers
from resources.translate import _
from server.errors import MOVED, STOPPED, Farewell, PortInUse, ServerError
from server.protocol.options import InvalidOption
from server.server import Server
from server.sharing import ShareList, with_source, without_source
from server.stream.registry import SessionRegistry

MASKS = "masks"
"""The subject of the message about windows that have them."""
SIZES = "mask sizes"
"""The subject of the message about one that has another size than its masks were laid for."""


def _nothing() -> None:
    """Do nothing more."""


def _unheard(words: str) -> None:
    """Have nobody hear of it."""


async def _plain() -> None:
    """Speak no HTTPS."""


class Controller:
    """Carries wishes out and tells of every change. Loop only.

    Attributes:
        state: what is shown; frozen, replaced whole.
        settings: what is remembered; frozen, replaced whole.
        find_host: asked at each start for the address to listen at.
        find_tls: asked at each start for what HTTPS is spoken with, None for none.
        tell_port_taken: called with a sentence where sharing cannot start because of its port.
        fixed: names of settings that an administrator has fixed; nothing changes them.
    """

    def __init__(
        self, catalog: Catalog, shares: ShareList, registry: SessionRegistry, server: Server, settings: Settings
    ) -> None:
        self.settings = settings
        self.find_host: Callable[[], str] = lambda: HERE
        self.find_tls: Callable[[], Awaitable[ssl.SSLContext | None]] = _plain
        self.tell_port_taken: Callable[[str], None] = _unheard
        self.fixed: frozenset[str] = frozenset()
        self.state = AppState(port=settings.port, options=registry.defaults)
        self._catalog = catalog
        self._shares = shares
        self._registry = registry
        self._server = server
        self._order = SourceOrder()
        self._messages: dict[str, Message] = {}
        self._listeners = Listeners()
        self._settings_listeners = Listeners()
        self._pending: asyncio.Handle | None = None
        # What was ticked last time is again, also when sharing starts before the first list; but not beside what a
        # command line asked for.
        self._ticks_again = not shares.rules
        # What was shared last and is to be shared again as soon as it is there.
        self._awaited: tuple[SavedSource, ...] = ()
        self._told_of_masks = False
        self._doubtful: frozenset[Identity] = frozenset()
        # What was remembered of them when they got their masks: titles change.
        self._masked_as: dict[Identity, SavedSource] = {}
        self._work: asyncio.Task[None] | None = None
        self._unsubscribe: tuple[Unsubscribe, ...] = (
            catalog.subscribe(self._sources_changed),
            shares.subscribe(self.refresh),
            registry.subscribe(self.refresh),
            registry.hub.subscribe_sizes(self._sizes_changed),
        )
        self._derive()

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have ``changed()`` called after each change of `state`."""
        self._listeners.subscribe(changed)

    def subscribe_settings(self, changed: Callable[[], None]) -> None:
        """Have ``changed()`` called after each change of `settings`."""
        self._settings_listeners.subscribe(changed)

    def refresh(self) -> None:
        """Derive the state anew, soon, and once for all changes until then."""
        if self._pending is None:
            self._pending = asyncio.get_running_loop().call_soon(self._derive)

    def start(self) -> None:
        """Let viewers in."""
        if self.state.phase == "idle":
            # At once: a list of windows that comes before the work begins would tick what was shared last time.
            self._show(phase="starting")
            self._run(self._start())

    def share_again(self) -> None:
        """Let viewers in, and share what was shared last: what is not there yet as soon as it is, once."""
        self._awaited = self.settings.shared
        self._sources_changed()
        self.start()

    def stop(self) -> None:
        """Let nobody in any more and part from those who watch."""
        self._awaited = ()
        if self.state.phase == "sharing":
            self._run(self._end())

    def toggle(self) -> None:
        """Start, or stop."""
        self.stop() if self.state.phase == "sharing" else self.start()

    async def settled(self) -> str:
        """Wait until what was begun is done; return why sharing could not begin, empty if it could or was not to."""
        while self._work is not None and not self._work.done():
            await asyncio.wait([self._work])
        problem = self._messages.get("server")
        return "" if problem is None or self.state.is_sharing else problem.text

    def set_port(self, port: int) -> None:
        """Listen at ``port``, from now on if sharing."""
        self._remember(port=port)
        self.listen_anew(MOVED)

    def listen_anew(self, farewell: Farewell, done: Callable[[], None] = _nothing) -> None:
        """Take up where to listen and how, from now on if sharing.

        ``farewell`` is what those are told who watch; ``done()`` is called when sharing goes on.
        """
        if self.state.phase == "sharing":
            self._run(self._move(farewell, done))
        else:
            self._show()

    def use_port(self, port: int) -> None:
        """Take the port that was offered in place of a busy one, and start."""
        self.set_port(port)
        self.start()

    def set_shared(self, source: Source, wanted: bool) -> None:
        """Allow or no longer allow ``source`` to be seen."""
        rules = self._shares.rules
        if wanted and source.kind == "portal" and source.is_screen and not self.settings.knows_bare_screens:
            self._ask_about_screen(source)
            return
        if wanted:
            self._shares.set_rules(with_source(rules, source))
            self._remember(shared=added(self.settings.shared, source))
        else:
            self._shares.set_rules(without_source(rules, source, self._shares.shared))
            self._remember(shared=removed(self.settings.shared, source))
            self._awaited = removed(self._awaited, source)
        self._tell_of_masks()
        self.refresh()

    def pick(self, again: Source | None = None) -> None:
        """Show the desktop's dialog, for another source or to have ``again`` back."""
        if self._catalog.picker is not None:
            self._catalog.picker.pick("" if again is None else again.id)

    def remove_pick(self, source: Source) -> None:
        """Share ``source``, which was picked, no longer, and forget it."""
        self.set_shared(source, False)
        if self._catalog.picker is not None:
            self._catalog.picker.remove(source.id)

    def set_option(self, name: str, value: object) -> None:
        """Change an option for everybody who watches and for everybody to come."""
        if {"cursor": "pointer"}.get(name, name) in self.fixed:
            self._tell_fixed()
            return
        try:
            self._registry.apply({name: value})
        except InvalidOption as error:
            self.tell(Message("option", error.message))
            return
        options = self._registry.defaults
        self._remember(
            fps=max(1, round(options.fps)), quality=options.quality, format=options.format, pointer=options.cursor
        )
        self.refresh()

    def select(self, source: Source) -> None:
        """Show the preview of ``source``."""
        if source.identity in self._doubtful:
            self.dismiss(SIZES)
        self._show(selected=source)

    def pause(self) -> None:
        """Have viewers keep the pictures they have."""
        self._draw(PAUSED)

    def blank(self) -> None:
        """Have viewers see nothing."""
        self._draw(BLANKED)

    def go_on(self) -> None:
        """Have viewers see pictures again.

        Even where the computer is said to be locked: some lockers tell of the lock and never of its end, and whoever
        presses this sits in front of it.
        """
        self._registry.hub.set_blanking(PERSON, None)
        self._registry.hub.set_blanking(LOCK, None)
        self._show()

    def toggle_blanking(self) -> None:
        """Blank or pause, whichever the person has chosen; or go on."""
        if self._registry.hub.blanking is not None:
            self.go_on()
        elif self.settings.hot_key_does == "pause":
            self.pause()
        else:
            self.blank()

    def set_masks(self, masks: tuple[Mask, ...]) -> None:
        """Have ``masks`` lie over the selected source, and no others."""
        source = self.state.selected
        if source is not None:
            self._registry.hub.set_masks(source, masks)
            formerly = self._masked_as.pop(source.identity, None)
            if masks:
                self._masked_as[source.identity] = remember(source)
            self._remember(masks=with_masks(self.settings.masks, source, masks, formerly))
            self._show()
            self._tell_of_masks()
            self._sizes_changed()

    def set_privacy(self, name: str, value: object) -> None:
        """Change one of the settings that keep things private; those who hold to it hear of it."""
        self._remember(**{name: value})

    def tell(self, message: Message) -> None:
        """Show ``message`` until it is dismissed or outdated."""
        self._messages.pop(message.subject, None)
        self._messages[message.subject] = message
        self.refresh()

    def dismiss(self, subject: str) -> None:
        """Show the message about ``subject`` no longer."""
        if self._messages.pop(subject, None) is not None:
            self.refresh()

    def remember_look(self, geometry: str, splitter: tuple[int, ...]) -> None:
        """Remember how the panel stands."""
        self._remember(geometry=geometry, splitter=splitter)

    def remember_tray(self) -> None:
        """Remember that the person knows where the closed panel lives."""
        self._remember(knows_tray=True)

    def remember(self, **changes: object) -> None:
        """Change settings that nothing in here depends on."""
        self._remember(**changes)

    async def close(self) -> None:
        """Stop what runs, two seconds at most, and follow nothing any more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        await self._server.stop()
        if self._pending is not None:
            self._pending.cancel()

    def _ask_about_screen(self, source: Source) -> None:
        """Ask once, before the first screen of a Wayland session is shared: nothing on it is kept from viewers."""

        def share() -> None:
            self._remember(knows_bare_screens=True)
            self.set_shared(source, True)

        words = _(
            "Viewers will see everything on this screen: in a Wayland session, hidden programs, windows with masks and "
            "Panecast's own windows cannot be covered there."
        )
        self.tell(Message(BARE_SCREENS, words, "notice", _("Share it"), share))

    def _tell_of_masks(self) -> None:
        """Say once why a window is missing in the pictures of a screen."""
        is_screen_shared = any(source.kind in ("desktop", "monitor") for source in self._shares.shared.values())
        if not (is_screen_shared and self._registry.hub.masked):
            self._told_of_masks = False
            self.dismiss(MASKS)
        elif not self._told_of_masks:
            self._told_of_masks = True
            words = _(
                "A window with masks is covered completely when you share the screen. Shared by itself, only its masks "
                "are covered."
            )
            self.tell(Message(MASKS, words, "notice"))

    def _sizes_changed(self) -> None:
        """Say once, of each source, that its masks have to be looked at; beneath its preview that is said anyway."""
        doubtful = self._registry.hub.doubtful
        new, self._doubtful = doubtful - self._doubtful, doubtful
        if self.state.selected is not None:
            new -= {self.state.selected.identity}
        source = next((source for source in self._catalog.sources if source.identity in new), None)
        if source is not None:
            name = title_words(source)
            words = _("The size of “{name}” has changed. More than its masks is covered until you check them.")
            action = _("Check masks")
            self.tell(Message(SIZES, words.format(name=name), "notice", action, partial(self.select, source)))
        elif not doubtful:
            self.dismiss(SIZES)
        self.refresh()

    def _draw(self, blanking: Blanking) -> None:
        self._registry.hub.set_blanking(PERSON, blanking)
        self._show()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = asyncio.get_running_loop().create_task(work, name="sharing")

    async def _start(self) -> None:
        port = self.settings.port
        self._show(phase="starting")
        self._messages.pop("server", None)
        try:
            await self._server.start(self.find_host(), port, await self.find_tls())
            # Else the address would be given away while nothing is there under it.
            await self._catalog.ready()
        except PortInUse as busy:
            text = _("Port {port} is used by another program.").format(port=port)
            free = busy.suggestion
            self.tell_port_taken(text)
            if free is None:
                other = _("Choose another one above.")
                self.tell(Message("server", f"{text} {other}"))
            else:
                self.tell(
                    Message("server", text, action=_("Use {port}").format(port=free), act=lambda: self.use_port(free))
                )
        except ServerError as error:
            self.tell(Message("server", error.message))
        finally:
            self._show(phase="sharing" if self._server.is_running else "idle")

    async def _stop(self, farewell: Farewell = STOPPED) -> None:
        self._show(phase="stopping")
        try:
            await self._server.stop(farewell)
        finally:
            self._show(phase="sharing" if self._server.is_running else "idle")

    async def _end(self) -> None:
        """Stop because the person says so: viewers that come when sharing begins again were not disconnected."""
        await self._stop()
        self._registry.access.allow_all_again()

    async def _move(self, farewell: Farewell, done: Callable[[], None]) -> None:
        await self._stop(farewell)
        await self._start()
        if self._server.is_running:
            done()

    def _sources_changed(self) -> None:
        self._mask_again()
        # While sharing, nothing is added by itself: a new window that happens to be named like an old one must not
        # be seen by anybody before the person at the computer says so; or has said so for the start of the program.
        known = self._awaited
        if self.state.phase == "idle" or self._ticks_again:
            self._ticks_again &= not self._catalog.is_ready
            known = self.settings.shared
        found = found_again(known, self._catalog.sources)
        for source in found:
            self._awaited = removed(self._awaited, source)
        rules = self._shares.rules
        for source in found:
            rules = with_source(rules, source)
        if rules != self._shares.rules:
            self._shares.set_rules(rules)
        self._tell_of_masks()
        self.refresh()

    def _mask_again(self) -> None:
        """Lay masks over what had them in an earlier run, or before it was closed, before anybody sees it."""
        hub = self._registry.hub
        there = {source.identity for source in self._catalog.sources}
        self._masked_as = {each: known for each, known in self._masked_as.items() if each in there}
        for source in self._catalog.sources:
            masks = () if hub.masks(source) else masks_again(self.settings.masks, source)
            if masks:
                hub.set_masks(source, masks)
                self._masked_as[source.identity] = remember(source)

    def _derive(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        self._show()

    def _show(self, **changes: Any) -> None:
        """Derive the state from everything below, lay ``changes`` over it, and tell if it is another one."""
        viewers = watchers(self._registry.sessions())
        sources = self._order.ordered(self._catalog.sources)
        selected: Source | None = changes.pop("selected", self.state.selected)
        if selected is None:
            # What is shared is what the person will want to see first.
            selected = next((source for source in sources if self._shares.is_shared(source)), None)
        else:
            selected = next((source for source in sources if source.identity == selected.identity), selected)
        running = self._server.is_running
        state = replace(
            self.state,
            url=self._server.url if running else "",
            port=self._server.port if running else self.settings.port,
            sources=source_states(sources, self._shares.shared.values(), viewers, self._registry.hub.doubtful),
            listing=self._catalog.condition,
            can_pick=self._catalog.picking.is_there,
            viewers=viewers,
            options=self._registry.defaults,
            selected=selected,
            message=next(reversed(self._messages.values()), None),
            blanking=self._registry.hub.blanking,
            masks=() if selected is None else self._registry.hub.masks(selected),
            **changes,
        )
        if state != self.state:
            self.state = state
            self._listeners.tell()

    def _tell_fixed(self) -> None:
        self.tell(Message("fixed", _("This setting is fixed by your administrator."), "notice"))

    def _remember(self, **changes: Any) -> None:
        for name in self.fixed & changes.keys():
            if changes.pop(name) != getattr(self.settings, name):
                self._tell_fixed()
        settings = msgspec.structs.replace(self.settings, **changes)
        if settings != self.settings:
            self.settings = settings
            self._settings_listeners.tell()
