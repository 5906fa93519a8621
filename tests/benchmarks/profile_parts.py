"""Where the server's time goes: by stage, as py-spy sees Python's stacks, and by library, as perf sees native code.

py-spy (MIT, in the extra ``test``) looks without stopping the server. If it stops it, to see native frames too, threads
are found most of all where they enter and leave the kernel: libx264 had a ninth of the time then, which by perf has
more than a third. perf is the kernel's own (Debian: ``linux-perf``).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.benchmarks.ours import serving, stream_path
from tests.benchmarks.report import Row, milliseconds, percent
from tests.benchmarks.running import line, module, running, showing

SCENES = (("motion", 1280, 720), ("scrolling", 1280, 720), ("motion", 1920, 1080))
SECONDS, LOOKS_A_SECOND = 6, 200
WAITING = re.compile(r"Condition\.wait \(|(?:^|;)(?:\w+Selector\.select|by_poll|wait_for_events\w*) [^;]*$")
STAGES = (
    ("hand-over", r"call_soon_threadsafe|_write_to_self|_read_from_self|set_result|_post \(|wak(?:er|eable)"),
    ("acknowledgement", r"_read_ready|data_received|\back\b|acknowledg|_hear"),
    ("convert", r"Converter\.convert|reformat"),
    ("scale", r"resize|scaled"),
    ("encode", r"AvCodec\.encode|_jpeg \(|jpeg_of_size|compressed \(|lossless_webp"),
    ("compare", r"changed_tiles|capture/picture/|contrast"),
    ("take", r"capture/platforms/"),
    ("socket", r"server/stream/socket\.py|Transport\.write|sock_send|writer\.py"),
    ("rest of the feed", r"capture/feed/"),
    ("rest of encoding", r"capture/"),
    ("rest of the stream", r"server/"),
    ("loop", r"asyncio/"),
)
"""What tells them in a stack; the first that fits counts."""
LEAST = 1
"""Libraries with less percent of the time are not told."""


def profile() -> Iterator[Row]:
    """Measure motion and scrolled text with one reader, which decodes nothing."""
    for mode, width, height in SCENES:
        with showing(mode, width, height) as content, serving(content) as subject:
            path = stream_path(content, rendition="auto")
            growth, _ = subject.watched(path, 1, "--binary", seconds=3)
            with running(*module("readers", subject.port, path, 1, 2 * SECONDS + 8, "--binary")) as readers:
                line(readers)
                shares = _shares(_stacks(subject.pid))
                libraries = _libraries(subject.pid)
        total = sum(shares.values()) or 1
        each = growth.cpu / max(1, growth.takes) * 1000
        told = (f"{stage} {milliseconds(each * count / total)}" for stage, count in shares.most_common())
        beside = f"{percent(growth.percent)}, {each:.1f} ms a picture"
        yield Row(f"where the time of a picture goes, {mode} {height}p", beside, ", ".join(told))
        if libraries:
            in_library = (f"{name} {milliseconds(each * share / 100)}" for name, share in libraries if share >= LEAST)
            yield Row("… in which library", "", ", ".join(in_library))


def _stacks(pid: int) -> list[tuple[str, int]]:
    """Return (frames from the outermost one, how often it was seen) of all threads."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stacks"
        spy = (
            str(Path(sys.executable).with_name("py-spy")),
            "record",
            "--nonblocking",
            "--format",
            "raw",
            "-o",
            str(file),
        )
        more = ("--pid", str(pid), "--duration", str(SECONDS), "--rate", str(LOOKS_A_SECOND))
        subprocess.run((*spy, *more), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return list(stacks(file.read_text(encoding="utf-8")))


def stacks(text: str) -> Iterator[tuple[str, int]]:
    """Yield (frames, how often) of what py-spy writes, one in a line."""
    for row in text.splitlines():
        frames, _, count = row.rpartition(" ")
        yield frames, int(count)


def _libraries(pid: int) -> list[tuple[str, float]]:
    """Return (library, percent of the processor time), the largest first; nothing where there is no perf."""
    perf = shutil.which("perf")
    if perf is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "perf.data")
        # Virtual machines count no cycles.
        record = (
            perf,
            "record",
            "-e",
            "cpu-clock",
            "-F",
            "2000",
            "-p",
            str(pid),
            "-o",
            file,
            "--",
            "sleep",
            str(SECONDS),
        )
        subprocess.run(record, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        report = (perf, "report", "-i", file, "--stdio", "--sort", "dso")
        told = subprocess.run(report, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return list(libraries(told.stdout))


def libraries(text: str) -> Iterator[tuple[str, float]]:
    """Yield (library, percent of all) of what perf reports, without what wheels add to their names."""
    for share, name in re.findall(r"^\s*([\d.]+)%\s+(\S+)", text, re.MULTILINE):
        plain = re.sub(r"[-.](?:[0-9a-f]{8}|cpython|abi3|so)\b.*", "", name.strip("[]"))
        plain = re.sub(r"^libpython.*", "Python", plain)
        yield {"kernel.kallsyms": "kernel", "_multiarray_umath": "numpy"}.get(plain, plain), float(share)


def _shares(found: Iterable[tuple[str, int]]) -> Counter[str]:
    """Return how often each stage was seen at work."""
    shares: Counter[str] = Counter()
    for frames, count in found:
        if not WAITING.search(frames):
            shares[stage(frames)] += count
    return shares


def stage(frames: str) -> str:
    """Return to which stage a stack belongs."""
    return next((name for name, words in STAGES if re.search(words, frames)), "other")
