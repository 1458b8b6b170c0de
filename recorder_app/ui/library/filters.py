"""Narrowing what is shown: the popup with the choices, and a chip for each that was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFormLayout,
    QFrame,
    QLabel,
    QWidget,
)

from recorder_app.library.listing import Filter
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.library.card_words import day_text
from recorder_app.ui.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, Theme

_ANY = N_("Any")
_TYPES = (
    ("screen", N_("Screen")),
    ("window", N_("Window")),
    ("region", N_("Area")),
    ("video", N_("Imported video")),
    ("audio", N_("Sound only")),
)
_LENGTHS = (
    ((None, 60.0), N_("Up to 1 minute")),
    ((60.0, 600.0), N_("1 to 10 minutes")),
    ((600.0, 3600.0), N_("10 minutes to 1 hour")),
    ((3600.0, None), N_("1 hour or more")),
)
_STATUSES = (
    ("completed", N_("Recorded")),
    ("imported", N_("Imported")),
    ("recovered", N_("Recovered")),
    ("missing", N_("Missing")),
)
# Days back, of which today is the first.
_DAYS = (
    (1, N_("Today")),
    (7, N_("Last 7 days")),
    (30, N_("Last 30 days")),
    (365, N_("Last year")),
)
_BETWEEN = -1


class FilterPopup(QFrame):
    """`changed` carries a Filter as soon as something else is chosen."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "raised")
        self.setAccessibleName(translate(N_("Filter")))
        self._wanted = Filter()
        self._type = _box(N_("Type"), _TYPES)
        self._days = _box(N_("Date"), (*_DAYS, (_BETWEEN, N_("Between two days"))))
        self._from, self._to = _day_edit(N_("First day")), _day_edit(N_("Last day"))
        self._length = _box(N_("Length"), _LENGTHS)
        self._status = _box(N_("State"), _STATUSES)
        self._destination = _box(N_("Uploaded to"), ())
        days = QWidget()
        row = boxes.row(SPACE_S, days)
        row.addWidget(self._from)
        row.addWidget(QLabel("–"))
        row.addWidget(self._to)
        days.hide()
        self._between = days
        form = QFormLayout()
        form.setSpacing(SPACE_S)
        for name, editor in (
            (N_("Type"), self._type),
            (N_("Date"), self._days),
            ("", days),
            (N_("Length"), self._length),
            (N_("State"), self._status),
            (N_("Uploaded to"), self._destination),
        ):
            form.addRow(translate(name) if name else "", editor)
        self._clear = TextButton(translate(N_("Clear all")))
        self._clear.clicked.connect(lambda: self._emit(Filter()))
        column = boxes.column(SPACE_M, self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.addLayout(form)
        column.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignRight)
        boxed = (self._type, self._days, self._length, self._status, self._destination)
        for box in boxed:
            box.activated.connect(lambda _: self._read())
        for edit in (self._from, self._to):
            edit.dateChanged.connect(lambda _: self._read())

    def open_below(self, button: QWidget, wanted: Filter, destinations: Sequence[str]) -> None:
        """Open it below `button`, showing what is chosen."""
        self._wanted = wanted
        known = [*destinations]
        if wanted.destination is not None and wanted.destination not in known:
            known.append(wanted.destination)
        _fill(self._destination, [(name, name) for name in known])
        self._show(wanted)
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        screen = self.screen().availableGeometry()
        corner.setX(max(screen.left(), min(corner.x(), screen.right() - self.width())))
        self.move(corner)
        self.show()
        self._type.setFocus()

    def _show(self, wanted: Filter) -> None:
        _choose(self._type, wanted.recording_type)
        _choose(self._status, wanted.status)
        _choose(self._destination, wanted.destination)
        span = (wanted.shortest_s, wanted.longest_s)
        _choose(self._length, None if span == (None, None) else span)
        days = _days_of(wanted)
        _choose(self._days, days)
        if days == _BETWEEN and wanted.created_from and wanted.created_to:
            last = wanted.created_to.astimezone() - timedelta(seconds=1)
            first = wanted.created_from.astimezone()
            for edit, moment in ((self._from, first), (self._to, last)):
                edit.blockSignals(True)
                edit.setDate(QDate(moment.year, moment.month, moment.day))
                edit.blockSignals(False)
        self._between.setVisible(days == _BETWEEN)

    def _read(self) -> None:
        days = self._days.currentData()
        self._between.setVisible(days == _BETWEEN)
        self.adjustSize()
        first, end = None, None
        if days == _BETWEEN:
            one, other = sorted((self._from.date(), self._to.date()))
            first, end = _start_of(one), _start_of(other.addDays(1))
        elif days is not None:
            first = _start_of(QDate.currentDate().addDays(1 - days))
        shortest, longest = self._length.currentData() or (None, None)
        self._emit(
            replace(
                self._wanted,
                recording_type=self._type.currentData(),
                status=self._status.currentData(),
                destination=self._destination.currentData(),
                created_from=first,
                created_to=end,
                shortest_s=shortest,
                longest_s=longest,
            )
        )

    def _emit(self, wanted: Filter) -> None:
        if wanted == Filter():
            self._show(wanted)
        self._wanted = wanted
        self.changed.emit(wanted)


class Chips(QWidget):
    """What narrows the list; each is taken away by its button. `changed` carries the rest."""

    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row = boxes.row(SPACE_XS, self)
        self._row.addStretch(1)
        self.hide()

    def show_filter(self, wanted: Filter) -> None:
        """Show a chip for each choice in `wanted`."""
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            button = None if item is None else item.widget()
            if button is not None:
                button.deleteLater()
        for text, rest in _chips(wanted):
            chip = TextButton(text, "close", "chip")
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            said = translate(N_("Remove filter: {filter}"), filter=text)
            chip.setAccessibleName(said)
            chip.setToolTip(said)
            chip.set_theme(self._theme)
            chip.clicked.connect(partial(self.changed.emit, rest))
            self._row.insertWidget(self._row.count() - 1, chip)
        self.setVisible(self._row.count() > 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        for button in self.findChildren(TextButton):
            button.set_theme(theme)


def _chips(wanted: Filter) -> list[tuple[str, Filter]]:
    """Return each choice in words, with the filter that is left without it."""
    found: list[tuple[str, Filter]] = []
    if wanted.recording_type is not None:
        name = _named(_TYPES, wanted.recording_type)
        found.append((name, replace(wanted, recording_type=None)))
    if wanted.created_from is not None or wanted.created_to is not None:
        found.append((_days_text(wanted), replace(wanted, created_from=None, created_to=None)))
    span = (wanted.shortest_s, wanted.longest_s)
    if span != (None, None):
        rest = replace(wanted, shortest_s=None, longest_s=None)
        found.append((_named(_LENGTHS, span), rest))
    if wanted.status is not None:
        found.append((_named(_STATUSES, wanted.status), replace(wanted, status=None)))
    if wanted.destination is not None:
        text = translate(N_("Uploaded to {name}"), name=wanted.destination)
        found.append((text, replace(wanted, destination=None)))
    return found


def _named(choices: Sequence[tuple[Any, str]], value: object) -> str:
    name = next((title for one, title in choices if one == value), None)
    return str(value) if name is None else translate(name)


def _days_of(wanted: Filter) -> int | None:
    if wanted.created_from is None:
        return None
    if wanted.created_to is not None:
        return _BETWEEN
    first = wanted.created_from.astimezone().date()
    days = (datetime.now().astimezone().date() - first).days + 1
    # Yesterday's choice of "today" is that day still.
    return days if days in dict(_DAYS) else None


def _days_text(wanted: Filter) -> str:
    days = _days_of(wanted)
    if days is not None and days != _BETWEEN:
        return translate(dict(_DAYS)[days])
    today = datetime.now().astimezone().date()
    texts = []
    for moment, back in ((wanted.created_from, 0), (wanted.created_to, 1)):
        if moment is not None:
            day = (moment.astimezone() - timedelta(seconds=back)).date()
            texts.append(day_text(day, today))
    return " – ".join(dict.fromkeys(texts))


def _start_of(day: QDate) -> datetime:
    start = datetime.combine(datetime(day.year(), day.month(), day.day()), time())
    return start.astimezone(UTC)


def _box(name: str, choices: Sequence[tuple[Any, str]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(translate(name))
    box.setMinimumWidth(200)
    _fill(box, [(value, translate(title)) for value, title in choices])
    return box


def _fill(box: QComboBox, choices: Sequence[tuple[Any, str]]) -> None:
    box.clear()
    box.addItem(translate(_ANY), None)
    for value, title in choices:
        box.addItem(title, value)


def _choose(box: QComboBox, value: object) -> None:
    for row in range(box.count()):
        data = box.itemData(row)
        # Qt keeps tuples as lists.
        if (tuple(data) if isinstance(data, list) else data) == value:
            box.setCurrentIndex(row)
            return
    box.setCurrentIndex(0)


def _day_edit(name: str) -> QDateEdit:
    edit = QDateEdit(QDate.currentDate())
    edit.setCalendarPopup(True)
    edit.setAccessibleName(translate(name))
    return edit
