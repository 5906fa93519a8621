"""All requests to a copy that runs, in one table: name, sentence for ``--help``, and the function that does it.

Imports nothing that takes long: callers read the table too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from resources.translate import N_
from server import __version__
from server.remote.message import DONE, FAILED, NO_PANEL, Answer, NotUnderstood, Request, failed, misused
from server.remote.words import STATES, source_words, window_list
from server.sharing import ShareRule, described, parse_rule

if TYPE_CHECKING:
    from capture.source import Identity, Source
    from server.host import Host

OFF = N_("Sharing is off, so there is no address yet. Turn it on: panecast start")
MOST_NAMED = 5


class RunningCopy(Protocol):
    """The part that tray app and ``serve`` each do in their own way. Loop only."""

    @property
    def host(self) -> Host:
        """Return the parts that are joined there."""

    @property
    def phase(self) -> str:
        """Return ``idle``, ``starting``, ``sharing`` or ``stopping``."""

    @property
    def has_panel(self) -> bool:
        """Tell whether there is a window to show."""

    @property
    def address(self) -> str:
        """Return the address to give away while sharing, with the link where one is needed: a secret then."""

    async def settled(self) -> object:
        """Wait until sharing is on or off, and neither is on its way."""

    async def start(self) -> str:
        """Let viewers in; return why that is not possible, empty when it is done."""

    async def stop(self) -> None:
        """Let nobody in any more."""

    async def set_port(self, port: int) -> str:
        """Listen at ``port``; return why that is not possible, empty when it is done."""

    def set_shared(self, source: Source, wanted: bool) -> None:
        """Allow or no longer allow ``source`` to be seen."""

    def pause(self) -> None:
        """Have viewers keep the pictures they have."""

    def blank(self) -> None:
        """Have viewers see nothing."""

    def go_on(self) -> None:
        """Have viewers see pictures again."""

    async def config(self, request: Request) -> Answer:
        """Return a setting, or change it."""

    def show(self) -> None:
        """Have the panel come forward."""

    def show_demo(self) -> None:
        """Open the demo's window and share it."""

    def quit(self) -> None:
        """End, soon."""


Handler = Callable[[Request, RunningCopy], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be asked for.

    Attributes:
        sentence: for ``--help``; empty where nobody types it.
        starts: where no copy runs, one is started.
    """

    sentence: str
    act: Handler
    starts: bool = False


async def answer(request: Request, copy: RunningCopy) -> Answer:
    """Do what ``request`` asks for and return the outcome, in the caller's language."""
    command = COMMANDS.get(request.name)
    if command is None:
        words = N_("The Panecast that runs ({version}) cannot do “{request}”. It may be an older version.")
        return failed(request.speech.gettext(words).format(version=__version__, request=request.name))
    try:
        return await command.act(request, copy)
    except NotUnderstood as error:
        return misused(str(error))


async def _share(request: Request, copy: RunningCopy) -> Answer:
    _ = request.speech.gettext
    await copy.host.catalog.ready()
    found, missing = _named(request, copy.host.shares.sources)
    if missing:
        words = _("Not found, so nothing was changed: {names}. See: panecast windows")
        return failed(words.format(names=", ".join(missing)))
    await _forget_ticks(copy)
    for source in found:
        copy.set_shared(source, True)
    problem = await copy.start()
    done = _("Sharing {titles} at {address}").format(titles=_titles(request, found), address=copy.host.server.url)
    return failed(problem) if problem else Answer(text=done)


async def _unshare(request: Request, copy: RunningCopy) -> Answer:
    _ = request.speech.gettext
    shares = copy.host.shares
    texts = request.words("what")
    found, missing = _named(request, shares.titled.values())
    for source in found:
        copy.set_shared(source, False)
    # A window that is only waited for is waited for no longer.
    for text, rule in zip(texts, _rules(texts), strict=True):
        if rule in shares.rules:
            shares.set_rules(tuple(each for each in shares.rules if each != rule))
            missing = [each for each in missing if each != text]
    gone = _titles(request, found) if found else ", ".join(texts)
    done = _("No longer sharing {titles}.").format(titles=gone)
    if missing:
        problem = _("Not shared: {names}. See: panecast status").format(names=", ".join(missing))
        return Answer(FAILED, done if found else "", problem)
    return Answer(text=done)


async def _start(request: Request, copy: RunningCopy) -> Answer:
    problem = await copy.start()
    return failed(problem) if problem else Answer(text=_state_words(request, copy))


async def _stop(request: Request, copy: RunningCopy) -> Answer:
    _ = request.speech.gettext
    was_on = copy.phase != "idle"
    await copy.stop()
    return Answer(text=_("Sharing was stopped.") if was_on else _("Sharing is off already."))


async def _pause(request: Request, copy: RunningCopy) -> Answer:
    _ = request.speech.gettext
    copy.pause()
    return Answer(text=_("Paused. Viewers see the last picture until: panecast go-on"))


async def _blank(request: Request, copy: RunningCopy) -> Answer:
    _ = request.speech.gettext
    copy.blank()
    return Answer(text=_("Blanked. Viewers see nothing until: panecast go-on"))


async def _go_on(request: Request, copy: RunningCopy) -> Answer:
    copy.go_on()
    return Answer(text=_state_words(request, copy))


async def _status(request: Request, copy: RunningCopy) -> Answer:
    host = copy.host
    shared = tuple(host.shares.titled.values())
    if not request.flag("json"):
        lines = (source_words(source, request.language) for source in shared)
        return Answer(text="\n".join((_state_words(request, copy), *lines)))
    blanking = host.hub.blanking
    found = {
        "version": __version__,
        "state": copy.phase,
        "blanking": None if blanking is None else blanking.state,
        "address": host.server.url if copy.phase == "sharing" else None,
        "open": host.server.is_running and host.server.is_open,
        "viewers": _viewers(host),
        "shared": [described(source) for source in shared],
        "panel": copy.has_panel,
    }
    return Answer(text=json.dumps(found, ensure_ascii=False, indent=2))


async def _link(request: Request, copy: RunningCopy) -> Answer:
    _ = request.speech.gettext
    name = request.word("name")
    if copy.phase != "sharing":
        return failed(_(OFF))
    if not name:
        return Answer(text=copy.address)
    links = copy.host.access.links
    named = sorted((link for link in links.all.values() if link.name == name), key=lambda link: link.created)
    good = [link for link in named if links.is_good(link.id)]
    if good:
        return Answer(text=copy.host.server.url_of(good[0]))
    if named:
        return failed(_("The link “{name}” has expired.").format(name=name))
    known = ", ".join(f"“{link.name}”" for link in links.all.values())
    words = _("There is no link named “{name}”. There are: {known}.")
    none = _("There is no link named “{name}”. There are no links yet; the panel makes them: Links…")
    return failed((words if known else none).format(name=name, known=known))


async def _windows(request: Request, copy: RunningCopy) -> Answer:
    catalog = copy.host.catalog
    await catalog.ready()
    condition = catalog.condition
    text = window_list(catalog.sources, as_json=request.flag("json"), language=request.language)
    return Answer(DONE if condition.state == "live" else FAILED, text, condition.reason.words_in(request.language))


async def _show(request: Request, copy: RunningCopy) -> Answer:
    if not copy.has_panel:
        words = N_("There is no panel to show: panecast serve runs with this settings folder.")
        return Answer(NO_PANEL, problem=request.speech.gettext(words))
    copy.show()
    return Answer()


async def _config(request: Request, copy: RunningCopy) -> Answer:
    return await copy.config(request)


async def _quit(request: Request, copy: RunningCopy) -> Answer:
    _ = request.speech.gettext
    copy.quit()
    return Answer(text=_("Panecast is quitting."))


async def _open(request: Request, copy: RunningCopy) -> Answer:
    """Do what a plain start was asked for: ``panecast --share desktop`` and the like."""
    _ = request.speech.gettext
    if not copy.has_panel:
        words = _(
            "Panecast serve (process {process}) uses the settings folder, and two programs would undo each other's "
            "changes. End it first, or choose another folder with --config-dir."
        )
        return Answer(NO_PANEL, problem=words.format(process=os.getpid()))
    for option in ("verbose", "safe_mode"):
        if request.flag(option):
            words = _("Panecast is running already, and {option} works from its start on. Quit it first.")
            return failed(words.format(option=f"--{option.replace('_', '-')}"))
    done = await _fulfilled(request, copy)
    if done.code == DONE and not request.flag("minimized"):
        copy.show()
    if done.code != DONE or not request.flag("print_url"):
        return done
    # Alone on its line, as at a start: programs read it.
    return Answer(text=copy.address) if copy.phase == "sharing" else failed(_(OFF))


async def _fulfilled(request: Request, copy: RunningCopy) -> Answer:
    """Do what stands behind a plain start, up to what is not possible."""
    _ = request.speech.gettext
    what, port = request.words("share"), request.number("port")
    _rules(what)
    said = []
    if port is not None:
        if problem := await copy.set_port(port):
            return failed(problem)
        said.append(_("Panecast uses port {port}.").format(port=port))
    if what:
        shared = await _share(Request("share", {"what": list(what)}, request.language), copy)
        if shared.code != DONE:
            return shared
        said.append(shared.text)
    if request.flag("demo"):
        await _forget_ticks(copy)
        if problem := await copy.start():
            return failed(problem)
        copy.show_demo()
        said.append(_("The demo is opening and will be shared."))
    return Answer(text="\n".join(said))


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "share": Command(N_("share something and turn sharing on"), _share, starts=True),
        "unshare": Command(N_("no longer share something"), _unshare),
        "start": Command(N_("turn sharing on"), _start, starts=True),
        "stop": Command(N_("turn sharing off; viewers are disconnected"), _stop),
        "pause": Command(N_("have viewers keep the last picture"), _pause),
        "blank": Command(N_("have viewers see nothing"), _blank),
        "go-on": Command(N_("have viewers see live pictures again"), _go_on),
        "status": Command(N_("say what is shared, and to how many"), _status),
        "link": Command(N_("print the link to give away"), _link),
        "windows": Command(N_("list what can be shared"), _windows),
        "config": Command(N_("read or change a setting"), _config),
        "show": Command(N_("have the panel come forward"), _show),
        "quit": Command(N_("quit Panecast"), _quit),
        "open": Command("", _open),
    }
)


async def _forget_ticks(copy: RunningCopy) -> None:
    """While sharing is off, have nothing be shared as it is turned on: ticks of last time were not asked for."""
    await copy.settled()
    if copy.phase == "idle":
        copy.host.shares.set_rules(())


def _rules(texts: Iterable[str]) -> tuple[ShareRule, ...]:
    """Return what a person wrote as rules. Raises `NotUnderstood`."""
    try:
        return tuple(map(parse_rule, texts))
    except ValueError as error:
        raise NotUnderstood(str(error)) from error


def _named(request: Request, sources: Iterable[Source]) -> tuple[list[Source], list[str]]:
    """Return those of ``sources`` that a person named, each once, and the names that fit none.

    They are what is there now: a window that opens later is shared by nobody's wish.

    Raises:
        NotUnderstood: nothing is named, or a name cannot be meant.
    """
    texts = request.words("what")
    if not texts:
        raise NotUnderstood(request.speech.gettext(N_("Name at least one thing, such as desktop or title:TEXT.")))
    listed = tuple(sources)
    found: dict[Identity, Source] = {}
    missing = []
    for text, rule in zip(texts, _rules(texts), strict=True):
        matching = [source for source in listed if _is_meant(rule, source)]
        found |= {source.identity: source for source in matching}
        if not matching:
            missing.append(text)
    return list(found.values()), missing


def _is_meant(rule: ShareRule, source: Source) -> bool:
    # A rule that is kept matches no monitor by its number, for that changes. Here it is the number of this moment.
    return source.id == rule.text if rule.kind == "id" else rule.matches(source)


def _titles(request: Request, sources: list[Source]) -> str:
    titles = [source.title or source.app or source.id for source in sources]
    named, more = ", ".join(titles[:MOST_NAMED]), len(titles) - MOST_NAMED
    if more <= 0:
        return named
    words = request.speech.ngettext("{names} and {count} more", "{names} and {count} more", more)
    return words.format(names=named, count=more)


def _state_words(request: Request, copy: RunningCopy) -> str:
    """Return how things are, in a line."""
    _, ngettext = request.speech
    host = copy.host
    if copy.phase == "starting":
        return _("Sharing is starting.")
    if copy.phase == "stopping":
        return _("Sharing is stopping.")
    if copy.phase != "sharing":
        return _("Sharing is off.")
    count, viewers, blanking = len(host.shares.shared), _viewers(host), host.hub.blanking
    shared = ngettext("{count} source", "{count} sources", count).format(count=count)
    parts = (
        _("Sharing is on: {sources} at {address}").format(
            sources=shared if count else _("nothing selected"), address=host.server.url
        ),
        ngettext("{count} watching", "{count} watching", viewers).format(count=viewers),
        "" if blanking is None else _(STATES[blanking.state]),
    )
    return " · ".join(part for part in parts if part)


def _viewers(host: Host) -> int:
    """Return how many watch; a page that shows several sources is one."""
    return len({view.group or view.session_id for view in host.registry.sessions()})
