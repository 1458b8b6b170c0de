"""The frame around what is recorded: four thin windows outside it that let every click through."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import Theme

THICKNESS = 3

# Past the window manager: it would move windows away from the screen's border, decorate them and
# list them.
_FLAGS = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowTransparentForInput
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.BypassWindowManagerHint
)


class _Edge(QWidget):
    def __init__(self) -> None:
        super().__init__(None, _FLAGS)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._colour = ""

    def show_colour(self, colour: str) -> None:
        self._colour = colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self._colour))


class AreaFrame(QObject):
    """Shows where is recorded: red while it is, amber while it is not."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = TakeView()
        self._edges = [_Edge() for _ in range(4)]
        self.set_theme(theme)

    @property
    def edges(self) -> list[QWidget]:
        """The windows that are shown."""
        return [edge for edge in self._edges if edge.isVisible()]

    def show_around(self, rects: Sequence[QRect]) -> None:
        """Show the edges, at most four, that `placing.frame_edges` gives."""
        for edge, rect in zip(self._edges, rects, strict=False):
            edge.setGeometry(rect)
            edge.show()
        for edge in self._edges[len(rects) :]:
            edge.hide()

    def set_state(self, view: TakeView) -> None:
        """Take the colour of the state."""
        self._view = view
        colours = {AppState.RECORDING: self._theme.rec, AppState.PAUSED: self._theme.warn}
        for edge in self._edges:
            edge.show_colour(colours.get(view.state, self._theme.muted))

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.set_state(self._view)

    def hide(self) -> None:
        """Take the frame away."""
        for edge in self._edges:
            edge.hide()
