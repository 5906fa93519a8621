"""The parts that a Wayland session offers."""

from __future__ import annotations

from collections.abc import Iterator

from capture import reasons
from capture.errors import CaptureError
from capture.platforms.contract import Around, Backend, Finding, Picker, Platform, Technique
from capture.platforms.picks import PickStore
from capture.source import Source


def _picker(store: PickStore | None, address: str | None) -> Picker:
    from capture.platforms.wayland.picker import PortalPicker

    return PortalPicker(store, address)


def _findings() -> Iterator[Finding]:
    from capture.platforms.wayland.doctor import findings

    return findings()


def _picked(source: Source, around: Around) -> Backend:
    if around.picker is None:
        raise CaptureError(reasons.PICK_ELSEWHERE)
    return around.picker.backend(source)


PIPEWIRE = Technique(
    "ScreenCast portal", "xdg-desktop-portal, PipeWire", _picked,
    has_own_pixels=True, tells_changes=True, tells_damage=True, pointer="apart",
)  # fmt: skip
"""What the person picked in the desktop's dialog. A portal that cannot send the pointer apart has it in the picture."""
PLATFORM = Platform(findings=_findings, picker=_picker, techniques={"portal": (PIPEWIRE,)})
