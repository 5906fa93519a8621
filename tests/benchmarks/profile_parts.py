"""Where the server's time goes, by stage: stacks of all its threads, native frames too, as py-spy samples them.

py-spy (MIT, in the extra ``test``) stops the server for each look, so shares are told, and the processor time of a
picture is measured before.
"""

from __future__ import annotations

import re
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
SECONDS, LOOKS_A_SECOND = 6, 100
WAITING = re.compile(r"Condition\.wait \(|(?:^|;)(?:poll|epoll_wait|pthread_cond_\w+|sem_\w*wait)\b[^;]*(?:;0x[^;]*)*$")
STAGES = (
    ("hand-over", r"call_soon_threadsafe|_write_to_self|_read_from_self|set_result|_post \(|wak(?:er|eable)"),
    ("acknowledgement", r"_read_ready|data_received|\back\b|acknowledg|_hear"),
    ("convert", r"libswscale|reformat"),
    ("scale", r"ImagingResample|resize|scaled"),
    ("encode", r"libx264|libavcodec|AvCodec\.encode|simplejpeg|_jpeg \(|compressed \(|ZIPEncode|WebP"),
    ("compare", r"changed_tiles|capture/picture/|contrast|memcmp"),
    ("take", r"capture/platforms/"),
    ("socket", r"server/stream/socket\.py|Transport\.write|sock_send|writer\.py"),
    ("rest of the feed", r"capture/feed/"),
    ("rest of encoding", r"capture/"),
    ("rest of the stream", r"server/"),
    ("loop", r"asyncio/"),
)
"""What tells them in a stack; the first that fits counts."""


def profile() -> Iterator[Row]:
    """Measure motion and scrolled text with one reader, which decodes nothing."""
    for mode, width, height in SCENES:
        with showing(mode, width, height) as content, serving(content) as subject:
            path = stream_path(content, rendition="auto")
            growth, _ = subject.watched(path, 1, "--binary", seconds=3)
            with running(*module("readers", subject.port, path, 1, SECONDS + 6, "--binary")) as readers:
                line(readers)
                shares = _shares(_stacks(subject.pid))
        total = sum(shares.values()) or 1
        each = growth.cpu / max(1, growth.takes) * 1000
        told = (f"{stage} {milliseconds(each * count / total)}" for stage, count in shares.most_common())
        beside = f"{percent(growth.percent)}, {each:.1f} ms a picture"
        yield Row(f"where the time of a picture goes, {mode} {height}p", beside, ", ".join(told))


def _stacks(pid: int) -> list[tuple[str, int]]:
    """Return (frames from the outermost one, how often it was seen) of all threads."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stacks"
        spy = (str(Path(sys.executable).with_name("py-spy")), "record", "--native", "--format", "raw", "-o", str(file))
        more = ("--pid", str(pid), "--duration", str(SECONDS), "--rate", str(LOOKS_A_SECOND))
        subprocess.run((*spy, *more), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return list(stacks(file.read_text(encoding="utf-8")))


def stacks(text: str) -> Iterator[tuple[str, int]]:
    """Yield (frames, how often) of what py-spy writes, one in a line."""
    for row in text.splitlines():
        frames, _, count = row.rpartition(" ")
        yield frames, int(count)


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
