#!/bin/sh
# Makes an AppImage of the frozen program:  sh installer/appimage/appimage.sh TREE OUT [RUNTIME]
#
# TREE is the frozen program (build/panecast). OUT becomes a folder with panecast.AppDir and NAME.squashfs, and with
# RUNTIME, the type 2 runtime of AppImage as a file (take a static one: it needs no libfuse2), NAME.AppImage too.
# Equal trees, tools and SOURCE_DATE_EPOCH give equal bytes.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
app=io.github.panecast.Panecast

fail() {
    printf 'appimage: %s\n' "$*" >&2
    exit 1
}

[ $# -eq 2 ] || [ $# -eq 3 ] || fail "usage: appimage.sh TREE OUT [RUNTIME]"
tree=$1 out=$2 runtime=${3:-}
if [ ! -x "$tree/panecast" ] || [ ! -d "$tree/_internal" ]; then
    fail "$tree is no frozen program: it needs the program panecast and the folder _internal."
fi
command -v mksquashfs >/dev/null || fail "mksquashfs is missing. Install it with: sudo apt install squashfs-tools"
if [ -n "$runtime" ]; then
    [ -f "$runtime" ] || fail "there is no runtime $runtime"
    # ELF's own sign, then at byte 8 the sign of AppImage and its type.
    [ "$(od -An -tx1 -N11 "$runtime" | tr -d ' \n' | cut -c1-8,17-22)" = 7f454c46414902 ] ||
        fail "$runtime is no AppImage runtime of type 2."
fi

python=${PYTHON:-}
for each in "$top/.cache/build-venv/bin/python" "$top/.venv/bin/python"; do
    [ -n "$python" ] || [ ! -x "$each" ] || python=$each
done
[ -n "$python" ] || fail "no environment with the project's packages is there. Name its Python in PYTHON."

if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null) ||
        fail "set SOURCE_DATE_EPOCH: there is no git history here that tells the date."
fi
export SOURCE_DATE_EPOCH
umask 022

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$top/server/__init__.py")
kind=panecast
[ ! -d "$tree/_internal/av" ] || kind=panecast-video
name=$kind-$version-$(uname -m)
dir=$out/panecast.AppDir

rm -rf "$dir"
mkdir -p "$dir/usr/bin" "$dir/usr/lib"
dir=$(cd "$dir" && pwd)
cp -a "$tree" "$dir/usr/lib/panecast"
# Read by capture/installation.py.
printf 'appimage\n' >"$dir/usr/lib/panecast/_internal/installed-as"
ln -s ../lib/panecast/panecast "$dir/usr/bin/panecast"
(cd "$top" && "$python" -m installer.share "$dir/usr/share")
cp "$top/installer/appimage/AppRun" "$dir/AppRun"
chmod 755 "$dir/AppRun"
ln -s "usr/share/applications/$app.desktop" "$dir/$app.desktop"
ln -s "usr/share/icons/hicolor/scalable/apps/$app.svg" "$dir/$app.svg"
ln -s "usr/share/icons/hicolor/256x256/apps/$app.png" "$dir/.DirIcon"
find "$dir" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

rm -f "$out/$name.squashfs" "$out/$name.AppImage"
mksquashfs "$dir" "$out/$name.squashfs" -root-owned -noappend -comp zstd -Xcompression-level 15 -b 128K \
    -no-xattrs -no-progress -quiet >/dev/null
printf '%s\n' "$out/$name.squashfs"

if [ -z "$runtime" ]; then
    printf 'appimage: no AppImage was made, for that needs a type 2 runtime as a file, named behind OUT.\n' >&2
    exit 0
fi
cat "$runtime" "$out/$name.squashfs" >"$out/$name.AppImage"
chmod 755 "$out/$name.AppImage"
printf '%s\n' "$out/$name.AppImage"
