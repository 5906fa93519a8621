"""What is asked for is done as by hand, and nothing else: on a real host with sources of every kind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial

import pytest

from capture.feed.catalog import Catalog
from capture.source import DEMO_ID, DESKTOP_ID, Source
from server.access.links import Link
from server.host import Host
from server.remote.message import Answer, Request
from server.remote.requests import COMMANDS, answer
from server.serve import ServingCopy
from server.sharing import ShareRule, parse_rule
from tests.helpers.ports import free_port

DESKTOP = Source(DESKTOP_ID, "desktop", "Whole desktop", "", 1920, 1080)
MONITOR = Source("monitor-1", "monitor", "Monitor 1", "", 1920, 1080, output="HDMI-1")
DEMO = Source(DEMO_ID, "demo", "Demo picture", "Panecast", 320, 240)
LOG = Source("4711", "window", "build log", "xterm", 640, 480, pid=1, started=1)
MAIL = Source("4712", "window", "inbox", "mail", 640, 480, pid=2, started=1)
SOURCES = (DESKTOP, MONITOR, DEMO, LOG, MAIL)


class House:
    """A copy without a panel, and what it was asked."""

    def __init__(self) -> None:
        self.catalog = Catalog(SOURCES, windows=False)
        self.host = Host(catalog=self.catalog, has_video=False)
        self.ended = 0
        self.copy = ServingCopy(
            self.host, partial(self.host.server.start, "127.0.0.1", free_port()), needs_link=True, end=self._end
        )

    def _end(self) -> None:
        self.ended += 1

    async def ask(self, name: str, /, **values: object) -> Answer:
        return await answer(Request(name, values), self.copy)

    @property
    def shared(self) -> set[str]:
        return set(self.host.shares.shared)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    yield made
    await made.host.close()


@pytest.mark.parametrize(
    ("what", "shared"),
    [
        (["desktop"], {"0"}),
        (["monitor-1"], {"monitor-1"}),
        (["monitor:HDMI-1", "demo"], {"monitor-1", "demo"}),
        (["title:BUILD"], {"4711"}),
        (["0x1267", "4712"], {"4711", "4712"}),
        (["all"], {"0", "monitor-1", "demo", "4711", "4712"}),
    ],
)
async def test_just_what_is_named_is_shared_and_no_more(house: House, what: list[str], shared: set[str]) -> None:
    told = await house.ask("share", what=what)

    assert (told.code, told.problem) == (0, "")
    assert told.text.endswith(f"at {house.host.server.url}")
    assert house.copy.phase == "sharing"
    assert house.shared == shared


async def test_while_sharing_is_off_only_the_named_is_turned_on(house: House) -> None:
    house.host.shares.set_rules((parse_rule("desktop"), parse_rule("title:inbox")))
    await house.ask("share", what=["demo"])
    assert house.shared == {"demo"}
    await house.ask("share", what=["title:build"])
    assert house.shared == {"demo", "4711"}
    await house.ask("stop")
    await house.ask("share", what=["monitor-1"])

    assert house.shared == {"monitor-1"}


async def test_a_window_that_comes_later_is_not_shared_by_an_earlier_wish(house: House) -> None:
    await house.ask("share", what=["title:build", "all"])
    later = Source("4713", "window", "build log", "xterm", 640, 480, pid=3, started=1)
    house.catalog.set_fixed((*SOURCES, later))

    assert "4713" not in house.shared


@pytest.mark.parametrize("what", [["title:novel"], ["desktop", "4799"], ["monitor-2"], ["monitor:DP-9", "demo"]])
async def test_where_one_thing_is_not_there_nothing_is_shared(house: House, what: list[str]) -> None:
    told = await house.ask("share", what=what)

    assert (told.code, told.text) == (1, "")
    assert told.problem.startswith("Not found, so nothing was changed: ")
    assert house.shared == set()
    assert house.copy.phase == "idle"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"what": []},
        {"what": ["planet"]},
        {"what": ["desktop", "title:"]},
        {"what": "desktop"},
        {"what": [1]},
        {"what": None},
    ],
)
@pytest.mark.parametrize("name", ["share", "unshare"])
async def test_what_cannot_be_meant_is_said_and_nothing_is_done(
    house: House, name: str, values: dict[str, object]
) -> None:
    house.host.shares.set_rules((parse_rule("demo"),))
    told = await house.ask(name, **values)

    assert told.code == 2
    assert told.problem
    assert house.shared == {"demo"}
    assert house.copy.phase == "idle"


async def test_unsharing_leaves_the_others(house: House) -> None:
    await house.ask("share", what=["all"])
    told = await house.ask("unshare", what=["title:inbox", "monitor-1"])
    assert told == Answer(text="No longer sharing inbox, Monitor 1.")
    assert house.shared == {"0", "demo", "4711"}
    told = await house.ask("unshare", what=["4712", "demo"])
    assert (told.code, told.text) == (1, "No longer sharing Demo picture.")
    assert "4712" in told.problem
    assert house.shared == {"0", "4711"}
    await house.ask("unshare", what=["all"])

    assert house.shared == set()
    assert house.copy.phase == "sharing"


async def test_what_is_only_waited_for_is_waited_for_no_longer(house: House) -> None:
    house.host.shares.set_rules((parse_rule("title:novel"), parse_rule("demo")))
    told = await house.ask("unshare", what=["title:novel"])

    assert told.code == 0
    assert house.host.shares.rules == (parse_rule("demo"),)


async def test_starting_and_stopping(house: House) -> None:
    assert "nothing selected" in (await house.ask("start")).text
    url = house.host.server.url
    assert (await house.ask("start")).text.startswith("Sharing is on")
    assert await house.ask("stop") == Answer(text="Sharing was stopped.")
    assert await house.ask("stop") == Answer(text="Sharing is off already.")
    assert house.copy.phase == "idle"
    await house.ask("start")

    assert house.host.server.url == url, "the address that was given away"


async def test_a_port_that_is_taken_is_said(house: House) -> None:
    other = House()
    await other.ask("start")
    house.copy = ServingCopy(
        house.host,
        partial(house.host.server.start, "127.0.0.1", other.host.server.port),
        needs_link=False,
        end=lambda: None,
    )
    told = await house.ask("share", what=["demo"])
    await other.host.close()

    assert told.code == 1
    assert "is used by another program" in told.problem


async def test_pausing_blanking_and_going_on(house: House) -> None:
    hub = house.host.hub
    states = []
    for name in ("pause", "blank", "go-on"):
        assert (await house.ask(name)).code == 0
        states.append(hub.blanking and hub.blanking.state)

    assert states == ["paused", "blanked", None]


async def test_status_in_words_and_as_json(house: House) -> None:
    assert (await house.ask("status")).text == "Sharing is off."
    await house.ask("share", what=["title:build"])
    await house.ask("pause")
    words, found = (await house.ask("status")).text, json.loads((await house.ask("status", json=True)).text)

    assert words.splitlines()[0] == f"Sharing is on: 1 source at {house.host.server.url} · 0 watching · paused"
    assert "build log" in words.splitlines()[1]
    assert found["shared"][0]["title"] == "build log"
    assert {key: found[key] for key in ("state", "blanking", "address", "open", "viewers", "panel")} == {
        "state": "sharing",
        "blanking": "paused",
        "address": house.host.server.url,
        "open": False,
        "viewers": 0,
        "panel": False,
    }


async def test_links_are_printed_by_name_and_in_no_other_answer(house: House) -> None:
    links = house.host.access.links
    everything = (ShareRule("all"),)
    assert "Sharing is off" in (await house.ask("link")).problem
    television = links.make("TV", everything)
    over = links.make("old", everything, expires=1.0)
    await house.ask("share", what=["demo"])

    def secret(link: Link) -> str:
        return f"{house.host.server.url}/#t={link.token}"

    assert (await house.ask("link", name="TV")).text == secret(television)
    assert (await house.ask("link", name="old")).problem == "The link “old” has expired."
    unknown = await house.ask("link", name="radio")
    assert unknown.code == 1
    assert "“radio”" in unknown.problem
    assert "“TV”" in unknown.problem
    plain = (await house.ask("link")).text
    assert "#t=" in plain
    tokens = [link.token for link in links.all.values()]
    assert over.token in tokens
    for name in ("status", "start", "show", "windows", "stop"):
        told = await house.ask(name)
        assert not any(token in told.text + told.problem for token in tokens), name


async def test_windows_are_listed_as_without_a_copy(house: House) -> None:
    told = await house.ask("windows", json=True)

    assert (told.code, json.loads(told.text)["count"]) == (0, len(SOURCES))
    assert len((await house.ask("windows")).text.splitlines()) == len(SOURCES) + 1  # a heading


async def test_without_a_panel_that_is_said(house: House) -> None:
    for name in ("show", "open"):
        told = await house.ask(name)
        assert told.code == 4
        assert "panecast serve" in told.problem.casefold()


async def test_quitting_ends_it_after_the_answer(house: House) -> None:
    assert (await house.ask("quit")).code == 0
    assert house.ended == 0
    await asyncio.sleep(0)
    assert house.ended == 1


async def test_what_is_not_in_the_table_is_said(house: House) -> None:
    told = await house.ask("explode")

    assert told.code == 1
    assert "“explode”" in told.problem


def test_each_that_is_typed_has_a_sentence() -> None:
    assert [name for name, command in COMMANDS.items() if not command.sentence] == ["open"]
