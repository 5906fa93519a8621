"""All that this package says of why something is as it is. A constant's name is its reason's code."""

from __future__ import annotations

from capture.reason import Reason
from resources.translate import N_

# Of sources, for viewers: the page has words of its own for these codes (resources/viewer/text).
WINDOW_MINIMISED = Reason("window_minimised", N_("The window is minimised on the other computer."))
WINDOW_HIDDEN = Reason("window_hidden", N_("The window is not on the screen at the moment."))
WINDOW_PROTECTED = Reason("window_protected", N_("The window keeps itself out of pictures."))
WINDOW_WITHOUT_SIZE = Reason(
    "window_without_size", N_("The window has no size; it is shown again when it is opened up.")
)
WINDOW_RESIZING = Reason("window_resizing", N_("The window is changing its size. Pictures go on in a moment."))
WINDOW_DRAWS_NOTHING = Reason(
    "window_draws_nothing", N_("The window's program hands over no picture of it. It is tried again.")
)
PROGRAM_HANGS = Reason("program_hangs", N_("The window's program does not answer. Pictures go on when it does."))
WINDOW_CLOSED = Reason("window_closed", N_("The window was closed."))
PROGRAM_EXCLUDED = Reason("program_excluded", N_("Windows of this program are never shown."))
MONITOR_OFF = Reason(
    "monitor_off", N_("That monitor is switched off, unplugged or divided. Pictures go on when it is back.")
)
SCREEN_KEPT_BACK = Reason(
    "screen_kept_back",
    N_("The system shows its screen to nobody now: it is locked, or asks for a password. Pictures go on afterwards."),
)
SECRET_ON_THE_MOVE = Reason(
    "secret_on_the_move", N_("A window that is never shown is just moving. Pictures go on in a moment.")
)
MONITORS_CHANGING = Reason("monitors_changing", N_("The monitors are being arranged. Pictures go on in a moment."))
FIRST_PICTURE_AWAITED = Reason("first_picture_awaited", N_("Waiting for the first picture."))
NO_PICTURE_NOW = Reason("no_picture_now", N_("There is no picture of it at the moment."))
NO_PICTURE_IN_TIME = Reason("no_picture_in_time", N_("The source gave no picture within {seconds:g} seconds."))
CAPTURE_HANGS = Reason("capture_hangs", N_("The system does not answer when asked for a picture. It is tried again."))
CAPTURE_FAILED = Reason("capture_failed", N_("Taking pictures failed; it is tried again."))
DISPLAY_SILENT = Reason("display_silent", N_("The display server does not answer. Pictures go on when it is back."))
LIST_AWAITED = Reason("list_awaited", N_("The list of windows is being made."))
LIST_FAILED = Reason("list_failed", N_("Listing the windows failed; it is tried again."))
LIST_SILENT = Reason("list_silent", N_("The list of windows does not answer. Pictures go on when it does."))
PAUSED_BY_HOST = Reason("paused_by_host", N_("Paused by the person at the other computer."))
BLANKED_BY_HOST = Reason("blanked_by_host", N_("Hidden by the person at the other computer."))
COMPUTER_LOCKED = Reason("computer_locked", N_("The computer is locked."))
COMPUTER_ASLEEP = Reason("computer_asleep", N_("The computer is asleep."))
NOT_RESUMED = Reason("not_resumed", N_("The person at the other computer has not gone on yet."))

# Of this computer: for the person at it, and for viewers as far as these have to wait because of it.
ONLY_X11 = Reason("only_x11", N_("Windows and screens cannot be shown on this system, so far. The demo picture works."))
ONLY_X11_LISTED = Reason("only_x11_listed", N_("Windows cannot be listed on this system, so far."))
ONLY_DEMO = Reason("only_demo", N_("{system}: only the demo picture can be shown so far"))
WAYLAND_SCREENS = Reason("wayland_screens", N_("This is a Wayland session: only windows of X11 programs are listed."))
WAYLAND_ONLY = Reason("wayland_only", N_("This is a Wayland session without X11: it lists no windows."))
BOTH = Reason("both", "{first} {second}")
"""One sentence after the other."""
TRIED = Reason("tried", "{technique}: {problem}")
"""A technique, and why it does not work."""
NOT_OFFERED = Reason("not_offered", N_("This computer, or its graphics card, does not offer it ({problem})."))
NO_PORTAL = Reason(
    "no_portal",
    N_(
        "This desktop lets programs take no pictures: it has no portal (xdg-desktop-portal). Install it, or log out "
        "and choose an X11 (Xorg) session."
    ),
)
NO_SCREEN_CAST = Reason(
    "no_screen_cast",
    N_(
        "This desktop lets programs take no pictures: its portal offers no screen casts. Install the portal that "
        "belongs to your desktop (such as xdg-desktop-portal-gnome or -wlr), or log out and choose an X11 (Xorg) "
        "session."
    ),
)
NO_PIPEWIRE = Reason(
    "no_pipewire",
    N_("A part of the system that hands pictures over is missing: install PipeWire ({library})."),
)
PIPEWIRE_SILENT = Reason("pipewire_silent", N_("PipeWire, which hands pictures over, does not answer."))
PICK_HINT = Reason("pick_hint", N_("To share anything else, use “Pick a window or screen…”."))
PICK_AGAIN = Reason("pick_again", N_("The desktop did not bring this source back. Pick it again to show it."))
PICK_ENDED = Reason("pick_ended", N_("Sharing of this source was ended in the desktop. Pick it again to show it."))
PICK_REMOVED = Reason("pick_removed", N_("This source was removed from the list."))
PICK_ELSEWHERE = Reason(
    "pick_elsewhere", N_("What was picked in the desktop's dialog can be shown in a Wayland session only.")
)
NOT_HANDED_OVER = Reason("not_handed_over", N_("The desktop hands no pictures of this source over. It is tried again."))
DESKTOP_AWAITED = Reason("desktop_awaited", N_("Waiting for the first picture from the desktop."))
STILL_UNSEEN = Reason(
    "still_unseen", N_("This desktop sends the first picture of this source once something in it has changed.")
)
GRAPHICS_MEMORY = Reason(
    "graphics_memory", N_("The desktop hands its pictures over in graphics memory only, which cannot be read.")
)
FORM_UNREADABLE = Reason(
    "form_unreadable", N_("The desktop hands its pictures over in a form that cannot be read ({form}).")
)
PORTAL_VERSION = Reason("portal_version", N_("version {version}"))
PORTAL_FORGETS = Reason("portal_forgets", N_("version {version}; sources have to be picked anew after each start"))
SCREEN_RECORDING_OFF = Reason(
    "screen_recording_off",
    N_(
        "macOS does not let Panecast take pictures. Allow it in System Settings, Privacy & Security, Screen Recording "
        "(or allow the terminal that has started it), then restart Panecast."
    ),
)
ENDED_IN_MENU_BAR = Reason(
    "ended_in_menu_bar",
    N_("Sharing of this source was ended in the menu bar of macOS. Restart Panecast to show it again."),
)
DISPLAY_ASLEEP = Reason("display_asleep", N_("The screen is asleep. Pictures go on when it wakes up."))
DESKTOP_BY_MONITOR = Reason(
    "desktop_by_monitor",
    N_("With several monitors macOS hands each over by itself. Share them one by one."),
)
NOT_ON_THIS_MACOS = Reason("not_on_this_macos", N_("This version of macOS has it no more."))
FRAMEWORKS_MISSING = Reason(
    "frameworks_missing", N_("A part of Panecast is missing that asks macOS for pictures ({problem}).")
)
NO_DISPLAY = Reason("no_display", N_("This program sees no X display (DISPLAY is not set)."))
NOT_A_DISPLAY = Reason("not_a_display", N_("“{display}” (the value of DISPLAY) names no X display."))
DISPLAY_GONE = Reason("display_gone", N_("The display {display} does not answer."))
DISPLAY_FULL = Reason(
    "display_full",
    N_("The display server {display} takes no more programs: its maximum is reached. Close some of them."),
)
DISPLAY_REFUSES = Reason(
    "display_refuses",
    N_(
        "The display server {display} does not let this program in. Start it as the person who is logged in there, "
        "or set XAUTHORITY to the file that holds that person's key (now {place})."
    ),
)
EXTENSION_MISSING = Reason("extension_missing", N_("The display server lacks the extension {name}{need}."))
EXTENSION_OLD = Reason("extension_old", N_("The display server's extension {name} is too old{need}."))
NEED_COMPOSITE = Reason("need_composite", N_(", without which a window has no picture of its own"))
NEED_DAMAGE = Reason("need_damage", N_(", which tells when something was painted"))
NEED_XFIXES = Reason("need_xfixes", N_(", which tells where something was painted"))
COLOURS_UNKNOWN = Reason(
    "colours_unknown", N_("Pictures with {bits} bits of colour, as this display has them, cannot be shown.")
)
NO_MONITORS = Reason(
    "no_monitors",
    N_("Single monitors cannot be listed: this X server lacks RandR 1.5. The whole desktop can be shared."),
)
MONITORS_ALIKE = Reason(
    "monitors_alike",
    N_(
        "Monitors of one name are not listed, because they cannot be told apart ({names}). "
        "The whole desktop can be shared."
    ),
)
SHARED_MEMORY_MISSING = Reason("shared_memory_missing", N_("The display server lacks the extension MIT-SHM."))
SHARED_MEMORY_REFUSED = Reason("shared_memory_refused", N_("The system gives no shared memory: {problem}."))
SHARED_MEMORY_UNUSABLE = Reason("shared_memory_unusable", N_("Shared memory cannot be used: {problem}."))
SHARED_MEMORY_ELSEWHERE = Reason(
    "shared_memory_elsewhere", N_("The display server cannot reach this computer's memory.")
)
FIRST_TAKE_EMPTY = Reason("first_take_empty", N_("The first take brought no picture."))

# Keys that work everywhere, and a window that is to come back.
KEYS_TAKEN = Reason(
    "keys_taken",
    N_("{keys} is taken by another program, so it does nothing here. Choose other keys under Privacy."),
)
KEYS_MISSING = Reason("keys_missing", N_("This keyboard has no key for {keys}. Choose other keys under Privacy."))
KEYS_FAILED = Reason("keys_failed", N_("Listening for {keys} failed. Use the tray's menu instead."))
KEYS_UNSUPPORTED = Reason(
    "keys_unsupported", N_("This system offers no keys that work everywhere. Use the tray's menu instead.")
)
KEYS_NOT_OFFERED = Reason(
    "keys_not_offered",
    N_("This desktop offers programs no keys that work everywhere. Use the tray's menu instead."),
)

# Settings that protect, where a system does not keep to them.
PICKS_UNCOVERED = Reason(
    "picks_uncovered",
    N_(
        "Not on screens that you pick in the desktop's own dialog: this desktop doesn't say where windows are, so "
        "nothing can be covered there, windows with masks included."
    ),
)
NO_BORDER = Reason("no_border", N_("Not here: on this system no border can be drawn around windows, so far."))
LOCK_UNKNOWN = Reason("lock_unknown", N_("Not here: this system doesn't say when it is locked."))

NOT_RESTORED = Reason("not_restored", N_("The window could not be restored. Click it in the task bar instead."))

# Encoding.
NOT_ENCODED = Reason("not_encoded", N_("A picture of {width} × {height} could not become {format}: {problem}"))
ENCODING_SLOW = Reason("encoding_slow", N_("Encoding the picture took too long."))
VIDEO_ENDED = Reason("video_ended", N_("This video has ended."))
VIDEO_CLOSED = Reason("video_closed", N_("The video encoder is closed."))
VIDEO_BROKE_OFF = Reason("video_broke_off", N_("The video of {width} × {height} broke off: {problem}"))
VIDEO_NOT_ENCODED = Reason("video_not_encoded", N_("Video of {width} × {height} cannot be encoded: {problem}"))
VIDEO_WITHOUT_KEY = Reason("video_without_key", N_("{codec} gave no key frame when one was needed."))
VIDEO_UNITS = Reason("video_units", N_("{codec} gave {number} units for one picture."))
VIDEO_SLOW = Reason("video_slow", N_("The video encoder did not answer within {seconds:g} seconds."))
VIDEO_APART = Reason("video_apart", N_("Video comes in a package of its own. {advice}"))
VIDEO_UNUSABLE = Reason("video_unusable", N_("Video needs PyAV, which cannot be used here ({problem}). {advice}"))
VIDEO_WITHOUT_ENCODER = Reason(
    "video_without_encoder",
    N_("This PyAV was built without {encoder}. The one from PyPI has it; install it with: pip install av"),
)
GET_VIDEO_PYTHON = Reason("get_video_python", N_("Install it with: pip install av"))
GET_VIDEO_DEB = Reason(
    "get_video_deb", N_("Install the package panecast-video: sudo apt install ./panecast-video_*.deb")
)
GET_VIDEO_RPM = Reason(
    "get_video_rpm", N_("Install the package panecast-video: sudo dnf install ./panecast-video-*.rpm")
)
GET_VIDEO_ARCH = Reason(
    "get_video_arch", N_("Install the package panecast-video: sudo pacman -U panecast-video-*.pkg.tar.zst")
)
GET_VIDEO_APPIMAGE = Reason("get_video_appimage", N_("Take the AppImage with video in its name."))
GET_VIDEO_PORTABLE = Reason("get_video_portable", N_("Unpack the archive panecast-video over this one."))
GET_VIDEO_WINDOWS = Reason("get_video_windows", N_("Run the setup program again and tick Video."))
GET_VIDEO_MACOS = Reason("get_video_macos", N_("Take the disk image with video in its name."))

# What `panecast doctor` found, and what mends it.
FOUND = Reason("found", N_("found"))
MISSING = Reason("missing", N_("missing{need}"))
MISSING_BUT = Reason("missing_but", N_("missing; {without}"))
WITHOUT_MIT_SHM = Reason("without_mit_shm", N_("see shared memory"))
WITHOUT_RANDR = Reason("without_randr", N_("the desktop can be shown, single monitors cannot"))
WITHOUT_X_RESOURCE = Reason("without_x_resource", N_("whose a window is, is known only by what the window says"))
WITHOUT_XINPUT = Reason("without_xinput", N_("the pointer moves only with the next picture"))
WITHOUT_SHAPE = Reason("without_shape", N_("windows are taken to be rectangles"))
DISPLAY_STOPPED = Reason("display_stopped", N_("It stopped answering: {problem}"))
SHARED_MEMORY_USED = Reason("shared_memory_used", N_("is used for pictures"))
SHARED_MEMORY_NOT_USED = Reason(
    "shared_memory_not_used", N_("{problem} Pictures come over the connection, which takes longer.")
)
COLOUR_BITS = Reason("colour_bits", N_("{bits} bits"))
LIST_KEPT = Reason("list_kept", N_("keeps a list of windows"))
LIST_NOT_KEPT = Reason("list_not_kept", N_("none that keeps a list; windows are found without it"))
MEND_DISPLAY = Reason("mend_display", N_("Start it inside a graphical session, or: xvfb-run panecast …"))
MEND_DISPLAY_LOG = Reason("mend_display_log", N_("Look into the log of the display server."))
MEND_EXTENSION = Reason("mend_extension", N_("Switch the extension {name} on in the X server."))
MEND_OTHER_DISPLAY = Reason(
    "mend_other_display",
    N_("If this display is another one (Xvfb, VNC): env -u WAYLAND_DISPLAY -u XDG_SESSION_TYPE panecast …"),
)
MACOS_OLD = Reason("macos_old", N_("Panecast needs macOS 13 or later."))
WINDOWS_OLD = Reason("windows_old", N_("Panecast needs Windows 10, version 1809, or later."))
MEND_COLOURS = Reason("mend_colours", N_("Start the X server with 24 bits of colour."))

# What `panecast doctor --try` could not try.
TRIAL_ASKS = Reason(
    "trial_asks",
    N_("It shows a dialog, so it is not tried here. Pick a window in the panel and see whether it is shown."),
)
TRIAL_UNLISTED = Reason("trial_unlisted", N_("The window that was opened for it does not appear in the list."))
TRIAL_SILENT = Reason("trial_silent", N_("The program with the windows for it does not answer."))
TRIAL_UNOPENED = Reason("trial_unopened", N_("The windows for it could not be opened: {problem}"))
TRIAL_UNENDED = Reason("trial_unended", N_("It did not come to an end."))

AS_SAID = Reason("as_said", "{text}")
"""What somebody else said: a library, a command to type. In no language of ours."""
