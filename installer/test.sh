#!/bin/sh
# Sets this machine up for testing as far as needed and runs every check:
#   sh installer/test.sh [--long] [--packages] [--only STEP] [-- PATH OR OPTION OF PYTEST…]
#
# With --only pytest, only those tests run that are named behind --, in the order in which they stand there.
# --long also runs this script inside the bare system that the fresh test makes.
# --packages builds every package and tries each where nothing else is, which takes half an hour; nothing else is run then.
# Steps: setup, ruff, format, mypy, imports, page, scripts, access, crowd (with --long), pytest (all but fresh), fresh,
# conformance (which are part of pytest).
# All steps run even when one fails; the exit status tells whether any did.
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

test_packages="$virtual_display_packages openbox twm tigervnc-standalone-server xterm trayer dunst x11-apps x11-utils xdotool imagemagick chromium mmdebstrap
dbus pipewire wireplumber desktop-file-utils appstream mandoc zsh fish libplist-utils squashfs-tools chrpath binutils gcc libc6-dev iproute2 git ffmpeg mpv curl firefox-esr slowhttptest testssl.sh nginx-light"
long_packages="webkit2gtk-driver xfce4-panel xfconf notification-daemon at-spi2-core"
trial_packages="faketime lintian rpm2cpio cpio squashfuse zstd"
npm_tools=$top/.cache/npm

only=
while [ $# -gt 0 ]; do
    case $1 in
        --long) export PANECAST_LONG=1 ;;
        --packages) export PANECAST_PACKAGES=1 ;;
        --only)
            [ $# -ge 2 ] || fail "--only needs the name of a step"
            only=$2
            shift
            ;;
        --)
            shift
            break
            ;;
        *) fail "unknown argument: $1" ;;
    esac
    shift
done
case $only in
    pytest) ;;
    *) [ $# -eq 0 ] || [ -n "${PANECAST_PACKAGES:-}" ] || fail "only with --only pytest tests can be named" ;;
esac
case $only in
    '' | setup | ruff | format | mypy | imports | page | scripts | access | crowd | pytest | fresh | conformance) ;;
    *) fail "unknown step: $only" ;;
esac

export CI=true
# The tests choose their display themselves; one left over from the caller must not leak into them.
unset DISPLAY WAYLAND_DISPLAY XDG_SESSION_TYPE XAUTHORITY

ensure_npm_tools() {
    wanted=$(cat installer/npm-tools.txt)
    if [ "$(cat "$npm_tools/panecast.stamp" 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    say "Installing the test tools of the page into .cache/npm"
    mkdir -p "$npm_tools"
    # No lock file: it would record the registry's addresses.
    # shellcheck disable=SC2086 # a list
    npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix "$npm_tools" $wanted >&2 ||
        fail "npm could not install: $wanted"
    printf '%s\n' "$wanted" >"$npm_tools/panecast.stamp"
}

set_up() {
    packages="$run_packages $(venv_packages) $test_packages ${PANECAST_LONG:+$long_packages} ${PANECAST_PACKAGES:+$trial_packages}"
    # Debian's npm brings some hundred packages along; a machine that has one from elsewhere keeps it.
    if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
        packages="$packages nodejs npm"
    fi
    # Most of the time is spent on waiting for the two: at once, unless Python's own modules have yet to come.
    making=
    if [ -z "$(venv_packages)" ]; then
        ensure_venv test &
        making=$!
    fi
    # shellcheck disable=SC2086 # a list
    ensure_packages $packages
    [ -z "$making" ] || wait "$making" || exit 1
    ensure_venv test
    ensure_npm_tools
    if [ -n "${PANECAST_LONG:-}" ]; then
        "$venv/bin/python" -m tests.conformance.autobahn_setup >&2 || fail "Autobahn's fuzzing client could not be set up"
    fi
}

check_page() {
    if [ ! -f tsconfig.json ]; then
        say "no tsconfig.json: no page to check"
        return 0
    fi
    "$npm_tools/node_modules/.bin/tsc" -p tsconfig.json || return 1
    if [ -d tests/page ]; then
        # Named one by one: what a folder means here differs between versions of node.
        find tests/page -name '*.test.*js' -exec node --test {} +
    fi
}

check_scripts() {
    for script in installer/*.sh installer/*/*.sh; do
        sh -n "$script" || return 1
    done
    bash -n .ci/run
    if command -v shellcheck >/dev/null 2>&1; then
        shellcheck --external-sources installer/run.sh installer/test.sh installer/appimage/appimage.sh \
            installer/appimage/AppRun installer/macos/build.sh installer/macos/dmg.sh installer/windows/*.sh
    fi
}

# As each system's Python has it, too: a name that is missing on Windows stops a program there when it is asked for.
check_types() {
    types_of win32 >"$top/.cache/mypy-win32" 2>&1 &
    elsewhere=$!
    "$python" -m mypy || return 1
    types_of darwin || return 1
    wait "$elsewhere" || {
        cat "$top/.cache/mypy-win32"
        return 1
    }
}

types_of() {
    "$python" -m mypy --platform "$1" --cache-dir ".mypy_cache/$1" -p capture -p server -p gui -p resources
}

# Who gets in, and what is shared: every branch of it is tested, each by tests of its own. They wait more than they work,
# so they run beside the steps before.
begin_access() {
    test_access >"$top/.cache/access.log" 2>&1 &
    accessing=$!
}

test_access() {
    export COVERAGE_FILE="$top/.cache/coverage"
    "$python" -m coverage run -m pytest -q tests/server/access tests/server/test_sharing.py tests/server/test_host.py &&
        "$python" -m coverage report
}

check_access() {
    passed=0
    wait "$accessing" || passed=1
    cat "$top/.cache/access.log"
    return $passed
}

# Each of pytest's workers reads all tests, which takes three times as long while nothing is kept of it.
begin_collecting() {
    "$python" -m pytest --collect-only -q >"$top/.cache/collect.log" 2>&1 &
    collecting=$!
}

# How crowds are served is compared with what the machine can do, which had better be the same all the time: alone.
check_crowd() {
    if [ -n "${PANECAST_LONG:-}" ]; then
        "$python" -m pytest -s tests/load/test_crowd.py
    fi
}

failed=

announce() {
    printf '\n==== %s\n' "$1"
    begun=$(date +%s)
}

conclude() {
    printf '==== %s: %s, %s s\n' "$1" "$2" "$(($(date +%s) - begun))"
}

# Runs a check, unless only another one was asked for.
step() {
    name=$1
    shift
    if [ -n "$only" ] && [ "$only" != "$name" ]; then
        return 0
    fi
    announce "$name"
    if "$@"; then
        conclude "$name" ok
    else
        conclude "$name" FAILED
        failed="$failed $name"
    fi
}

# Runs tests; pytest times itself, and its closing line is to be the last one to be seen. Four files at a time: most
# of the time a test waits for something.
tests() {
    # Whether it worked pytest will tell.
    [ -z "$collecting" ] || wait "$collecting" || true
    announce "$1"
    shift
    "$venv/bin/python" -m pytest -n 4 --dist loadfile --no-loadscope-reorder "$@" || failed="$failed tests"
}

# A machine that cannot be set up can test nothing: a failure in here ends the run.
announce setup
set_up
conclude setup ok

if [ -n "${PANECAST_PACKAGES:-}" ]; then
    announce packages
    exec "$venv/bin/python" -m pytest -m packages tests/install "$@"
fi

python=$venv/bin/python
# Where node looks for what a test requires.
export NODE_PATH="$npm_tools/node_modules"

case $only in
    '' | access) begin_access ;;
esac
collecting=
case $only in
    '') begin_collecting ;;
esac
step ruff "$python" -m ruff check .
step format "$python" -m ruff format --check .
step mypy check_types
step imports "$python" -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
step page check_page
step scripts check_scripts
step access check_access
step crowd check_crowd

if [ -n "$failed" ]; then
    printf '\n==== failed so far:%s\n' "$failed"
fi
case $only in
    # What the steps before have run is not run again.
    '') tests pytest --ignore=tests/server/access \
        ${PANECAST_LONG:+--ignore=tests/load/test_crowd.py} ;;
    pytest)
        if [ $# -gt 0 ]; then
            announce pytest
            "$python" -m pytest "$@" || failed="$failed tests"
        else
            tests pytest -m 'not fresh'
        fi
        ;;
    fresh) tests fresh -m fresh ;;
    conformance) tests conformance tests/conformance ;;
esac
[ -z "$failed" ]
