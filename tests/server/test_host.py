"""Everything wired once: what the tray app obeys, ``serve`` obeys as well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capture.feed.catalog import Catalog
from capture.privacy.exclusions import Exclusions
from capture.source import Source
from server.host import Host
from server.net.peers import Peer
from server.sharing import ShareRule
from tests.helpers.canvas import Canvas
from tests.server.access.fakes import LOG, THERE


def host(folder: Path, *sources: Source) -> Host:
    catalog = Catalog(sources, windows=False)
    catalog.start()
    return Host(catalog=catalog, backend=Canvas().backend, has_video=False, folder=folder, say=pytest.fail)


async def test_a_link_for_a_window_shows_it_again_after_a_restart_once_it_is_shared(tmp_path: Path) -> None:
    first = host(tmp_path, LOG)
    rule = ShareRule.for_source(LOG)
    link = first.access.links.make("TV", (rule,))
    device, _ = first.access.devices.admit(link, Peer.of(THERE), "Firefox")
    await first.close()

    now = replace(LOG, id="4799", started=2)
    again = host(tmp_path, now)
    assert not again.access.links.all[link.id].shows(now)
    again.shares.set_rules((ShareRule.for_source(now),))

    assert again.access.links.all[link.id].shows(now)
    assert again.access.devices.may_see(device.id, now)
    assert again.problems == ()
    await again.close()


async def test_what_is_wrong_with_what_was_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "access.json").write_text("{")
    made = host(tmp_path, LOG)

    assert len(made.problems) == 1
    await made.close()


async def test_parts_share_one_set_of_rules_and_nothing_is_kept_without_a_folder() -> None:
    exclusions = Exclusions()
    made = Host((ShareRule("demo"),), exclusions=exclusions, windows=False, has_video=False)

    assert made.exclusions is exclusions
    assert made.persister is None
    assert list(made.shares.shared) == ["demo"]
    assert made.registry.access is made.access
    assert made.problems == ()
    made.settle()
    await made.close()
