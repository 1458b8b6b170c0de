"""Global shortcuts on X11: passive grabs of single keys on the root window.

The X Window System Protocol (GrabKey, KeyPress, MappingNotify): a grab is of one keycode with
exactly one set of modifiers, so that each is grabbed with every set of locks; a combination that
another client has grabbed answers with an Access error. A held key repeats as a release and a
press of the same time.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Mapping

import xcffib
import xcffib.xproto

from recorder_app.errors import RecorderError, ShortcutsUnavailable, ShortcutTaken
from recorder_app.system.hotkeys import OnPressed, OnProblem
from recorder_app.system.keys import Shortcut
from recorder_app.system.x11_keys import Combination, Keyboard
from recorder_app.texts import N_

_END_LIMIT_S = 0.9


class X11Hotkeys:
    """A thread with a connection of its own, which nobody else uses; Qt's is never touched."""

    def __init__(self, on_pressed: OnPressed, on_problem: OnProblem) -> None:
        self._lock = threading.Lock()
        self._wanted: dict[str, Shortcut] | None = None
        self._is_ending = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        os.set_blocking(self._reader, False)
        self._grabs = _Thread(self, on_pressed, on_problem)
        self._grabs.start()

    def set(self, wanted: Mapping[str, Shortcut]) -> None:
        with self._lock:
            self._wanted = dict(wanted)
        self._wake()

    def close(self) -> None:
        with self._lock:
            self._is_ending = True
        self._wake()
        # A server that answers nobody must not hold up the end of the program.
        self._grabs.join(_END_LIMIT_S)
        if not self._grabs.is_alive():
            os.close(self._reader)
            os.close(self._writer)

    def sleep(self, fd: int | None) -> None:
        """Wait until there is something to read from `fd` or something else is wanted."""
        select.select([self._reader, *([] if fd is None else [fd])], [], [])
        with contextlib.suppress(BlockingIOError):
            os.read(self._reader, 4096)

    def next(self) -> tuple[dict[str, Shortcut] | None, bool]:
        """Return what is wanted since the last call, and whether to end."""
        with self._lock:
            wanted, self._wanted = self._wanted, None
            return wanted, self._is_ending

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._writer, b"\0")


class _Thread(threading.Thread):
    def __init__(self, owner: X11Hotkeys, on_pressed: OnPressed, on_problem: OnProblem) -> None:
        super().__init__(name="hotkeys", daemon=True)
        self._owner, self._on_pressed, self._on_problem = owner, on_pressed, on_problem
        self._connection: xcffib.Connection | None = None
        self._wanted: dict[str, Shortcut] = {}
        self._keyboard: Keyboard | None = None
        self._held: dict[str, frozenset[Combination]] = {}
        self._actions: dict[Combination, str] = {}
        self._released: tuple[int, int] = (0, 0)
        self._told: set[tuple[str, str]] = set()
        self._root = 0

    def run(self) -> None:
        while True:
            wanted, is_ending = self._owner.next()
            if is_ending:
                break
            try:
                if wanted is not None:
                    self._set(wanted)
                self._read_events()
                fd = self._connection.get_file_descriptor() if self._connection else None
            except (xcffib.ConnectionException, xcffib.XcffibException, OSError):
                self._lose()
                continue
            self._owner.sleep(fd)
        # The server gives back what a client had that is gone.
        self._disconnect()

    def _set(self, wanted: dict[str, Shortcut]) -> None:
        self._wanted = wanted
        self._told.clear()
        if self._connection is None and wanted:
            self._connection = xcffib.connect()
            setup = self._connection.get_setup()
            self._root = setup.roots[self._connection.pref_screen].root
            self._keyboard = Keyboard(self._connection)
        self._grab_wanted()

    def _grab_wanted(self) -> None:
        if self._connection is None or self._keyboard is None:
            return
        places = {a: self._keyboard.combinations(one) for a, one in self._wanted.items()}
        # First those given up: two actions may have changed places.
        for action in [a for a, held in self._held.items() if places.get(a) != held]:
            self._ungrab(self._held.pop(action))
        for action, place in places.items():
            if action in self._held:
                continue
            if not place:
                self._tell(
                    action,
                    ShortcutsUnavailable(
                        N_("This keyboard has no key for {shortcut}."),
                        hint=N_("Choose another in the settings."),
                        shortcut=self._wanted[action],
                    ),
                )
            elif self._grab(place):
                self._held[action] = place
            else:
                self._tell(
                    action,
                    ShortcutTaken(
                        N_("{shortcut} is taken by another program."),
                        hint=N_("Choose another in the settings."),
                        shortcut=self._wanted[action],
                    ),
                )
        self._actions = {at: action for action, place in self._held.items() for at in place}

    def _grab(self, place: frozenset[Combination]) -> bool:
        """Grab all of `place` or nothing; return whether it is ours."""
        assert self._connection is not None
        assert self._keyboard is not None
        mode = xcffib.xproto.GrabMode.Async
        cookies = [
            self._connection.core.GrabKeyChecked(
                True, self._root, modifiers | locks, code, mode, mode
            )
            for code, modifiers in place
            for locks in self._keyboard.locks
        ]
        is_ours = True
        for cookie in cookies:
            try:
                cookie.check()
            except xcffib.xproto.AccessError:
                is_ours = False
        if not is_ours:
            self._ungrab(place)
        return is_ours

    def _ungrab(self, place: frozenset[Combination]) -> None:
        assert self._connection is not None
        assert self._keyboard is not None
        for code, modifiers in place:
            for locks in self._keyboard.locks:
                self._connection.core.UngrabKey(code, self._root, modifiers | locks)
        self._connection.flush()

    def _read_events(self) -> None:
        if self._connection is None:
            return
        is_changed = False
        while (event := self._connection.poll_for_event()) is not None:
            if isinstance(event, xcffib.xproto.KeyPressEvent):
                self._press(event.detail, event.state, event.time)
            elif isinstance(event, xcffib.xproto.KeyReleaseEvent):
                self._released = (event.detail, event.time)
            elif isinstance(event, xcffib.xproto.MappingNotifyEvent):
                is_changed |= event.request != xcffib.xproto.Mapping.Pointer
        if is_changed:
            self._follow_keyboard()

    def _press(self, code: int, state: int, time_ms: int) -> None:
        assert self._keyboard is not None
        # Without locks, mouse buttons and the layout, which may look like a modifier more (AltGr).
        action = self._actions.get((code, state & self._keyboard.modifier_mask))
        if action is not None and (code, time_ms) != self._released:
            self._on_pressed(action)

    def _follow_keyboard(self) -> None:
        assert self._connection is not None
        assert self._keyboard is not None
        keyboard = Keyboard(self._connection)
        if keyboard.locks != self._keyboard.locks:
            # What is held was grabbed with other locks.
            for place in self._held.values():
                self._ungrab(place)
            self._held.clear()
        self._keyboard = keyboard
        self._grab_wanted()
        # Asking the server may have brought events that are not to be waited for.
        self._read_events()

    def _lose(self) -> None:
        self._disconnect()
        self._tell(
            "",
            ShortcutsUnavailable(
                N_("The display cannot be reached, so that no shortcut works."),
                hint=N_("Log in again, or use the menu of the tray."),
            ),
        )

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._held.clear()
        self._actions.clear()
        if connection is not None:
            with contextlib.suppress(xcffib.ConnectionException, xcffib.XcffibException):
                connection.disconnect()

    def _tell(self, action: str, problem: RecorderError) -> None:
        """Tell of a problem once, however often the keyboard changes."""
        if (action, problem.code) not in self._told:
            self._told.add((action, problem.code))
            self._on_problem(action, problem)
