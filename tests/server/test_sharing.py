from __future__ import annotations

import pytest

from capture.feed.catalog import Catalog
from capture.reasons import DISPLAY_SILENT
from capture.source import DEMO_ID, DESKTOP_ID, Condition, Source
from server import reasons
from server.sharing import (
    ShareList,
    ShareRule,
    described,
    listed,
    parse_rule,
    with_source,
    without_source,
)
from tests.server.access.fakes import LOG, MAIL, VAULT

DESKTOP = Source(DESKTOP_ID, "desktop", "Whole desktop", "", 3840, 1080)
MONITOR = Source("monitor-1", "monitor", "build monitor", "", 1920, 1080, output="HDMI-1")
DEMO = Source(DEMO_ID, "demo", "Demo", "", 320, 240)
EVERYTHING = (DESKTOP, MONITOR, DEMO, LOG, MAIL, VAULT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("all", EVERYTHING),
        ("desktop", (DESKTOP,)),
        ("0", (DESKTOP,)),
        ("demo", (DEMO,)),
        ("monitor-1", (MONITOR,)),
        ("monitor:HDMI-1", (MONITOR,)),
        ("monitor:HDMI", ()),
        (" 4711 ", (LOG,)),
        ("0x1267", (LOG,)),
        ("0X1267", (LOG,)),
        ("title:BUILD", (LOG,)),
        ("title: inbox ", (MAIL,)),
        ("4714", ()),
        ("monitor-2", ()),
    ],
)
def test_rule_that_a_person_wrote_allows_what_it_says(text: str, found: tuple[Source, ...]) -> None:
    shares = ShareList(Catalog(EVERYTHING, windows=False), (parse_rule(text),))

    assert tuple(shares.shared.values()) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "everything",
        "title:",
        "title:  ",
        "0xgg",
        "-1",
        "monitor-",
        "monitor: ",
        "١٢",
        "9" * 21,
        "region-1",
        "4711,4712",
    ],
)
def test_anything_else_is_refused_with_what_is_possible(text: str) -> None:
    with pytest.raises(ValueError, match="Possible are"):
        parse_rule(text)


@pytest.mark.parametrize("source", EVERYTHING)
def test_rule_for_a_source_allows_that_one_only(source: Source) -> None:
    rule = ShareRule.for_source(source)

    assert tuple(each for each in EVERYTHING if rule.matches(each)) == (source,)


def test_source_is_described_by_what_viewers_may_know() -> None:
    assert described(LOG) == {
        "handle": 4711,
        "title": "build log",
        "app": "xterm",
        "kind": "window",
        "width": 320,
        "height": 240,
        "state": "live",
    }


def test_only_what_is_shared_is_listed() -> None:
    shares = ShareList(Catalog((LOG, MAIL), windows=False), (ShareRule.for_source(LOG),))

    assert listed(shares.shared, "http://localhost:8080") == {
        "windows": [described(LOG) | {"url": "http://localhost:8080/watch/4711"}],
        "count": 1,
    }


def test_list_follows_what_is_there_and_what_is_allowed() -> None:
    catalog = Catalog((LOG, MAIL), windows=False)
    shares = ShareList(catalog, (ShareRule.for_source(LOG), ShareRule.for_source(VAULT)))
    told: list[set[str]] = []
    unsubscribe = shares.subscribe(lambda: told.append(set(shares.shared)))
    catalog.set_fixed((LOG, MAIL, VAULT))
    catalog.set_fixed((LOG, VAULT))
    shares.set_rules((ShareRule.for_source(VAULT),))

    assert told == [{LOG.id, VAULT.id}, {VAULT.id}]
    assert shares.find(VAULT.id) == VAULT
    assert shares.find(LOG.id) is None
    assert shares.is_shared(VAULT)
    assert not shares.is_shared(LOG)
    assert shares.exists(LOG)
    assert not shares.exists(MAIL)
    unsubscribe()
    unsubscribe()
    shares.close()
    catalog.set_fixed((LOG, MAIL, VAULT))
    assert len(told) == 2
    assert dict(shares.shared) == {}


def test_handle_of_another_process_is_not_shared() -> None:
    catalog = Catalog((LOG,), windows=False)
    shares = ShareList(catalog, (ShareRule.for_source(LOG),))
    reused = Source(LOG.id, "window", LOG.title, LOG.app, 320, 240, pid=LOG.pid, started=2)
    catalog.set_fixed((reused,))

    assert shares.find(LOG.id) is None
    assert not shares.is_shared(reused)
    assert not shares.is_shared(LOG)
    assert not shares.exists(LOG)


def test_number_of_a_monitor_ends_with_the_run() -> None:
    """What a person writes now means the monitor of that number now; what was kept may have meant another one."""
    catalog = Catalog((MONITOR,), windows=False)
    shares = ShareList(catalog, (parse_rule("monitor-1"),))
    moved = Source("monitor-1", "monitor", "Monitor 1", "", 1920, 1080, output="DP-1")

    assert not ShareRule("id", "monitor-1").matches(MONITOR)
    assert shares.rules == (ShareRule("monitor", "HDMI-1"),)
    catalog.set_fixed((moved,))
    assert dict(shares.shared) == {}
    assert not ShareRule.for_source(Source("monitor-2", "monitor", "", "", 1, 1)).matches(moved)


def test_viewers_are_told_no_titles_where_these_are_hidden() -> None:
    nameless = Source("99", "window", "private", "", 320, 240)
    catalog = Catalog(fixed=(MONITOR, LOG, nameless), windows=False)
    shares = ShareList(catalog, (ShareRule("title", "build"), ShareRule("id", "99"), ShareRule("id", "monitor-1")))
    told: list[list[str]] = []
    shares.subscribe(lambda: told.append([source.title for source in shares.shared.values()]))
    shares.hide_titles(True)
    shares.hide_titles(True)
    assert shares.is_shared(LOG)
    assert "build log" not in str(listed(shares.shared, ""))
    shares.hide_titles(False)

    assert told == [["build monitor", "xterm", "Window"], ["build monitor", "build log", "private"]]


def test_it_is_told_when_the_list_becomes_ready_and_complete() -> None:
    catalog = Catalog((LOG,))
    catalog.is_ready = catalog.is_listed = False
    shares = ShareList(catalog, (ShareRule("all"),))
    told: list[tuple[bool, bool]] = []
    shares.subscribe(lambda: told.append((shares.is_ready, shares.is_complete)))
    catalog.is_ready = True
    catalog.set_fixed((LOG, MAIL))
    catalog.is_listed = True
    catalog.set_fixed((LOG, VAULT))

    assert told == [(True, False), (True, True)]
    assert shares.waits_for == Condition("waiting", reasons.JUST_STARTED)
    catalog.condition = Condition("waiting", DISPLAY_SILENT)
    assert shares.waits_for == catalog.condition


def test_unticking_narrows_a_wide_rule() -> None:
    shared = {LOG.id: LOG, MAIL.id: MAIL}

    assert without_source((parse_rule("all"),), LOG, shared) == (ShareRule.for_source(MAIL),)
    assert with_source((parse_rule("all"),), LOG) == (parse_rule("all"),)
    assert with_source((), LOG) == (ShareRule.for_source(LOG),)
