from __future__ import annotations

import pytest

from server.access.origins import OriginPolicy, Refusal, host_names, is_loopback_host, parse_name, parse_origin
from server.access.request import AccessRequest

POLICY = OriginPolicy(
    8080,
    host_names(("192.168.1.20", "fd00::20", "MyBox.local"), 8080),
    frozenset({"screen.example"}),
    frozenset({"https://friend.example"}),
)


def asked(
    host: str | list[str], path: str = "/api/windows", is_old: bool = False, **headers: str | list[str]
) -> AccessRequest:
    every = {"host": [host] if isinstance(host, str) else host} | {
        name.replace("_", "-"): [value] if isinstance(value, str) else value for name, value in headers.items()
    }
    return AccessRequest("127.0.0.1", "GET", path, every, {}, is_old)


def status(host: str | list[str], **how: object) -> int:
    """Return the status of the refusal, 200 without one."""
    refusal = POLICY.refuses(asked(host, **how))  # type: ignore[arg-type]  of many kinds
    assert refusal is None or isinstance(refusal, Refusal)
    return 200 if refusal is None else refusal.status


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8080",
        "LOCALHOST:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        # Where a tunnel or a container ends at another port, and where a program leaves the port out.
        "localhost:9000",
        "localhost",
        "[::1]",
        "localhost.:8080",
        "ip6-localhost:8080",
        "127.12.0.7:8080",
        "mybox.local:8080",
        "192.168.1.20:8080",
        "[fd00::20]:8080",
        "screen.example",
        "screen.example:8443",
    ],
)
def test_names_it_goes_by_are_answered(host: str) -> None:
    assert status(host) == 200
    assert POLICY.knows_host(host.lower())


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8080",
        "localhost.evil.example:8080",
        "localhost:08080",
        "localhost:0",
        "localhost:65536",
        "localhost:",
        "::1:8080",
        "[::1",
        "[::2]:8080",
        "128.0.0.1:8080",
        "127.1:8080",
        "0.0.0.0:8080",
        "evil.example@localhost:8080",
        "localhost:8080, evil.example",
        " localhost:8080",
        "mybox.local",
        "mybox.local:8081",
        "192.168.1.20",
        "screen.example.evil.example",
        "sub.screen.example",
        "",
        [],
        ["localhost:8080", "localhost:8080"],
    ],
)
def test_other_names_are_not(host: str | list[str]) -> None:
    assert status(host) == 421
    assert not POLICY.knows_host(host.lower() if isinstance(host, str) else "")


def test_old_programs_need_not_say_the_name() -> None:
    assert status([], is_old=True) == 200
    assert status(["localhost:8080", "localhost:8080"], is_old=True) == 421
    assert status("evil.example", is_old=True) == 421


def test_nobody_is_answered_before_there_is_a_port() -> None:
    closed = OriginPolicy()

    assert not closed.knows_host("localhost:8080")
    for access_request in (asked("localhost:8080"), asked([], is_old=True)):
        refusal = closed.refuses(access_request)
        assert refusal is not None
        assert refusal.status == 421


def test_the_sentence_names_the_port_that_is_listened_at() -> None:
    refusal = OriginPolicy(9443, scheme="https").refuses(asked("evil.example"))

    assert refusal is not None
    assert "https://localhost:9443" in refusal.reason.english


def test_port_80_needs_no_number() -> None:
    assert {"box.local", "box.local:80", "[fd00::1]", "[fd00::1]:80"} == host_names(("box.local", "fd00::1"), 80)


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("localhost:8080", "http://localhost:8080", 200),
        ("LOCALHOST:8080", "http://localhost:8080", 200),
        ("localhost:9000", "http://localhost:9000", 200),
        ("localhost", "http://localhost", 200),
        ("mybox.local:8080", "http://mybox.local:8080", 200),
        ("screen.example", "https://screen.example", 200),
        ("screen.example", "http://screen.example", 200),
        ("localhost:8080", "https://friend.example", 200),
        # A page of another name of this computer, which in a network somebody else may answer to.
        ("localhost:8080", "http://mybox.local:8080", 403),
        ("localhost:8080", "http://192.168.1.20:8080", 403),
        ("localhost:8080", "http://127.0.0.1:8080", 403),
        ("mybox.local:8080", "http://localhost:8080", 403),
        ("localhost:8080", "http://screen.example", 403),
        ("localhost:8080", "null", 403),
        ("localhost:8080", "http://localhost", 403),
        ("localhost:8080", "http://localhost:8081", 403),
        ("localhost:8080", "https://localhost:8080", 403),
        ("localhost:8080", "HTTP://LOCALHOST:8080", 403),
        ("localhost:8080", "http://localhost:8080/", 403),
        ("localhost:8080", "http://localhost:8080.evil.example", 403),
        ("localhost:8080", "http://friend.example", 403),
        ("localhost:8080", "https://friend.example.evil.example", 403),
        ("localhost:8080", "", 403),
        ("localhost:8080", ["http://localhost:8080", "http://localhost:8080"], 403),
    ],
)
def test_pages_are_known_to_the_letter(host: str, origin: str | list[str], expected: int) -> None:
    assert status(host, origin=origin) == expected


@pytest.mark.parametrize("dest", ["iframe", "frame", "object", "embed", "image", "video", "audio", "script", "empty"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/", "/watch/0", "/plain/0", "/snapshot/0.jpg", "/mjpeg/0", "/api/windows", "/odd"])
def test_what_foreign_pages_embed_is_refused(site: str, dest: str, path: str) -> None:
    mode = "navigate" if dest in ("iframe", "frame", "object", "embed") else "no-cors"
    said = {"sec_fetch_site": site, "sec_fetch_mode": mode, "sec_fetch_dest": dest}

    assert status("localhost:8080", path=path, **said) == 403
    for referer in ("https://evil.example/", "https://friend.example.evil.example/", "//friend.example", "nonsense"):
        assert status("localhost:8080", path=path, referer=referer, **said) == 403
    assert status("localhost:8080", path=path, referer="https://friend.example/", **said) == 200
    assert status("localhost:8080", path=path, **{**said, "sec_fetch_site": "same-origin"}) == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", 200), ("/watch/0", 200), ("/plain/0", 200), ("/snapshot/0.jpg", 403), ("/mjpeg/0", 403)],
)
def test_links_in_foreign_pages_open_pages_and_take_no_picture(path: str, expected: int) -> None:
    said = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}

    assert status("localhost:8080", path=path, sec_fetch_site="cross-site", **said) == expected
    assert status("localhost:8080", path=path, sec_fetch_site="none", **said) == 200


def test_only_others_pages_are_foreign() -> None:
    assert POLICY.allows_foreign("https://friend.example")
    assert not POLICY.allows_foreign("http://localhost:8080")
    assert not POLICY.allows_foreign(None)
    assert POLICY.is_foreign(asked("localhost:8080", origin="https://friend.example"))
    assert not POLICY.is_foreign(asked("localhost:8080", origin="http://localhost:8080"))
    assert not POLICY.is_foreign(asked("localhost:8080"))


def test_pages_that_the_owner_allowed_may_show_it_in_a_frame() -> None:
    policy = OriginPolicy(origins=frozenset({"https://b.example", "http://a.example:8000"}))

    assert policy.embedders == "'self' http://a.example:8000 https://b.example"


@pytest.mark.parametrize(("origin", "is_ours"), [("https://localhost", True), ("http://localhost", False)])
def test_with_https_only_pages_that_came_encrypted_are_ours(origin: str, is_ours: bool) -> None:
    policy = OriginPolicy(443, scheme="https")

    assert (policy.refuses(asked("localhost", origin=origin)) is None) is is_ours


def test_loopback_names_are_those_that_no_network_gives() -> None:
    assert is_loopback_host("127.0.0.1:1")
    assert not is_loopback_host("mybox.local:8080")
    assert not is_loopback_host("")


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        (" https://Friend.Example/ ", "https://friend.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_origin_is_read_as_browsers_send_it(written: str, origin: str) -> None:
    assert parse_origin(written) == origin


@pytest.mark.parametrize(
    "written", ["null", " NULL ", "*", "friend.example", "http://", "http://a/b", "file://", "", "x"]
)
def test_what_is_no_origin_is_said(written: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as said:
        parse_origin(written)

    assert ("sandboxed" in str(said.value)) is (written.strip().lower() == "null")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Screen.example", "screen.example"),
        ("10.1.2.3", "10.1.2.3"),
        ("[fd00::1]", "[fd00::1]"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_name_is_read_as_browsers_send_it(written: str, name: str) -> None:
    assert parse_name(written) == name


@pytest.mark.parametrize("written", ["screen.example:80", "http://screen.example", "a b", "", "a..b", "x" * 70])
def test_what_is_no_name_is_said(written: str) -> None:
    with pytest.raises(ValueError, match="no name of a computer"):
        parse_name(written)
