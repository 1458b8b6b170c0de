"""The details of what is chosen in the library, all of it changed in place."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QStackedWidget, QWidget

from recorder_app.errors import InvalidRequest
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.watching import LibraryWatch
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, buttons, folders
from recorder_app.ui.background import Background
from recorder_app.ui.library import details_work as work
from recorder_app.ui.library.copy_actions import CopyActions
from recorder_app.ui.library.look import sheet
from recorder_app.ui.library.one import OnePage
from recorder_app.ui.library.several import SeveralPage
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_M, SPACE_XL, Theme

if TYPE_CHECKING:
    from recorder_app.services.details import Details, Names, Together

_OFTEN_MS, _SELDOM_MS = 1000, 3000
_LEAST_WIDTH = 280
_NONE, _ONE, _SEVERAL = range(3)


class DetailsPanel(QWidget):
    """Shows recordings by their ids, and follows the library while it can be seen.

    `changed` carries ids of recordings of which something was stored, `unshared` of those whose
    copies were taken back, `failed` a RecorderError that no field can show, `refused` one as well
    and what tries again to store what was typed for a recording that was left meanwhile.
    `recovered` says that the library can be read again of which `failed` told that it could not.
    `trim_requested` and `opened` carry an id, `share_requested` ids, `moment_requested` an id and
    a time in seconds. `work_queued` says that somebody has to run jobs.
    """

    changed = Signal(list)
    trim_requested = Signal(str)
    share_requested = Signal(list)
    failed = Signal(object)
    refused = Signal(object, object)
    unshared = Signal(list)
    work_queued = Signal()
    recovered = Signal()
    opened = Signal(str)
    moment_requested = Signal(str, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, "details")
        self._watch = LibraryWatch()
        self._ids: list[str] = []
        # What the fields are about: for a moment still what was chosen before.
        self._page_ids: list[str] = []
        self._details: Details | None = None
        self._is_looking = self._is_wanted = False
        self._has_names = self._is_unread = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        self.one = OnePage(theme)
        self.several = SeveralPage()
        self.hint = QLabel(
            translate(N_("Choose a recording to see and change what is known of it.")),
            wordWrap=True,
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        set_kind(self.hint, "muted")
        self.copies = CopyActions(self._background, self._watch, self.one.row, self)
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for is done and shown."""
        return self._background.is_idle and self.copies.is_idle

    def show_recordings(self, ids: list[str]) -> None:
        """Show one, several or no recordings. What is being typed is kept."""
        is_same = ids == self._ids
        if not is_same:
            self.commit()
        self._ids = list(ids)
        if not ids:
            self._page_ids, self._details = [], None
            self._pages.setCurrentIndex(_NONE)
            self._timer.stop()
            return
        self._load(is_forced=True)
        if not is_same:
            self._areas[_ONE].verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """Look now whether anything changed."""
        if self._ids:
            self._load(is_forced=True)

    def commit(self) -> None:
        """Store what is being typed."""
        if self._page_ids:
            page = self.one if len(self._page_ids) == 1 else self.several
            page.commit()

    def finish(self, limit_s: float = 2.0) -> None:
        """Store what is being typed, and wait for that: for the end of the program."""
        self.commit()
        self._background.finish(limit_s)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self.setStyleSheet(sheet(theme))
        self.one.set_theme(theme)
        self.several.set_theme(theme)
        buttons.set_theme(self, theme)

    def close_library(self) -> None:
        """Let the library go, until it is needed again."""
        self._timer.stop()
        self._background.run(self._watch.close, lambda _: None)

    def showEvent(self, event: QShowEvent) -> None:
        """Who sees it again wants it as it is now."""
        self._has_names = False
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is looked at for nobody; a window that is minimised hides what is in it."""
        super().hideEvent(event)
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What has the keyboard can be seen."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            for area in self._areas:
                if area is not None and area.isAncestorOf(watched):
                    area.ensureWidgetVisible(watched, 0, SPACE_XL)
        return super().eventFilter(watched, event)

    # Reading ------------------------------------------------------------------------------------

    def _look(self) -> None:
        # A menu or a list of names is not taken away from under the pointer.
        if self._ids and QApplication.activePopupWidget() is None:
            self._load(is_forced=False)
        else:
            self._plan()

    def _load(self, *, is_forced: bool) -> None:
        if self._is_looking:
            # One that waits is enough, however often it was asked for.
            self._is_wanted = self._is_wanted or is_forced
            return
        self._is_looking = True
        ids = list(self._ids)
        self._background.run(
            functools.partial(
                work.read, self._watch, ids, lambda: ids == self._ids, is_forced=is_forced
            ),
            functools.partial(self._take, ids),
            functools.partial(self._take_problem, ids),
        )

    def _end_look(self) -> None:
        is_wanted, self._is_looking, self._is_wanted = self._is_wanted, False, False
        if is_wanted and self._ids:
            self._load(is_forced=True)

    def _take(self, ids: list[str], found: Details | Together | None) -> None:
        self._end_look()
        self._plan()
        if self._is_unread:
            self._is_unread = False
            self.recovered.emit()
        if found is None or ids != self._ids:
            return
        is_other = ids != self._page_ids
        if is_other:
            self.commit()
            self._page_ids = list(ids)
        if len(ids) == 1:
            self._details = cast("Details", found)
            self.one.show_details(self._details)
        else:
            if is_other:
                self.several.forget()
            self._details = None
            self.several.show_together(cast("Together", found))
        self._pages.setCurrentIndex(_ONE if len(ids) == 1 else _SEVERAL)
        self._follow_focus()
        if not self._has_names:
            # Only now: what is known of a recording is shown before what others are called.
            self._has_names = True
            self._background.run(
                functools.partial(work.known_names, self._watch), self._offer, self._fail
            )

    def _offer(self, names: Names) -> None:
        self.one.offer(names)
        self.several.offer(names)

    def _take_problem(self, ids: list[str], error: Exception) -> None:
        self._end_look()
        if ids != self._ids:
            return
        told = as_recorder_error(error)
        if isinstance(told, InvalidRequest):
            # It was erased meanwhile; there is nothing to show any more.
            self._ids, self._page_ids, self._details = [], [], None
            self._pages.setCurrentIndex(_NONE)
            return
        self._plan()
        self._is_unread = True
        self.failed.emit(told)

    def _plan(self) -> None:
        copies = [] if self._details is None else self._details.copies
        is_awaited = any(each.job_state == "running" for each in copies)
        # Whoever is shown again looks at once.
        if self.isVisible() and not self.window().isMinimized():
            self._timer.start(_OFTEN_MS if is_awaited else _SELDOM_MS)

    # Changing -----------------------------------------------------------------------------------

    def _store(self, name: str, value: Any) -> None:
        if self._page_ids:
            self._store_for(list(self._page_ids), name, value)

    def _store_for(self, ids: list[str], name: str, value: Any) -> None:
        page = self.one if len(ids) == 1 else self.several

        def done(_: object) -> None:
            if ids == self._page_ids:
                page.answered(name)
            # There may be a new one.
            self._has_names = False
            self._stored(ids)

        def fail(error: Exception) -> None:
            told = as_recorder_error(error)
            if ids == self._page_ids:
                page.refuse(name, told)
            else:
                # The field is about something else by now.
                again = functools.partial(self._store_for, ids, name, value)
                self.refused.emit(told, again)

        self._background.run(functools.partial(work.store, ids, name, value), done, fail)

    def _stored(self, ids: list[str]) -> None:
        self.changed.emit(ids)
        if ids == self._ids:
            self._load(is_forced=True)

    def _step(self, step: Callable[[str], object]) -> None:
        ids = list(self._page_ids)
        self._background.run(
            functools.partial(step, ids[0]), lambda _: self._stored(ids), self._fail
        )

    def _fail(self, error: Exception) -> None:
        self.failed.emit(as_recorder_error(error))

    def _open_folder(self) -> None:
        if self._details is not None:
            folders.show_in_folder(self._details.recording.path)

    def _copy_changed(self, recording_id: str) -> None:
        if [recording_id] == self._ids:
            self._load(is_forced=True)

    # Making -------------------------------------------------------------------------------------

    def _follow_focus(self) -> None:
        # Rows come and go; a filter that is there already is not added twice.
        page = self._pages.currentWidget()
        for control in page.findChildren(QWidget) if page is not None else ():
            if control.focusPolicy() & Qt.FocusPolicy.TabFocus:
                control.installEventFilter(self)

    def _connect(self) -> None:
        for page in (self.one, self.several):
            page.wanted.connect(self._store)
            page.share_asked.connect(lambda: self.share_requested.emit(list(self._page_ids)))
        self.one.trim_asked.connect(lambda: self.trim_requested.emit(self._page_ids[0]))
        self.one.undo_asked.connect(lambda: self._step(work.undo))
        self.one.redo_asked.connect(lambda: self._step(work.redo))
        self.one.folder_asked.connect(self._open_folder)
        self.one.opened.connect(self.opened)
        self.one.moment_asked.connect(
            lambda at_s: self.moment_requested.emit(self._page_ids[0], at_s)
        )
        self.one.copy_asked.connect(self.copies.do)
        self.copies.failed.connect(self.failed)
        self.copies.work_queued.connect(self.work_queued)
        self.copies.unshared.connect(self.unshared)
        self.copies.changed.connect(self._copy_changed)

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        hint = QWidget()
        column = boxes.column(0, hint)
        column.setContentsMargins(SPACE_XL, 0, SPACE_XL, 0)
        column.addWidget(self.hint)
        self._pages.addWidget(hint)
        self._areas: list[Any] = [None]
        for page in (self.one, self.several):
            area = QScrollArea(widgetResizable=True)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            held = QWidget()
            set_kind(held, "page")
            inner = boxes.column(0, held)
            inner.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
            inner.addWidget(page)
            area.setWidget(held)
            self._areas.append(area)
            self._pages.addWidget(area)
        whole = boxes.column(0, self)
        whole.addWidget(self._pages)
        self.setMinimumWidth(_LEAST_WIDTH)
        self.setAccessibleName(translate(N_("Details")))
