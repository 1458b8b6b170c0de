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
from recorder_app.ui.picker import words
from recorder_app.ui.picker.board import Board, Offer
from recorder_app.ui.picker.drawing import HANDLE_PX, Pen
from recorder_app.ui.picker.frozen import screen_named, to_qrect
from recorder_app.ui.picker.layout import (
    ScreenPlace,
    beside,
    label_corner,
    main_place,
    place_of,
    strip_corner,
)
from recorder_app.ui.picker.selection import Handle, Point
from recorder_app.ui.picker.strip import Strip
from recorder_app.ui.tokens import Theme

_REACH_PX = 10
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
        self._drawn: list[QRect] = []
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
        drawn = self._extents()
        region = QRegion()
        for rect in (*self._drawn, *drawn):
            region += self._logical(rect)
        self._drawn = drawn
        self.setAccessibleDescription(self._describe())
        self.update(region)

    def hold(self, strip: Strip) -> None:
        """Show the controls of the area, which is mostly on this screen."""
        if strip.parent() is not self:
            strip.setParent(self)
        strip.adjustSize()
        scale = self.place.scale
        size = (math.ceil(strip.width() * scale), math.ceil(strip.height() * scale))
        assert self._board.selection is not None
        area = self._local(self._board.selection.rect).intersection(self._screen())
        label = self._pen.label_size(self._describe())[1]
        gap = self._pen.px(tokens.SPACE_M)
        x, y = strip_corner(area, size, self._inner(), gap, label)
        strip.move(round(x / scale), round(y / scale))
        strip.show()
        strip.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        board, pen, screen = self._board, self._pen, self._screen()
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        # In device pixels from here on, so that the picture is drawn to the pixel.
        painter.scale(1 / self.place.scale, 1 / self.place.scale)
        painter.drawPixmap(0, 0, self._shown)
        selection, hovered = board.selection, board.hovered
        clear = selection.rect if selection else hovered.rect if hovered else None
        shown = self._local(clear) if clear else None
        pen.veil(painter, to_qrect(screen), shown, self.veil)
        if hovered is not None:
            pen.outline(painter, self._local(hovered.rect), self._limits(hovered))
        if selection is not None:
            rect = self._local(selection.rect)
            pen.outline(painter, rect, self._local(board.bounds))
            pen.handles(painter, selection, rect, self._local(board.bounds))
        if (label := self._label()) is not None:
            pen.label(painter, self._describe(), (label.x, label.y))
        if (hint := self._hint_box()) is not None:
            pen.label(painter, self._hint_text(), (hint.x, hint.y))
        if (lens := self._lens()) is not None and board.pointer is not None:
            pixel = board.pointer[0] - self.place.device.x, board.pointer[1] - self.place.device.y
            pen.magnifier(painter, self._picture, pixel, board.pointer, (lens.x, lens.y))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton:
            self._board.press(self._point(event), self._pen.px(_REACH_PX))
            self.changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._board.point_at(self._point(event), self._pen.px(_SLOP_PX))
        if self._board.drag is None:
            self._show_cursor(self._point(event))
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

    def _screen(self) -> Rect:
        return Rect(0, 0, self.place.device.width, self.place.device.height)

    def _inner(self) -> Rect:
        """Return the screen but for a margin that nothing to read or press is on."""
        margin = self._pen.px(tokens.SPACE_S)
        screen = self._screen().moved(margin, margin)
        return Rect(screen.x, screen.y, screen.width - 2 * margin, screen.height - 2 * margin)

    def _local(self, rect: Rect) -> Rect:
        return self.place.inside(rect)

    def _limits(self, offer: Offer) -> Rect:
        return self._local(offer.rect if offer.kind == "monitor" else self._board.bounds)

    def _label(self) -> Rect | None:
        """Return where the label is, None when it is on another screen or there is none."""
        offer = self._board.chosen()
        if offer is None:
            return None
        # Above the area, so on the screen that its upper edge is on.
        corner = place_of(self._board.places, (offer.rect.x, offer.rect.y))
        if (corner or main_place(self._board.places, offer.rect)) is not self.place:
            return None
        size = self._pen.label_size(self._describe())
        gap = self._pen.px(tokens.SPACE_S)
        # Handles stand on the line.
        gap += self._pen.px(HANDLE_PX) // 2 if offer is not self._board.hovered else 0
        return Rect(*label_corner(self._local(offer.rect), size, self._inner(), gap), *size)

    def _hint_text(self) -> str:
        room = self.place.device.width - 2 * self._pen.px(tokens.SPACE_L)
        return self._pen.broken(self.hint, words.BREAK, room)

    def _hint_box(self) -> Rect | None:
        """Return where the hint is, None where the controls need its place."""
        if not self.hint:
            return None
        width, height = self._pen.label_size(self._hint_text())
        screen = self._screen()
        bottom = screen.bottom - self._pen.px(tokens.SPACE_XL)
        box = Rect((screen.width - width) // 2, bottom - height, width, height)
        strip = self.findChild(Strip)
        if strip is None or strip.isHidden():
            return box
        return None if self._logical(to_qrect(box)).intersects(strip.geometry()) else box

    def _lens(self) -> Rect | None:
        """Return where the magnifier is, None while nothing is drawn or it is elsewhere."""
        board, pointer = self._board, self._board.pointer
        if not board.draws or pointer is None:
            return None
        if not self.place.device.contains(Rect(*pointer, 1, 1)):
            return None
        is_moving = board.drag is not None and board.drag.what == "move"
        reach = self._pen.px(_REACH_PX)
        if is_moving or (board.drag is None and board.is_grip(pointer, reach) == "inside"):
            return None
        size = self._pen.magnifier_size()
        at = pointer[0] - self.place.device.x, pointer[1] - self.place.device.y
        return Rect(*beside(at, size, self._screen(), self._pen.px(tokens.SPACE_XL)), *size)

    def _extents(self) -> list[QRect]:
        board, margin = self._board, self._pen.px(HANDLE_PX)
        rects = [
            Rect(one.x - margin, one.y - margin, one.width + 2 * margin, one.height + 2 * margin)
            for one in (
                self._local(board.selection.rect) if board.selection else None,
                self._local(board.hovered.rect) if board.hovered else None,
                self._label(),
                self._lens(),
                self._hint_box(),
            )
            if one is not None
        ]
        return [to_qrect(rect.intersection(self._screen())) for rect in rects]

    def _logical(self, rect: QRect) -> QRect:
        scale = self.place.scale
        left, top = math.floor(rect.x() / scale) - 1, math.floor(rect.y() / scale) - 1
        right = math.ceil((rect.x() + rect.width()) / scale) + 1
        bottom = math.ceil((rect.y() + rect.height()) / scale) + 1
        return QRect(QPoint(left, top), QPoint(right, bottom))

    def _show_cursor(self, point: Point | None) -> None:
        if not self._board.draws:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            return
        grip = self._board.is_grip(point, self._pen.px(_REACH_PX)) if point else None
        if isinstance(grip, Handle):
            self.setCursor(_CURSORS[grip])
        elif grip == "inside":
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)
