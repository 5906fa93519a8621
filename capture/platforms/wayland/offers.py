"""The parts that a Wayland session offers."""

from __future__ import annotations

from collections.abc import Iterator

from capture.platforms.contract import Finding, Picker, Platform
from capture.platforms.picks import PickStore


def _picker(store: PickStore | None, address: str | None) -> Picker:
    from capture.platforms.wayland.picker import PortalPicker

    return PortalPicker(store, address)


def _findings() -> Iterator[Finding]:
    from capture.platforms.wayland.doctor import findings

    return findings()


PLATFORM = Platform(findings=_findings, picker=_picker)
