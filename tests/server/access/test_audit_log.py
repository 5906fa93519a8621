from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.audit_log import (
    COUNTS_KEPT,
    MOST_REFUSALS,
    MOST_VISITS,
    AuditLog,
    Visit,
    duration,
)
from server.access.devices import Devices
from server.access.links import Links
from server.access.pin import OneTimePin
from server.net.peers import Peer
from server.redact import redacted
from tests.server.access.fakes import THERE, FakeClock

PHONE = Visit(THERE, "Firefox, Android", "link “Living room”", "build log", "xterm")


class Journal:
    """A log whose lines a test can read."""

    def __init__(self) -> None:
        self.clock = FakeClock(0.0)
        self.lines: list[str] = []
        begin = datetime(2026, 3, 1, 14, 2, 31, tzinfo=timezone(timedelta(hours=1)))
        self.log = AuditLog(
            self.lines.append, local_time=lambda: begin + timedelta(seconds=self.clock()), now=self.clock
        )


@pytest.fixture
def journal() -> Journal:
    return Journal()


def test_a_visit_can_be_read(journal: Journal) -> None:
    journal.log.joined("1", PHONE)
    journal.clock.advance(250)
    journal.log.left("1", "too slow")

    who = "192.168.1.31, Firefox, Android, by link “Living room”: build log (xterm)"
    assert journal.lines == [
        f"2026-03-01 14:02:31+0100  joined  {who}\n",
        f"2026-03-01 14:06:41+0100  left    {who}, after 4 min 10 s (too slow)\n",
    ]


def test_visits_are_told_apart(journal: Journal) -> None:
    journal.log.joined("1", PHONE)
    journal.clock.advance(10)
    journal.log.joined("2", Visit("", "VLC", "link “Kitchen”", "", ""))
    journal.clock.advance(5)
    journal.log.left("2")
    journal.log.left("1")
    journal.log.left("1")

    assert len(journal.lines) == 4
    assert journal.lines[2].endswith("unknown address, VLC, by link “Kitchen”: without a title, after 5 s\n")
    assert journal.lines[3].endswith("after 15 s\n")


def test_refusals_and_changes_are_said(journal: Journal) -> None:
    journal.log.refused(THERE, "curl", "That link is not known here.")
    journal.log.refused("", "curl", "No.")
    journal.log.note("The link “Kitchen” was revoked")

    assert [line[26:] for line in journal.lines] == [
        "refused 192.168.1.31, curl: That link is not known here.\n",
        "refused unknown address, curl: No.\n",
        "changed The link “Kitchen” was revoked\n",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (90000, "25 h 0 min"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_no_secret_gets_in_wherever_it_is_put(journal: Journal) -> None:
    links = Links()
    devices = Devices(links)
    link = links.make("Living room", ())
    _, cookie = devices.admit(link, Peer.of(THERE), "Firefox")
    pin = OneTimePin().show()
    secret = cookie.partition(".")[2]
    for hidden in (link.token, cookie, secret, pin.digits):
        for text in (
            hidden,
            f"http://192.168.1.20:8080/#t={hidden} – Firefox",
            f"?token={hidden}&fps=5",
            f"{'x ' * 120}{hidden}",
            f"PIN:{hidden}.",
        ):
            journal.log.joined("1", Visit(THERE, text, text, text, text))
            journal.log.left("1", text)
            journal.log.refused(THERE, text, text)
            journal.log.note(text)
    written = "".join(journal.lines)

    assert len(journal.lines) == 80
    for hidden in (link.token, secret, pin.digits):
        assert hidden not in written
        assert hidden[:12] not in written or len(hidden) == 6


@given(st.text(), st.binary(min_size=16, max_size=32), st.text())
def test_no_part_of_a_token_is_left(before: str, random: bytes, after: str) -> None:
    token = Links(random_bytes=lambda size: random.ljust(size, b"\x07")).make("x", ()).token

    assert token[:22] not in redacted(f"{before}{token}{after}")


@given(st.text())
def test_one_event_is_one_line(text: str) -> None:
    lines: list[str] = []
    AuditLog(lines.append).note(text)

    assert len(lines[0].splitlines()) == 1
    assert lines[0].endswith("\n")


def test_time_is_the_persons_own_by_default() -> None:
    lines: list[str] = []
    AuditLog(lines.append).note("x")

    at = datetime.strptime(lines[0][:24], "%Y-%m-%d %H:%M:%S%z")
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)


def test_a_refusal_is_not_written_again_and_again() -> None:
    lines: list[str] = []
    clock = FakeClock()
    log = AuditLog(lines.append, now=clock)
    for _ in range(1000):
        log.refused("10.0.0.1", "curl", "Wrong.")
    log.refused("10.0.0.2", "curl", "Wrong.")
    assert len(lines) == 2

    clock.advance(60)
    log.refused("10.0.0.1", "curl", "Wrong.")
    assert len(lines) == 3


def test_refusals_are_bounded_for_all_together_and_push_nothing_out() -> None:
    visits: list[str] = []
    refusals: list[str] = []
    clock = FakeClock()
    log = AuditLog(visits.append, refusals.append, now=clock)
    log.joined("1", PHONE)
    for number in range(2000):
        log.refused(f"10.0.{number // 200}.{number % 200}", "curl", "Wrong.")
    log.note("a link was made")
    log.left("1")
    assert len(visits) == 3
    assert len(refusals) == MOST_REFUSALS

    clock.advance(60)
    log.refused("10.0.0.1", "curl", "Wrong.")
    assert f"{2000 - MOST_REFUSALS} more" in refusals[-2]
    assert refusals[-1].endswith("10.0.0.1, curl: Wrong.\n")


def test_coming_and_going_is_bounded_too_for_each_address_and_link() -> None:
    lines: list[str] = []
    clock = FakeClock()
    log = AuditLog(lines.append, now=clock)
    for number in range(1000):
        log.joined(str(number), PHONE)
        log.left(str(number))
    log.joined("other", Visit("10.0.0.7", "Firefox", "link “Kitchen”", "build log", "xterm"))
    assert len(lines) == MOST_VISITS + 1

    clock.advance(60)
    log.joined("again", PHONE)
    assert f"came and went {2000 - MOST_VISITS} more times" in lines[-2]
    assert "joined" in lines[-1]
    for number in range(COUNTS_KEPT + 1):
        log.joined(f"many {number}", Visit(f"10.1.{number}", "Firefox", "TV", "", ""))
    log.joined("once more", PHONE)
    assert "joined" in lines[-1]
