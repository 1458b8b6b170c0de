"""Global shortcuts: the keys that were chosen, and no others, whatever program has the focus.

The system is asked for exactly these combinations. There is no listener that sees what is typed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol, Self

from recorder_app.errors import InvalidSettingError, RecorderError, ShortcutsUnavailable
from recorder_app.system.keys import Shortcut, parse_shortcut
from recorder_app.system.session import session_type
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

OnPressed = Callable[[str], None]
"""Gets the action whose shortcut was pressed."""

OnProblem = Callable[[str, RecorderError], None]
"""Gets an action and why it has no shortcut; the action is empty when it holds for all."""


class Backend(Protocol):
    """What one operating system does. Made, set and closed under the lock of Hotkeys."""

    def set(self, wanted: Mapping[str, Shortcut]) -> None:
        """Have these shortcuts by action, and no longer any other."""

    def close(self) -> None:
        """Give all shortcuts back; must end within a second."""


class Hotkeys:
    """The shortcuts of this process; a context manager that gives them back.

    Thread-safe. `on_pressed` and `on_problem` are called on any thread, one at a time for each
    shortcut pressed, however long it is held. Nothing waits for the system: what becomes of a
    call of :meth:`set` is told through `on_problem`, at once or as soon as it is known. On macOS
    all calls must be made on the main thread.
    """

    def __init__(self, on_pressed: OnPressed, on_problem: OnProblem) -> None:
        self._on_pressed, self._on_problem = on_pressed, on_problem
        self._lock = threading.Lock()
        self._backend: Backend | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def set(self, bindings: Mapping[str, str]) -> None:
        """Have these shortcuts by action in place of those before; an empty one is none.

        One that cannot be had is told to `on_problem` and keeps no other from being had.
        """
        wanted: dict[str, Shortcut] = {}
        problems: list[tuple[str, RecorderError]] = []
        for action, text in bindings.items():
            if not text.strip():
                continue
            try:
                shortcut = parse_shortcut(text)
                if shortcut in wanted.values():
                    raise InvalidSettingError(
                        N_("{shortcut} is chosen for two things."),
                        hint=N_("Choose another in the settings."),
                        shortcut=shortcut,
                    )
                wanted[action] = shortcut
            except InvalidSettingError as error:
                problems.append((action, error))
        with self._lock:
            if self._closed:
                return
            try:
                if wanted and self._backend is None:
                    self._backend = _backend(self._pressed, self._problem)
                if self._backend is not None:
                    self._backend.set(wanted)
            except ShortcutsUnavailable as error:
                problems.append(("", error))
        # Outside the lock: whoever is told may set others.
        for action, problem in problems:
            self._problem(action, problem)

    def close(self) -> None:
        """Give all shortcuts back, within a second; a second call does nothing."""
        with self._lock:
            self._closed = True
            backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def _pressed(self, action: str) -> None:
        try:
            self._on_pressed(action)
        except Exception:
            # The shortcuts after this one must work.
            _log.exception("the action %s failed", action)

    def _problem(self, action: str, error: RecorderError) -> None:
        _log.warning("no shortcut for %s: %s", action or "any action", error)
        try:
            self._on_problem(action, error)
        except Exception:
            _log.exception("telling of a shortcut failed")


def _backend(on_pressed: OnPressed, on_problem: OnProblem) -> Backend:
    kind = session_type()
    if kind == "windows":
        from recorder_app.system.hotkeys_windows import WindowsHotkeys

        return WindowsHotkeys(on_pressed, on_problem)
    if kind == "macos":
        from recorder_app.system.hotkeys_macos import MacHotkeys

        return MacHotkeys(on_pressed, on_problem)
    if kind == "x11":
        from recorder_app.system.hotkeys_x11 import X11Hotkeys

        return X11Hotkeys(on_pressed, on_problem)
    raise ShortcutsUnavailable(
        N_("On this desktop programs cannot have shortcuts of their own."),
        hint=N_(
            "Add a shortcut in the desktop's keyboard settings that runs “recorder-app toggle”."
        ),
    )
