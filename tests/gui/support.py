"""What a person with a keyboard, or with a screen reader, finds in a window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot


def shown(qtbot: QtBot, window: QWidget) -> None:
    """Show `window` with the keyboard in it; it is closed after the test."""
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def buttons(window: QWidget) -> set[str]:
    """Return the names of the buttons that can be seen."""
    return {button.accessibleName() for button in _visible(window)}


def reached_by_tab(window: QWidget) -> set[str]:
    """Return the names of the buttons that Tab comes to, starting anywhere."""
    found = set()
    for _ in range(4 * len(_visible(window)) + 4):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        at = QApplication.focusWidget()
        if isinstance(at, QAbstractButton):
            found.add(at.accessibleName())
    return found


def press(window: QWidget, name: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    """Press the button of that name with the keyboard, as it is reached by Tab."""
    for _ in range(4 * len(_visible(window)) + 4):
        at = QApplication.focusWidget()
        if isinstance(at, QAbstractButton) and at.accessibleName() == name:
            QTest.keyClick(at, key)
            return
        QTest.keyClick(at or window, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not come to {name}")


def _visible(window: QWidget) -> list[QAbstractButton]:
    return [one for one in window.findChildren(QAbstractButton) if one.isVisibleTo(window)]
