from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server import private_files as access_files
from server.access.devices import Devices
from server.access.links import MOST_LINKS, Links
from server.access.store import MOST_KNOWN, AccessState, AccessStore
from server.net.peers import Peer
from server.private_files import (
    MOST_ASIDE,
    NotPrivate,
    append_private,
    fresh_name,
    keep_copy,
    make_private_folder,
    read_private,
    replace_private,
)
from server.sharing import ShareRule
from tests.server.access.fakes import LOG, THERE, CountedBytes, FakeClock

PHONE = Peer.of(THERE)


def some() -> AccessState:
    """Return links and devices of every kind."""
    clock, random_bytes = FakeClock(), CountedBytes()
    links = Links(now=clock, random_bytes=random_bytes)
    devices = Devices(links, now=clock, random_bytes=random_bytes)
    link = links.make("Living room “1”", (ShareRule.for_source(LOG), ShareRule("title", "ü")), expires=2e9)
    links.make("Kitchen", (ShareRule("all"),), most_devices=2, asks=True)
    links.revoke(links.make("Gone", ()).id)
    devices.admit(link, PHONE, "Firefox")
    devices.admit_program(link, PHONE, "VLC")
    devices.admit_by_consent((ShareRule.for_source(LOG),), PHONE, "Safari")
    devices.admit_by_consent((), PHONE, "Once", once=True)
    devices.forget(devices.admit(link, PHONE, "Gone")[0].id)
    return AccessState.of(links, devices)


@pytest.fixture
def file(tmp_path: Path) -> AccessStore:
    return AccessStore(tmp_path / "panecast")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_first_start_has_nothing_and_no_problem(file: AccessStore) -> None:
    assert file.load() == AccessState()
    assert file.problems == ()


def test_everything_comes_back(file: AccessStore) -> None:
    kept = some()

    assert file.save(kept) is None
    assert AccessStore(file.path.parent).load() == kept
    assert len(kept.devices) == 3
    assert (len(kept.links), len(kept.revoked), len(kept.forgotten)) == (2, 1, 1)


def test_what_another_program_wrote_is_kept_as_a_copy_and_said_once(file: AccessStore) -> None:
    kept = some()
    file.save(kept)
    other = AccessStore(file.path.parent)
    other.load()
    other.save(AccessState())
    theirs = file.path.read_bytes()

    told = file.save(kept)

    (copy,) = (path for path in file.path.parent.iterdir() if path != file.path)
    assert told is not None
    assert copy.name in told
    assert (copy.read_bytes(), mode(copy)) == (theirs, 0o600)
    assert AccessStore(file.path.parent).load() == kept
    assert file.save(kept) is None


def newer(file: AccessStore, **changes: object) -> dict[str, Any]:
    """Put a file of a newer version in place of ``file``, with ``changes``; return what it says."""
    file.save(some())
    table: dict[str, Any] = json.loads(file.path.read_bytes()) | {"version": 2} | changes
    file.path.write_text(json.dumps(table))
    return table


def test_a_newer_file_is_read_as_far_as_nobody_more_gets_in(file: AccessStore) -> None:
    table = newer(file, blocked=["192.168.1.66"])
    table["links"][0]["hours"] = "9-17"
    file.path.write_text(json.dumps(table))
    kept = file.load()

    assert [link.name for link in kept.links] == ["Kitchen"], "the other one may be restricted"
    assert [device.name for device in kept.devices] == ["Safari"], "the others came by that link"
    assert (len(kept.revoked), len(kept.forgotten), kept.blocked) == (1, 1, ("192.168.1.66",))
    assert "3 of 5 links and devices let nobody in" in file.problems[0]


@pytest.mark.parametrize(
    "change",
    [
        {"hours": "9-17"},
        {"blocked": [{"network": "192.168.1.0/24"}]},
        {"revoked": {"all": True}},
        {"links": {"a": {}}},
    ],
)
def test_what_may_restrict_all_of_a_newer_file_lets_nobody_in(file: AccessStore, change: dict[str, object]) -> None:
    newer(file, **change)
    kept = file.load()

    assert kept.links == ()
    assert [device.name for device in kept.devices if device.link_id] == []
    assert "newer version" in file.problems[0]


@pytest.mark.parametrize(
    "entry",
    [
        {"scope": [{"kind": "folder", "text": "x"}]},
        {"scope": [{"kind": "all", "text": "", "identity": None, "until": 5}]},
        {"most_devices": "3 a day"},
        {"asks": "at night"},
    ],
)
def test_a_link_with_a_value_of_a_newer_version_lets_nobody_in(file: AccessStore, entry: dict[str, object]) -> None:
    table = newer(file)
    table["links"] = [link | entry for link in table["links"]]
    file.path.write_text(json.dumps(table))

    assert file.load().links == ()


def test_a_newer_file_is_kept_before_this_version_writes_its_own(file: AccessStore) -> None:
    newer(file, hours="9-17")
    whole = file.path.read_bytes()
    kept = file.load()
    assert [path.name for path in file.path.parent.iterdir()] == ["access.json"]

    assert file.save(kept) is None

    copy = file.path.with_name("access.json.schema-2.bak")
    assert (copy.read_bytes(), mode(copy)) == (whole, 0o600)
    assert (file.load(), file.problems) == (kept, ())


def test_windows_of_another_run_match_nothing(file: AccessStore) -> None:
    """Nor does what an older version kept, which knew a window by three things."""
    file.save(some())
    kept = json.loads(file.path.read_bytes())
    kept["links"][0]["scope"][0]["identity"] = list(LOG.identity)[:3]
    file.path.write_text(json.dumps(kept))

    rule = file.load().links[0].scope[0]
    assert file.problems == ()
    assert rule.matches(LOG)
    assert not rule.matches(replace(LOG, generation="2f9c01aa-7"))


def test_no_cookie_is_on_disk(file: AccessStore) -> None:
    links = Links()
    devices = Devices(links)
    link = links.make("Living room", ())
    _, cookie = devices.admit(link, PHONE, "Firefox")
    file.save(AccessState.of(links, devices))

    text = file.path.read_text()
    assert cookie.partition(".")[2] not in text
    # The token is: the panel has to be able to show the link again.
    assert link.token in text


def test_nobody_else_may_read_it(file: AccessStore) -> None:
    old = os.umask(0)
    try:
        file.save(some())
    finally:
        os.umask(old)

    assert mode(file.path) == 0o600
    assert mode(file.path.parent) == 0o700
    assert list(file.path.parent.iterdir()) == [file.path]


def test_where_files_have_no_modes_nothing_is_said_of_them(file: AccessStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows tells 0o666 of every file; what is in a person's own folder is that person's by its rights."""
    file.save(some())
    file.path.chmod(0o666)
    file.path.parent.chmod(0o777)
    monkeypatch.delattr(os, "geteuid")

    assert file.load() == some()
    assert file.problems == ()
    file.save(some())
    assert mode(file.path.parent) == 0o777


def test_folder_that_was_open_is_closed(file: AccessStore) -> None:
    file.path.parent.mkdir(mode=0o755)
    file.path.parent.chmod(0o755)
    file.save(some())

    assert mode(file.path.parent) == 0o700


def test_file_that_was_open_is_closed_and_said(file: AccessStore) -> None:
    file.save(some())
    file.path.chmod(0o644)

    assert file.load() == some()
    assert "could read" in file.problems[0]
    assert mode(file.path) == 0o600
    file.load()
    assert file.problems == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": 0}',
        b'{"version": "2"}',
        b'{"only_at_night": true}',
        b'{"links": [{"id": "a", "name": "x", "token": "%s", "scope": [], "created": 0, "only_at_night": true}]}',
        b'{"links": [{"id": "a", "name": "x", "token": "", "scope": [], "created": 0}]}',
        b'{"links": [{"id": "a", "name": "", "token": "%s", "scope": [], "created": 0}]}',
        b'{"links": [{"id": "a", "name": "x", "token": "%s", "scope": [{"kind": "title"}], "created": 0}]}',
        b'{"links": [{"id": "a", "name": "x", "token": "%s", "scope": [], "created": "now"}]}',
        b'{"links": [{"id": "a", "name": "x", "token": "%s", "scope": [], "created": 0, "most_devices": 0}]}',
        b'{"links": [{"id": "a", "name": "x", "token": "%s", "scope": [], "created": 1e300}]}',
        b'{"links": [{"id": "a", "name": "x", "token": "%s", "scope": [], "created": 0, "expires": -1}]}',
        b'{"links": [{"id": "", "name": "x", "token": "%s", "scope": [], "created": 0}]}',
        b'{"devices": [{"id": "a", "name": "x\\n", "address": "", "first_seen": 0, "last_seen": 0}]}',
        b'{"devices": [{"id": "a", "name": "x", "address": "", "first_seen": 0, "last_seen": 1e999}]}',
    ],
)
def test_damaged_file_is_kept_aside_and_said_and_lets_nobody_in(file: AccessStore, content: bytes) -> None:
    content = content.replace(b"%s", b"t" * 32)
    file.path.parent.mkdir(mode=0o700)
    file.path.write_bytes(content)
    file.path.chmod(0o600)
    aside = file.path.with_name("access.json.bak")

    assert file.load() == AccessState()
    assert "access.json.bak" in file.problems[0]
    assert aside.read_bytes() == content
    assert mode(aside) == 0o600
    assert file.save(some()) is None
    assert file.load() == some()


def test_damaged_file_that_cannot_be_moved_is_not_written_over(file: AccessStore) -> None:
    file.path.parent.mkdir(mode=0o700)
    file.path.write_bytes(b"{")
    for number in ("", *range(2, MOST_ASIDE + 1)):
        file.path.with_name(f"access.json.bak{number}").mkdir()

    assert file.load() == AccessState()
    assert "damaged" in file.problems[0]
    assert "not be kept" in file.problems[0]
    assert "not kept" in (file.save(some()) or "")
    assert file.path.read_bytes() == b"{"


def test_each_damaged_file_is_kept_under_a_name_of_its_own(file: AccessStore) -> None:
    file.path.parent.mkdir(mode=0o700)
    for number in range(MOST_ASIDE + 2):
        file.path.write_bytes(b"{%d" % number)
        file.load()
    kept = {path.name: path.read_bytes() for path in file.path.parent.iterdir()}

    assert len(kept) == MOST_ASIDE
    assert (kept["access.json.bak"], kept["access.json.bak2"]) == (b"{0", b"{1")
    # Only the last one is written over.
    assert kept[f"access.json.bak{MOST_ASIDE}"] == b"{%d" % (MOST_ASIDE + 1)


def test_a_copy_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.with_name("settings.toml.bak").write_bytes(b"another")

    assert keep_copy(path, b"content") == keep_copy(path, b"content") == path.with_name("settings.toml.bak2")
    assert path.with_name("settings.toml.bak2").read_bytes() == b"content"
    assert mode(path.with_name("settings.toml.bak2")) == 0o600
    assert len(list(tmp_path.iterdir())) == 2


def test_symbolic_link_is_neither_read_nor_written(file: AccessStore, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    AccessStore(tmp_path / "theirs").save(some())
    other.write_bytes((tmp_path / "theirs" / "access.json").read_bytes())
    file.path.parent.mkdir(mode=0o700)
    file.path.symlink_to(other)
    before = other.read_bytes()

    assert file.load() == AccessState()
    assert "symbolic link" in file.problems[0]
    assert "not kept" in (file.save(AccessState()) or "")
    assert "symbolic link" in (AccessStore(file.path.parent).save(AccessState()) or "")
    assert other.read_bytes() == before
    assert file.path.is_symlink()


def test_symbolic_link_in_the_place_of_the_new_file_is_not_followed(file: AccessStore, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("theirs")
    file.path.parent.mkdir(mode=0o700)
    fresh_name(file.path).symlink_to(other)

    assert file.save(some()) is None
    assert other.read_text() == "theirs"
    assert file.load() == some()


def test_folder_that_leads_elsewhere_is_refused(file: AccessStore, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file.path.parent.symlink_to(tmp_path / "elsewhere")

    assert "leads elsewhere" in (file.save(some()) or "")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_folder_and_file_of_somebody_else_are_refused(file: AccessStore, monkeypatch: pytest.MonkeyPatch) -> None:
    file.save(some())
    monkeypatch.setattr(access_files.os, "geteuid", lambda: 12345)

    assert "belongs to somebody else" in (AccessStore(file.path.parent).save(AccessState()) or "")
    assert file.load() == AccessState()
    assert "belongs to somebody else" in file.problems[0]


@pytest.mark.parametrize("what", ["pipe", "socket", "folder", "giant"])
def test_what_can_be_no_file_of_ours_is_put_aside(file: AccessStore, what: str) -> None:
    file.path.parent.mkdir(mode=0o700)
    match what:
        case "pipe":
            os.mkfifo(file.path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(os.path.relpath(file.path))
        case "folder":
            file.path.mkdir()
        case "giant":
            file.path.touch(mode=0o600)
            os.truncate(file.path, 5 << 30)
    before = file.path.lstat().st_ino

    assert file.load() == AccessState()
    assert ("larger" if what == "giant" else "plain file") in file.problems[0]
    assert file.path.with_name("access.json.bak").lstat().st_ino == before
    assert file.save(some()) is None
    assert file.load() == some()


def test_what_cannot_be_opened_is_left_where_it_is(file: AccessStore, monkeypatch: pytest.MonkeyPatch) -> None:
    file.save(some())

    def broken(*args: object) -> int:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr(access_files.os, "open", broken)
        assert file.load() == AccessState()
    assert "Input/output error" in file.problems[0]
    assert "not kept" in (file.save(AccessState()) or "")
    assert AccessStore(file.path.parent).load() == some()


@pytest.mark.parametrize("most", ["links", "devices"])
def test_more_than_there_can_be_is_damage(file: AccessStore, most: str) -> None:
    kept = some()
    full = {
        "links": tuple(msgspec.structs.replace(kept.links[0], id=str(number)) for number in range(MOST_LINKS + 1)),
        "devices": kept.devices[:1] * (MOST_KNOWN + 1),
    }
    file.save(msgspec.structs.replace(kept, **{most: full[most]}))

    assert file.load() == AccessState()
    assert "damaged" in file.problems[0]


def test_what_a_killed_program_left_behind_goes(file: AccessStore) -> None:
    file.path.parent.mkdir(mode=0o700)
    fresh_name(file.path).write_text("half of the secre")

    assert file.save(some()) is None
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_failure_at_any_step_leaves_the_old_file(file: AccessStore, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    file.save(some())

    def full(*args: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(*((access_files.Path, "replace") if step == "replace" else (access_files.os, step)), full)
        words = file.save(AccessState())

    assert "No space left" in (words or "")
    assert file.load() == some()
    assert list(file.path.parent.iterdir()) == [file.path]


SAVES_ON_AND_ON = """
import sys
from dataclasses import replace
from pathlib import Path
from server.access.store import AccessStore, AccessState
file = AccessStore(Path(sys.argv[1]))
full = AccessState(revoked=("x" * 64,) * 20_000)
while True:
    for kept in (full, AccessState()):
        assert file.save(kept) is None
        print("saved", flush=True)
"""


@pytest.mark.parametrize("saves", [1, 2, 5])
def test_program_killed_while_it_saves_leaves_the_old_file_or_the_new_one(file: AccessStore, saves: int) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", SAVES_ON_AND_ON, str(file.path.parent)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        assert [running.stdout.readline() for _ in range(saves)] == ["saved\n"] * saves
    finally:
        running.kill()
        running.communicate()

    assert file.load() in (AccessState(), AccessState(revoked=("x" * 64,) * 20_000))
    assert file.problems == ()
    assert file.save(some()) is None
    assert list(file.path.parent.iterdir()) == [file.path]


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, where a folder should be", encoding="utf-8")

    assert "could not be saved" in (AccessStore(tmp_path / "taken").save(AccessState()) or "")
    assert "could not be saved" in (AccessStore(tmp_path / "taken" / "below").save(AccessState()) or "")


def test_kept_is_not_printed_with_its_secrets() -> None:
    kept = some()

    assert kept.links[0].token not in repr(kept)
    assert json.dumps(repr(kept)) == '"AccessState(2 links, 3 devices)"'


def test_appending_keeps_to_the_same_rules(tmp_path: Path) -> None:
    path = tmp_path / "panecast" / "lines"

    assert append_private(path, "one\n") == 4
    assert append_private(path, "two\ud800\n") == 9
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    path.unlink()
    path.symlink_to(tmp_path / "other")
    with pytest.raises(NotPrivate):
        append_private(path, "three\n")
    path.unlink()
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(NotPrivate):
            append_private(path, "three\n")
    finally:
        os.close(reader)
    assert not (tmp_path / "other").exists()


def test_private_files_can_be_made_and_read(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    replace_private(tmp_path / "a" / "b" / "file", b"content")

    assert read_private(tmp_path / "a" / "b" / "file", 7) == (b"content", False)
