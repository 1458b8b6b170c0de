"""What the keys do while the picker is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolButton

from recorder_app.ui.picker.board import Board

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_STEP, _LONG_STEP = 1, 10


class Keys:
    """Turns keys into changes of a board, and into `accept`, `leave` and `changed`.

    `single` are the keys that do something by themselves.
    """

    def __init__(
        self,
        board: Board,
        accept: Callable[[Literal["copy", "save"] | None], None],
        leave: Callable[[], None],
        changed: Callable[[], None],
        single: Mapping[Qt.Key, Callable[[], None]],
    ) -> None:
        self._single = single
        self._board = board
        self._accept = accept
        self._leave = leave
        self._changed = changed

    def handle(self, event: QKeyEvent, is_pressed: bool) -> bool:
        """Do what a key is for; return False for one that means nothing here."""
        key, board = Qt.Key(event.key()), self._board
        if key == Qt.Key.Key_Space and board.draws:
            if not event.isAutoRepeat():
                board.is_space_held = is_pressed
            return True
        if not is_pressed:
            return False
        if key in _ARROWS:
            self._arrow(board, key, event.modifiers())
        elif key == Qt.Key.Key_Escape:
            if not board.abandon_drag():
                self._leave()
                return True
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            return True
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            board.clear()
        elif board.mode == "screenshot" and event.modifiers() == _CONTROL and key in _SHORTCUTS:
            self._accept(_SHORTCUTS[key])
            return True
        elif key in self._single and not event.modifiers() & _MODIFIERS:
            self._single[key]()
            return True
        else:
            return False
        self._changed()
        return True

    def _arrow(self, board: Board, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        dx, dy = _ARROWS[key]
        step = _LONG_STEP if modifiers & _CONTROL else _STEP
        is_resize = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        board.nudge(dx, dy, step, resize=is_resize)

    def _enter(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QToolButton) and focused.menu() is not None:
            focused.showMenu()
        elif isinstance(focused, QAbstractButton) and not focused.autoExclusive():
            focused.click()
        else:
            self._accept(None)


_CONTROL = Qt.KeyboardModifier.ControlModifier
_MODIFIERS = _CONTROL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_SHORTCUTS: dict[Qt.Key, Literal["copy", "save"]] = {
    Qt.Key.Key_C: "copy",
    Qt.Key.Key_S: "save",
}
