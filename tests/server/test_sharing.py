from __future__ import annotations

import pytest

from capture.catalog import Catalog
from capture.source import DEMO_ID, DESKTOP_ID, Source
from server.sharing import ShareList, ShareRule, described, listed, parse_rule
from tests.server.access_fakes import LOG, MAIL, VAULT

DESKTOP = Source(DESKTOP_ID, "desktop", "Whole desktop", "", 3840, 1080)
MONITOR = Source("monitor-1", "monitor", "build monitor", "", 1920, 1080)
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
    rule = parse_rule(text)

    assert tuple(source for source in EVERYTHING if rule.matches(source)) == found


@pytest.mark.parametrize(
    "text", ["", "everything", "title:", "title:  ", "0xgg", "-1", "monitor-", "١٢", "9" * 21, "region-1", "4711,4712"]
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
