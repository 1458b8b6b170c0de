"""Background work at the bottom of the library: one line, which unfolds into all jobs."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

import functools
import logging
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.activity_entries import Activity, ActivityList
from recorder_app.services.watching import LibraryWatch
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, buttons, folders
from recorder_app.ui.background import Background
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.library.activity_list import ActivityListView
from recorder_app.ui.library.activity_row import CANCEL, FIRST, OPEN, PAUSE, RETRY
from recorder_app.ui.library.labels import ElidedLabel
from recorder_app.ui.library.look import BAR_HEIGHT, sheet
from recorder_app.ui.library.words import job_title, summary_text
from recorder_app.ui.raised import set_kind
from recorder_app.ui.style import tabular
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme

_log = logging.getLogger(__name__)

_OFTEN_MS, _SELDOM_MS = 1000, 5000
_BAR_WIDTH = 96
_STEPS = 1000
# What people wait for is named before what the program does for itself.
_WANTED = ("export", "upload")


class ActivityPanel(QWidget):
    """Watches the queue between `begin` and `end`.

    `opened` carries the recording whose result is to be shown, `failed` a RecorderError;
    `recovered` says that jobs can be read again of which it told that they could not, `work_queued`
    that somebody has to run jobs.
    """

    opened = Signal(str)
    work_queued = Signal()
    recovered = Signal()
    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, "activity")
        self._watch = LibraryWatch()
        self._listed = ActivityList([], {})
        self._problem = ""
        self._is_watching = self._is_looking = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        self.list = ActivityListView(theme)
        self.summary = ElidedLabel()
        self.summary.setFont(tabular(self.summary.font()))
        self.bar = QProgressBar(maximum=_STEPS, textVisible=False)
        self.bar.setFixedSize(_BAR_WIDTH, BAR_HEIGHT)
        self.cancel = IconButton("close", translate(N_("Cancel")))
        self.problems = TextButton("", "warning")
        self.toggle = IconButton("chevron-up", translate(N_("Show background work")))
        self._lay_out()
        self.list.asked.connect(self._do)
        self.list.retry_all.connect(self._retry_all)
        self.list.clear_history.connect(lambda: self._run(_clear))
        self.cancel.clicked.connect(self._cancel_first)
        self.problems.clicked.connect(lambda: self.set_open(is_open=True))
        self.toggle.clicked.connect(lambda: self.set_open(is_open=not self.is_open))
        self.set_theme(theme)
        self._show()

    @property
    def is_open(self) -> bool:
        """Whether all jobs are listed."""
        return self.list.isVisibleTo(self)

    def set_open(self, *, is_open: bool) -> None:
        """Unfold the list, or fold it up."""
        self.list.setVisible(is_open)
        if is_open:
            self.toggle.set_meaning("chevron-down", translate(N_("Hide background work")))
        else:
            self.toggle.set_meaning("chevron-up", translate(N_("Show background work")))

    def begin(self) -> None:
        """Watch from now on."""
        self._is_watching = True
        self._look()

    def end(self) -> None:
        """Watch no longer, and let the library go."""
        self._is_watching = False
        self._timer.stop()
        self._background.run(self._watch.close, lambda _: None)

    def refresh(self) -> None:
        """Look now, because something was handed in."""
        if self._is_watching:
            self._look()

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self.setStyleSheet(sheet(theme))
        buttons.set_theme(self, theme)
        self.list.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Who sees it again wants it as it is now."""
        super().showEvent(event)
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The whole line unfolds it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.set_open(is_open=not self.is_open)

    def _look(self) -> None:
        if self._is_looking or not self._is_watching:
            return
        self._is_looking = True
        self._background.run(functools.partial(_look, self._watch), self._take, self._take_problem)

    def _take(self, listed: ActivityList | None) -> None:
        if self._problem:
            self._problem = ""
            self.recovered.emit()
        if listed is not None:
            self._listed = listed
        self._looked()
        # Also when nothing changed: a speed is one of time, too.
        self._show()

    def _take_problem(self, error: Exception) -> None:
        self._looked()
        told = as_recorder_error(error)
        is_new = not self._problem
        self._problem = told.message
        self._show()
        if is_new:
            # Looking goes on, and says it once.
            _log.warning("activity not read error=%s", told)
            self.failed.emit(told)

    def _looked(self) -> None:
        self._is_looking = False
        if self._is_watching:
            is_awaited = self._listed.is_busy and self.isVisible()
            self._timer.start(_OFTEN_MS if is_awaited else _SELDOM_MS)

    def _show(self) -> None:
        self.list.show_list(self._listed)
        first, others = self._first()
        row = None if first is None else self.list.row(first.id)
        if self._problem:
            self.summary.set_text(self._problem)
        elif first is None:
            self.summary.set_text(translate(N_("No work in the background")))
        else:
            self.summary.set_text(summary_text(first, None if row is None else row.speed, others))
        set_kind(self.summary, "warn" if self._problem else "muted" if first is None else "")
        is_running = first is not None and first.state == "running" and not self._problem
        self.bar.setVisible(is_running)
        self.cancel.setVisible(is_running and first is not None and not first.is_stopping)
        if first is not None:
            self.bar.setValue(round(first.progress * _STEPS))
            self.bar.setAccessibleName(job_title(first))
            self.cancel.setAccessibleDescription(job_title(first))
        failed = self._listed.counts.get("failed", 0)
        text = translate(N_("{count} failed"), count=failed)
        self.problems.setText(text)
        self.problems.setAccessibleName(text)
        self.problems.setVisible(failed > 0)

    def _first(self) -> tuple[Activity | None, int]:
        """Return what to name in the line, and how much there is besides."""
        counts = self._listed.counts
        for state in ("running", "queued", "paused"):
            found = [job for job in self._listed.jobs if job.state == state]
            if found:
                found.sort(key=lambda job: job.kind not in _WANTED)
                unfinished = sum(counts.get(each, 0) for each in ("running", "queued", "paused"))
                return found[0], max(0, unfinished - 1)
        return None, 0

    def _cancel_first(self) -> None:
        first, _ = self._first()
        if first is not None:
            self._do(first, CANCEL)

    def _do(self, entry: Activity, word: str) -> None:
        if word == OPEN:
            self._open(entry)
            return
        work = {CANCEL: _cancel, PAUSE: _pause, RETRY: _retry, FIRST: _first}[word]
        self._run(functools.partial(work, job_id=entry.id), is_queued=word == RETRY)

    def _open(self, entry: Activity) -> None:
        if entry.result_id or entry.kind == "upload":
            self.opened.emit(entry.result_id or entry.recording_id or "")
        elif entry.result_path:
            folders.show_in_folder(entry.result_path)

    def _retry_all(self) -> None:
        failed = [job.id for job in self._listed.jobs if job.state == "failed" and job.can_retry]
        self._run(functools.partial(_retry_each, job_ids=failed), is_queued=True)

    def _run(self, work: Callable[[LibraryWatch], object], *, is_queued: bool = False) -> None:
        def done(_: object) -> None:
            if is_queued:
                self.work_queued.emit()
            self.refresh()

        def fail(error: Exception) -> None:
            self.failed.emit(as_recorder_error(error))
            self.refresh()

        self._background.run(functools.partial(work, self._watch), done, fail)

    def _lay_out(self) -> None:
        line = QWidget()
        set_kind(line, "line")
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = boxes.row(SPACE_S, line)
        row.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        row.addWidget(self.toggle)
        row.addWidget(self.summary, 1)
        row.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.cancel)
        row.addWidget(self.problems)
        column = boxes.column(0, self)
        column.addWidget(self.list)
        column.addWidget(line)
        self.list.hide()


# What follows runs in the background thread.


def _look(watch: LibraryWatch) -> ActivityList | None:
    # The library's packages are loaded in this thread, with the first look.
    from recorder_app.services.activity import activity

    try:
        return activity(watch.database) if watch.has_changed() else None
    except BaseException:
        # The file may have been replaced: it is opened anew.
        watch.close()
        raise


def _cancel(watch: LibraryWatch, job_id: str) -> None:
    from recorder_app.services import jobs

    jobs.cancel_job(watch.database, job_id)


def _pause(watch: LibraryWatch, job_id: str) -> None:
    from recorder_app.services import jobs

    jobs.pause_job(watch.database, job_id)


def _first(watch: LibraryWatch, job_id: str) -> None:
    from recorder_app.services import jobs

    jobs.put_job_first(watch.database, job_id)


def _retry(watch: LibraryWatch, job_id: str) -> None:
    from recorder_app.services import jobs

    jobs.retry_job(watch.database, job_id)


def _retry_each(watch: LibraryWatch, job_ids: list[str]) -> None:
    from recorder_app.services import jobs

    jobs.retry_jobs(watch.database, job_ids)


def _clear(watch: LibraryWatch) -> None:
    from recorder_app.services import jobs

    jobs.forget_ended(watch.database)
