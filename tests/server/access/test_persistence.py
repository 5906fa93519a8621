"""Links, devices and the access log reach the disk, and come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture.feed.catalog import Catalog
from server.access.control import AccessControl
from server.access.persistence import AccessPersister
from server.net.peers import Peer
from server.sharing import ShareList, ShareRule
from tests.helpers.waiting import until
from tests.server.access.fakes import LOG, THERE


def house(persister: AccessPersister) -> AccessControl:
    catalog = Catalog((LOG,), windows=False)
    catalog.start()
    access = AccessControl(ShareList(catalog), persister.kept, persister.write, persister.write_refused)
    persister.follow(access)
    return access


def unheard(words: str) -> None:
    pytest.fail(words)


async def test_what_is_made_is_there_in_the_next_run(tmp_path: Path) -> None:
    persister = AccessPersister(tmp_path / "panecast", unheard)
    access = house(persister)
    link = access.links.make("TV", (ShareRule("all"),))
    access.devices.admit(link, Peer.of(THERE), "Firefox")
    access.block("10.0.0.1")
    access.log.note("a link was made")
    persister.close()

    again = AccessPersister(tmp_path / "panecast", unheard)
    assert again.problems == ()
    assert house(again).kept == access.kept
    assert "a link was made" in again.log_path.read_text()
    again.close()
    for path in (tmp_path / "panecast").iterdir():
        assert path.stat().st_mode & 0o077 == 0


async def test_it_is_written_without_being_asked_for(tmp_path: Path) -> None:
    persister = AccessPersister(tmp_path, unheard)
    access = house(persister)

    access.links.make("TV", (ShareRule("all"),))
    access.log.note("first")
    access.log.note("second")

    await until(lambda: (tmp_path / "access.json").exists() and persister.log_path.exists())
    await until(lambda: persister.log_path.read_text().count("\n") == 2)
    persister.close()


async def test_refusals_have_a_file_of_their_own(tmp_path: Path) -> None:
    persister = AccessPersister(tmp_path, unheard)
    access = house(persister)
    access.log.refused(THERE, "curl", "No.")
    access.log.note("a link was made")
    persister.close()

    assert persister.log_path.read_text().count("\n") == persister.refused_path.read_text().count("\n") == 1
    assert "curl: No." in persister.refused_path.read_text()


async def test_only_the_log_is_written_when_only_that_grows(tmp_path: Path) -> None:
    persister = AccessPersister(tmp_path, unheard)
    house(persister).log.note("first")
    persister.close()

    assert persister.log_path.exists()
    assert not (tmp_path / "access.json").exists()


async def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    persister = AccessPersister(tmp_path / "panecast", said.append)
    access = house(persister)
    # A file where the folder should be: nobody can write in there, root neither.
    (tmp_path / "panecast").write_text("")

    access.links.make("TV", (ShareRule("all"),))
    access.log.note("first")
    await until(lambda: bool(said))

    assert "links could not be saved" in said[0]
    assert "log could not be written" in said[0]
    persister.close()


async def test_a_writing_under_way_at_the_end_is_finished(tmp_path: Path) -> None:
    persister = AccessPersister(tmp_path, unheard)
    access = house(persister)
    access.log.note("first")
    await until(lambda: persister._timer is None)  # noqa: SLF001  it has begun
    access.log.note("second")
    persister.close()

    assert persister.log_path.read_text().splitlines()[-1].endswith("second")
