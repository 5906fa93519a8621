# What run.sh and test.sh share: finding Python, system packages, the virtual environment.
# Sourced, never run. The sourcing script has set `top` to the project's folder and works in it.

venv=$top/.venv

# Nothing is run that lies in whatever folder this was called from: programs come from absolute entries of PATH only (an
# empty one stands for the current folder), and Python's modules from where Python has them.
absolute_path() {
    left=$PATH:
    kept=
    while [ -n "$left" ]; do
        case $left in
            /*) kept=$kept:${left%%:*} ;;
        esac
        left=${left#*:}
    done
    printf '%s' "${kept#:}"
}

PATH=$(absolute_path)
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP
# Containers set it for smaller images. Each start of the program would compile all of it anew.
unset PYTHONDONTWRITEBYTECODE

# Without fonts all text is boxes; without xrandr (x11-xserver-utils) pywinctl ends the process.
# libglib2.0-bin stands for the library it needs, whose own name differs between releases.
run_packages="libglib2.0-bin libegl1 libgl1 libopengl0 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4
libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1
libxcb-util1 libxcb-xfixes0 libxcb-xkb1 libx11-xcb1 libgssapi-krb5-2 fontconfig fonts-dejavu-core x11-xserver-utils procps"
virtual_display_packages="xvfb xauth"

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "$0: $*"
    exit 1
}

is_fitting_python() {
    "$1" -I -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

find_python() {
    # The plain name first: it is the one whose venv module the system's packages complete.
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && is_fitting_python "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Prints those of the named Debian packages that are not installed.
missing_packages() {
    installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        sed -n 's/^installed //p')
    for package in "$@"; do
        case "
$installed
" in
            *"
$package
"*) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

# Installs what is missing of the named Debian packages, or says what a person with the rights has to type.
ensure_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        say "This is not a Debian or Ubuntu system, so its packages are left to you. Needed are the equivalents of:"
        say "  $*"
        return 0
    fi
    missing=$(missing_packages "$@")
    missing=${missing% }
    [ -n "$missing" ] || return 0

    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=sudo
    else
        say "Some system packages are missing. Have them installed with this line, then start again:"
        say "  sudo apt-get update && sudo apt-get install --no-install-recommends $missing"
        exit 1
    fi
    say "Installing system packages: $missing"
    log=$top/.cache/apt.log
    mkdir -p "$top/.cache"
    # Word splitting is meant: a list of package names, and sudo that may be absent.
    # shellcheck disable=SC2086
    {
        $as_root apt-get -o Acquire::Retries=3 update &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
                install --no-install-recommends $missing
    } >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        fail "apt-get could not install: $missing (all it said is in $log)"
    }
}

# What an up-to-date environment was made from. `$1` is the set of dependencies: run, test or build.
# The folder belongs to it because an environment that was moved does not work.
stamp_of() {
    version=$(sed -n 's/^version *= *//p' "$venv/pyvenv.cfg" 2>/dev/null)
    printf '%s\n' "$1" "$top" "$version"
    cksum <"$top/pyproject.toml"
    cksum <"$top/installer/constraints.txt"
}

is_stamped() {
    [ -x "$venv/bin/python" ] && [ -f "$venv/panecast-$1.stamp" ] &&
        [ "$(stamp_of "$1")" = "$(cat "$venv/panecast-$1.stamp")" ]
}

is_usable_venv() {
    [ -x "$venv/bin/python" ] && is_fitting_python "$venv/bin/python" && "$venv/bin/python" -I -c 'import pip' 2>/dev/null
}

# Prints the Debian packages without which no environment can be made here.
venv_packages() {
    if is_stamped run || is_stamped test || is_stamped build || is_usable_venv; then
        return 0
    fi
    python=$(find_python) || {
        printf 'python3 python3-venv'
        return 0
    }
    # Debian keeps ensurepip in a package of its own.
    if ! "$python" -I -c 'import ensurepip' 2>/dev/null; then
        case $python in
            */python3) printf 'python3-venv' ;;
            *) printf '%s-venv' "$(basename "$python")" ;;
        esac
    fi
}

make_venv() {
    if is_usable_venv; then
        return 0
    fi
    python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 is needed and was not found."
    say "Making ${venv#"$top/"} with $python"
    "$python" -I -m venv --clear "$venv" || fail "$python could not make $venv"
    # What Python brings is mostly old, and takes twice as long over the lists of a package server (23.2: 34 s of
    # computing for the tests' packages, 26.3: 17 s). It does as well.
    PIP_CONSTRAINT=installer/constraints.txt \
        "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check --upgrade pip >&2 ||
        say "pip stays as it is"
}

# Makes .venv hold the project and its dependencies; does nothing when it does already.
# `$1` is the set: run; test, which contains it; or build, which has an environment of its own.
ensure_venv() {
    if { [ "$1" != build ] && is_stamped test; } || is_stamped "$1"; then
        return 0
    fi
    make_venv
    case $1 in
        run) project=".[video]" ;;
        test) project=".[test]" ;;
        build) project=".[video,build]" ;;
    esac
    say "Installing the Python packages into ${venv#"$top/"} (the first time, this takes a minute or two)"
    # As variables and not as arguments, because only so do the pins reach what pip installs to build a package.
    # The second is for the newer versions of pip. A relative path, because pip would split one that has spaces.
    PIP_CONSTRAINT=installer/constraints.txt PIP_BUILD_CONSTRAINT=installer/constraints.txt \
        "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check --editable "$project" >&2 ||
        fail "pip could not install the Python packages"
    stamp_of "$1" >"$venv/panecast-$1.stamp"
}
