"""The keys of the page that trims."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from recorder_app.ui.editor.trim_page import TrimPage

_KEYS = Qt.Key
_NONE = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class TrimKeys:
    """Does on `page` what a key stands for."""

    def __init__(self, page: TrimPage) -> None:
        timeline = page.parts.timeline
        previous_marker = functools.partial(page.go_to_marker, is_next=False)
        next_marker = functools.partial(page.go_to_marker, is_next=True)
        self._actions: dict[tuple[int, Qt.KeyboardModifier], Callable[[], None]] = {
            (_KEYS.Key_Space, _NONE): page.playing.toggle,
            (_KEYS.Key_I, _NONE): page.set_start,
            (_KEYS.Key_O, _NONE): page.set_end,
            (_KEYS.Key_X, _NONE): page.remove,
            (_KEYS.Key_Delete, _NONE): page.remove,
            (_KEYS.Key_Backspace, _NONE): page.remove,
            (_KEYS.Key_J, _NONE): page.playing.backward,
            (_KEYS.Key_K, _NONE): page.playing.pause,
            (_KEYS.Key_L, _NONE): page.playing.forward,
            (_KEYS.Key_Left, _NONE): lambda: page.step(-1),
            (_KEYS.Key_Right, _NONE): lambda: page.step(1),
            (_KEYS.Key_Left, _SHIFT): lambda: page.step_s(-1),
            (_KEYS.Key_Right, _SHIFT): lambda: page.step_s(1),
            (_KEYS.Key_Left, _CONTROL): previous_marker,
            (_KEYS.Key_Right, _CONTROL): next_marker,
            (_KEYS.Key_PageUp, _NONE): previous_marker,
            (_KEYS.Key_PageDown, _NONE): next_marker,
            (_KEYS.Key_Home, _NONE): page.go_to_start,
            (_KEYS.Key_End, _NONE): page.go_to_end,
            (_KEYS.Key_Z, _CONTROL): page.undo,
            (_KEYS.Key_Z, _CONTROL | _SHIFT): page.redo,
            (_KEYS.Key_Y, _CONTROL): page.redo,
            (_KEYS.Key_S, _CONTROL): page.save_version,
            (_KEYS.Key_E, _CONTROL): page.export,
            (_KEYS.Key_Plus, _NONE): lambda: timeline.set_zoom(timeline.scale.zoom + 0.1),
            (_KEYS.Key_Minus, _NONE): lambda: timeline.set_zoom(timeline.scale.zoom - 0.1),
            (_KEYS.Key_0, _NONE): timeline.fit,
            (_KEYS.Key_Escape, _NONE): page.leave,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Return whether the key stands for something, which was done."""
        # Of the keypad or not is the same, and "+" may need Shift.
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (_KEYS.Key_Plus, _KEYS.Key_Minus):
            held &= ~_SHIFT
        action = self._actions.get((event.key(), held))
        if action is None:
            return False
        action()
        return True
