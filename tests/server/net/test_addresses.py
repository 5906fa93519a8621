"""At which addresses and ports is listened, and why not at others. In a network of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from server.errors import ListenError, PortInUse
from server.net.interfaces import checked_address, interfaces, own_addresses
from server.server import BAD_PORTS, listen
from tests.helpers.lan import Lan
from tests.helpers.studio import Studio

PLAIN, BOTH = "192.168.78.5", "fd00:78::5"


@pytest.fixture(scope="module")
def house() -> Iterator[Lan]:
    """An interface that has addresses of both kinds, as most have."""
    lan = Lan()
    with lan.inside():
        for command in (
            "link add eth0 type veth peer name eth1",
            "link set eth1 up",
            f"address add {PLAIN}/24 dev eth0",
            f"-6 address add {BOTH}/64 dev eth0 nodad",
            "-6 address add fe80::78/64 dev eth0 nodad",
            "link set eth0 up",
        ):
            subprocess.run(["ip", *command.split()], check=True)
    yield lan
    lan.close()


@pytest.mark.parametrize(
    ("written", "address"), [(PLAIN, PLAIN), (BOTH, BOTH), ("FD00:0078:0:0::5", BOTH), ("[fd00:78::5]", BOTH)]
)
def test_each_address_of_an_interface_may_be_chosen(house: Lan, written: str, address: str) -> None:
    with house.inside():
        assert checked_address(written) == address
        assert {PLAIN, BOTH} <= set(own_addresses())
        # To people only the one is offered that can be read out.
        assert BOTH not in [each.address for each in interfaces()]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("fe80::78%eth0", "one cable or Wi-Fi"),
        ("fe80::78", "one cable or Wi-Fi"),
        ("169.254.1.1", "one cable or Wi-Fi"),
        ("0.0.0.0", "every network at once"),
        ("::", "every network at once"),
        ("10.9.8.7", "is not an address of this computer"),
        ("fd00:78::6", "is not an address of this computer"),
        ("example.org", "is not an address of this computer"),
        ("", "is not an address of this computer"),
    ],
)
def test_any_other_is_refused_with_the_reason_and_those_there_are(house: Lan, written: str, reason: str) -> None:
    with house.inside(), pytest.raises(ListenError, match=reason) as refused:
        checked_address(written)

    assert PLAIN in refused.value.message


async def test_the_server_goes_by_its_ipv6_address(house: Lan, studio: Studio) -> None:
    await studio.server.stop()
    with house.inside():
        await studio.server.start("fd00:78:0::5", 0)
    assert studio.server.url == f"http://[{BOTH}]:{studio.server.port}"
    assert studio.registry.access.authorizer.policy.knows_host(f"[{BOTH}]:{studio.server.port}")


@pytest.mark.parametrize("port", [6000, 6667, 5060, 10080, 1])
def test_ports_that_browsers_refuse_are_not_offered(port: int) -> None:
    with pytest.raises(ListenError, match=f"Browsers refuse to open port {port}"):
        listen("127.0.0.1", port)


def test_nor_as_the_next_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    (taken, *rest) = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    monkeypatch.setattr("server.server.BAD_PORTS", frozenset({port + 1, port + 2}))
    with taken, pytest.raises(PortInUse) as busy:
        listen("127.0.0.1", port)
    for each in rest:
        each.close()

    assert busy.value.suggestion is None or busy.value.suggestion > port + 2


def test_nor_chosen_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    class AllBut:
        """Every port is bad, the first time that it is asked for."""

        asked = 0

        def __contains__(self, port: object) -> bool:
            self.asked += 1
            return self.asked == 2

    monkeypatch.setattr("server.server.BAD_PORTS", AllBut())
    bound = listen("127.0.0.1", 0)
    for each in bound:
        each.close()
    assert bound


def test_the_list_is_that_of_the_standard() -> None:
    assert {22, 6000, 6667, 10080} <= BAD_PORTS
    assert not {80, 443, 8080, 8443, 3000} & BAD_PORTS
