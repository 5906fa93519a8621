"""What the browser looks at: which content, in which size, how often it changes, who shows it, and what is aimed at."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from tests.benchmarks.content import FPS
from tests.benchmarks.running import Source
from tests.benchmarks.servers import NAIVE, OURS, OWN, PIXELFLUX, VNC

LEANEST = "pixelflux h264-full"
"""The peer's way that costs least with whole windows in motion."""
ALL = (NAIVE, *PIXELFLUX, VNC, *OURS)
STILL = (NAIVE, "pixelflux jpeg", LEANEST, VNC, OWN)
TYPING = (NAIVE, *PIXELFLUX, VNC, OWN)
LARGE = ("pixelflux jpeg", LEANEST, VNC, OWN)
PAIR = (LEANEST, OWN)
FEW = (LEANEST, VNC, OWN)
SCREENS: tuple[Source, ...] = ("desktop", "monitor")
HD, FULL, ULTRA = (1280, 720), (1920, 1080), (3840, 2160)


@dataclass(frozen=True, slots=True)
class Scene:
    """A content to be watched.

    Attributes:
        mode, size: which content, in pixels.
        subjects: which servers show it.
        seconds: for how long it is measured.
        source: by what it is watched.
        fps: how often what moves is painted anew, a second.
        on_phone: a phone watches it, which shows it in another size.
        equal: peers are set to our quality, and ours to theirs, too.
        on_wire: no browser looks; what is sent is decoded afterwards.
    """

    mode: str
    size: tuple[int, int]
    subjects: tuple[str, ...]
    seconds: float = 3
    source: Source = "window"
    fps: int = FPS
    on_phone: bool = False
    equal: bool = False
    on_wire: bool = False

    @property
    def name(self) -> str:
        """Return what it is called in the table."""
        words: list[str] = [] if self.source == "window" else [self.source]
        words += [self.mode, f"{self.size[1]}p"]
        words += [str(self.asked)] if self.fps != FPS else []
        words += ["wire"] if self.on_wire else []
        words += ["phone"] if self.on_phone else []
        return " ".join(words)

    @property
    def asked(self) -> int:
        """Return how many pictures a second viewers ask for: a little more than there are."""
        return round(self.fps / FPS * 30)

    @property
    def is_moving(self) -> bool:
        """Tell whether whole pictures change, which can be caught and judged."""
        return self.mode in ("scrolling", "motion")


SCENES = (
    Scene("still", HD, STILL, 4),
    Scene("typing", HD, TYPING, 4),
    Scene("scrolling", HD, ALL),
    Scene("motion", HD, ALL, equal=True),
    Scene("scrolling", FULL, LARGE),
    Scene("motion", FULL, LARGE, equal=True),
    Scene("scrolling", HD, FEW, fps=58),
    Scene("motion", HD, FEW, fps=58, equal=True),
    Scene("motion", FULL, PAIR, fps=58),
    Scene("scrolling", FULL, FEW, on_phone=True),
    Scene("motion", FULL, FEW, on_phone=True),
    *(
        Scene(mode, size, PAIR, source=source)
        for source, (mode, size) in itertools.product(
            SCREENS, (("still", HD), ("typing", HD), ("scrolling", HD), ("motion", HD), ("motion", FULL))
        )
    ),
)
WIRE_SCENES = (
    Scene("scrolling", ULTRA, PAIR, on_wire=True),
    Scene("motion", ULTRA, PAIR, equal=True, on_wire=True),
)
"""Too large to be decoded while they are measured."""
