"""All that this package says of why something is as it is. A constant's name is its reason's code."""

from __future__ import annotations

from capture.reason import Reason, counted_reason
from resources.translate import N_

# Of requests and streams, for viewers: the page has words of its own for most of these codes.
SHARING_STOPPED = Reason("sharing_stopped", N_("Sharing was stopped on the other computer."))
SHARING_RESTARTING = Reason("sharing_restarting", N_("Sharing is starting anew on the other computer."))
SHARING_MOVED = Reason("sharing_moved", N_("Sharing goes on at another address. Ask for the new link."))
SHARING_ENCRYPTED = Reason(
    "sharing_encrypted", N_("Sharing is encrypted now: the same address begins with https:// in place of http://.")
)
JUST_STARTED = Reason("just_started", N_("This computer has only just started sharing. Try again in a moment."))
NOT_SHARED = Reason("not_shared", N_("Nothing is shared under this address."))
NOT_SHARED_ID = Reason("not_shared_id", N_("Nothing is shared under this id."))
NO_SUCH_PAGE = Reason("no_such_page", N_("There is no such page."))
VIEWER_LIMIT = Reason("viewer_limit", N_("The viewer limit has been reached; try again later."))
VIEWER_GONE = Reason("viewer_gone", N_("The viewer left before there was an answer."))
WEBSOCKET_ONLY = Reason("websocket_only", N_("This address speaks WebSocket; open /watch/… in a browser instead."))
WEBSOCKET_PROTOCOL = Reason("websocket_protocol", N_("This address speaks WebSocket with the subprotocol {protocol}."))
HTTP_ERROR = Reason("http_error", "{phrase}")
"""What HTTP itself has a phrase for, such as *Method Not Allowed*."""
REMOVED_BY_HOST = Reason(
    "removed_by_host",
    N_("The link you came by is good no longer, or the person at the other computer removed this device."),
)
UNSHARED_BY_HOST = Reason("unshared_by_host", N_("The person at the other computer stopped showing this."))
SOURCE_GONE = Reason("source_gone", N_("What you watched was closed on the other computer."))
CUT_OFF_BY_HOST = Reason("cut_off_by_host", N_("The host disconnected you."))
PAUSED_BY_VIEWER = Reason("paused_by_viewer", N_("You paused the pictures."))
NO_SCREENSHOT_YET = Reason("no_screenshot_yet", N_("There is no picture to take a screenshot of yet."))
NO_VIDEO = Reason(
    "no_video",
    N_("The other computer has no video encoder; single pictures go on. Its owner can see why: panecast doctor"),
)
VIEWER_SLOW = Reason("viewer_slow", N_("This viewer took nothing for five seconds."))
STREAM_LIMIT = Reason("stream_limit", N_("This device watches {most} sources already; close one first."))
RENDITION_LIMIT = Reason(
    "rendition_limit",
    N_(
        "This device is sent {most} different pictures of this source already. Close one "
        "first, or wish for a size, quality and format that it has."
    ),
)
SNAPSHOT_LIMIT = Reason(
    "snapshot_limit", N_("This device waits for {most} pictures already; ask again when one has come.")
)
CHANNEL_LIMIT = Reason("channel_limit", N_("A connection carries {most} sources at most; close one first."))
FLOODED = Reason("flooded", N_("More than {rate} messages a second for {seconds:g} seconds."))
FLOODED_CONNECTION = Reason(
    "flooded_connection", N_("More than {rate} messages a second to the connection for {seconds:g} seconds.")
)
MESSAGE_TOO_LARGE = Reason("message_too_large", N_("A message may have {most} bytes at most."))
CONNECTION_SLOWER = Reason("connection_slower", N_("The connection takes {mbit:.1f} Mbit/s."))
CONNECTION_FULL = Reason("connection_full", N_("The connection takes no more."))
VIEWER_BEHIND = Reason("viewer_behind", N_("The viewer needs {milliseconds:.0f} ms to show a picture."))
VIEWER_IN_TIME = Reason("viewer_in_time", N_("Pictures arrive in time again."))

# Of messages, for programmers.
NOT_JSON = Reason("not_json", N_('This is not JSON; a command looks like {{"command": "get_status"}}.'))
NOT_AN_OBJECT = Reason("not_an_object", N_('A command is a JSON object such as {{"command": "get_status"}}.'))
COMMAND_MISSING = Reason("command_missing", N_('The field "command" is missing or is no text.'))
COMMAND_UNKNOWN = Reason("command_unknown", N_("Unknown command {command!r}; known are {known}."))
OPTIONS_WRONG = Reason("options_wrong", N_('The field "options" must be a JSON object.'))
OPTION_WRONG = Reason("option_wrong", N_("{option} must be {allowed}, not {value!r}."))
ALLOWED_OPTIONS = Reason("allowed_options", N_("one of the known options ({known})"))
ALLOWED_NUMBER = Reason("allowed_number", N_("a number from {low:g} to {high:g}"))
ALLOWED_WHOLE = Reason("allowed_whole", N_("a whole number from {low} to {high}"))
ALLOWED_FLAG = Reason("allowed_flag", N_("0 or 1"))
ALLOWED_CHOICE = Reason("allowed_choice", N_("one of {known}"))
ALLOWED_CHANNEL = Reason("allowed_channel", N_("the number of a channel that is not open"))
ALLOWED_HANDLE = Reason("allowed_handle", N_("the handle of a source"))
ALLOWED_LEFT_OUT = Reason("allowed_left_out", N_("left out: a screenshot has format and quality"))
ACK_WRONG = Reason("ack_wrong", N_("That picture was not sent, or is not the next to be acknowledged."))
BINARY_WRONG = Reason(
    "binary_wrong", N_("A binary message here is an acknowledgement (16 bytes) or asks for a whole picture (1 byte).")
)
TEXT_ONLY = Reason("text_only", N_("Only text messages are understood here."))
TEXT_OR_SELECTION_ONLY = Reason("text_or_selection_only", N_("Only text messages and selections are understood here."))
ENTER_HOW = Reason(
    "enter_how",
    N_('Send {{"token": "…"}} with the token of a link, or {{"pin": "…"}}, perhaps with "id" for one source.'),
)

# Of those who do not get in.
LINK_NEEDED = Reason(
    "link_needed",
    N_(
        "Open the link that the person at the other computer gave you, or ask for one. "
        "Programs show its token: ?token=… or the header Authorization: Bearer …"
    ),
)
LINK_NEEDED_BY_PROXY = Reason(
    "link_needed_by_proxy",
    N_(
        "This came through a proxy, or by HTTP/1.0, so it does not count as this computer. "
        "Show the token of a link: ?token=… or the header Authorization: Bearer …"
    ),
)
LINK_UNKNOWN = Reason("link_unknown", N_("This link isn't valid. It may be incomplete. Ask for a new one."))
LINK_REVOKED = Reason("link_revoked", N_("This link was revoked. Ask for a new one."))
LINK_EXPIRED = Reason("link_expired", N_("This link has expired. Ask for a new one."))
LINK_OF_ANOTHER = Reason(
    "link_of_another",
    N_("This browser came in by another link than the one in the address. Open the new link to change over."),
)
LINK_ASKS = Reason("link_asks", N_("With this link every new device is asked about first: open it in a browser."))
LINK_FULL = Reason(
    "link_full",
    N_("This link is used on as many devices as it may be. Ask the person who gave it to you to forget one of them."),
)
LINK_CROWDED = Reason(
    "link_crowded",
    N_("Too many devices came by this link from your network. Try again in an hour, or ask for another link."),
)
LINK_ONLY_WATCHES = Reason("link_only_watches", N_("A link is for watching; nothing can be changed by it."))
PIN_WRONG = Reason("pin_wrong", N_("That PIN is wrong or has expired."))
TOO_MANY_TRIES = counted_reason(
    "too_many_tries",
    "There were too many wrong tries. Try again in {count} minute.",
    "There were too many wrong tries. Try again in {count} minutes.",
)
TOKEN_TWICE = Reason("token_twice", N_("The request has more than one token. One is enough."))
TOKEN_UNCLEAR = Reason("token_unclear", N_("Authorization has to be: Bearer, a space, and the token of the link."))
DEVICE_REMOVED = Reason(
    "device_removed", N_("The person at the other computer removed this device. Ask for a new link.")
)
DEVICE_DISCONNECTED = Reason(
    "device_disconnected", N_("The host disconnected you. You can watch again once the host allows it.")
)
HOST_DECLINED = Reason("host_declined", N_("The person at the other computer did not allow it."))
HOST_BUSY = Reason("host_busy", N_("The person at the other computer is being asked already. Try again in a minute."))
ADDRESS_BLOCKED = Reason("address_blocked", N_("The person at the other computer does not let this address watch."))
LOCAL_ONLY = Reason("local_only", N_("Panecast is open to this computer only. Its owner can open it to the network."))
FOR_HOST_ONLY = Reason("for_host_only", N_("Only the person at the other computer may see that."))
FOREIGN_PAGE = Reason(
    "foreign_page", N_("Pages of other websites may not use this server; its owner can allow one by name.")
)
WRONG_NAME = Reason(
    "wrong_name",
    N_(
        "This computer does not go by that name. Open the address that Panecast shows, such "
        "as {address}. Its owner can have it go by another name as well (--name)."
    ),
)

# Of listening, for the person at this computer.
PORT_IN_USE = Reason("port_in_use", N_("Port {port} is used by another program."))
PORT_IN_USE_BUT = Reason("port_in_use_but", N_("Port {port} is used by another program. Port {free} is free."))
PORT_IMPOSSIBLE = Reason("port_impossible", N_("A port is a number from 0 to 65535, not {port}."))
PORT_REFUSED_BY_BROWSERS = Reason(
    "port_refused_by_browsers",
    N_("Browsers refuse to open port {port}, because other programs use it. Choose another one."),
)
PORT_FOR_ADMINISTRATORS = Reason(
    "port_for_administrators", N_("The system lets only the administrator use port {port}; choose one above 1023.")
)
PORT_UNUSABLE = Reason("port_unusable", N_("Port {port} cannot be used: {problem}."))
NO_FREE_PORT = Reason("no_free_port", N_("The system has no free port."))
NO_LOOPBACK = Reason("no_loopback", N_("This computer has no loopback address."))
RUNNING_ALREADY = Reason("running_already", N_("The server is running already."))
ADDRESS_GONE = Reason("address_gone", N_("This computer has the address {address} no longer."))
ADDRESS_NOT_OURS = Reason("address_not_ours", N_("{address} is not an address of this computer. {others}"))
ADDRESS_OF_ALL = Reason(
    "address_of_all", N_("{address} means every network at once. Choose one of this computer's. {others}")
)
ADDRESS_OF_ONE_CABLE = Reason(
    "address_of_one_cable", N_("{address} holds on one cable or Wi-Fi only, and cannot stand in a link. {others}")
)
ADDRESSES = counted_reason("addresses", "Its address is {addresses}.", "Its addresses are {addresses}.")
NO_ADDRESSES = Reason("no_addresses", N_("It is in no network now."))

# Of certificates.
CERTIFICATE_UNUSABLE = Reason(
    "certificate_unusable",
    N_(
        "HTTPS cannot use the certificate in {file}: {problem}. Choose other files, or let "
        "Panecast make its own certificate."
    ),
)
CERTIFICATE_NOT_PRIVATE = Reason(
    "certificate_not_private",
    N_("The certificate of this installation is not used, because {problem}. Remove {path} and start sharing again."),
)
CERTIFICATE_NOT_KEPT = Reason(
    "certificate_not_kept",
    N_(
        "The certificate of this installation cannot be kept in {path}: {problem}. Make room "
        "or give yourself the right to write there, or share without HTTPS."
    ),
)
CERTIFICATE_DAMAGED = Reason(
    "certificate_damaged",
    N_("The certificate in {file} is damaged, or of a kind that is not known here. Choose another one."),
)
CERTIFICATE_OF_OTHER_KEY = Reason(
    "certificate_of_other_key", N_("The key in {key} does not belong to the certificate in {file}. {hint}")
)
CERTIFICATE_HINT_KEY = Reason("certificate_hint_key", N_("Choose the key that the certificate was made with."))
CERTIFICATE_HINT_ORDER = Reason(
    "certificate_hint_order", N_("The certificate that does belong to it is further down in that file: put it first.")
)
CERTIFICATE_EXPIRED = Reason(
    "certificate_expired",
    N_("The certificate in {file} expired on {date}. Renew it, or let Panecast make its own certificate."),
)
CERTIFICATE_EARLY = Reason(
    "certificate_early",
    N_("The certificate in {file} is valid from {date} on only. Look whether this computer's clock is right."),
)
CERTIFICATE_NOT_FOUND = Reason(
    "certificate_not_found",
    N_(
        "There is no certificate in {file} that can be read. Choose a file in the PEM form, "
        "which begins with -----BEGIN CERTIFICATE-----."
    ),
)
CERTIFICATE_UNREADABLE = Reason(
    "certificate_unreadable",
    N_("The certificate file {path} cannot be read: {problem}. Look whether it is there and yours to read."),
)
CERTIFICATE_TOO_LARGE = Reason(
    "certificate_too_large", N_("The certificate file {path} is too large for one. Choose another file.")
)
CERTIFICATE_NEEDS_BOTH = Reason(
    "certificate_needs_both", N_("HTTPS with files of your own needs both: --certificate FILE --key FILE")
)
KEY_LOCKED = Reason(
    "key_locked",
    N_(
        "The key in {file} is protected by a password, which Panecast cannot enter. Choose a "
        "copy of the key without one that only you can read."
    ),
)
KEY_NOT_FOUND = Reason(
    "key_not_found",
    N_(
        "There is no key in {file} that can be read. Choose a file in the PEM form, which "
        "begins with -----BEGIN PRIVATE KEY-----."
    ),
)
KEY_UNREADABLE = Reason(
    "key_unreadable", N_("The key file {path} cannot be read: {problem}. Look whether it is there and yours to read.")
)
KEY_TOO_LARGE = Reason("key_too_large", N_("The key file {path} is too large for one. Choose another file."))

# Of links and devices that cannot be made.
LINK_NAME = Reason("link_name", N_("A link needs a name of one line, at most {most} characters long."))
LINK_TOKEN = Reason("link_token", N_("A link needs a token that nobody can guess."))
LINK_DEVICES = Reason("link_devices", N_("A link can be for 1 to {most} devices."))
LINK_LIMIT = Reason("link_limit", N_("There are {most} links, and more there cannot be. Revoke one that nobody needs."))
LINK_TITLE = Reason("link_title", N_("A part of a title has to have at least one letter."))
LINK_ID = Reason("link_id", N_("An id has 1 to {most} characters."))
LINK_TIME = Reason("link_time", N_("A time has to lie between the years 1970 and 9999."))
DEVICE_NAME = Reason("device_name", N_("A device has a name of one line and an address."))

# Of the settings folder, and of another copy of the program.
FOLDER_TAKEN = Reason(
    "folder_taken",
    N_(
        "{program} uses the settings folder {folder}, and two programs would undo each "
        "other's changes. End it first, or choose another folder with --config-dir."
    ),
)
PROGRAM_OF_FOLDER = Reason("program_of_folder", N_("{name} (process {process})"))
PROGRAM_ELSEWHERE = Reason("program_elsewhere", N_("{name} on the computer {computer}"))
SOME_PROGRAM = Reason("some_program", N_("Another Panecast"))
COPY_SILENT = Reason(
    "copy_silent",
    N_(
        "Panecast is running already but has not answered for {seconds:g} seconds. End it "
        "(its process is named panecast or python), then start it again."
    ),
)
COPY_OTHERWISE = Reason(
    "copy_otherwise",
    N_(
        "Panecast is running already, but its answer cannot be read: it may be of another "
        "version. Quit it, then try again."
    ),
)
