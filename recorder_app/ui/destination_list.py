"""The list of destinations, each with its kind and what is special about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from recorder_app.texts import N_, translate
from recorder_app.ui import tokens

_MOST_ROWS = 4
_KEY = Qt.ItemDataRole.UserRole
# Not that of the list of pages, which has no ground of its own.
_SHEET = f"""
QListWidget {{ background: palette(base); border: 1px solid palette(mid);
    border-radius: {tokens.RADIUS}px; padding: {tokens.SPACE_XS}px; }}
QListWidget:focus {{ border: {tokens.FOCUS_PX}px solid palette(highlight);
    padding: {tokens.SPACE_XS - 1}px; }}
"""


@dataclass(frozen=True)
class Row:
    """A destination as the list shows it."""

    key: str
    name: str
    kind: str
    is_default: bool = False
    is_automatic: bool = False
    is_edited: bool = False

    @property
    def text(self) -> str:
        # First, for the end of a long line is not seen.
        marks = [translate(N_("not saved"))] if self.is_edited else []
        marks.append(self.kind)
        if self.is_default:
            marks.append(translate(N_("default")))
        if self.is_automatic:
            marks.append(translate(N_("every recording")))
        return f"{self.name}\n{' · '.join(marks)}"


class DestinationList(QListWidget):
    """`turned` carries the key of the row that a person has gone to."""

    turned = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self.setStyleSheet(_SHEET)
        self.setAccessibleName(translate(N_("Destinations")))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.currentItemChanged.connect(self._turn)

    def show_rows(self, rows: Sequence[Row], chosen: str) -> None:
        """Show `rows`, that of the key `chosen` as the current one."""
        with QSignalBlocker(self):
            if [row.key for row in rows] != [row.key for row in self._rows]:
                self.clear()
                for row in rows:
                    item = QListWidgetItem(self)
                    item.setData(_KEY, row.key)
            for index, row in enumerate(rows):
                item = self.item(index)
                if item.text() != row.text:
                    item.setText(row.text)
                if row.key == chosen:
                    self.setCurrentItem(item)
        self._rows = list(rows)
        height = sum(self.sizeHintForRow(index) for index in range(min(len(rows), _MOST_ROWS)))
        self.setFixedHeight(height + 2 * (tokens.SPACE_XS + tokens.FOCUS_PX))

    def _turn(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.turned.emit(item.data(_KEY))
