"""Windows that paint a moving code, on GNOME. What happens to them, the shell does."""

from __future__ import annotations

from capture.trial.story import FIRST, OTHER, title
from tests.helpers.waiting import wait_for
from tests.helpers.wayland.gnome import Gnome
from tests.helpers.wayland.trial_program import begin_trial

PLACE, APART = (20, 60), 620
CALLS = {"minimise": "minimize()", "restore": "unminimize()"}


class GnomeWindows:
    """`capture.trial.story.Windows`."""

    def __init__(self, gnome: Gnome) -> None:
        self._gnome = gnome
        self._process = begin_trial(gnome.folder, wayland=gnome.display)
        self.pid = self._process.pid
        self._process.tell("open", 1)
        wait_for(lambda: {self.title(FIRST), self.title(OTHER)} <= {each["name"] for each in gnome.windows()})
        self.tell("bare", FIRST)

    def title(self, which: int) -> str:
        return title(which, self.pid, 1)

    def order(self, which: int, what: str) -> None:
        """Have something done to a window: a call of Meta.Window."""
        self._gnome.order(self.title(which), what)

    def tell(self, *words: object) -> None:
        name, which = str(words[0]), int(str(words[1])) if len(words) > 1 else FIRST
        if name in ("bare", "cover"):
            apart, upper = (APART, which) if name == "bare" else (0, 1 - which)
            self.order(which, f"move_frame(true, {PLACE[0]}, {PLACE[1]})")
            self.order(1 - which, f"move_frame(true, {PLACE[0] + apart}, {PLACE[1]})")
            self.order(upper, "activate(global.get_current_time())")
        elif name == "resize":
            self.order(which, f"move_resize_frame(true, {PLACE[0]}, {PLACE[1]}, 600, 450)")
        elif name in CALLS:
            self.order(which, CALLS[name])
        else:
            self._process.tell(*words)

    def close(self) -> None:
        self._process.end()
