"""What the log says of people: nothing that opens a door, and nothing by which they are known."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.logs.shortening import LONGEST, LONGEST_LINE, TITLES_KEPT, Titles, shortened

TOKEN = "Zk3vVq0-9sA_bcDEfghIJklmn012"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"GET /watch?token={TOKEN} HTTP/1.1", "GET /watch?… HTTP/1.1"),
        (f"http://localhost:8080/#{TOKEN[:9]} was opened", "http://localhost:8080/#… was opened"),
        (f"link {TOKEN} is over", "link … is over"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: …"),
        ("<CIMultiDictProxy('Cookie': 'panecast=short', 'Accept': '*/*')>", "<CIMultiDictProxy('Cookie': …"),
        ("set-cookie: panecast=abc; HttpOnly", "set-cookie: …"),
        ("sent Bearer abc.def", "sent Bearer …"),
        ("PIN 123456 was tried", "PIN … was tried"),
        ("the PIN is 123 456", "the PIN is …"),
        ("pin=4711", "pin=…"),
        ("{'password': 'my own one'}", "{'password': …}"),
        ("192.168.1.20 fell silent", "192.168.x.x fell silent"),
        ("from 10.9.8.7:50412.", "from 10.9.x.x:50412."),
        ("from [fe80::1c2b:3d4e:5f60:7182%eth0]:8080", "from [fe80:…]:8080"),
        ("2001:db8::1 left", "2001:… left"),
        ("address:fe80::1: it is gone", "address:fe80:…: it is gone"),
        ("::ffff:192.168.1.20 left", "::ffff:192.168.x.x left"),
        ("serving at 127.0.0.1:8080 and [::1]:8080", "serving at 127.0.0.1:8080 and [::1]:8080"),
        ("held at 12:30:45 for 102 ms", "held at 12:30:45 for 102 ms"),
        ("std::abort in foo::bar", "std::abort in foo::bar"),
        ("Qt 6.11.0 and aiohttp 3.13.2", "Qt 6.11.0 and aiohttp 3.13.2"),
        ("Source(id='7', title='My bank\\'s page', app='xterm')", "Source(id='7', title='…', app='xterm')"),
        ("ShareRule(kind='title', text='salaries')", "ShareRule(kind='title', text='…')"),
        ("--share title:build log", "--share title:…"),
        ("a bell \x07 and \x1b[2J", "a bell � and �[2J"),
    ],
)
def test_it_is_shortened(text: str, left: str) -> None:
    assert shortened(text) == left


def test_titles_of_windows_that_are_or_were_there_are_not_said() -> None:
    titles = Titles(["Inbox (3) – joe@example.org", "top"])
    titles.hide(["salaries.ods", "Inbox (3)"])

    assert shortened("“Inbox (3) – joe@example.org” and salaries.ods hang", titles) == "“I…” and s… hang"
    # What is too short to say anything stays, and what is only a part of a word.
    assert shortened("stopped at the top of mysalaries.odsx", titles) == "stopped at the top of mysalaries.odsx"


def test_old_titles_are_forgotten_in_time() -> None:
    titles = Titles(f"title number {at}" for at in range(TITLES_KEPT + 1))

    assert shortened("title number 0", titles) == "title number 0"
    assert shortened(f"title number {TITLES_KEPT}", titles) == "t…"


def test_a_traceback_keeps_its_places_and_code_but_not_its_values() -> None:
    text = f"""Traceback (most recent call last):
  File "/home/joe/panecast/server/stream/session.py", line 97, in a_function_with_a_long_name
    self.another_function_with_a_long_name(token)
ValueError: {TOKEN} of 192.168.1.20"""

    assert shortened(text, home=Path("/home/joe")) == text.replace("/home/joe", "~").replace(TOKEN, "…").replace(
        "1.20", "x.x"
    )


def test_what_stands_below_something_like_a_place_is_not_code() -> None:
    assert TOKEN not in shortened(f'  File "a", line 1, in b\n{TOKEN}')


def test_long_entries_are_cut_and_never_in_the_middle_of_a_secret() -> None:
    assert len(shortened("word " * LONGEST)) <= LONGEST_LINE + 2
    assert len(shortened("word\n" * LONGEST)) <= LONGEST + 2
    assert shortened(f"{'x ' * (LONGEST_LINE // 2 - 6)}{TOKEN}").endswith("x x …")


@pytest.mark.parametrize("odd", [":", "http://", "1.", "title='", "cookie ", "12:", "pin='"])
def test_no_entry_takes_long(odd: str) -> None:
    assert shortened(odd * LONGEST)


@given(st.text(), st.text())
def test_no_token_is_left_wherever_it_stands(before: str, after: str) -> None:
    token = secrets.token_urlsafe(32)
    assert token not in shortened(f"{before}{token}{after}")


@given(st.text(alphabet=" .:x[]%/", max_size=8), st.text(alphabet=" :,]/", max_size=8), st.ip_addresses())
def test_no_address_of_somebody_else_is_left(before: str, after: str, address: object) -> None:
    text = str(address)
    if text.startswith("127.") or text in ("0.0.0.0", "::", "::1") or before[-1:] in list(".:x%"):
        return
    assert text not in shortened(f"{before}{text}{after}")
