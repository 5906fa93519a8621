"""What the app shows: derived from catalog, share list, server and registry, and replaced whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Literal

from capture.privacy.blanking import Blanking
from capture.privacy.masks import Mask
from capture.source import Condition, Identity, Source
from resources.formats import size
from resources.translate import N_, _, ngettext
from server.access.control import BY_PIN, HERE
from server.protocol.options import StreamOptions
from server.stream.stats import SessionView

Phase = Literal["idle", "starting", "sharing", "stopping"]

STATE_WORDS = {
    "live": N_("Live"),
    "minimised": N_("Minimised"),
    "hidden": N_("Hidden"),
    "protected": N_("Protected"),
    "paused": N_("Paused"),
    "blanked": N_("Blanked"),
    "waiting": N_("Waiting"),
    "closed": N_("Closed"),
    "slow": N_("Slow"),
}


OWN_TITLES = {"Whole desktop": N_("Whole desktop"), "Demo picture": N_("Demo picture")}
MONITOR = "Monitor "


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source as the list shows it.

    Attributes:
        is_doubtful: its size is not the one for which its masks were laid; a person has to look.
    """

    source: Source
    shared: bool = False
    watching: int = 0
    is_doubtful: bool = False

    @property
    def title(self) -> str:
        """Return what to call it; windows without a title go by their program."""
        return title_words(self.source) or _("Untitled window")

    @property
    def size(self) -> str:
        """Return width × height, empty where nobody knows it yet."""
        if self.source.kind == "portal" and not self.source.width:
            return ""
        return size(self.source.width, self.source.height)

    @property
    def detail(self) -> str:
        """Return program and size as one line."""
        app = self.source.app if self.source.kind == "window" else ""
        return f"{app} · {self.size}" if app else self.size

    @property
    def word(self) -> str:
        """Return the state as a word."""
        return state_word(self.source.state)


@dataclass(frozen=True, slots=True)
class ViewerRow:
    """Somebody who watches: one session, or all those of a page that shows several sources.

    Attributes:
        id: what `SessionRegistry.disconnect` takes.
        sessions: in the order in which they began; never empty.
    """

    id: str
    sessions: tuple[SessionView, ...]

    @property
    def address(self) -> str:
        """Return where the viewer is."""
        return self.sessions[0].viewer.address

    @property
    def place(self) -> str:
        """Return where the viewer is, in words where it is no other computer."""
        return place_words(self.address)

    @property
    def agent(self) -> str:
        """Return the viewer's program, as it calls itself."""
        return self.sessions[0].viewer.agent

    @property
    def titles(self) -> tuple[str, ...]:
        """Return what is watched, each once."""
        return tuple(dict.fromkeys(title_words(session.source) for session in self.sessions))

    @property
    def watches(self) -> str:
        """Return what is watched in a few words."""
        count = len({session.source.identity for session in self.sessions})
        return self.titles[0] if count == 1 else sources_words(count)

    @property
    def options(self) -> StreamOptions:
        """Return the options of the session that wishes for most."""
        return max((session.options for session in self.sessions), key=lambda options: options.fps)

    @property
    def fps(self) -> float:
        """Return the pictures sent per second, of all sources together."""
        return sum(session.fps for session in self.sessions)

    @property
    def bytes_per_second(self) -> float:
        """Return the bytes sent per second, of all sources together."""
        return sum(session.bytes_per_second for session in self.sessions)

    @property
    def looks(self) -> int:
        """Return how often it has looked, of one who asks for single pictures; else 0."""
        return sum(session.looks for session in self.sessions)

    @property
    def since(self) -> float:
        """Return since when it watches, on the monotonic clock."""
        return min(session.since for session in self.sessions)

    @property
    def state(self) -> str:
        """Return the state: slow where one is, for then all are; else live if anything is."""
        states = [session.state for session in self.sessions]
        return next((state for state in ("slow", "live") if state in states), states[0])


BARE_SCREENS = "bare screens"
"""The subject of the question whether to share a screen on which nothing can be covered."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell above the list: what happened, and a button that mends it.

    Attributes:
        subject: what it is about; a newer message about the same replaces it.
        action: what the button says, empty for none.
        act: what the button does.
    """

    subject: str
    text: str
    tone: Literal["error", "notice"] = "error"
    action: str = ""
    act: Callable[[], None] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything the panel and the tray show.

    Attributes:
        url: the address to give away, empty unless sharing.
        sources: in the order of the list.
        listing: ``waiting`` with the reason when windows cannot be listed; ``live`` with one when screens cannot, or
            monitors.
        selected: whose preview is shown; stays when its window closes.
        blanking: what viewers get instead of new pictures, None while pictures are taken.
        masks: what lies over the selected source.
        can_pick: the desktop has a dialog in which sources are picked.
    """

    phase: Phase = "idle"
    url: str = ""
    port: int = 8080
    sources: tuple[SourceState, ...] = ()
    listing: Condition = field(default_factory=lambda: Condition("live"))
    viewers: tuple[ViewerRow, ...] = ()
    options: StreamOptions = field(default_factory=StreamOptions)
    selected: Source | None = None
    message: Message | None = None
    blanking: Blanking | None = None
    masks: tuple[Mask, ...] = ()
    can_pick: bool = False

    @property
    def is_sharing(self) -> bool:
        """Tell whether viewers can get in."""
        return self.phase == "sharing"

    @property
    def shared(self) -> tuple[SourceState, ...]:
        """Return what is ticked."""
        return tuple(row for row in self.sources if row.shared)

    @property
    def shows_screen(self) -> bool:
        """Tell whether viewers may see what appears on the screen, such as a notice."""
        return self.is_sharing and any(
            row.source.kind in ("desktop", "monitor") or row.source.is_screen for row in self.shared
        )

    @property
    def headline(self) -> str:
        """Return the state of the whole in a few words."""
        count = len(self.shared)
        if self.phase == "starting":
            return _("Starting…")
        if self.phase == "stopping":
            return _("Stopping…")
        if self.phase == "idle":
            return _("Not sharing")
        if self.blanking is None and not count:
            return _("Sharing is on – nothing selected")
        if self.blanking is not None:
            how = state_word(self.blanking.state)
        else:
            how = ngettext("Sharing {count} source", "Sharing {count} sources", count).format(count=count)
        return f"{how} · {watching_words(len(self.viewers))}"


def place_words(address: str) -> str:
    """Return what to call an address: people know this computer by no number."""
    return _("This computer") if address == "::1" or address.startswith(("127.", "::ffff:127.")) else address


def title_words(source: Source) -> str:
    """Return what to call a source: a window by its title or program, what has a name of ours by that."""
    own = source.title
    match source.kind:
        case "desktop" | "demo":
            own = _(OWN_TITLES.get(own, own))
        case "monitor" if own.startswith(MONITOR):
            number, dot, label = own.removeprefix(MONITOR).partition(" · ")
            own = _("Monitor {number}").format(number=number) + dot + label
    return own or source.app


def via_words(by: str) -> str:
    """Return by what a viewer came: a link's name, or words for what has none."""
    return {HERE: _("This computer"), BY_PIN: _("PIN")}.get(by, by)


def state_word(state: str) -> str:
    """Return how a source is, as a word."""
    return _(STATE_WORDS[state]) if state in STATE_WORDS else state.capitalize()


def sources_words(count: int) -> str:
    """Return ``1 source``, ``2 sources``."""
    return ngettext("{count} source", "{count} sources", count).format(count=count)


def watching_words(count: int) -> str:
    """Return how many watch, in two words."""
    return ngettext("{count} watching", "{count} watching", count).format(count=count)


def watchers(sessions: Iterable[SessionView]) -> tuple[ViewerRow, ...]:
    """Return who watches; the sessions of one group are one."""
    found: dict[str, list[SessionView]] = {}
    for session in sessions:
        found.setdefault(session.group or session.session_id, []).append(session)
    return tuple(ViewerRow(viewer_id, tuple(views)) for viewer_id, views in found.items())


def source_states(
    sources: Iterable[Source],
    shared: Iterable[Source],
    viewers: Iterable[ViewerRow],
    doubtful: Container[Identity] = (),
) -> tuple[SourceState, ...]:
    """Return ``sources`` with what is known of them beside."""
    allowed = {source.identity for source in shared}
    watching = Counter(
        identity for viewer in viewers for identity in {session.source.identity for session in viewer.sessions}
    )
    return tuple(
        SourceState(source, source.identity in allowed, watching[source.identity], source.identity in doubtful)
        for source in sources
    )


class SourceOrder:
    """Keeps each source in its place: screens, windows, demo; within them as first seen.

    The system tells of windows in an order that changes when one comes to the front; a list that reorders under
    the hand is no use.
    """

    _GROUPS = ("desktop", "monitor", "portal", "window", "demo")

    def __init__(self) -> None:
        self._places: dict[Identity, int] = {}
        self._next = 0

    def ordered(self, sources: Iterable[Source]) -> tuple[Source, ...]:
        """Return ``sources`` with known ones where they were and new ones after them, by program and title."""
        listed = tuple(sources)
        present = {source.identity for source in listed}
        self._places = {identity: place for identity, place in self._places.items() if identity in present}
        new = [source for source in listed if source.identity not in self._places]
        for source in sorted(new, key=lambda source: (source.app.casefold(), source.title.casefold(), source.id)):
            self._places[source.identity] = self._next
            self._next += 1
        return tuple(
            sorted(listed, key=lambda source: (self._GROUPS.index(source.kind), self._places[source.identity]))
        )
