"""How a window on X11 is: to be seen, minimised, or out of sight; one answer for the list and for the stream."""

from __future__ import annotations

import xcffib.xproto

from capture import reasons
from capture.platforms.x11.protocol.display import Display
from capture.source import Condition

LIVE = Condition("live")
MINIMISED = Condition("minimised", reasons.WINDOW_MINIMISED)
HIDDEN = Condition("hidden", reasons.WINDOW_HIDDEN)
TELLING = ("WM_STATE", "_NET_WM_STATE", "_NET_WM_DESKTOP")
"""Properties of a window that make a difference to one that cannot be seen; on the root it is `WORKSPACE`."""
WORKSPACE = "_NET_CURRENT_DESKTOP"
ICONIC = 3
"""WM_STATE of a minimised window (ICCCM 4.1.3.1)."""
EVERYWHERE = 0xFFFFFFFF
"""_NET_WM_DESKTOP of a window that is on all of them."""


def condition(display: Display, window: int) -> Condition:
    """Return how a window is.

    It has a picture exactly while it and all that it lies in are mapped, whatever properties say: in one that is
    shaded the manager may leave it mapped, in i3's tabs it is its frame that is not.

    Raises:
        XError: the window is gone.
    """
    attributes = display.connection.core.GetWindowAttributes(window).reply()
    return LIVE if attributes.map_state == xcffib.xproto.MapState.Viewable else unseen(display, window)


def unseen(display: Display, window: int) -> Condition:
    """Return why a window has no picture now."""
    state = display.numbers(window, "WM_STATE")[:1]
    is_hidden = display.atom("_NET_WM_STATE_HIDDEN") in display.numbers(window, "_NET_WM_STATE")
    if state and state[0] != ICONIC:
        # i3 calls what is in another tab hidden, though nobody has minimised it.
        return HIDDEN
    if is_hidden:
        return MINIMISED
    # Some managers call windows of other workspaces iconic too.
    place = display.numbers(window, "_NET_WM_DESKTOP")[:1]
    elsewhere = place not in ((), (EVERYWHERE,)) and place != display.numbers(display.root, WORKSPACE)[:1]
    return MINIMISED if state and not elsewhere else HIDDEN
