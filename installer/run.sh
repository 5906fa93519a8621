#!/bin/sh
# Sets this machine up as far as needed and runs Panecast:  sh installer/run.sh [arguments of panecast]
#
# Where there is no display, the tray app runs on a virtual one, shares its demo window and prints the address.
set -eu

# With nothing but what the shell has itself: PATH may still name the current folder.
case $0 in
    */*) top=${0%/*}/.. ;;
    *) top=.. ;;
esac
top=$(CDPATH='' cd -- "$top" && pwd)
cd "$top"
# shellcheck source=installer/common.sh
. installer/common.sh

wants_tray_app() {
    case ${1:-} in
        --version | -V | --help | -h) return 1 ;;
        -* | '') return 0 ;;
        *) return 1 ;;
    esac
}

has_display() {
    [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]
}

start_display() {
    scratch=$(mktemp -d)
    # A cookie, or else every user of this machine could look at the display.
    cookie=$(mcookie)
    touch "$scratch/cookies"
    xauth -q -f "$scratch/cookies" add :0 . "$cookie"
    mkfifo "$scratch/number" "$scratch/users"
    # In a session of its own: Ctrl-C goes to all of a terminal's processes, and must not take the display away
    # from an app that is still ending. The display goes when nobody holds the pipe `users` open any longer:
    # this script and the app do, and however they end, the system closes it for them.
    exec 4<>"$scratch/users"
    # shellcheck disable=SC2016 # expanded by the inner shell
    setsid sh -c '
        Xvfb -displayfd 3 -auth "$1/cookies" -screen 0 1280x800x24 -nolisten tcp 3>"$1/number" 2>"$1/log" &
        read -r _ <"$1/users"
        kill -TERM "$!" 2>/dev/null
        wait "$!"
        rm -rf "$1"
    ' sh "$scratch" 4>&- &
    display=$!
    # The server chooses a free number and tells it once it answers; if it fails, this reads the end of the file.
    number=
    read -r number <"$scratch/number" || true
    if [ -z "$number" ]; then
        cat "$scratch/log" >&2
        fail "the virtual display did not start"
    fi
    xauth -q -f "$scratch/cookies" add ":$number" . "$cookie"
    export DISPLAY=":$number" XAUTHORITY="$scratch/cookies"
}

clean_up() {
    if [ -n "$app" ]; then
        kill -TERM "$app" 2>/dev/null || true
        wait "$app" 2>/dev/null || true
    fi
    if [ -n "$display" ]; then
        exec 4>&-
        wait "$display" 2>/dev/null || true
    fi
}

# The app is told TERM whatever came in: a shell starts background commands with INT ignored.
stop_app() {
    interrupted=yes
    if [ -n "$app" ]; then
        kill -TERM "$app" 2>/dev/null || true
    else
        exit 130
    fi
}

run_on_virtual_display() {
    app=
    display=
    trap clean_up EXIT
    trap stop_app INT TERM HUP
    start_display
    "$venv/bin/python" -I "$venv/bin/panecast" --demo --share demo --print-url "$@" &
    app=$!
    # A signal ends `wait` early; the app's own status is what counts.
    status=0
    interrupted=yes
    while [ -n "$interrupted" ]; do
        interrupted=
        result=0
        wait "$app" || result=$?
        # 127: already reaped in the round before, whose status stands.
        [ "$result" -eq 127 ] || status=$result
    done
    app=
    exit "$status"
}

packages="$run_packages $(venv_packages)"
virtual=
if wants_tray_app "$@" && ! has_display; then
    virtual=yes
    packages="$packages $virtual_display_packages"
fi
# shellcheck disable=SC2086 # a list
ensure_packages $packages
ensure_venv run

if [ -n "$virtual" ]; then
    run_on_virtual_display "$@"
else
    exec "$venv/bin/python" -I "$venv/bin/panecast" "$@"
fi
