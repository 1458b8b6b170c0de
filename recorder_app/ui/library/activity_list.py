"""The list of all background work, in three parts: what goes on, what failed, what is over."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from recorder_app.services.activity_entries import Activity, ActivityList
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.library.activity_row import ActivityRow
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_M, SPACE_S, Theme

# More rows than anybody reads cost time to draw.
_MOST_WAITING, _MOST_FAILED, _MOST_OVER = 50, 50, 20
_MOST_HIGH = 280


class Part(QWidget):
    """Rows under a heading, with a button for all of them; hidden while there is none."""

    def __init__(self, heading: str, button: TextButton | None = None) -> None:
        super().__init__()
        self.heading = QLabel(heading)
        set_kind(self.heading, "muted")
        self.more = QLabel()
        set_kind(self.more, "muted")
        head = boxes.row(SPACE_S)
        head.addWidget(self.heading, 1)
        if button is not None:
            head.addWidget(button)
        self._rows = boxes.column(0)
        column = boxes.column(0, self)
        column.addLayout(head)
        column.addLayout(self._rows)
        column.addWidget(self.more)

    def hold(self, rows: Sequence[ActivityRow], more: int) -> None:
        """Hold these rows in this order; rows that stay where they are are not touched."""
        for place, row in enumerate(rows):
            item = self._rows.itemAt(place)
            if item is None or item.widget() is not row:
                self._rows.insertWidget(place, row)
                row.show()
        self.more.setText(translate(N_("{count} more"), count=more))
        self.more.setVisible(more > 0)
        self.setVisible(bool(rows))


class ActivityListView(QScrollArea):
    """All jobs. `asked` carries a job and what is wanted with it; the others are about all."""

    asked = Signal(object, str)
    retry_all = Signal()
    clear_history = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[str, ActivityRow] = {}
        self.retry = TextButton(translate(N_("Try all failed again")), "restart")
        self.clear = TextButton(translate(N_("Clear history")))
        self.current = Part(translate(N_("Now and next")))
        self.failed = Part(translate(N_("Failed")), self.retry)
        self.over = Part(translate(N_("History")), self.clear)
        self.empty = QLabel(
            translate(N_("Nothing is being done. Exports and uploads will appear here.")),
            wordWrap=True,
        )
        set_kind(self.empty, "muted")
        page = QWidget()
        set_kind(page, "list")
        column = boxes.column(SPACE_M, page)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        for part in (self.empty, self.failed, self.current, self.over):
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate(N_("Background work")))
        self.retry.clicked.connect(self.retry_all)
        self.clear.clicked.connect(self.clear_history)
        self.show_list(ActivityList([], {}))

    def show_list(self, listed: ActivityList) -> None:
        """Show these jobs; called again and again, also when nothing changed."""
        failed = [job for job in listed.jobs if job.state == "failed"]
        over = [job for job in listed.jobs if job.state in ("done", "cancelled")]
        current = [job for job in listed.jobs if job.state in ("running", "queued", "paused")]
        counts = listed.counts
        shown: set[str] = set()
        for part, jobs, most, states in (
            (self.failed, failed, _MOST_FAILED, ("failed",)),
            (self.current, current, _MOST_WAITING, ("running", "queued", "paused")),
            (self.over, over, _MOST_OVER, ("done", "cancelled")),
        ):
            rows = [self._row(job) for job in jobs[:most]]
            shown |= {job.id for job in jobs[:most]}
            part.hold(rows, sum(counts.get(state, 0) for state in states) - len(rows))
        for gone in self._rows.keys() - shown:
            row = self._rows.pop(gone)
            row.hide()
            row.deleteLater()
        self.empty.setVisible(not shown)
        self.updateGeometry()

    def row(self, job_id: str) -> ActivityRow | None:
        """Return the row of a job, if it is shown."""
        return self._rows.get(job_id)

    def set_theme(self, theme: Theme) -> None:
        """Draw all icons in the colours of `theme`."""
        self._theme = theme
        for button in (self.retry, self.clear):
            button.set_theme(theme)
        for row in self._rows.values():
            row.set_theme(theme)

    def focusNextPrevChild(self, next_one: bool) -> bool:
        moved = super().focusNextPrevChild(next_one)
        at = self.focusWidget()
        if moved and at is not None:
            self.ensureWidgetVisible(at, 0, tokens.SPACE_XL)
        return moved

    def sizeHint(self) -> QSize:
        """As high as what is listed, within reason."""
        page, hint = self.widget(), super().sizeHint()
        return hint if page is None else QSize(hint.width(), min(_MOST_HIGH, _high(page)))

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def _row(self, job: Activity) -> ActivityRow:
        row = self._rows.get(job.id)
        if row is None:
            row = self._rows[job.id] = ActivityRow(self._theme)
            row.set_theme(self._theme)
            row.asked.connect(lambda word, row=row: self.asked.emit(row.entry, word))
        row.show_entry(job)
        return row


def _high(page: QWidget) -> int:
    wide = page.width()
    return page.heightForWidth(wide) if page.hasHeightForWidth() else page.sizeHint().height()
