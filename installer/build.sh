#!/bin/sh
# Makes packages of Panecast into dist/, each with its .sha256:
#   sh installer/build.sh KIND… [--video]
#
# Kinds: deb, tar, rpm, arch, appimage, wheel, windows; all is every one that this machine can make.
# --video makes the packages of video too (panecast-video), which are under the GPL.
# Needs git, Python and a Debian-like system as old as the oldest one that the packages are for.
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

build_packages="$run_packages binutils chrpath dpkg-dev gcc libc6-dev xz-utils squashfs-tools"
# What goes into the packages comes from an environment of its own, without any tool for testing.
venv=$top/.cache/build-venv

[ $# -gt 0 ] || fail "name what is to be made: deb, tar, rpm, arch, appimage, wheel, windows or all"

# shellcheck disable=SC2046,SC2086 # lists
ensure_packages $build_packages $(venv_packages)
mkdir -p "$top/.cache"
ensure_venv build

# Equal commits give equal bytes.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null) ||
        fail "SOURCE_DATE_EPOCH has to say the time of the source, for this is no clone of git."
fi
export SOURCE_DATE_EPOCH PYTHONHASHSEED=1 LC_ALL=C.UTF-8 TZ=UTC
umask 022
exec "$venv/bin/python" -m installer.build "$@"
