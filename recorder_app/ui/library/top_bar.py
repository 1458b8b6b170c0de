"""Above the recordings: the search field, grid or list, how they are sorted, what narrows them."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QMenu, QWidget

from recorder_app.library.listing import Filter, Order
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, icons
from recorder_app.ui.buttons import IconButton
from recorder_app.ui.library.drops import let_files_through
from recorder_app.ui.library.filters import Chips, FilterPopup
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme

GRID, LIST = "grid", "list"
# Keys that follow each other faster than this are one question.
_TYPING_MS = 15
_ROOMY = 460

_ORDERS = (
    (Order.DATE, N_("Date")),
    (Order.TITLE, N_("Title")),
    (Order.LENGTH, N_("Length")),
    (Order.SIZE, N_("Size")),
)
_WAYS = {
    Order.DATE: (N_("Newest first"), N_("Oldest first")),
    Order.TITLE: (N_("A to Z"), N_("Z to A")),
    Order.LENGTH: (N_("Longest first"), N_("Shortest first")),
    Order.SIZE: (N_("Largest first"), N_("Smallest first")),
}


class SearchField(QLineEdit):
    """Esc clears it; when it is empty, Esc is the window's. Down goes to what was found."""

    asked = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(translate(N_("Search recordings, tags, words said")))
        self.setAccessibleName(translate(N_("Search")))
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(140)
        let_files_through(self)
        self._sign = QAction(translate(N_("Search")), self)
        self.addAction(self._sign, QLineEdit.ActionPosition.LeadingPosition)
        self._soon = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._soon.timeout.connect(lambda: self.asked.emit(self.text()))
        self.textChanged.connect(lambda _: self._soon.start())
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in the colours of `theme`."""
        self._sign.setIcon(icons.icon("search", theme.muted, 16))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class TopBar(QWidget):
    """`asked` carries a text, `look_chosen` grid or list, `sort_chosen` an order and whether it is
    turned round, `filter_chosen` a Filter.
    """

    asked = Signal(str)
    look_chosen = Signal(str)
    sort_chosen = Signal(object, bool)
    filter_chosen = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._order: Order | None = None
        self._is_reversed = False
        self._filter = Filter()
        self.destinations: Sequence[str] = ()
        self.search = SearchField(theme)
        self.search.asked.connect(self.asked)
        self.search.left.connect(self.left)
        self._grid = IconButton("grid", translate(N_("Grid")))
        self._list = IconButton("list", translate(N_("List")))
        self._looks = QButtonGroup(self)
        for button, name in ((self._grid, GRID), (self._list, LIST)):
            button.setCheckable(True)
            self._looks.addButton(button)
            button.clicked.connect(partial(self.look_chosen.emit, name))
        self._sort = _with_text("sort", translate(N_("Sort")))
        self._sort.clicked.connect(self._open_sort)
        self._narrow = _with_text("filter", translate(N_("Filter")))
        self._popup = FilterPopup(self)
        self._popup.changed.connect(self.filter_chosen)
        self._narrow.clicked.connect(
            lambda: self._popup.open_below(self._narrow, self._filter, self.destinations)
        )
        self._chips = Chips(theme)
        self._chips.changed.connect(self.filter_chosen)
        line = boxes.row(SPACE_S)
        line.addWidget(self.search, 1)
        looks = boxes.row(SPACE_XS)
        looks.addWidget(self._grid)
        looks.addWidget(self._list)
        line.addLayout(looks)
        line.addWidget(self._sort)
        line.addWidget(self._narrow)
        self.details = IconButton("info", translate(N_("Details")))
        self.details.setCheckable(True)
        self.details.hide()
        line.addWidget(self.details)
        column = boxes.column(SPACE_S, self)
        column.addLayout(line)
        column.addWidget(self._chips)
        self.set_theme(theme)

    def show_look(self, name: str) -> None:
        (self._grid if name == GRID else self._list).setChecked(True)

    def show_sort(self, order: Order | None, *, is_reversed: bool) -> None:
        """Remember what the list is sorted by, for the menu."""
        self._order, self._is_reversed = order, is_reversed

    def show_filter(self, wanted: Filter) -> None:
        """Show what narrows the list."""
        self._filter = wanted
        self._chips.show_filter(wanted)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        self.search.set_theme(theme)
        for button in (self._grid, self._list, self._sort, self._narrow, self.details):
            button.set_theme(theme)
        self._chips.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words out where there is no room for them."""
        super().resizeEvent(event)
        has_room = event.size().width() >= _ROOMY
        for button in (self._sort, self._narrow):
            style = Qt.ToolButtonStyle
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if has_room else style.ToolButtonIconOnly
            )

    def sort_menu(self) -> QMenu:
        """Return the menu of orders and directions."""
        menu = QMenu(self)
        menu.setAccessibleName(translate(N_("Sort")))
        current = self._order or Order.DATE
        orders, ways = QActionGroup(menu), QActionGroup(menu)
        if self.search.text().strip():
            action = menu.addAction(translate(N_("Best match")))
            action.setCheckable(True)
            action.setChecked(self._order is None)
            orders.addAction(action)
            action.triggered.connect(lambda: self.sort_chosen.emit(None, False))
        for order, title in _ORDERS:
            action = menu.addAction(translate(title))
            action.setCheckable(True)
            is_best = self._order is None and bool(self.search.text().strip())
            action.setChecked(order is current and not is_best)
            orders.addAction(action)
            action.triggered.connect(partial(self._choose, order, False))
        menu.addSeparator()
        for is_reversed, title in zip((False, True), _WAYS[current], strict=True):
            action = menu.addAction(translate(title))
            action.setCheckable(True)
            action.setChecked(self._is_reversed is is_reversed)
            ways.addAction(action)
            action.triggered.connect(partial(self._choose, current, is_reversed))
        return menu

    def _choose(self, order: Order, is_reversed: bool) -> None:
        self.sort_chosen.emit(order, is_reversed)

    def _open_sort(self) -> None:
        menu = self.sort_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._sort.mapToGlobal(QPoint(0, self._sort.height() + 4)))


def _with_text(icon: str, text: str) -> IconButton:
    button = IconButton(icon, text)
    button.setText(text)
    button.setProperty("kind", "")
    return button
