"""What the person prefers: each setting, declared with range, default and sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from capture.privacy.masks import Mask
from gui.settings.declared import declarations, said
from resources.translate import N_, NAMES

NAME = "settings.toml"
REMEMBERED_LIMIT = 64
"""How many shared sources are remembered; the oldest are forgotten."""
MASK_LIMIT = 256
PROGRAM_LIMIT = 1024
NETWORK_LIMIT = 64
Pixels = Annotated[int, msgspec.Meta(ge=0, le=0x7FFF)]
Networks = Annotated[tuple[str, ...], msgspec.Meta(max_length=NETWORK_LIMIT)]
Programs = Annotated[tuple[str, ...], msgspec.Meta(max_length=PROGRAM_LIMIT)]
PROTECTING = ("masks", "never_shown", "shown_anyway", "hide_titles", "when_locked", "asks_here", "https")
"""What keeps something from being seen: where one of these cannot be read, nothing is shown as it was last."""


class SavedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that was shared, described so that it can be found again after a restart.

    A window goes by ``app`` and ``title``, a monitor by its ``output``, all else by its ``id``.
    """

    kind: Literal["desktop", "monitor", "window", "portal", "demo"]
    id: str = ""
    output: str = ""
    app: str = ""
    title: str = ""


class MaskedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source and the masks that lie over it."""

    source: SavedSource
    masks: Annotated[tuple[Mask, ...], msgspec.Meta(max_length=MASK_LIMIT)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is remembered. Replaced whole, never changed.

    `said` declares each: the dialog, checks, ``panecast config`` and ``docs/settings.md`` come from here alone.
    """

    language: Annotated[
        Literal["system", "en", "de"],
        said(
            N_("The language in which Panecast speaks to you."),
            "general",
            N_("Language"),
            words={"system": N_("As on this computer"), **NAMES},
        ),
    ] = "system"
    after_start: Annotated[
        Literal["nothing", "share", "networks"],
        said(
            N_("What happens when Panecast starts; windows are shared again as soon as they are open."),
            "general",
            N_("After the start"),
            words={
                "nothing": N_("Wait until I start sharing"),
                "share": N_("Share again what was shared last"),
                "networks": N_("Share again, on chosen networks only"),
            },
        ),
    ] = "nothing"
    start_networks: Annotated[
        Networks,
        said(
            N_("The networks on which sharing starts by itself, such as wlan0 192.168.1.0/24."),
            "general",
            N_("Networks to start on"),
        ),
    ] = ()
    fps: Annotated[
        int,
        msgspec.Meta(ge=1, le=60),
        said(
            N_("Pictures per second that viewers get, at most."),
            "pictures",
            N_("Speed"),
            unit=N_("per second"),
        ),
    ] = 30
    quality: Annotated[
        int,
        msgspec.Meta(ge=10, le=100),
        said(
            N_("Picture quality that viewers get; higher is sharper and needs more bandwidth."),
            "pictures",
            N_("Quality"),
        ),
    ] = 80
    format: Annotated[
        Literal["auto", "jpeg", "png", "webp", "h264"],
        said(
            N_("Picture format that viewers get; automatic is right for almost everything."),
            "pictures",
            N_("Format"),
            words={"auto": N_("Automatic"), "jpeg": "JPEG", "png": "PNG", "webp": "WebP", "h264": N_("Video")},
        ),
    ] = "auto"
    pointer: Annotated[bool, said(N_("Viewers see the mouse pointer."), "pictures", N_("Show the mouse pointer"))] = (
        True
    )
    interface: Annotated[
        str,
        said(N_("The chosen network, by the name of its interface, such as wlan0."), "network", N_("Network")),
    ] = ""
    mode: Annotated[
        Literal["here", "network"],
        said(
            N_("Only this computer can watch, or the devices of the chosen network too."),
            "network",
            N_("Who can watch"),
            words={"here": N_("This computer only"), "network": N_("The chosen network, too")},
        ),
    ] = "here"
    https: Annotated[
        bool,
        said(
            N_("When on, nobody on the network can see what you share; browsers warn once."),
            "network",
            N_("Encrypt what is sent (HTTPS)"),
        ),
    ] = False
    asks_here: Annotated[
        bool,
        said(
            N_("Browsers and programs on this computer need the link, too."),
            "network",
            N_("Require the link on this computer, too"),
        ),
    ] = False
    port: Annotated[
        int,
        msgspec.Meta(ge=1, le=65535),
        said(N_("The port at which Panecast listens; it is part of the address."), "network", N_("Port")),
    ] = 8080
    names: Annotated[
        tuple[str, ...],
        said(
            N_("Further names of this computer, such as that of a proxy in front of it."),
            "network",
            N_("Other names of this computer"),
        ),
    ] = ()
    certificate: Annotated[
        str,
        said(
            N_("The file with a certificate of your own, in PEM; empty for the one made here."),
            "network",
            N_("Certificate file"),
        ),
    ] = ""
    key: Annotated[str, said(N_("The file with that certificate's key, in PEM."), "network", N_("Key file"))] = ""
    never_shown: Annotated[
        Programs,
        said(
            N_("Further programs that can't be shared; their windows are covered when you share the desktop."),
            "privacy",
            N_("Hidden programs"),
        ),
    ] = ()
    shown_anyway: Annotated[
        Programs,
        said(
            N_("Programs on the built-in list, such as password managers, that may be shown all the same."),
            "privacy",
            N_("Built-in programs that may be shown"),
        ),
    ] = ()
    hide_titles: Annotated[
        bool,
        said(N_("Viewers see the program's name instead of a window's title."), "privacy", N_("Hide window titles")),
    ] = False
    when_locked: Annotated[
        Literal["blank", "blank_and_wait", "nothing"],
        said(
            N_("What viewers see while this computer is locked or asleep."),
            "privacy",
            N_("While locked"),
            words={
                "blank": N_("Nothing, until it is unlocked"),
                "blank_and_wait": N_("Nothing, until I resume"),
                "nothing": N_("Everything, as before"),
            },
        ),
    ] = "blank"
    border: Annotated[
        bool,
        said(N_("A border is drawn around whatever is shared."), "privacy", N_("Border around what is shared")),
    ] = False
    tells_questions: Annotated[
        bool, said(N_("Notify me when someone asks to watch."), "notices", N_("Someone asks to watch"))
    ] = True
    tells_visits: Annotated[bool, said(N_("Notify me when a viewer joins."), "notices", N_("A viewer joins"))] = True
    tells_departures: Annotated[bool, said(N_("Notify me when a viewer leaves."), "notices", N_("A viewer leaves"))] = (
        True
    )
    tells_guessers: Annotated[
        bool,
        said(N_("Notify me when someone keeps trying wrong PINs or links."), "notices", N_("Someone is turned away")),
    ] = True
    remind_after: Annotated[
        int,
        msgspec.Meta(ge=0, le=1440),
        said(
            N_("Time of sharing before you are reminded of it; 0 for never."),
            "notices",
            N_("Remind me that I am sharing"),
            unit=N_("minutes"),
            zero=N_("Never"),
        ),
    ] = 60
    tells_port: Annotated[
        bool,
        said(
            N_("Notify me when sharing cannot start because another program uses the port."),
            "notices",
            N_("The port is taken"),
        ),
    ] = True
    tells_lock: Annotated[
        bool,
        said(
            N_("Notify me when viewers see nothing because this computer is locked."),
            "notices",
            N_("The screen is locked"),
        ),
    ] = True
    hides_notices: Annotated[
        bool,
        said(
            N_("No notice appears while the desktop or a monitor is shared, for viewers would see it."),
            "notices",
            N_("No notices while a screen is shared"),
        ),
    ] = False
    hot_key: Annotated[
        str,
        said(
            N_("The keys that blank or pause everything, in every program; empty for none."),
            "keyboard",
            N_("Hot key"),
        ),
    ] = "Ctrl+Alt+Shift+B"
    hot_key_does: Annotated[
        Literal["blank", "pause"],
        said(
            N_("What these keys do; pressed again, they resume."),
            "keyboard",
            N_("When the hot key is pressed"),
            words={"blank": N_("Blanks everything"), "pause": N_("Pauses pictures")},
        ),
    ] = "blank"
    check_for_updates: Annotated[
        bool,
        said(
            N_("Panecast asks its home page once a day for a newer version; it never downloads one."),
            "advanced",
            N_("Check for updates"),
        ),
    ] = False
    log_level: Annotated[
        Literal["warning", "info", "debug"],
        said(
            N_("How much Panecast writes into its log, which never leaves this computer."),
            "advanced",
            N_("Log"),
            words={"warning": N_("Problems only"), "info": N_("Normal"), "debug": N_("Everything")},
        ),
    ] = "info"
    shared: Annotated[
        tuple[SavedSource, ...],
        msgspec.Meta(max_length=REMEMBERED_LIMIT),
        said(N_("The sources that were shared last; they are selected again after a restart.")),
    ] = ()
    # They lie over whatever looks the same after a restart, before it can be seen.
    masks: Annotated[
        tuple[MaskedSource, ...],
        msgspec.Meta(max_length=REMEMBERED_LIMIT),
        said(N_("The masks that were laid over sources, in parts of their width and height.")),
    ] = ()
    geometry: Annotated[str, said(N_("Size and place of the panel."))] = ""
    splitter: Annotated[
        tuple[Pixels, ...], msgspec.Meta(max_length=8), said(N_("Widths of the list and of the preview."))
    ] = ()
    knows_tray: Annotated[bool, said(N_("You were told that Panecast keeps running when the panel is closed."))] = False
    knows_no_tray: Annotated[bool, said(N_("You were told that this desktop has no tray, and how to get one."))] = False
    knows_bare_screens: Annotated[
        bool, said(N_("You were asked whether to share a screen on which nothing can be covered."))
    ] = False
    address: Annotated[str, said(N_("The address of this computer in that network when it was chosen."))] = ""
    quiet_until: Annotated[
        int, msgspec.Meta(ge=0), said(N_("No notice appears before that time, in seconds since 1970."))
    ] = 0
    knows_first_steps: Annotated[bool, said(N_("You were shown the first steps."))] = False


DECLARED = declarations(Settings)
"""Each setting, by key."""


def cautious(settings: Settings, locked: Mapping[str, Any]) -> Settings:
    """Return the defaults, with what protects and what finds the way here from ``settings``; nothing is shared.

    What an administrator has ``locked`` stays like that.
    """
    kept = ("port", "masks", "never_shown", "hide_titles", "when_locked", "asks_here", "https", "certificate", "key")
    found = {name: getattr(settings, name) for name in (*kept, "language", "geometry", "splitter", "knows_tray")}
    return Settings(**(found | {"hot_key": ""} | dict(locked)))
