"""Windows that paint a moving code, on sway. What happens to them, sway does: a Wayland client cannot place itself."""

from __future__ import annotations

from typing import Any

from capture.trial.story import FIRST, OTHER, title
from tests.helpers.waiting import wait_for
from tests.helpers.wayland.sway import Sway
from tests.helpers.wayland.trial_program import begin_trial

PLACE, APART = (40, 40), 600
COMMANDS = {
    "minimise": "move scratchpad",
    "restore": "scratchpad show",
    "away": "move container to workspace 2",
    "back": "move container to workspace 1",
}


class SwayWindows:
    """`capture.trial.story.Windows`, with ``place``, ``away`` to another workspace and ``back`` beside what that knows.

    ``x11``: they are those of an X11 program under Xwayland.
    """

    def __init__(self, sway: Sway, *, x11: str = "") -> None:
        self._sway = sway
        self._number = 0
        self._process = begin_trial(sway.folder, wayland=sway.display, x11=x11)
        self.pid = self._process.pid
        self.open()

    def open(self) -> None:
        """Open new windows in place of those before, beside each other."""
        self._number += 1
        self._process.tell("open", self._number)
        wait_for(lambda: all(self.find(which) is not None for which in (FIRST, OTHER)))
        self.tell("bare", FIRST)

    def title(self, which: int) -> str:
        return title(which, self.pid, self._number)

    def find(self, which: int) -> dict[str, Any] | None:
        """Return what sway knows of a window."""
        return next((each for each in self._sway.windows() if each["name"] == self.title(which)), None)

    def order(self, which: int, command: str) -> None:
        """Have sway do something to a window."""
        window = self.find(which)
        assert window is not None
        self._sway.tell(f"[con_id={window['id']}] {command}")

    def tell(self, *words: object) -> None:
        name, which = str(words[0]), int(str(words[1])) if len(words) > 1 else FIRST
        other = 1 - which
        if name == "bare":
            self.place(which, *PLACE)
            self.place(other, PLACE[0] + APART, PLACE[1])
            self.order(which, "focus")
        elif name == "cover":
            window = self.find(which)
            assert window is not None
            rect = window["rect"]
            self.order(other, f"resize set {rect['width']} {rect['height']}")
            self.place(other, rect["x"], rect["y"])
            self.order(other, "focus")
        elif name == "resize":
            self.order(which, "resize set 560 400")
        elif name in COMMANDS:
            self.order(which, COMMANDS[name])
        else:
            self._process.tell(*words)

    def place(self, which: int, x: int, y: int) -> None:
        self.order(which, f"move absolute position {x} {y}")

    def close(self) -> None:
        self._process.end()
