"""What watching costs the page itself: how busy its main thread is, and whether its memory grows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from playwright.sync_api import CDPSession

from tests.benchmarks.browser import chromium
from tests.benchmarks.report import Row
from tests.benchmarks.running import showing
from tests.benchmarks.servers import OURS, OWN, addresses

SECONDS = 5.0
FLAT_SECONDS = float(os.environ.get("PANECAST_FLAT_SECONDS", "60"))
"""For how long memory is looked at; ten minutes when the table is made for the record."""
FLAT_SAMPLES = 6


def busy() -> Iterator[Row]:
    """Measure how much of the time the page's main thread works, while a camera's picture moves."""
    with showing("motion", 1280, 720) as content, chromium() as browser:
        for address in addresses(content, OURS):
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(address.url())
            page.wait_for_selector('body[data-state="live"]')
            if address.format is not None:
                page.evaluate(
                    """format => {
                        const select = document.getElementById("format");
                        select.value = format;
                        select.dispatchEvent(new Event("change", { bubbles: true }));
                    }""",
                    address.format,
                )
            time.sleep(2)
            metrics = page.context.new_cdp_session(page)
            metrics.send("Performance.enable")
            pictures = "Number(document.getElementById('picture').dataset.frame)"
            before, frame = _metrics(metrics), page.evaluate(pictures)
            time.sleep(SECONDS)
            after, frames = _metrics(metrics), page.evaluate(pictures) - frame
            seconds = after["Timestamp"] - before["Timestamp"]
            share = (after["TaskDuration"] - before["TaskDuration"]) / seconds * 100
            page.close()
            what = f"the page's main thread at work, 720p motion, {address.subject}"
            yield Row(what, f"{frames / seconds:.1f} pictures/s", f"{share:.0f} %", "≤ 50 %")


def flat() -> Iterator[Row]:
    """Measure what the page's memory does while it is watched for long."""
    with showing("motion", 1280, 720) as content, chromium() as browser:
        for address in addresses(content, (OWN,)):
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(address.url())
            page.wait_for_selector('body[data-state="live"]')
            metrics = page.context.new_cdp_session(page)
            metrics.send("Performance.enable")
            time.sleep(5)
            heaps = []
            for _ in range(FLAT_SAMPLES):
                time.sleep(FLAT_SECONDS / FLAT_SAMPLES)
                metrics.send("HeapProfiler.collectGarbage")
                now = _metrics(metrics)
                heaps.append((now["JSHeapUsedSize"] / 1e6, now["Nodes"]))
            page.close()
            megabytes = ", ".join(f"{heap:.2f}" for heap, _ in heaps)
            nodes = f"{heaps[0][1]:.0f} nodes, then {heaps[-1][1]:.0f}"
            yield Row(f"the page's heap over {FLAT_SECONDS:.0f} s, 720p motion", nodes, f"{megabytes} MB", "flat")


def _metrics(session: CDPSession) -> dict[str, float]:
    return {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
