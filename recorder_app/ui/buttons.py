"""Buttons that know their icon by name, are named for screen readers and heed Return as Space."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from recorder_app.ui import icons
from recorder_app.ui.tokens import Theme

_SIZE = 16


def _is_return(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class IconButton(QToolButton):
    """An icon alone; what it does is its tooltip."""

    def __init__(self, picture: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._picture = picture
        self.setProperty("kind", "flat")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setIconSize(QSize(_SIZE, _SIZE))
        self.set_meaning(picture, text)

    def set_meaning(self, picture: str, text: str) -> None:
        """Show another icon for another action."""
        self.setToolTip(text)
        self.setAccessibleName(text)
        if picture != self._picture:
            self._picture = picture
            self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in the colours of `theme`."""
        self._theme = theme
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button."""
        self.click() if _is_return(event) else super().keyPressEvent(event)

    def _draw(self) -> None:
        if self._theme is not None:
            self.setIcon(icons.icon(self._picture, self._theme.text, _SIZE))


class TextButton(QPushButton):
    """A verb, with an icon before it or without."""

    def __init__(
        self, text: str, picture: str = "", kind: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._picture = picture
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setIconSize(QSize(_SIZE, _SIZE))

    def set_meaning(self, picture: str, text: str, theme: Theme) -> None:
        """Show another action."""
        if text != self.text():
            self._picture = picture
            self.setText(text)
            self.setAccessibleName(text)
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in the colours of `theme`."""
        if self._picture:
            colour = theme.on_accent if self.property("kind") == "primary" else theme.text
            self.setIcon(icons.icon(self._picture, colour, _SIZE))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button."""
        self.click() if _is_return(event) else super().keyPressEvent(event)


def set_theme(parent: QWidget, theme: Theme) -> None:
    """Draw the icons of all buttons in `parent` in the colours of `theme`."""
    for button in parent.findChildren(QAbstractButton):
        if isinstance(button, IconButton | TextButton):
            button.set_theme(theme)
