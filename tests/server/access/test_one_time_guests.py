"""Devices that were allowed once are forgotten when they have watched and are gone."""

from __future__ import annotations

import asyncio

from server.access.devices import Device, Devices
from server.access.links import Links
from server.access.one_time_guests import OneTimeGuests
from server.net.peers import Peer
from server.sharing import ShareRule
from tests.helpers.waiting import until
from tests.server.access.fakes import THERE


def admitted(devices: Devices) -> Device:
    device, _ = devices.admit_by_consent((ShareRule("all"),), Peer.of(THERE), "Firefox", once=True)
    return device


async def test_one_is_forgotten_when_the_last_watching_has_ended_and_none_has_begun_since() -> None:
    devices = Devices(Links())
    device = admitted(devices)
    watching: set[str] = set()
    guests = OneTimeGuests(devices, lambda: frozenset(watching), 0.0)
    guests.follow()
    assert device.id in devices.all, "it has not come yet"
    watching.add(device.id)
    guests.follow()
    watching.clear()
    guests.follow()
    # It is gone, and comes back before that counts.
    watching.add(device.id)
    guests.follow()
    await asyncio.sleep(0.01)
    assert device.id in devices.all
    watching.clear()
    guests.follow()

    await until(lambda: device.id not in devices.all)
    guests.follow()


async def test_once_closed_nobody_is_forgotten() -> None:
    devices = Devices(Links())
    device = admitted(devices)
    watching = {device.id}
    guests = OneTimeGuests(devices, lambda: frozenset(watching), 0.01)
    guests.follow()
    watching.clear()
    guests.follow()
    guests.close()
    await asyncio.sleep(0.05)

    assert device.id in devices.all
