"""A grid of cards of one size. Where each is, is arithmetic: 100,000 cost no more than ten."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QDrag,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui.library.card import CardDelegate, card_height
from recorder_app.ui.library.drag_picture import drag_picture
from recorder_app.ui.library.model import RecordingsModel
from recorder_app.ui.library.posters import Posters
from recorder_app.ui.tokens import SPACE_M, SPACE_S, Theme

Index = QModelIndex | QPersistentModelIndex

# So that there are two columns beside the details in the narrowest window that shows them.
_NARROWEST = 188
_WHEEL_PX = 40
# While it is scrolled, cards are drawn for so long in each period; those left over are outlines
# until the next one. Afterwards nothing is an outline that is known.
_DRAWING_S, _PERIOD_S, _SCROLLING_S = 0.012, 0.03, 0.1


class GridView(QListView):
    """Qt's list for screen readers and keyboards, with a layout of its own.

    Qt's asks every row for its size on each change of width.
    """

    opened = Signal(int)
    typed = Signal(str)

    def __init__(
        self, model: RecordingsModel, posters: Posters, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._posters = posters
        self._theme = theme
        self._scrolled_at = self._period_began = self._drawn_s = 0.0
        self._cards = CardDelegate(theme, model, posters, self)
        self._model = model
        self.setItemDelegate(self._cards)
        self.setModel(model)
        self.setAccessibleName(translate(N_("Recordings")))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        # What moves is moved as a picture, and only what comes into sight is drawn.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.activated.connect(lambda index: self.opened.emit(index.row()))
        posters.arrived.connect(self._picture_arrived)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._theme = theme
        self._cards.set_theme(theme)
        self.viewport().update()

    def rows_in_sight(self) -> range:
        """Return the rows that can be seen now, also in part."""
        return self._rows_in(self.viewport().rect())

    # Arithmetic.

    def _columns(self) -> int:
        room = self.viewport().width() - 2 * SPACE_M + SPACE_S
        return max(1, room // (_NARROWEST + SPACE_S))

    def _card_width(self) -> int:
        columns = self._columns()
        room = self.viewport().width() - 2 * SPACE_M - SPACE_S * (columns - 1)
        return max(80, room // columns)

    def _pitch(self) -> int:
        return card_height(self._card_width()) + SPACE_S

    def _height(self) -> int:
        lines = -(-self._model.total // self._columns())
        return lines * self._pitch() - SPACE_S + 2 * SPACE_M if lines else 0

    def _rect(self, row: int) -> QRect:
        """Return where a card is, in the viewport."""
        columns, width = self._columns(), self._card_width()
        line, place = divmod(row, columns)
        x = SPACE_M + place * (width + SPACE_S)
        y = SPACE_M + line * self._pitch() - self.verticalScrollBar().value()
        return QRect(x, y, width, card_height(width))

    def _rows_in(self, rect: QRect) -> range:
        """Return the rows of all lines that `rect` of the viewport touches."""
        if not self._model.total:
            return range(0)
        scrolled, pitch, columns = self.verticalScrollBar().value(), self._pitch(), self._columns()
        first = max(0, (rect.top() + scrolled - SPACE_M) // pitch)
        last = max(0, (rect.bottom() + scrolled - SPACE_M) // pitch)
        return range(
            min(first * columns, self._model.total), min((last + 1) * columns, self._model.total)
        )

    # What Qt asks of a view.

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._height() - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height()))
        bar.setSingleStep(_WHEEL_PX)
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is seen in sight."""
        old = event.oldSize().width()
        top = self.indexAt(QPoint(SPACE_M, SPACE_M)).row() if old > 0 else -1
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        if top > 0 and old != event.size().width() and self.verticalScrollBar().value() > 0:
            line = top // self._columns()
            self.verticalScrollBar().setValue(line * self._pitch())
        self._tell_sight()

    def visualRect(self, index: Index) -> QRect:
        return self._rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        columns, width = self._columns(), self._card_width()
        y = point.y() + self.verticalScrollBar().value() - SPACE_M
        place, beside = divmod(point.x() - SPACE_M, width + SPACE_S)
        line, below = divmod(y, self._pitch())
        row = line * columns + place
        is_card = 0 <= place < columns and beside < width and below < self._pitch() - SPACE_S
        if is_card and 0 <= row < self._model.total:
            return self._model.index(row, 0)
        return QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        rect, bar, room = self._rect(index.row()), self.verticalScrollBar(), self.viewport().rect()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - room.center().y())
        elif hint == QAbstractItemView.ScrollHint.PositionAtTop or rect.top() < room.top():
            bar.setValue(bar.value() + rect.top() - SPACE_M)
        elif rect.bottom() > room.bottom():
            bar.setValue(bar.value() + rect.bottom() - room.bottom() + SPACE_M)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: Index) -> bool:
        return False

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        total = self._model.total
        if not total:
            return QModelIndex()
        current = self.currentIndex().row()
        if current < 0:
            return self._model.index(min(self.rows_in_sight().start, total - 1), 0)
        columns = self._columns()
        lines = max(1, self.viewport().height() // self._pitch())
        does = QAbstractItemView.CursorAction
        steps = {
            does.MoveLeft: -1,
            does.MovePrevious: -1,
            does.MoveRight: 1,
            does.MoveNext: 1,
            does.MoveUp: -columns,
            does.MoveDown: columns,
            does.MovePageUp: -columns * lines,
            does.MovePageDown: columns * lines,
            does.MoveHome: -total,
            does.MoveEnd: total,
        }
        row = current + steps.get(action, 0)
        if action in (does.MoveUp, does.MovePageUp) and row < 0:
            row = current % columns
        elif action in (does.MoveDown, does.MovePageDown) and row >= total:
            last_line = (total - 1) // columns
            row = total - 1 if current // columns < last_line else current
        return self._model.index(max(0, min(row, total - 1)), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        chosen = QItemSelection()
        is_band = self.state() == QAbstractItemView.State.DragSelectingState
        ends = self.indexAt(rect.topLeft()).row(), self.indexAt(rect.bottomRight()).row()
        if not is_band and min(ends) >= 0:
            chosen.select(self._model.index(min(ends), 0), self._model.index(max(ends), 0))
        else:
            band = rect.normalized()
            for row in self._rows_in(band):
                if self._rect(row).intersects(band):
                    index = self._model.index(row, 0)
                    chosen.select(index, index)
        self.selectionModel().select(chosen, command)

    def selectionCommand(
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        flag = QItemSelectionModel.SelectionFlag
        command = super().selectionCommand(index, event)
        if command == flag.NoUpdate:
            # By exactly this a click on one of many waits for its end, which may be a drag's.
            return command
        # Whole rows, so that the list shows the same as chosen.
        return command | flag.Rows

    def selectAll(self) -> None:
        select_all(self)

    def keyboardSearch(self, text: str) -> None:
        """Letters go to the search: looking through all rows here would take too long."""
        if text.strip():
            self.typed.emit(text)

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._scrolled_at = time.monotonic()
        self.viewport().scroll(dx, dy)
        self._tell_sight()

    # Drawing.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().window())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain: Any = option.state
        chosen, current = self.selectionModel(), self.currentIndex().row()
        has_focus = self.hasFocus()
        editing = self.state() == QAbstractItemView.State.EditingState
        # Not its bounding rectangle: pictures arrive here and there.
        region = event.region()
        began, late = time.monotonic(), []
        is_scrolling = began < self._scrolled_at + _SCROLLING_S
        if began > self._period_began + _PERIOD_S:
            self._period_began, self._drawn_s = began, 0.0
        until = began + _DRAWING_S - self._drawn_s
        for row in self._rows_in(event.rect()):
            rect = self._rect(row)
            if not region.intersects(rect):
                continue
            index = self._model.index(row, 0)
            state = plain & ~QStyle.StateFlag.State_HasFocus
            if chosen.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if row == current and has_focus and not editing:
                state |= QStyle.StateFlag.State_HasFocus
            option.rect, option.state = rect, state
            self._cards.is_hurried = is_scrolling and time.monotonic() > until
            if self._cards.is_hurried:
                late.append(row)
            self._cards.paint(painter, option, index)
        self._cards.is_hurried = False
        painter.end()
        self._drawn_s += time.monotonic() - began
        if late:
            QTimer.singleShot(int(1000 * _PERIOD_S), self, partial(self._draw_late, late))

    def _draw_late(self, rows: Iterable[int]) -> None:
        for row in rows:
            self.viewport().update(self._rect(row))

    def _tell_sight(self) -> None:
        rows = self.rows_in_sight()
        if self.isVisible() and rows:
            lines = self.viewport().height() // self._pitch() + 2
            self._model.want(rows.start, rows.stop - 1, lines * self._columns())
            self._note_sight(rows)

    def _note_sight(self, rows: Iterable[int]) -> None:
        cards = map(self._model.card, rows)
        self._posters.show_only(frozenset(card.id for card in cards if card is not None))

    def look(self) -> None:
        """Have what is in sight fetched, after the view or the list changed."""
        self.updateGeometries()
        self._tell_sight()
        self.viewport().update()

    def _picture_arrived(self, recording_id: str) -> None:
        for row in self.rows_in_sight():
            card = self._model.card(row)
            if card is not None and card.id == recording_id:
                self.viewport().update(self._rect(row))
                return

    def dataChanged(self, first: Index, last: Index, _roles: Any = ()) -> None:
        sight = self.rows_in_sight()
        rows = range(max(first.row(), sight.start), min(last.row() + 1, sight.stop))
        if rows:
            # Qt's would draw all of the view.
            changed = self.viewport().rect()
            changed.setTop(self._rect(rows.start).top())
            changed.setBottom(self._rect(rows.stop - 1).bottom())
            self.viewport().update(changed)
        self._note_sight(sight)

    # The pointer.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint() if not event.buttons() else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, at: QPoint | None) -> None:
        before = self._cards.hovered
        index = QModelIndex() if at is None else self.indexAt(at)
        self._cards.hovered = None
        if at is not None and index.isValid():
            rect = self._rect(index.row())
            share = (at.x() - rect.left()) / max(1, rect.width())
            self._cards.hovered = (index.row(), max(0.0, min(share, 1.0)))
        for one in (before, self._cards.hovered):
            if one is not None and before != self._cards.hovered:
                self.viewport().update(self._rect(one[0]))

    def startDrag(self, actions: Qt.DropAction) -> None:
        start_drag(self, actions, self._theme)


def select_all(view: QAbstractItemView) -> None:
    """Select all rows as one range."""
    model = view.model()
    if model is None or not model.rowCount():
        return
    last = model.index(model.rowCount() - 1, model.columnCount() - 1)
    command = QItemSelectionModel.SelectionFlag.ClearAndSelect
    view.selectionModel().select(QItemSelection(model.index(0, 0), last), command)


def chosen_rows(selection: QItemSelectionModel) -> list[int]:
    """Return the selected rows from top to bottom."""
    ranges = selection.selection()
    found = [ranges.at(place) for place in range(ranges.count())]
    # A set: ranges of the columns of one row may be apart.
    return sorted({row for one in found for row in range(one.top(), one.bottom() + 1)})


def start_drag(view: QAbstractItemView, actions: Qt.DropAction, theme: Theme) -> None:
    """Drag what is chosen out of `view`, as files."""
    model = view.model()
    rows = chosen_rows(view.selectionModel())
    data = model.mimeData([model.index(row, 0) for row in rows])
    if not data.urls():
        return
    drag = QDrag(view)
    drag.setMimeData(data)
    drag.setPixmap(drag_picture(view, theme, len(data.urls()), len(rows)))
    drag.exec(actions, Qt.DropAction.CopyAction)
