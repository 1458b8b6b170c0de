"""What a whole desktop has beside its windows: a tray, notifications and accessibility."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import xcffib
import xcffib.xproto
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

from installers.programs import START_LIMIT_S, Programs

# Where Debian and Fedora have it; it is not a program that people start.
_ACCESSIBILITY_BUS = (
    Path("/usr/libexec/at-spi-bus-launcher"),
    Path("/usr/lib/at-spi2-core/at-spi-bus-launcher"),
)
# Shown until they are closed, in a corner away from the tray, and without anybody's own rules.
_DUNST = """
[global]
    monitor = 0
    follow = none
    origin = top-right
    offset = 16x16
    width = 320
    notification_limit = 0
    idle_threshold = 0
    history_length = 100
    sticky_history = no
    show_age_threshold = -1
    markup = full
    font = Sans 10
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
[urgency_critical]
    timeout = 0
"""


def start_tray(programs: Programs, environment: Mapping[str, str]) -> None:
    """Start a tray for XEmbed icons at the lower right."""
    place = ["--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "32"]
    with _display(environment) as connection:
        # The System Tray Protocol: the tray owns this selection.
        name = "_NET_SYSTEM_TRAY_S0"
        atom = connection.core.InternAtom(False, len(name), name).reply().atom
        programs.start(["trayer", *place, "--SetDockType", "true"], environment)
        programs.wait_until(
            lambda: bool(connection.core.GetSelectionOwner(atom).reply().owner), "trayer"
        )


def start_notifications(programs: Programs, environment: Mapping[str, str], folder: Path) -> None:
    """Start a notification daemon, which writes what it shows to dunst.log in `folder`."""
    configuration = folder / "dunstrc"
    configuration.write_text(_DUNST, encoding="utf-8")
    with _bus(environment) as bus:
        programs.start(["dunst", "-conf", str(configuration), "-print"], environment)
        programs.wait_until(lambda: _has_owner(bus, "org.freedesktop.Notifications"), "dunst")


def start_accessibility(programs: Programs, environment: Mapping[str, str]) -> dict[str, str]:
    """Start the bus over which programs show their widgets; return what they need to use it."""
    launcher = next((path for path in _ACCESSIBILITY_BUS if path.exists()), _ACCESSIBILITY_BUS[0])
    with _bus(environment) as bus:
        programs.start([str(launcher), "--launch-immediately"], environment)
        programs.wait_until(lambda: _has_owner(bus, "org.a11y.Bus"), str(launcher))
    return {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}


def embedded_windows(connection: xcffib.Connection, window: int) -> list[int]:
    """Return the windows in `window` that a tray has taken in."""
    # The XEmbed specification: a window that can be embedded has the property _XEMBED_INFO. One
    # that is not has WM_STATE, by which a window manager marks what it manages (ICCCM 4.1.3.1),
    # or stands on the desktop itself, past the window manager.
    try:
        if _has(connection, window, "_XEMBED_INFO"):
            return [] if _has(connection, window, "WM_STATE") else [window]
        children = list(connection.core.QueryTree(window).reply().children)
        if window == connection.get_setup().roots[0].root:
            children = [one for one in children if not _has(connection, one, "_XEMBED_INFO")]
    except xcffib.xproto.WindowError:
        return []
    return [found for child in children for found in embedded_windows(connection, child)]


def has_tray_icon(environment: Mapping[str, str]) -> bool:
    """Return whether an icon stands in the tray of this desktop."""
    with _display(environment) as connection:
        root = connection.get_setup().roots[0].root
        return bool(embedded_windows(connection, root))


def _has(connection: xcffib.Connection, window: int, name: str) -> bool:
    core = connection.core
    atom = core.InternAtom(False, len(name), name).reply().atom
    reply = core.GetProperty(False, window, atom, xcffib.xproto.Atom.Any, 0, 2).reply()
    return bool(reply.value_len)


@contextlib.contextmanager
def _display(environment: Mapping[str, str]) -> Iterator[xcffib.Connection]:
    connection = xcffib.connect(display=environment["DISPLAY"])
    try:
        yield connection
    finally:
        connection.disconnect()


@contextlib.contextmanager
def _bus(environment: Mapping[str, str]) -> Iterator[DBusConnection]:
    address = environment["DBUS_SESSION_BUS_ADDRESS"]
    if not address.startswith("unix:"):
        raise RuntimeError("This desktop was made without a message bus.")
    with open_dbus_connection(bus=address, auth_timeout=START_LIMIT_S) as connection:
        yield connection


def _has_owner(bus: DBusConnection, name: str) -> bool:
    (is_owned,) = Proxy(message_bus, bus, timeout=START_LIMIT_S).NameHasOwner(name)
    return bool(is_owned)
