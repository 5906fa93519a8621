from __future__ import annotations

import pytest

from server.access import AccessPolicy, Refusal, host_names

POLICY = AccessPolicy(
    host_names(("localhost", "127.0.0.1", "::1", "MyBox.local"), 8080), frozenset({"https://friend.example", "null"})
)


def status(host: str | list[str], **headers: str | list[str]) -> int:
    """Return the status of the refusal, 200 without one."""
    every = {"host": [host] if isinstance(host, str) else host} | {
        name.replace("_", "-"): [value] if isinstance(value, str) else value for name, value in headers.items()
    }
    refusal = POLICY.refuses(every)
    assert refusal is None or isinstance(refusal, Refusal)
    return 200 if refusal is None else refusal.status


@pytest.mark.parametrize(
    "host", ["localhost:8080", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "mybox.local:8080"]
)
def test_names_it_goes_by_are_answered(host: str) -> None:
    assert status(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8080",
        "localhost",
        "localhost:8081",
        "localhost.:8080",
        "localhost:8080.",
        "localhost:08080",
        "::1:8080",
        "evil.example@localhost:8080",
        "localhost:8080, evil.example",
        " localhost:8080",
        "",
        [],
        ["localhost:8080", "localhost:8080"],
    ],
)
def test_other_names_are_not(host: str | list[str]) -> None:
    assert status(host) == 421


def test_port_80_needs_no_number() -> None:
    assert {"localhost", "localhost:80", "[::1]", "[::1]:80"} == host_names(("localhost", "::1"), 80)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:8080", 200),
        ("https://friend.example", 200),
        ("null", 200),
        ("http://localhost", 403),
        ("http://localhost:8081", 403),
        ("HTTP://LOCALHOST:8080", 403),
        ("http://localhost:8080/", 403),
        ("http://localhost:8080.evil.example", 403),
        ("http://friend.example", 403),
        ("https://friend.example.evil.example", 403),
        ("", 403),
        (["http://localhost:8080", "http://localhost:8080"], 403),
    ],
)
def test_pages_are_known_to_the_letter(origin: str | list[str], expected: int) -> None:
    assert status("localhost:8080", origin=origin) == expected


@pytest.mark.parametrize(
    ("site", "mode", "expected"),
    [
        ("none", "navigate", 200),
        ("same-origin", "no-cors", 200),
        ("cross-site", "navigate", 200),
        ("cross-site", "no-cors", 403),
        ("same-site", "no-cors", 403),
        ("cross-site", "cors", 403),
    ],
)
def test_pictures_in_foreign_pages_are_refused(site: str, mode: str, expected: int) -> None:
    assert status("localhost:8080", sec_fetch_site=site, sec_fetch_mode=mode) == expected


def test_only_others_pages_are_foreign() -> None:
    assert POLICY.allows_foreign("https://friend.example")
    assert POLICY.allows_foreign("null")
    assert not POLICY.allows_foreign("http://localhost:8080")
    assert not POLICY.allows_foreign(None)


def test_only_pages_with_a_name_may_show_it_in_a_frame() -> None:
    odd = AccessPolicy(frozenset(), frozenset({"https://b.example", "http://a.example:8000", "null", "https://c ; x"}))

    assert POLICY.embedders == "'self' https://friend.example"
    assert odd.embedders == "'self' http://a.example:8000 https://b.example"


@pytest.mark.parametrize(("origin", "is_ours"), [("https://localhost", True), ("http://localhost", False)])
def test_with_https_only_pages_that_came_encrypted_are_ours(origin: str, is_ours: bool) -> None:
    policy = AccessPolicy(host_names(("localhost",), 443, "https"), scheme="https")

    assert (policy.refuses({"host": ["localhost"], "origin": [origin]}) is None) is is_ours
