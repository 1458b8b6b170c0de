"""Shortcuts on a real X server, pressed while something else has the keyboard."""

from __future__ import annotations

import functools
import operator
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import xcffib
import xcffib.xkb
import xcffib.xproto

from installers.virtual_desktop import VirtualDesktop
from recorder_app.errors import RecorderError, ShortcutsUnavailable, ShortcutTaken
from recorder_app.system.hotkeys import Hotkeys
from recorder_app.system.keys import parse_shortcut
from recorder_app.system.x11_keys import Keyboard
from tests.support.hands import Hands, wait_until

# Longer than a key needs to be told, and for a key that must not be.
QUIET_S = 0.3

# XkbUseCoreKbd of the XKB protocol.
_CORE_KEYBOARD = 0x100

_OTHER = """
import sys, xcffib, xcffib.xproto
from recorder_app.system.keys import parse_shortcut
from recorder_app.system.x11_keys import Keyboard
connection = xcffib.connect()
root = connection.get_setup().roots[0].root
[(code, modifiers)] = Keyboard(connection).combinations(parse_shortcut(sys.argv[1]))
connection.core.GrabKeyChecked(True, root, modifiers, code, 1, 1).check()
print("ready", flush=True)
sys.stdin.read()
"""


class Told:
    """What was told of shortcuts, in order."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.problems: list[tuple[str, RecorderError]] = []
        self.threads: set[threading.Thread] = set()

    def press(self, action: str) -> None:
        self.threads.add(threading.current_thread())
        self.pressed.append(action)

    def problem(self, action: str, error: RecorderError) -> None:
        self.problems.append((action, error))


@pytest.fixture
def env(own_desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.setenv(name, own_desktop.environment[name])
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return own_desktop.environment


@pytest.fixture
def hands(env: dict[str, str]) -> Hands:
    return Hands(env)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def hotkeys(hands: Hands, told: Told) -> Iterator[Hotkeys]:
    assert hands.tool("getmouselocation")
    with Hotkeys(told.press, told.problem) as keys:
        yield keys


@pytest.fixture
def other(env: dict[str, str]) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Other programs, each with a shortcut of its own."""
    running: list[subprocess.Popen[str]] = []

    def start(shortcut: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _OTHER, shortcut],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in running:
        process.communicate(timeout=10)


def code_of(env: dict[str, str], shortcut: str) -> int:
    """Return the place of a shortcut's key on the keyboard as it is now."""
    connection = xcffib.connect(display=env["DISPLAY"])
    try:
        [(code, _)] = Keyboard(connection).combinations(parse_shortcut(shortcut))
    finally:
        connection.disconnect()
    return code


def lock_second_layout(env: dict[str, str]) -> None:
    """Switch the layout as the desktop's indicator does."""
    connection = xcffib.connect(display=env["DISPLAY"])
    try:
        xkb = connection(xcffib.xkb.key)
        xkb.UseExtension(1, 0).reply()
        xkb.LatchLockState(_CORE_KEYBOARD, 0, 0, True, 1, 0, False, 0)
        assert xkb.GetState(_CORE_KEYBOARD).reply().group == 1
    finally:
        connection.disconnect()


def is_grabbed(env: dict[str, str], shortcut: str) -> bool:
    """Return whether any program has this combination: it is refused to one more."""
    connection = xcffib.connect(display=env["DISPLAY"])
    try:
        root = connection.get_setup().roots[0].root
        places = Keyboard(connection).combinations(parse_shortcut(shortcut))
        for code, modifiers in places:
            try:
                connection.core.GrabKeyChecked(True, root, modifiers, code, 1, 1).check()
            except xcffib.xproto.AccessError:
                return True
        return False
    finally:
        connection.disconnect()


def have(hotkeys: Hotkeys, hands: Hands, told: Told, bindings: dict[str, str]) -> None:
    """Set shortcuts and wait until they are had: all of them before the last, which is tried."""
    hotkeys.set({**bindings, "ready": "F12"})
    before = len(told.pressed)

    def is_ready() -> bool:
        hands.key("F12")
        time.sleep(0.05)
        return len(told.pressed) > before

    wait_until(is_ready)
    time.sleep(QUIET_S)
    del told.pressed[before:]


def test_keys_are_told_whatever_locks_are_on(hotkeys: Hotkeys, hands: Hands, told: Told) -> None:
    # Not Print: the window manager has it.
    have(hotkeys, hands, told, {"record": "Ctrl+Alt+R", "mark": "Pause", "pause": "Shift+F9"})
    hands.key("ctrl+alt+r", "Pause", "shift+F9")
    expected = ["record", "mark", "pause"]
    wait_until(lambda: told.pressed == expected)
    for times, lock in enumerate(("Caps_Lock", "Num_Lock", "Scroll_Lock"), start=2):
        hands.key(lock)
        hands.key("ctrl+alt+r", "Pause", "shift+F9")
        wait_until(functools.partial(operator.eq, told.pressed, expected * times))
    # Others are not ours.
    hands.key("ctrl+alt+t", "r", "F9", "ctrl+r", "alt+Pause", "ctrl+alt+shift+r")
    time.sleep(QUIET_S)
    assert told.pressed == expected * 4
    assert told.problems == []


def test_another_program_has_the_keyboard_and_gets_everything_else(
    env: dict[str, str], hotkeys: Hotkeys, hands: Hands, told: Told
) -> None:
    have(hotkeys, hands, told, {"record": "Ctrl+Alt+R"})
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication, QLineEdit\n"
        "app = QApplication([])\n"
        "line = QLineEdit()\n"
        "line.setWindowTitle('Other program')\n"
        "line.returnPressed.connect(lambda: (print(line.text(), flush=True), app.quit()))\n"
        "line.show()\n"
        "app.exec()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        hands.focus(hands.window("Other program"))
        hands.type("one ")
        hands.key("ctrl+alt+r")
        hands.type("recorder")
        hands.key("Return")
        printed, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert printed == "one recorder\n"
    assert told.pressed == ["record"]


def test_a_held_key_is_one_press(
    env: dict[str, str], hotkeys: Hotkeys, hands: Hands, told: Told
) -> None:
    have(hotkeys, hands, told, {"mark": "F9"})
    hands.tool("keydown", "F9")
    connection = xcffib.connect(display=env["DISPLAY"])
    repeats = connection.core.GetKeyboardControl().reply().global_auto_repeat
    connection.disconnect()
    assert repeats
    # A held key repeats after 0.66 s, then 25 times a second.
    time.sleep(1.5)
    hands.tool("keyup", "F9")
    time.sleep(QUIET_S)
    assert told.pressed == ["mark"]
    hands.key("F9", "F9", "F9")
    wait_until(lambda: len(told.pressed) == 4)


def test_a_combination_of_another_program_is_named_at_once(
    hotkeys: Hotkeys,
    hands: Hands,
    told: Told,
    other: Callable[[str], subprocess.Popen[str]],
) -> None:
    process = other("Ctrl+Alt+R")
    hotkeys.set({"record": "ctrl+alt+r", "mark": "F9"})
    wait_until(lambda: told.problems, 2)
    [(action, error)] = told.problems
    assert action == "record"
    assert isinstance(error, ShortcutTaken)
    assert str(error) == ("Ctrl+Alt+R is taken by another program. Choose another in the settings.")
    have(hotkeys, hands, told, {"record": "ctrl+alt+r", "mark": "F9"})
    hands.key("ctrl+alt+r", "F9")
    wait_until(lambda: told.pressed == ["mark"])
    del told.problems[1:]
    process.communicate(timeout=10)
    have(hotkeys, hands, told, {"record": "Ctrl+Alt+R", "mark": "F9"})
    hands.key("ctrl+alt+r", "F9")
    wait_until(lambda: told.pressed == ["mark", "record", "mark"])
    assert len(told.problems) == 1


def test_shortcuts_change_and_are_given_back(
    env: dict[str, str], hotkeys: Hotkeys, hands: Hands, told: Told
) -> None:
    have(hotkeys, hands, told, {"one": "F8", "two": "F9"})
    have(hotkeys, hands, told, {"one": "F9", "two": "F10"})
    hands.key("F8", "F9", "F10")
    wait_until(lambda: told.pressed == ["one", "two"])
    assert not is_grabbed(env, "F8")
    assert is_grabbed(env, "F9")
    hotkeys.set({})
    wait_until(lambda: not is_grabbed(env, "F9"))
    have(hotkeys, hands, told, {"one": "F9"})
    before = time.monotonic()
    hotkeys.close()
    assert time.monotonic() - before < 1
    assert not any(thread.is_alive() for thread in told.threads)
    wait_until(lambda: not is_grabbed(env, "F9"))


def test_shortcuts_follow_the_layout_of_the_keyboard(
    env: dict[str, str], hotkeys: Hotkeys, hands: Hands, told: Told
) -> None:
    def layout(*arguments: str) -> None:
        subprocess.run(["setxkbmap", *arguments], env=env, check=True, timeout=20)
        time.sleep(QUIET_S)

    def press(code: int) -> None:
        """Press the key at a place, with Ctrl and Alt: xdotool would follow the layout."""
        hands.tool(
            *("keydown", "ctrl", "keydown", "alt", "key", code),
            *("keyup", "alt", "keyup", "ctrl"),
        )

    layout("us")
    have(hotkeys, hands, told, {"undo": "Ctrl+Alt+Z", "first": "Ctrl+Alt+1"})
    us_z, us_y, one = (code_of(env, f"Ctrl+Alt+{key}") for key in "ZY1")
    press(us_z)
    wait_until(lambda: told.pressed == ["undo"])
    layout("de")
    assert code_of(env, "Ctrl+Alt+Z") == us_y
    press(us_y)
    wait_until(lambda: told.pressed == ["undo"] * 2)
    press(us_z)
    time.sleep(QUIET_S)
    assert told.pressed == ["undo"] * 2
    # Digits are only there with Shift, which is not part of the shortcut.
    layout("fr")
    press(one)
    wait_until(lambda: told.pressed == ["undo", "undo", "first"])
    # With a second layout switched to, keys are where they are on the first.
    layout("us,ru")
    lock_second_layout(env)
    press(us_z)
    press(one)
    wait_until(lambda: told.pressed == ["undo", "undo", "first", "undo", "first"])


def test_a_keyboard_without_the_key_is_said(
    env: dict[str, str], hotkeys: Hotkeys, hands: Hands, told: Told
) -> None:
    subprocess.run(["xmodmap", "-e", "keysym Print = F11"], env=env, check=True, timeout=20)
    have(hotkeys, hands, told, {"mark": "Print"})
    [(action, error)] = told.problems
    assert action == "mark"
    assert error.message == "This keyboard has no key for Print."


def test_a_display_that_goes_away_is_said_once(
    own_desktop: VirtualDesktop, hotkeys: Hotkeys, hands: Hands, told: Told
) -> None:
    have(hotkeys, hands, told, {"record": "Ctrl+Alt+R"})
    own_desktop.kill_display()
    wait_until(lambda: told.problems, 3)
    hotkeys.set({"record": "Ctrl+Alt+R"})
    wait_until(lambda: len(told.problems) == 2, 3)
    for action, error in told.problems:
        assert action == ""
        assert isinstance(error, ShortcutsUnavailable)
        assert "display" in error.message
    before = time.monotonic()
    hotkeys.close()
    assert time.monotonic() - before < 1


def test_the_end_does_not_wait_for_a_display_that_answers_nobody(
    own_desktop: VirtualDesktop, hotkeys: Hotkeys, hands: Hands, told: Told
) -> None:
    have(hotkeys, hands, told, {"record": "Ctrl+Alt+R"})
    with own_desktop.frozen_display():
        hotkeys.set({"record": "Ctrl+Alt+T"})
        before = time.monotonic()
        hotkeys.close()
        assert time.monotonic() - before < 1
