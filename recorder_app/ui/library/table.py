"""The list: a line for each recording, sorted by its columns."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from recorder_app.library.listing import Order
from recorder_app.services.browsing import CardEntry
from recorder_app.texts import N_, translate
from recorder_app.ui import icons
from recorder_app.ui.library.card import draw_line, fitted
from recorder_app.ui.library.grid import select_all, start_drag
from recorder_app.ui.library.model import (
    CARD,
    DATE,
    LENGTH,
    PROJECT,
    SIZE,
    STATE,
    TAGS,
    TITLE,
    RecordingsModel,
)
from recorder_app.ui.library.title_editor import TitleDelegate
from recorder_app.ui.tokens import SPACE_S, Theme

Index = QModelIndex | QPersistentModelIndex

ORDERS: Mapping[int, Order] = {
    TITLE: Order.TITLE,
    DATE: Order.DATE,
    LENGTH: Order.LENGTH,
    SIZE: Order.SIZE,
}
_WIDTHS = {DATE: 104, LENGTH: 80, SIZE: 76, PROJECT: 116, TAGS: 116, STATE: 128}
# The first ones are left out last.
_BY_WEIGHT = (DATE, LENGTH, STATE, SIZE, PROJECT, TAGS)
_TITLE_WIDTH = 180
_ROW = 32
_ICON = 14


class TableView(QTableView):
    """`opened` carries a row, `sort_requested` an order and whether it is turned round."""

    opened = Signal(int)
    typed = Signal(str)
    sort_requested = Signal(object, bool)

    def __init__(self, model: RecordingsModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._cells = _Cells(theme, model, self)
        self._theme = theme
        self.setItemDelegate(self._cells)
        self.setModel(model)
        self.setAccessibleName(translate(N_("Recordings")))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        lines = self.verticalHeader()
        lines.setVisible(False)
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setDefaultSectionSize(_ROW)
        self._arrange_header()
        self.activated.connect(lambda index: self.opened.emit(index.row()))
        self.verticalScrollBar().valueChanged.connect(lambda _: self._tell_sight())

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._theme = theme
        self._cells.theme = theme
        self.viewport().update()

    def show_order(self, order: Order | None, *, is_reversed: bool) -> None:
        """Show in the header what the list is sorted by."""
        header = self.horizontalHeader()
        column = next((one for one, each in ORDERS.items() if each is order), None)
        header.setSortIndicatorShown(column is not None)
        if column is not None:
            # Titles go up, all else comes largest first.
            goes_up = (order is Order.TITLE) != is_reversed
            ways = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
            header.setSortIndicator(column, ways[0] if goes_up else ways[1])

    def rows_in_sight(self) -> range:
        """Return the rows that can be seen now, also in part."""
        if not self._model.total:
            return range(0)
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return range(first, (last if last >= 0 else self._model.total - 1) + 1)

    def look(self) -> None:
        """Have what is in sight fetched, after the view or the list changed."""
        self._tell_sight()
        self.viewport().update()

    def selectAll(self) -> None:
        select_all(self)

    def keyboardSearch(self, text: str) -> None:
        """Letters go to the search: looking through all rows here would take too long."""
        if text.strip():
            self.typed.emit(text)

    def startDrag(self, actions: Qt.DropAction) -> None:
        start_drag(self, actions, self._theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what matters least where there is no room beside the titles."""
        super().resizeEvent(event)
        room = event.size().width() - _TITLE_WIDTH
        for column in _BY_WEIGHT:
            room -= _WIDTHS[column]
            if self.isColumnHidden(column) is not (room < 0):
                self.setColumnHidden(column, room < 0)
        self._tell_sight()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right go nowhere: a line is one thing."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _arrange_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(56)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header.sectionClicked.connect(self._sort)

    def _sort(self, column: int) -> None:
        order = ORDERS.get(column)
        if order is None:
            return
        question = self._model.question
        is_same = (question.order or Order.DATE) is order
        self.sort_requested.emit(order, not question.is_reversed if is_same else False)

    def _tell_sight(self) -> None:
        rows = self.rows_in_sight()
        if self.isVisible() and rows:
            room = self.viewport().height() // _ROW + 2
            self._model.want(rows.start, rows.stop - 1, room)


class _Cells(TitleDelegate):
    """Cells of the list: the title with what was searched for, the state with its icon."""

    def __init__(self, theme: Theme, model: RecordingsModel, parent: TableView) -> None:
        super().__init__(model, parent)
        self._view = parent
        self.theme = theme

    def _draw_focus(self, painter: QPainter, rect: QRect) -> None:
        """Draw the ring of the current line, as far as it is in this cell."""
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 2), QColor(self.theme.text))
        bottom = QRect(rect.left(), rect.bottom() - 1, rect.width(), 2)
        painter.fillRect(bottom, QColor(self.theme.text))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view_option = QStyleOptionViewItem(option)
        self.initStyleOption(view_option, index)
        card: CardEntry | None = index.data(CARD)
        style = self._view.style()
        text, view_option.text = view_option.text, ""
        state = view_option.state
        # One frame for the line would be right; one for the cell is wrong.
        view_option.state = state & ~QStyle.StateFlag.State_HasFocus
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, view_option, painter)
        if index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            self._draw_focus(painter, option.rect)
        if card is None:
            return
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        plain = self.theme.text if index.column() == TITLE else self.theme.muted
        colour = self.theme.on_accent if is_chosen else plain
        rect: QRect = option.rect.adjusted(SPACE_S, 0, -SPACE_S, 0)
        painter.save()
        if index.column() == TITLE and card.is_favourite:
            ratio = painter.device().devicePixelRatioF()
            star = icons.pixmap("star-full", colour, _ICON, ratio)
            painter.drawPixmap(rect.left(), rect.center().y() - _ICON // 2 + 1, star)
            rect.adjust(_ICON + SPACE_S, 0, 0, 0)
        ranges = card.title_ranges if index.column() == TITLE and not is_chosen else ()
        line = fitted(painter.fontMetrics(), text, ranges, rect.width())
        draw_line(painter, rect, line, colour, self.theme)
        painter.restore()
