#!/bin/sh
# Runs a command inside the system that wine-root.sh has made:  sh installer/windows/in-wine.sh FOLDER COMMAND…
#
# The project is at /project there (Z:\project), drive C at /root/prefix/drive_c. The command has namespaces of its own:
# once it has ended, the kernel ends whatever it has started, wine's server included, and takes the mounts along.
# PANECAST_WINEPREFIX names another drive C than that of wine-root.sh, which then has no Python in it.
# Programs with windows need DISPLAY to name an X server of this computer.
set -eu

case $0 in
    */*) top=${0%/*}/../.. ;;
    *) top=../.. ;;
esac
top=$(CDPATH='' cd -- "$top" && pwd)
root=$(CDPATH='' cd -- "$1" && pwd)/root
shift

# shellcheck disable=SC2016 # expanded by the inner shell
exec unshare --mount --pid --fork --kill-child sh -c '
    set -eu
    root=$1 top=$2
    shift 2
    mkdir -p "$root/project" "$root/tmp/.X11-unix" /tmp/.X11-unix
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    mount --bind "$top" "$root/project"
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
    inside() {
        chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin LANG=C.UTF-8 DISPLAY="${DISPLAY:-}" \
            WINEPREFIX="${PANECAST_WINEPREFIX:-/root/prefix}" WINEDEBUG=-all "WINEDLLOVERRIDES=mscoree,mshtml=" "$@" </dev/null
    }
    # In the foreground of a shell, which is the first process and reaps what falls to it.
    status=0
    inside "$@" || status=$?
    # The registry is written as the server ends, and not when it is killed.
    inside wineserver --kill || true
    exit "$status"
' sh "$root" "$top" "$@"
