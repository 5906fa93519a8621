"""The rows that hold ours against its peers, made of what a browser saw."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.benchmarks.report import Row, Watched, delay, goodness, likeness, percent, rate, times
from tests.benchmarks.scenes import LEANEST, Scene
from tests.benchmarks.servers import NAIVE, OWN, VNC, is_ours

MOVING_TARGET, TYPING_TARGET, STILL_TARGET = 0.9, 1.0, 0.3
"""Of pixelflux's processor time at equal quality, of x11vnc's; percent of a core."""


def first_picture_row(subject: str, found: Sequence[float]) -> Row:
    """Return how long the first picture takes, of some navigations (ms)."""
    what = f"first picture after navigation, 720p, {subject}: the middle of {len(found)}"
    return Row(what, "", f"{statistics.median(found):.0f} ms", "≤ 250 ms" if subject == OWN else "")


def settled_row(found: Mapping[str, Sequence[tuple[float, float]]]) -> Row:
    """Return how true a changed page is behind a narrow line, by its servers."""
    others = "; ".join(f"{name} {_likenesses(values)}" for name, values in found.items() if name != OWN)
    what = "720p page behind 10 Mbit/s, 1 s and 3 s after it changed"
    return Row(what, others, _likenesses(found[OWN]), "≥ 40 dB, identical")


def rows(scene: Scene, found: Sequence[Watched]) -> Iterator[Row]:
    """Yield one scene's figures, ours beside the others'."""
    own = next(one for one in found if one.subject.startswith(OWN))
    others = [one for one in found if not is_ours(one.subject)]
    rivals = [one for one in others if one.subject != NAIVE]
    name = f"{scene.name}, {own.subject}"

    def beside(write: Callable[[Watched], str]) -> str:
        return "; ".join(f"{one.subject} {write(one)}" for one in others)

    yield _cpu(scene, name, own, rivals, beside(lambda one: percent(one.cpu)))
    sent = rate(own.rate) + ("" if math.isnan(own.picture_rate) else f", pictures {rate(own.picture_rate)}")
    equal = _equals(rivals) or rivals
    least = f"≤ {rate(min(one.rate for one in equal))}" if equal else ""
    yield Row(f"{name}: sent", beside(lambda one: rate(one.rate)), sent, "0 B/s" if scene.mode == "still" else least)
    if scene.mode != "still":
        moments = [(one.median_ms, one.p95_ms) for one in rivals if one.median_ms > 0]
        aim = f"≤ {delay(min(one for one, _ in moments), min(two for _, two in moments))}" if moments else ""
        others_delay = beside(lambda one: delay(one.median_ms, one.p95_ms))
        yield Row(f"{name}: delay", others_delay, delay(own.median_ms, own.p95_ms), aim)
    if scene.is_moving:
        yield Row(f"{name}: fps", beside(lambda one: f"{one.fps:.1f}"), f"{own.fps:.1f}", f"{scene.fps:g}")
        exact = "identical" if scene.mode == "scrolling" and not scene.on_phone else ""
        what = f"{name}: caught in motion, SSIM, PSNR-HVS"
        yield Row(what, beside(lambda one: goodness(one.quality)), goodness(own.quality), exact)
    if own.likeness:
        what = f"{name}: at rest, 1 s and 3 s after a change"
        others_likeness = beside(lambda one: _likenesses(one.likeness))
        yield Row(what, others_likeness, _likenesses(own.likeness), "identical within 3 s")
    yield from _lowered(scene, found)


def _cpu(scene: Scene, name: str, own: Watched, rivals: Sequence[Watched], beside: str) -> Row:
    """Return what it costs against the peer that its target names: at our quality where one was set to it."""
    named = (VNC, TYPING_TARGET) if scene.mode == "typing" else (LEANEST, MOVING_TARGET)
    compared = [one for one in rivals if one.subject.startswith(named[0])]
    ratios = "".join(f", {_cheaper(own, one)} {one.subject}" for one in compared)
    aim = f"≤ {named[1]:g} × {compared[-1].subject}" if compared else ""
    if scene.mode == "still":
        aim = f"≤ {STILL_TARGET:g} %"
    return Row(f"{name}: CPU", beside, f"{percent(own.cpu)}{ratios}", aim)


def _cheaper(own: Watched, other: Watched) -> str:
    """Return how many times the other's processor time ours is: for a picture, where one showed fewer of them."""
    if own.fps > 0 and other.fps > 0:
        return times(own.cost_ms, other.cost_ms)
    return times(own.cpu, other.cpu)


def _equals(found: Sequence[Watched]) -> list[Watched]:
    """Return the peers that were set to our quality."""
    return [one for one in found if one.subject.startswith(f"{LEANEST} ")]


def _lowered(scene: Scene, found: Sequence[Watched]) -> Iterator[Row]:
    """Yield ours, set to the quality that the peer has as it comes, against it."""
    peers = [one for one in found if one.subject == LEANEST]
    for own in found:
        for peer in peers:
            if own.subject.startswith(f"{OWN} "):
                yield Row(
                    f"{scene.name}, {own.subject}, the peer's quality: CPU, sent",
                    f"{peer.subject} {_cost(peer)}",
                    f"{_cost(own)}: {_cheaper(own, peer)}, {times(own.rate, peer.rate)}",
                    f"≤ {MOVING_TARGET:g} ×, ≤ 1 ×",
                )


def _cost(one: Watched) -> str:
    return f"{percent(one.cpu)}, {rate(one.rate)}, {goodness(one.quality)}"


def _likenesses(values: Sequence[tuple[float, float]]) -> str:
    return ", ".join(likeness(value) for _, value in values)
