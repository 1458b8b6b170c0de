"""One screen under the picker: the frozen desktop, what is chosen on it, and the pointer."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
)
from PySide6.QtWidgets import QWidget

from recorder_app.media.geometry import Rect
from recorder_app.texts import N_, translate
from recorder_app.ui import tokens
from recorder_app.ui.picker.arrangement import Arrangement
from recorder_app.ui.picker.board import Board
from recorder_app.ui.picker.drawing import Pen
from recorder_app.ui.picker.frozen import screen_named, to_qrect
from recorder_app.ui.picker.layout import ScreenPlace
from recorder_app.ui.picker.selection import Handle, Point
from recorder_app.ui.picker.strip import Strip
from recorder_app.ui.tokens import Theme

_SLOP_PX = 4
_CURSORS = {
    Handle(-1, -1): Qt.CursorShape.SizeFDiagCursor,
    Handle(1, 1): Qt.CursorShape.SizeFDiagCursor,
    Handle(1, -1): Qt.CursorShape.SizeBDiagCursor,
    Handle(-1, 1): Qt.CursorShape.SizeBDiagCursor,
    Handle(0, -1): Qt.CursorShape.SizeVerCursor,
    Handle(0, 1): Qt.CursorShape.SizeVerCursor,
    Handle(-1, 0): Qt.CursorShape.SizeHorCursor,
    Handle(1, 0): Qt.CursorShape.SizeHorCursor,
}


class Overlay(QWidget):
    """Covers one screen. `changed` after the pointer did something, `settled` to record it.

    `closed` when it cannot be used any more. `describe` returns the label's text; `on_key` returns
    whether it knew the key.
    """

    changed = Signal()
    settled = Signal()
    closed = Signal()

    def __init__(
        self,
        place: ScreenPlace,
        picture: QImage,
        board: Board,
        theme: Theme,
        describe: Callable[[], str],
        on_key: Callable[[QKeyEvent, bool], bool],
    ) -> None:
        super().__init__(
            None,
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            # A window manager would keep it off panels, or move it to another screen.
            | Qt.WindowType.X11BypassWindowManagerHint,
        )
        self.place = place
        self.hint = ""
        self.veil = 1.0
        self._picture = picture
        self._shown = QPixmap.fromImage(picture)
        self._board = board
        self._describe = describe
        self._on_key = on_key
        self._pen = Pen(theme, place.scale, self.font())
        self._arranged = Arrangement(place, board, self._pen)
        self._drawn: list[Rect] = []
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWindowTitle(translate(N_("Choose what to record")))
        self.setAccessibleName(translate(N_("Choose what to record on {name}"), name=place.name))
        self.setScreen(screen_named(place.name))
        self.setGeometry(to_qrect(place.logical))
        # What was frozen is not what a screen of another size shows.
        self.screen().geometryChanged.connect(self.closed)
        self._show_cursor(None)

    def refresh(self) -> None:
        """Draw again what has changed."""
        drawn = self._arranged.extents(self._describe(), self._hint_text(), self._lift())
        region = QRegion()
        for rect in (*self._drawn, *drawn):
            region += self._logical(rect)
        self._drawn = drawn
        self.setAccessibleDescription(self._describe())
        if self._board.drag is None:
            self._show_cursor(self._board.pointer)
        self.update(region)

    def hold(self, strip: Strip) -> None:
        """Show the controls on this screen."""
        if strip.parent() is not self:
            strip.setParent(self)
        strip.fit(self.width() - 2 * tokens.SPACE_S)
        scale = self.place.scale
        size = (math.ceil(strip.width() * scale), math.ceil(strip.height() * scale))
        x, y = self._arranged.strip(size, self._describe())
        strip.move(round(x / scale), round(y / scale))
        strip.show()
        strip.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        board, pen, at = self._board, self._pen, self._arranged
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        # In device pixels from here on, so that the picture is drawn to the pixel.
        painter.scale(1 / self.place.scale, 1 / self.place.scale)
        painter.drawPixmap(0, 0, self._shown)
        selection, hovered = board.selection, board.hovered
        clear = selection.rect if selection else hovered.rect if hovered else None
        shown = self.place.inside(clear) if clear else None
        pen.veil(painter, to_qrect(at.screen), shown, self.veil)
        if hovered is not None:
            pen.outline(painter, self.place.inside(hovered.rect), at.limits(hovered))
        if selection is not None:
            rect, limits = self.place.inside(selection.rect), self.place.inside(board.bounds)
            pen.outline(painter, rect, limits)
            pen.handles(painter, selection, rect, limits)
        text, hint = self._describe(), self._hint_text()
        if (label := at.label(text)) is not None:
            pen.label(painter, text, (label.x, label.y))
        if (box := at.hint(hint, self._lift())) is not None:
            pen.label(painter, hint, (box.x, box.y))
        if (lens := at.lens()) is not None and board.pointer is not None:
            pixel = self.place.inside(Rect(*board.pointer, 1, 1))
            corner = lens.x, lens.y
            pen.magnifier(painter, self._picture, (pixel.x, pixel.y), board.pointer, corner)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton:
            self._board.press(self._point(event), self._arranged.reach)
            self.changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._board.point_at(self._point(event), self._pen.px(_SLOP_PX))
        self.changed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            is_settled = self._board.release()
            self.changed.emit()
            if is_settled:
                self.settled.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        selection = self._board.selection
        is_inside = selection is not None and selection.holds(self._point(event))
        if event.button() == Qt.MouseButton.LeftButton and is_inside:
            self.settled.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if self._board.drag is None:
            self._board.point_at(None)
            self.changed.emit()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if not self._on_key(event, True):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if not self._on_key(event, False):
            super().keyReleaseEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        super().closeEvent(event)
        self.closed.emit()

    def _point(self, event: QMouseEvent) -> Point:
        at = event.position()
        return self.place.to_device(at.x(), at.y())

    def _hint_text(self) -> str:
        """Return the hint in as many lines as it needs, nothing where the controls are."""
        text = self._arranged.hint_text(self.hint)
        box, strip = self._arranged.hint(text, self._lift()), self._strip()
        if box is None or strip is None:
            return text
        return "" if self._logical(box).intersects(strip.geometry()) else text

    def _strip(self) -> Strip | None:
        """Return the controls while they are on this screen."""
        strip = self.findChild(Strip)
        return None if strip is None or strip.isHidden() else strip

    def _lift(self) -> int:
        """Return the room that controls take at the bottom, in device pixels."""
        strip = self._strip()
        if strip is None or self._board.selection is not None:
            return 0
        return math.ceil((strip.height() + tokens.SPACE_S) * self.place.scale)

    def _logical(self, rect: Rect) -> QRect:
        scale = self.place.scale
        left, top = math.floor(rect.x / scale) - 1, math.floor(rect.y / scale) - 1
        right, bottom = math.ceil(rect.right / scale) + 1, math.ceil(rect.bottom / scale) + 1
        return QRect(QPoint(left, top), QPoint(right, bottom))

    def _show_cursor(self, point: Point | None) -> None:
        if not self._board.draws:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            return
        grip = self._board.is_grip(point, self._arranged.reach) if point else None
        if isinstance(grip, Handle):
            self.setCursor(_CURSORS[grip])
        elif grip == "inside":
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)
