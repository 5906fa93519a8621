"""The windows on the desktop: all that is to be known of one, and what follows from it. No question waits for its
program: one that hangs is told like any other."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

from capture import reasons
from capture.picture.pixels import Rect
from capture.platforms.windows.win32.declarations import Box, Dword, EachWindow, Placement, dwmapi, user32
from capture.platforms.windows.win32.processes import process_of
from capture.privacy.exclusions import ExclusionRules
from capture.source import TITLE_LIMIT, Condition

STYLE, EXTENDED_STYLE = -16, -20
CAPTION, POPUP = 0x00C00000, 0x80000000
TOOL_WINDOW, APP_WINDOW, NO_ACTIVATE = 0x00000080, 0x00040000, 0x08000000
FRAME_BOUNDS, CLOAKED = 9, 14
"""DWMWA_EXTENDED_FRAME_BOUNDS: without the invisible edges by which one takes hold of a window; DWMWA_CLOAKED."""
OWNER, ROOT = 4, 2
LONGEST_CLASS = 256
NO_WINDOWS = frozenset({"Progman", "WorkerW", "Windows.UI.Core.CoreWindow", "Shell_TrayWnd", "Shell_SecondaryTrayWnd"})
"""Classes of what Windows itself shows: the desktop's background, the task bar, its menu and search."""
HOST_CLASS = "ApplicationFrameWindow"
"""What Windows puts around the window of a program from its store, which is in it and another process's."""
MINIATURES = frozenset(
    {
        "MultitaskingViewFrame",
        "TaskListThumbnailWnd",
        "TaskSwitcherWnd",
        "TaskSwitcherOverlayWnd",
        "XamlExplorerHostIslandWindow",
        "ForegroundStaging",
    }
)
"""Classes of windows in which Windows shows all windows small: its task switcher and the task bar's previews."""
LIVE = Condition("live")
MINIMISED = Condition("minimised", reasons.WINDOW_MINIMISED)
HIDDEN = Condition("hidden", reasons.WINDOW_HIDDEN)
WITHOUT_SIZE = Condition("hidden", reasons.WINDOW_WITHOUT_SIZE)


class TopWindow(NamedTuple):
    """A window on the desktop, as it was when it was looked at.

    Attributes:
        window: its handle.
        title, class_name: as they are; both may be empty.
        pid, thread: whose it is.
        style, more_style: GWL_STYLE and GWL_EXSTYLE.
        owner: the handle of the window that it belongs to, 0 for none.
        is_visible, is_minimised, is_cloaked: cloaked windows are there and not shown: on another desktop, or asleep.
        whole: where it is on the desktop, in device pixels, with invisible edges and shadow.
        shown: the part of it that is seen. Of a minimised one both are as they will be again.
    """

    window: int
    title: str = ""
    class_name: str = ""
    pid: int = 0
    thread: int = 0
    style: int = 0
    more_style: int = 0
    owner: int = 0
    is_visible: bool = True
    is_minimised: bool = False
    is_cloaked: bool = False
    whole: Rect = Rect(0, 0, 0, 0)
    shown: Rect = Rect(0, 0, 0, 0)

    @property
    def is_for_people(self) -> bool:
        """Tell whether it is what the task switcher shows, a cloaked one included."""
        if not self.is_visible or not self.title.strip() or self.class_name in NO_WINDOWS:
            return False
        if self.more_style & APP_WINDOW:
            return True
        return not self.owner and not self.more_style & (TOOL_WINDOW | NO_ACTIVATE)

    @property
    def is_on_screen(self) -> bool:
        """Tell whether something of it may be seen."""
        return self.is_visible and not self.is_minimised and not self.is_cloaked and self.whole.area > 0

    @property
    def condition(self) -> Condition:
        """Return how it is, for the list and for the stream."""
        if self.is_minimised:
            return MINIMISED
        if not self.is_visible or self.is_cloaked:
            return HIDDEN
        return LIVE if self.shown.area > 0 else WITHOUT_SIZE

    @property
    def is_menu(self) -> bool:
        """Tell whether it is a menu, a list or a hint: something that opens over a window of its program."""
        return bool(self.style & POPUP) and self.style & CAPTION != CAPTION


def top_windows() -> list[int]:
    """Return the handles of all windows on the desktop, the uppermost first.

    Raises:
        OSError: the system does not say.
    """
    found: list[int] = []

    def each(window: int | None, more: int) -> int:
        found.append(window or 0)
        return 1

    if not user32().EnumWindows(EachWindow(each), 0):
        raise OSError("Windows does not list its windows")
    return found


def is_top_window(window: int) -> bool:
    """Tell whether a window is one on the desktop, and not a part of another one."""
    return (user32().GetAncestor(window, ROOT) or 0) == window


def look_at(window: int) -> TopWindow | None:
    """Return all that is to be known of a window, None when there is none of that handle."""
    library = user32()
    pid = Dword()
    thread = library.GetWindowThreadProcessId(window, ctypes.byref(pid))
    if not thread:
        return None
    is_minimised = bool(library.IsIconic(window))
    whole = _whole(window)
    shown = _shown(window, whole)
    if is_minimised:
        whole = shown = _restored(window)
    cloaked = Dword()
    known = dwmapi().DwmGetWindowAttribute(window, CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
    return TopWindow(
        window=window,
        title=_title(window),
        class_name=class_name(window),
        pid=pid.value,
        thread=thread,
        style=library.GetWindowLongPtrW(window, STYLE) & 0xFFFFFFFF,
        more_style=library.GetWindowLongPtrW(window, EXTENDED_STYLE) & 0xFFFFFFFF,
        owner=library.GetWindow(window, OWNER) or 0,
        is_visible=bool(library.IsWindowVisible(window)),
        is_minimised=is_minimised,
        is_cloaked=known == 0 and bool(cloaked.value),
        whole=whole,
        shown=shown,
    )


def class_name(window: int) -> str:
    """Return the name of a window's class."""
    text = ctypes.create_unicode_buffer(LONGEST_CLASS)
    user32().GetClassNameW(window, text, LONGEST_CLASS)
    return text.value


def processes_in(window: int) -> tuple[int, ...]:
    """Return the numbers of all processes that have a part in a window, that of the window itself first."""
    library = user32()
    found: dict[int, None] = {}
    pid = Dword()

    def each(part: int | None, more: int) -> int:
        library.GetWindowThreadProcessId(part, ctypes.byref(pid))
        found[pid.value] = None
        return 1

    each(window, 0)
    library.EnumChildWindows(window, EachWindow(each), 0)
    return tuple(found)


def program_of(top: TopWindow) -> int:
    """Return the number of the process that people take a window to belong to."""
    if top.class_name == HOST_CLASS:
        guests = [pid for pid in processes_in(top.window) if pid != top.pid]
        return guests[0] if guests else top.pid
    return top.pid


def may_be_shown(top: TopWindow, rules: ExclusionRules) -> bool:
    """Tell whether nothing in a window belongs to us or to a program that is never shown, as far as that is known."""
    if rules.names_one_of((top.class_name,)):
        return False
    for pid in processes_in(top.window):
        names = process_of(pid).names
        # A process without a name has just ended: too late to ask.
        if not names or pid == rules.pid or rules.names_one_of(names):
            return False
    return True


def _title(window: int) -> str:
    # GetWindowText would ask the program's thread where the window is our own, and hang with it.
    text = ctypes.create_unicode_buffer(2 * TITLE_LIMIT)
    user32().InternalGetWindowText(window, text, len(text))
    return text.value


def _whole(window: int) -> Rect:
    box = Box()
    if not user32().GetWindowRect(window, ctypes.byref(box)):
        return Rect(0, 0, 0, 0)
    return rect_of(box)


def _shown(window: int, whole: Rect) -> Rect:
    box = Box()
    known = dwmapi().DwmGetWindowAttribute(window, FRAME_BOUNDS, ctypes.byref(box), ctypes.sizeof(box))
    return part_of(rect_of(box), whole) if known == 0 else whole


def _restored(window: int) -> Rect:
    placement = Placement(length=ctypes.sizeof(Placement))
    if not user32().GetWindowPlacement(window, ctypes.byref(placement)):
        return Rect(0, 0, 0, 0)
    return rect_of(placement.normal)


def rect_of(box: Box) -> Rect:
    """Return a RECT as a rectangle; one that is turned inside out is empty."""
    return Rect.between(box.left, box.top, max(box.right, box.left), max(box.bottom, box.top))


def part_of(shown: Rect, whole: Rect) -> Rect:
    """Return ``shown`` as far as it lies in ``whole``, and all of that where they have nothing in common."""
    left, top = max(shown.x, whole.x), max(shown.y, whole.y)
    right = min(shown.x + shown.width, whole.x + whole.width)
    bottom = min(shown.y + shown.height, whole.y + whole.height)
    return Rect.between(left, top, right, bottom) if left < right and top < bottom else whole
