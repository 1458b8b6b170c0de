"""The recordings as a grid or as a list, and which of them are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QWidget

from recorder_app.services.browsing import CardEntry
from recorder_app.ui.library.empty import EmptyPage
from recorder_app.ui.library.grid import GridView, chosen_rows
from recorder_app.ui.library.model import STATE, TITLE, RecordingsModel
from recorder_app.ui.library.posters import Posters
from recorder_app.ui.library.table import TableView
from recorder_app.ui.library.top_bar import GRID
from recorder_app.ui.tokens import Theme

# So many rows are looked at for what they have in common.
_LOOKED_AT = 500


class RecordingsView(QStackedWidget):
    """`chosen_changed` says that others are chosen, `opened` carries a row, `menu_requested` a
    place on the screen, `typed` what was typed while a recording had the keyboard.
    """

    chosen_changed = Signal()
    opened = Signal(int)
    menu_requested = Signal(QPoint)
    typed = Signal(str)

    def __init__(
        self, model: RecordingsModel, posters: Posters, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.grid = GridView(model, posters, theme)
        self.table = TableView(model, theme)
        self.empty = EmptyPage(theme)
        self._view: GridView | TableView = self.grid
        self._selection = QItemSelectionModel(model, self)
        self._kept: tuple[list[str], str, int, str, int] = ([], "", -1, "", 0)
        for view in (self.grid, self.table):
            view.setSelectionModel(self._selection)
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(self._ask_menu)
            view.opened.connect(self.opened)
            view.typed.connect(self.typed)
            self.addWidget(view)
        self.addWidget(self.empty)
        self._waiting = QWidget()
        self.addWidget(self._waiting)
        self.setCurrentWidget(self._waiting)
        self._selection.selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        model.answered.connect(self._begin)
        model.about_to_move.connect(self._keep)
        model.moved.connect(self._put_back)
        model.changed.connect(self.chosen_changed)

    @property
    def view(self) -> GridView | TableView:
        """The grid or the list, whichever is chosen."""
        return self._view

    def show_look(self, look: str) -> None:
        """Show the recordings as a grid or as a list, with the same ones chosen."""
        had_focus = self._view.hasFocus()
        self._view = self.grid if look == GRID else self.table
        self._show()
        current = self._selection.currentIndex()
        if current.isValid():
            self._view.scrollTo(current, QAbstractItemView.ScrollHint.PositionAtCenter)
        self._view.look()
        if had_focus:
            self._view.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self.grid.set_theme(theme)
        self.table.set_theme(theme)
        self.empty.set_theme(theme)

    def take_focus(self) -> None:
        """Put the keyboard on the recordings, on the first where none is chosen."""
        self._view.setFocus()
        if not self._selection.hasSelection() and self.model.total:
            self.choose_row(max(0, self._selection.currentIndex().row()))

    # What is chosen.

    @property
    def chosen_count(self) -> int:
        ranges = self._selection.selection()
        found = (ranges.at(place) for place in range(ranges.count()))
        return sum(one.bottom() - one.top() + 1 for one in found)

    def chosen_cards(self) -> list[CardEntry]:
        """Return the chosen ones as far as they are known, of very many the first."""
        found = []
        for row in self._chosen_rows()[:_LOOKED_AT]:
            card = self.model.card(row)
            if card is not None:
                found.append(card)
        return found

    def with_chosen(self, done: Callable[[list[str]], None]) -> None:
        """Call `done` with the ids of the chosen ones, at once where all of them are known."""
        rows, total = self._chosen_rows(), self.model.total
        known = {row: found for row in rows if (found := self.model.id_of(row))}
        if len(known) == len(rows):
            if rows:
                done(list(known.values()))
            return

        def resolve(ids: list[str]) -> None:
            if len(ids) == total and all(ids[row] == each for row, each in known.items()):
                done([ids[row] for row in rows])
                return
            # Others changed the library meanwhile: rows that were never known are not guessed.
            there = set(ids)
            done([each for each in known.values() if each in there])

        self.model.with_ids(resolve)

    def choose_row(self, row: int) -> None:
        """Choose one recording and bring it into sight."""
        index = self.model.index(row, TITLE)
        flag = QItemSelectionModel.SelectionFlag
        self._selection.setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self._view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def choose_none(self) -> None:
        self._selection.clearSelection()

    def rename(self) -> None:
        """Have the title edited where it stands."""
        index = self._selection.currentIndex()
        if index.isValid():
            self._view.edit(self.model.index(index.row(), TITLE))

    def _chosen_rows(self) -> list[int]:
        return chosen_rows(self._selection)

    def _ask_menu(self, at: QPoint) -> None:
        if self._selection.hasSelection():
            index = self._view.currentIndex()
            where = at
            if not self._view.indexAt(at).isValid() and index.isValid():
                # Asked for by the keyboard.
                where = self._view.visualRect(index).center()
            self.menu_requested.emit(self._view.viewport().mapToGlobal(where))

    # Rows come and go.

    def _show(self) -> None:
        self.setCurrentWidget(self._view if self.model.total else self.empty)

    def _begin(self) -> None:
        self._selection.clear()
        self._show()
        self._view.verticalScrollBar().setValue(0)
        self._view.look()
        self.chosen_changed.emit()

    def _keep(self) -> None:
        """Remember by their ids which are chosen, and which is the first in sight."""
        # By their ids even where it is all of them: what arrives later was not chosen.
        chosen = [found for row in self._chosen_rows() if (found := self._id(row))]
        current = self._selection.currentIndex().row()
        sight = self._view.rows_in_sight()
        first = sight.start if sight and self._view.verticalScrollBar().value() > 0 else -1
        top = 0
        if first >= 0:
            top = self._view.visualRect(self.model.index(first, TITLE)).top()
        self._kept = (
            chosen,
            self._id(current),
            current,
            self._id(first),
            top,
        )

    def _put_back(self) -> None:
        chosen, current, row, first, top = self._kept
        self._show()
        places = self.model.rows_of([*chosen, current, first])
        selection = QItemSelection()
        for start, end in _runs(places[each] for each in chosen if each in places):
            selection.select(*self._ends(start, end))
        flag = QItemSelectionModel.SelectionFlag
        self._selection.select(selection, flag.ClearAndSelect)
        # Where the current one is gone, the next one takes its place for the keyboard.
        at = places.get(current, min(row, self.model.total - 1))
        if at >= 0:
            self._selection.setCurrentIndex(self.model.index(at, TITLE), flag.NoUpdate)
        self._view.updateGeometries()
        bar = self._view.verticalScrollBar()
        if first in places:
            index = self.model.index(places[first], TITLE)
            bar.setValue(bar.value() + self._view.visualRect(index).top() - top)
        self._view.look()
        self.chosen_changed.emit()

    def _ends(self, first: int, last: int) -> tuple[QModelIndex, QModelIndex]:
        return self.model.index(first, TITLE), self.model.index(last, STATE)

    def _id(self, row: int) -> str:
        return "" if row < 0 else self.model.id_of(row)


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and the last of rows without a gap: a selection is slow with many ranges."""
    found: list[tuple[int, int]] = []
    for row in sorted(rows):
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
