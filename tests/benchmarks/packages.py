"""Measure what the packages weigh, and the frozen program beside the one from source, in one run of about five minutes.

``python -m tests.benchmarks.packages [--frozen PROGRAM] [--dist FOLDER] [--rounds COUNT]`` prints the tables in
Markdown. It needs Linux with Xvfb, openbox and trayer, and what ``sh installer/build.sh`` has made; a row is left out
where its package was not built. Both programs start in turn, each time in a home of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.counting import OtherWork, cpu_seconds
from tests.benchmarks.report import heading, table, times
from tests.benchmarks.running import display, line, module, running, showing
from tests.helpers.ports import free_port

ROOT = Path(__file__).parents[2]
SETTLE_SECONDS = 6
"""After the first answer; windows have been listed and garbage been collected by then."""
SOURCE, FROZEN = "from source", "frozen"
ANSWER_SECONDS = 60
LAUNCHER = """
import resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
wall, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
sys.exit(code)
"""
"""Runs a program to its end. The kernel counts what a process holds before it becomes the program, too, so that the
most of a child of ours would be what we hold."""


@dataclass(frozen=True, slots=True)
class Program:
    """One of the two programs that are compared.

    Attributes:
        command: the words that start it.
        places: folders with files that it shares with no other program of a usual desktop.
    """

    command: tuple[str, ...]
    places: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """What one start took: seconds by the clock, seconds of processor time, and most memory or what it held at rest."""

    wall: float
    cpu: float
    memory: float = 0.0


# Sizes.


def tree_bytes(folder: Path) -> int:
    """Return the size of all files below ``folder``, one with several names once; 0 where there is none."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        if path.is_file() and not path.is_symlink():
            found[status.st_dev, status.st_ino] = status.st_size
    return sum(found.values())


def sizes(frozen: Path, video: Path, dist: Path) -> list[tuple[str, ...]]:
    """Return the rows about sizes: what, without video, with video, what is aimed at.

    ``frozen`` and ``video`` are the folders of the program and of what is laid over it, ``dist`` that of the packages.
    What is missing is a dash, or no row at all.
    """
    plain, more = (tree_bytes(folder) for folder in (frozen, video))
    deb, video_deb = (newest_bytes(dist, f"{name}_*.deb") for name in ("panecast", "panecast-video"))
    setup, wheel = (newest_bytes(dist, f"panecast-*{ending}") for ending in ("-setup.exe", ".whl"))
    # Video is a component of the one setup.
    has_video = bool(newest_bytes(dist, "panecast-video-*-windows-*.zip"))
    rows = (
        ("installed, Linux", plain, plain + more if plain and more else 0, "≤ 190 MB, ≤ 240 MB"),
        (".deb, both with video", deb, deb + video_deb if deb and video_deb else 0, "≤ 56 MB, + ≤ 15 MB"),
        ("setup.exe", 0 if has_video else setup, setup if has_video else 0, "≤ 40 MB, ≤ 52 MB"),
        ("wheel", wheel, 0, "≤ 0.5 MB"),
    )
    return [(what, mb(one), mb(two), target) for what, one, two, target in rows if one or two]


def newest_bytes(folder: Path, pattern: str) -> int:
    """Return the size of the newest file of ``folder`` with such a name; 0 where there is none."""
    found = [path.stat() for path in folder.glob(pattern)]
    return max(found, key=lambda status: status.st_mtime).st_size if found else 0


def mb(value: float) -> str:
    """Return a size in bytes as the tables write it."""
    if not value:
        return "–"
    return f"{value / 1e6:.2f} MB" if value < 2e6 else f"{value / 1e6:.0f} MB"


# Memory.


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process holds, in bytes.

    Attributes:
        own: its proportional share (PSS), as if no other program had mapped the files in its own places: beside a
            second Python of the same environment, such as this one, half of the libraries would be missing otherwise.
        resident: all of it (RSS). The two programs are compared by it, for a library of the system counts like one of
            the bundle's there.
    """

    own: int
    resident: int


def memory_of(smaps: str, places: Sequence[Path]) -> Memory:
    """Return what a process holds, of the text of its ``/proc/…/smaps``; ``places`` are its own."""
    own, resident, is_own = 0, 0, False
    for text in smaps.splitlines():
        if found := re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+ *(.*)", text):
            is_own = any(Path(found[1]).is_relative_to(place) for place in places)
        elif text.startswith(("Rss:", "Pss:")):
            size = int(text.split()[1]) * 1024
            own += size if text.startswith("Rss:" if is_own else "Pss:") else 0
            resident += size if text.startswith("Rss:") else 0
    return Memory(own, resident)


def held(pid: int, program: Program) -> Memory:
    """Return what the process holds now."""
    return memory_of(Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8"), program.places)


# Starts.


@contextlib.contextmanager
def home() -> Iterator[dict[str, str]]:
    """Yield the environment of a user who has nothing yet."""
    with tempfile.TemporaryDirectory(prefix="panecast-benchmark-") as folder:
        (Path(folder) / "run").mkdir(mode=0o700)
        yield {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": folder,
            "XDG_RUNTIME_DIR": f"{folder}/run",
            "LANG": "C.UTF-8",
            "DISPLAY": os.environ["DISPLAY"],
        }


@contextlib.contextmanager
def answering(
    program: Program, environment: dict[str, str], *arguments: str
) -> Iterator[tuple[subprocess.Popen[str], int, Start]]:
    """Have the program run while the block lasts; yield it, its port, and what it took until its first answer."""
    port = free_port()
    began = time.monotonic()
    with running(
        *program.command, *arguments, "--port", str(port), env=environment, cwd=ROOT, stdin=subprocess.DEVNULL
    ) as process:
        while not answers(port):
            if process.poll() is not None or time.monotonic() - began > ANSWER_SECONDS:
                raise RuntimeError(f"{process.args!r} does not answer")
            time.sleep(0.01)
        yield process, port, Start(time.monotonic() - began, cpu_seconds(process.pid))


def answers(port: int) -> bool:
    """Tell whether the program at ``port`` says that it has started."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=10) as answer:
            return b'"ok"' in answer.read()
    except OSError:  # urllib's errors are among them
        return False


def first_answer(program: Program, *arguments: str) -> Start:
    """Start it and end it once it answers."""
    with home() as environment, answering(program, environment, *arguments) as (_, _, start):
        return start


def to_its_end(program: Program, environment: dict[str, str], *arguments: str) -> Start:
    """Run what ends by itself. Raises `RuntimeError` when it fails."""
    done = subprocess.run(
        (sys.executable, "-IS", "-c", LAUNCHER, *program.command, *arguments),
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{arguments!r} of {program.command!r} ended with {done.returncode}")
    return Start(*map(float, done.stdout.split()))


def version(program: Program) -> Start:
    """Ask for the version."""
    with home() as environment:
        return to_its_end(program, environment, "--version")


def second_start(program: Program) -> Start:
    """Start it while a copy is running."""
    with home() as environment, answering(program, environment, *SHARED):
        return to_its_end(program, environment)


SHARED = ("--share", "desktop")
STARTS: tuple[tuple[str, Callable[[Program], Start], str, str], ...] = (
    ("panel answers", lambda program: first_answer(program, *SHARED), "≤ 1.5 s", "≤ 1.1 ×"),
    ("serve answers", lambda program: first_answer(program, "serve", *SHARED), "≤ 1.0 s", ""),
    ("a second start", second_start, "≤ 0.4 s, ≤ 40 MB", ""),
    ("--version", version, "≤ 0.3 s", ""),
)
"""What is started, by which function, the target and that of frozen against source."""


def start_rows(programs: dict[str, Program], rounds: int) -> Iterator[tuple[str, ...]]:
    """Measure the starts, the two programs in turn; yield the rows."""
    for what, run, target, ratio in STARTS:
        print(what, file=sys.stderr, flush=True)
        found: dict[str, list[Start]] = {name: [] for name in programs}
        for program in programs.values():
            run(program)  # the first one fetches files from the disk
        for turn in range(rounds):
            for name in sorted(programs, reverse=turn % 2 == 0):
                found[name].append(run(programs[name]))
        yield (what, *(start_cell(found[name]) for name in programs), against(found, "cpu"), joined(target, ratio))


def start_cell(starts: Sequence[Start]) -> str:
    """Return the middle of some starts as the table writes it."""
    wall, cpu = (median(getattr(start, name) for start in starts) for name in ("wall", "cpu"))
    most = median(start.memory for start in starts)
    return f"{wall:.2f} s, CPU {cpu:.2f} s" + (f", {mb(most)}" if most else "")


def against(found: Mapping[str, Sequence[Start | Memory]], name: str) -> str:
    """Return how many times that from source a figure of the frozen program is; a dash where one is missing."""
    if not {SOURCE, FROZEN} <= found.keys():
        return "–"
    source, frozen = (median(getattr(one, name) for one in found[program]) for program in (SOURCE, FROZEN))
    return times(frozen, source)


def joined(*parts: str) -> str:
    """Return targets, those that there are, in one cell."""
    return ", ".join(part for part in parts if part)


# Memory at rest and at work.


def at_rest(program: Program, *arguments: str) -> Memory:
    """Return what the program holds once it has started and settled."""
    with home() as environment, answering(program, environment, *arguments) as (process, _, _):
        time.sleep(SETTLE_SECONDS)
        return held(process.pid, program)


def in_the_tray(program: Program) -> Memory:
    """Return what the program holds with an icon in a tray, where nobody has opened its panel yet."""
    # Without a tray the panel would stand in the task bar.
    with running("trayer"):
        return at_rest(program, "--minimized", *SHARED)


def streaming(program: Program) -> Memory:
    """Return what the program holds with its panel open while it streams a window of 1280 × 720 in motion."""
    with (
        showing("motion") as content,
        home() as environment,
        answering(program, environment, "--share", content.handle) as (process, port, _),
        running(
            *module("readers", port, f"/stream/{content.handle}?fps=30&format=jpeg", 1, SETTLE_SECONDS + 4, "--binary")
        ) as readers,
    ):
        line(readers)
        time.sleep(SETTLE_SECONDS)
        return held(process.pid, program)


MEMORY: tuple[tuple[str, Callable[[Program], Memory], str], ...] = (
    ("in the tray, sharing", in_the_tray, "≤ 120 MB"),
    ("panel with a stream of 720p", streaming, "≤ 165 MB"),
    ("serve", lambda program: at_rest(program, "serve", *SHARED), ""),
)


def memory_rows(programs: dict[str, Program], rounds: int) -> Iterator[tuple[str, ...]]:
    """Measure the memory; yield the rows."""
    for what, measure, target in MEMORY:
        print(what, file=sys.stderr, flush=True)
        found: dict[str, list[Memory]] = {name: [] for name in programs}
        for turn in range(rounds):
            for name in sorted(programs, reverse=turn % 2 == 0):
                found[name].append(measure(programs[name]))
        cells = [mb(median(one.own for one in found[name])) for name in programs]
        yield (what, *cells, against(found, "resident"), joined(target, "≤ 1.03 ×"))


def blocks(busy: float, tables: Iterable[tuple[tuple[str, ...], Sequence[tuple[str, ...]]]]) -> str:
    """Return the whole report in Markdown; a table without rows is left out."""
    return "\n\n".join([heading(busy), *(table(names, rows) for names, rows in tables if rows)])


def main() -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.packages")
    parser.add_argument("--frozen", type=Path, default=ROOT / "build/panecast/panecast", help="the frozen program")
    parser.add_argument("--video", type=Path, default=ROOT / "build/panecast-video", help="what video adds to it")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the packages are")
    parser.add_argument("--rounds", type=int, default=5, help="of which the middle one counts")
    told = parser.parse_args()
    environment = (Path(sys.prefix), Path(sys.base_prefix))
    programs = {SOURCE: Program((sys.executable, "-m", "gui"), environment)}
    frozen = told.frozen.resolve()
    if frozen.is_file():
        programs[FROZEN] = Program((str(frozen),), (frozen.parent,))
    others = OtherWork()
    with display():
        starts = list(start_rows(programs, told.rounds))
        memory = list(memory_rows(programs, max(1, told.rounds // 2)))
    report = blocks(
        others.percent(),
        (
            (("size", "without video", "with video", "target"), sizes(frozen.parent, told.video, told.dist)),
            (("start", *programs, "frozen, CPU", "target"), starts),
            (("memory", *programs, "frozen, resident", "target"), memory),
        ),
    )
    print(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
