#!/bin/sh
# Makes the program and the disk image for macOS into dist/, with its .sha256, with the Python on the PATH, which has
# `.[build]`:
#   sh installer/macos/build.sh
#
# NOT RUN: written on a machine that is no Mac. This line goes with the first good run.
#
# dmg.sh says what signs and notarises them. Video is not in it: it would be under the GPL.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$top"

fail() {
    printf 'build: %s\n' "$*" >&2
    exit 1
}

[ "$(uname -s)" = Darwin ] || fail "the program for macOS is made on a Mac."
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) || fail "SOURCE_DATE_EPOCH has to say the time of the source"
fi
export SOURCE_DATE_EPOCH PYTHONHASHSEED=1
python=${PYTHON:-python3}
version=$("$python" installer/version.py)
app=build/Panecast.app
mkdir -p build dist

QT_QPA_PLATFORM=offscreen "$python" -m installer.icons build/icons
PANECAST_ICON=$top/build/icons/panecast.icns "$python" -m PyInstaller --noconfirm --clean --log-level=ERROR \
    --distpath=build --workpath=build/work installer/freeze/panecast.spec
[ -d "$app" ] || fail "PyInstaller made no bundle"

"$python" -m installer.notices --tree build/panecast --toc build/work/panecast/*.toc \
    --out-notices "$app/Contents/Resources/THIRD-PARTY-NOTICES.txt" --out-sbom "$app/Contents/Resources/sbom.cdx.json"
cp "$app/Contents/Resources/THIRD-PARTY-NOTICES.txt" "$app/Contents/Resources/resources/notices.txt"
cp LICENSE "$app/Contents/Resources/LICENSE.txt"

image=panecast-$version-macos-$(uname -m).dmg
sh installer/macos/dmg.sh "$app" "dist/$image"
(cd dist && shasum -a 256 "$image" >"$image.sha256")
