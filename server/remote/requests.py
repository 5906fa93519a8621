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

from server import __version__
from server.remote.message import DONE, FAILED, NO_PANEL, Answer, NotUnderstood, Request, failed, misused
from server.remote.words import source_words, window_list
from server.sharing import ShareRule, described, parse_rule

if TYPE_CHECKING:
    from capture.source import Identity, Source
    from server.access.links import Link
    from server.host import Host

OFF = "Sharing is off, so there is no address yet. Turn it on: panecast start"
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
    """Do what ``request`` asks for and return the outcome."""
    command = COMMANDS.get(request.name)
    if command is None:
        return failed(f"The Panecast that runs ({__version__}) cannot do “{request.name}”. It may be an older version.")
    try:
        return await command.act(request, copy)
    except NotUnderstood as error:
        return misused(str(error))


async def _share(request: Request, copy: RunningCopy) -> Answer:
    await copy.host.catalog.ready()
    found, missing = _named(request.words("what"), copy.host.shares.sources)
    if missing:
        return failed(f"There is no {', no '.join(missing)}, so nothing was changed. See: panecast windows")
    await _forget_ticks(copy)
    for source in found:
        copy.set_shared(source, True)
    problem = await copy.start()
    return failed(problem) if problem else Answer(text=f"Sharing {_titles(found)} at {copy.host.server.url}")


async def _unshare(request: Request, copy: RunningCopy) -> Answer:
    shares = copy.host.shares
    texts = request.words("what")
    found, missing = _named(texts, shares.titled.values())
    for source in found:
        copy.set_shared(source, False)
    # A window that is only waited for is waited for no longer.
    for text, rule in zip(texts, _rules(texts), strict=True):
        if rule in shares.rules:
            shares.set_rules(tuple(each for each in shares.rules if each != rule))
            missing = [each for each in missing if each != text]
    if missing:
        done = f"No longer sharing {_titles(found)}." if found else ""
        return Answer(FAILED, done, f"Nothing is shared that is {', or '.join(missing)}. See: panecast status")
    return Answer(text=f"No longer sharing {_titles(found) if found else ', '.join(texts)}.")


async def _start(request: Request, copy: RunningCopy) -> Answer:
    problem = await copy.start()
    return failed(problem) if problem else Answer(text=_state_words(copy))


async def _stop(request: Request, copy: RunningCopy) -> Answer:
    was_on = copy.phase != "idle"
    await copy.stop()
    return Answer(text="Sharing was stopped." if was_on else "Sharing is off already.")


async def _pause(request: Request, copy: RunningCopy) -> Answer:
    copy.pause()
    return Answer(text="Paused. Viewers see the last picture until: panecast go-on")


async def _blank(request: Request, copy: RunningCopy) -> Answer:
    copy.blank()
    return Answer(text="Blanked. Viewers see nothing until: panecast go-on")


async def _go_on(request: Request, copy: RunningCopy) -> Answer:
    copy.go_on()
    return Answer(text=_state_words(copy))


async def _status(request: Request, copy: RunningCopy) -> Answer:
    host = copy.host
    shared = tuple(host.shares.titled.values())
    if not request.flag("json"):
        return Answer(text="\n".join([_state_words(copy), *map(source_words, shared)]))
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
    name = request.word("name")
    if copy.phase != "sharing":
        return failed(OFF)
    if not name:
        return Answer(text=copy.address)
    links = copy.host.access.links
    named = sorted((link for link in links.all.values() if link.name == name), key=lambda link: link.created)
    good = [link for link in named if links.is_good(link.id)]
    if good:
        return Answer(text=copy.host.server.url_of(good[0]))
    if named:
        return failed(f"The link “{name}” has expired.")
    return failed(f"There is no link named “{name}”. {_link_words(links.all.values())}")


async def _windows(request: Request, copy: RunningCopy) -> Answer:
    catalog = copy.host.catalog
    await catalog.ready()
    condition = catalog.condition
    text = window_list(catalog.sources, as_json=request.flag("json"))
    return Answer(DONE if condition.state == "live" else FAILED, text, condition.reason)


async def _show(request: Request, copy: RunningCopy) -> Answer:
    if not copy.has_panel:
        return Answer(NO_PANEL, problem="There is no panel to show: panecast serve runs with this settings folder.")
    copy.show()
    return Answer()


async def _config(request: Request, copy: RunningCopy) -> Answer:
    return await copy.config(request)


async def _quit(request: Request, copy: RunningCopy) -> Answer:
    copy.quit()
    return Answer(text="Panecast is quitting.")


async def _open(request: Request, copy: RunningCopy) -> Answer:
    """Do what a plain start was asked for: ``panecast --share desktop`` and the like."""
    if not copy.has_panel:
        who = f"Panecast serve (process {os.getpid()})"
        words = f"{who} uses the settings folder, and two programs would undo each other's changes."
        return Answer(NO_PANEL, problem=f"{words} End it first, or choose another folder with --config-dir.")
    if request.flag("verbose"):
        return failed("Panecast is running already, and --verbose works from its start on. Quit it first.")
    if request.flag("safe_mode"):
        return failed("Panecast is running already, and --safe-mode works from its start on. Quit it first.")
    done = await _fulfilled(request, copy)
    if done.code == DONE and not request.flag("minimized"):
        copy.show()
    if done.code != DONE or not request.flag("print_url"):
        return done
    # Alone on its line, as at a start: programs read it.
    return Answer(text=copy.address) if copy.phase == "sharing" else failed(OFF)


async def _fulfilled(request: Request, copy: RunningCopy) -> Answer:
    """Do what stands behind a plain start, up to what is not possible."""
    what, port = request.words("share"), request.number("port")
    _rules(what)
    said = []
    if port is not None:
        if problem := await copy.set_port(port):
            return failed(problem)
        said.append(f"Panecast uses port {port}.")
    if what:
        shared = await _share(Request("share", {"what": list(what)}), copy)
        if shared.code != DONE:
            return shared
        said.append(shared.text)
    if request.flag("demo"):
        await _forget_ticks(copy)
        if problem := await copy.start():
            return failed(problem)
        copy.show_demo()
        said.append("The demo is opening and will be shared.")
    return Answer(text="\n".join(said))


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "share": Command("share something and turn sharing on", _share, starts=True),
        "unshare": Command("no longer share something", _unshare),
        "start": Command("turn sharing on", _start, starts=True),
        "stop": Command("turn sharing off; viewers are disconnected", _stop),
        "pause": Command("have viewers keep the last picture", _pause),
        "blank": Command("have viewers see nothing", _blank),
        "go-on": Command("have viewers see live pictures again", _go_on),
        "status": Command("say what is shared, and to how many", _status),
        "link": Command("print the link to give away", _link),
        "windows": Command("list what can be shared", _windows),
        "config": Command("read or change a setting", _config),
        "show": Command("have the panel come forward", _show),
        "quit": Command("quit Panecast", _quit),
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


def _named(texts: tuple[str, ...], sources: Iterable[Source]) -> tuple[list[Source], list[str]]:
    """Return those of ``sources`` that a person named, each once, and the names that fit none.

    They are what is there now: a window that opens later is shared by nobody's wish.

    Raises:
        NotUnderstood: nothing is named, or a name cannot be meant.
    """
    if not texts:
        raise NotUnderstood("Name at least one thing, such as desktop or title:TEXT.")
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


def _titles(sources: list[Source]) -> str:
    titles = [source.title or source.app or source.id for source in sources]
    more = f" and {len(titles) - MOST_NAMED} more" if len(titles) > MOST_NAMED else ""
    return f"{', '.join(titles[:MOST_NAMED])}{more}"


def _link_words(links: Iterable[Link]) -> str:
    names = [f"“{link.name}”" for link in links]
    return f"There are: {', '.join(names)}." if names else "There are no links yet; the panel makes them: Links…"


def _state_words(copy: RunningCopy) -> str:
    """Return how things are, in a line."""
    host = copy.host
    if copy.phase != "sharing":
        return {"starting": "Sharing is starting.", "stopping": "Sharing is stopping."}.get(
            copy.phase, "Sharing is off."
        )
    count = len(host.shares.shared)
    shared = "nothing selected" if not count else "1 source" if count == 1 else f"{count} sources"
    blanking = host.hub.blanking
    held = "" if blanking is None else f" · {blanking.state}"
    return f"Sharing is on: {shared} at {host.server.url} · {_viewers(host)} watching{held}"


def _viewers(host: Host) -> int:
    """Return how many watch; a page that shows several sources is one."""
    return len({view.group or view.session_id for view in host.registry.sessions()})
