"""The library window: finding a recording in seconds, and handing it on."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from recorder_app.errors import RecorderError, StorageError
from recorder_app.library.listing import Order
from recorder_app.services.browsing import Overview
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.library import kept_look, places
from recorder_app.ui.library.access import Access
from recorder_app.ui.library.deeds import Deeds
from recorder_app.ui.library.doings import Doings
from recorder_app.ui.library.drops import files_of
from recorder_app.ui.library.keys import add_shortcuts
from recorder_app.ui.library.menu import BulkBar, context_menu
from recorder_app.ui.library.model import RecordingsModel
from recorder_app.ui.library.notice import Notice
from recorder_app.ui.library.panels import Panels
from recorder_app.ui.library.places import Place, View
from recorder_app.ui.library.posters import Posters
from recorder_app.ui.library.recordings_view import RecordingsView
from recorder_app.ui.library.sheet import SHEET
from recorder_app.ui.library.sidebar import Sidebar
from recorder_app.ui.library.top_bar import GRID, TopBar
from recorder_app.ui.library.watch import LibraryWatch
from recorder_app.ui.own_window import OwnWindow
from recorder_app.ui.remembered import LibraryLook
from recorder_app.ui.tokens import SPACE_M, SPACE_S, Theme

_SMALLEST = (720, 480)
_FIRST = (1080, 720)
# Narrower windows have no room for details beside the recordings.
_ROOM_FOR_DETAILS = 880


class LibraryWindow(OwnWindow):
    """Everything recorded, found by place, text and filter. Used on the GUI thread.

    `share_requested` carries ids, `play_requested` an id and a path where there is no player or no
    room for it, `failed` a RecorderError that was shown here as well; `work_added` says that the
    queue has work; `left` carries a LibraryLook when the window is closed, for ``restore_look``.
    """

    share_requested = Signal(list)
    play_requested = Signal(str, str)
    record_requested = Signal()
    failed = Signal(object)
    work_added = Signal()
    left = Signal(object)

    def __init__(
        self,
        theme: Theme,
        store: SettingsStore,
        *,
        reduced_motion: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._store = theme, store
        self.reduced_motion = reduced_motion
        self._look = LibraryLook()
        self._shown = View()
        self._overview: Overview | None = None
        self._sought = ""
        self._was_answered = self._is_preparing = self._is_resting = self._has_failed = False
        self._access = Access(self)
        self.model = RecordingsModel(self._access, self)
        self.posters = Posters(self)
        self.deeds = Deeds(self._access, self)
        self._watch = LibraryWatch(self._access, self)
        self.sidebar = Sidebar(theme)
        self.bar = TopBar(theme)
        self.recordings = RecordingsView(self.model, self.posters, theme)
        self.fault = Notice(theme)
        self.notice = Notice(theme)
        self.doings = Doings(self)
        self.bulk = BulkBar(self.doings.verbs, theme)
        self.panels = Panels(self)
        self.setWindowTitle(translate(N_("Library")))
        self.setStyleSheet(SHEET)
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_FIRST)
        self.setAcceptDrops(True)
        self._arrange()
        self._connect()
        add_shortcuts(self)
        self.show_look(GRID)

    # What others call.

    def show_recording(self, recording_id: str) -> None:
        """Show one recording among all, chosen."""
        self.panels.close_editor()
        self._sought = recording_id
        self.sidebar.blockSignals(True)
        self.sidebar.choose(Place())
        self.sidebar.blockSignals(False)
        self._clear_search()
        self._ask(View(order=self._shown.order, is_reversed=self._shown.is_reversed))

    def refresh(self) -> None:
        """Look for what changed; who cannot see it is shown it when it can be seen again."""
        if not self.isVisible() or self._is_resting:
            # What was done meanwhile has opened the library.
            self._let_go()
            return
        self.posters.look_again()
        self.model.refresh()
        self._watch.count_soon()

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._theme = theme
        self.posters.clear()
        for part in (self.sidebar, self.bar, self.recordings, self.fault, self.notice, self.bulk):
            part.set_theme(theme)
        self.panels.set_theme(theme)

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def overview(self) -> Overview | None:
        """What was counted last."""
        return self._overview

    @property
    def is_in_trash(self) -> bool:
        """Whether the trash is what is looked at."""
        return self._shown.place.kind == places.TRASH

    def make_side(self) -> bool:
        """Show what stands beside the recordings; return whether there is room for it."""
        if self.width() >= _ROOM_FOR_DETAILS:
            self.bar.details.setChecked(True)
        return not self.panels.side.isHidden()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is there, or done."""
        return self.deeds.is_idle and self.posters.is_idle

    def set_details(self, widget: Any) -> None:
        """Take the panel that shows what is chosen."""
        self.panels.set_details(widget)
        self._fit()
        self._show_details()

    def set_player(self, widget: Any) -> None:
        """Take what plays recordings; it stands above the details."""
        self.panels.set_player(widget)
        self._fit()

    def set_activity(self, widget: Any) -> None:
        """Take the panel of jobs; it stands below everything."""
        self.panels.set_activity(widget)

    def set_editor(self, widget: Any) -> None:
        """Take the trim view; it takes the place of the library while it is open."""
        self.panels.set_editor(widget)

    def restore_look(self, look: LibraryLook) -> None:
        """Show the window as it was left."""
        self._look = look
        self._shown = kept_look.put_back(self, self._splitter, look)
        self._fit()

    def trim(self, recording_id: str) -> None:
        """Open the trim view."""
        self.panels.trim(recording_id)

    def tell_failed(self, error: RecorderError, again: Callable[[], None] | None = None) -> None:
        """Say in the window what went wrong and what to do; `again` does it again."""
        actions = [] if again is None else [(translate(N_("Try again")), "", again)]
        text = f"{error.message} {error.hint}".strip()
        self.notice.tell(text, actions, is_grave=True, fault=error)
        self.failed.emit(error)

    def show_look(self, look: str) -> None:
        """Show a grid or a list."""
        self.bar.show_look(look)
        self.recordings.show_look(look)

    # Putting together.

    def _arrange(self) -> None:
        centre = QWidget()
        middle = boxes.column(SPACE_S, centre)
        middle.setContentsMargins(SPACE_S, SPACE_M, SPACE_S, SPACE_S)
        middle.addWidget(self.bar)
        middle.addWidget(self.fault)
        middle.addWidget(self.recordings, 1)
        middle.addWidget(self.bulk)
        middle.addWidget(self.notice)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        for part in (self.sidebar, centre, self.panels.side):
            self._splitter.addWidget(part)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([self._look.sidebar_width, 10_000, self._look.details_width])
        self.page = QWidget()
        column = boxes.column(0, self.page)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.panels.below)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.page)
        whole = boxes.column(0, self)
        whole.addWidget(self.pages)
        self.bar.details.setChecked(True)
        self.panels.side.hide()
        shortcut = self._store.current.shortcuts.start_stop
        self.recordings.empty.shortcut = shortcut

    def _connect(self) -> None:
        bar, view, empty = self.bar, self.recordings, self.recordings.empty
        self.sidebar.chosen.connect(self._go)
        self.sidebar.dropped.connect(self.doings.dropped)
        bar.asked.connect(lambda text: self._change(text=text))
        bar.left.connect(view.take_focus)
        bar.look_chosen.connect(self.show_look)
        bar.sort_chosen.connect(self._sort)
        bar.filter_chosen.connect(lambda wanted: self._change(narrowed=wanted))
        bar.details.toggled.connect(lambda _: self._fit())
        view.table.sort_requested.connect(self._sort)
        view.chosen_changed.connect(self._show_chosen)
        view.opened.connect(self.doings.play_row)
        view.menu_requested.connect(self._open_menu)
        view.typed.connect(self._type)
        empty.record_requested.connect(self.record_requested)
        empty.everything_requested.connect(lambda: self.sidebar.choose(Place()))
        empty.unfiltered_requested.connect(lambda: self._change(narrowed=View().narrowed))
        self.bulk.cleared.connect(view.choose_none)
        self.model.answered.connect(self._answered)
        self.model.moved.connect(self._explain)
        self.model.refreshed.connect(self.fault.hide)
        self.model.failed.connect(self._tell_fault)
        self.model.renamed.connect(self.deeds.rename)
        self._watch.changed.connect(self._others_changed)
        self._watch.counted.connect(self._counted)
        self._watch.failed.connect(self._tell_fault)
        self.deeds.changed.connect(self._done)
        self.deeds.work_added.connect(self.work_added)
        self.deeds.failed.connect(self._deed_failed)

    # Where somebody looks.

    def _go(self, place: Place) -> None:
        self._change(place=place)

    def _change(self, **changes: Any) -> None:
        fields = {name: getattr(self._shown, name) for name in View.__dataclass_fields__}
        wanted = View(**fields | changes)
        if wanted != self._shown:
            self._ask(wanted)

    def _ask(self, wanted: View) -> None:
        self._shown = wanted
        self.bar.show_filter(wanted.narrowed)
        self.bar.show_sort(wanted.order, is_reversed=wanted.is_reversed)
        is_best = wanted.order is None and bool(wanted.text.strip())
        shown = None if is_best else wanted.order or Order.DATE
        self.recordings.table.show_order(shown, is_reversed=wanted.is_reversed)
        if not self._is_preparing:
            self.model.ask(wanted.question())

    def _ask_first(self) -> None:
        """Ask when the window is shown, for what is wanted by now."""
        self._is_preparing = False
        if self.isVisible():
            self._ask(self._shown)

    def _sort(self, order: Order | None, is_reversed: bool) -> None:
        self._change(order=order, is_reversed=is_reversed)

    def _clear_search(self) -> None:
        self.bar.search.blockSignals(True)
        self.bar.search.clear()
        self.bar.search.blockSignals(False)

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.bar.search.setFocus()
        self.bar.search.selectAll()

    def _type(self, text: str) -> None:
        self.bar.search.setFocus()
        self.bar.search.setText(text)

    def _answered(self) -> None:
        self.fault.hide()
        self._explain()
        if not self._was_answered:
            self._was_answered = True
            self._take_focus()
        if not self._is_resting:
            # What is looked at comes first, counting after it.
            self._watch.begin()
        if self._sought:
            sought, self._sought = self._sought, ""
            self.model.with_ids(lambda _: self._choose(sought))

    def _take_focus(self) -> None:
        """Put the keyboard where it is of use, once that can be seen."""
        if self.pages.currentIndex():
            # Somebody went on to the trim view meanwhile.
            return
        if self.model.total:
            self.recordings.view.setFocus()
        else:
            self.recordings.empty.take_focus()

    def _choose(self, recording_id: str) -> None:
        row = self.model.rows_of([recording_id]).get(recording_id)
        if row is not None and not self.pages.currentIndex():
            self.recordings.choose_row(row)
            self.recordings.view.setFocus()

    def _explain(self) -> None:
        if not self.model.total:
            is_narrowed = self._shown.narrowed != View().narrowed
            self.recordings.empty.explain(self._shown, is_narrowed=is_narrowed)

    def _others_changed(self) -> None:
        if not self._is_resting:
            self.posters.look_again()
            self.model.refresh()

    def _counted(self, found: Overview) -> None:
        self._overview = found
        self.sidebar.show_counts(found)
        self.bar.destinations = found.destinations

    def _tell_fault(self, error: RecorderError) -> None:
        again = (translate(N_("Try again")), "", self._retry)
        self.fault.tell(f"{error.message} {error.hint}".strip(), [again], is_grave=True)
        self.failed.emit(error)

    def _deed_failed(self, error: RecorderError, again: Callable[[], None] | None = None) -> None:
        self._has_failed = True
        self.tell_failed(error, again)

    def _done(self) -> None:
        # After a failure, too: some of many may have been changed.
        if not self._has_failed:
            self.notice.settle(StorageError)
        self._has_failed = False
        self.refresh()

    def _retry(self) -> None:
        self._watch.forget()
        self.model.retry()
        self._watch.count_soon()

    # What is chosen.

    def _show_chosen(self) -> None:
        self.bulk.show_chosen(self.doings.chosen(), self.recordings.chosen_count)
        self._show_details()

    def _show_details(self) -> None:
        if not self.recordings.chosen_count:
            self.panels.show_recordings([])
        else:
            self.recordings.with_chosen(self.panels.show_recordings)

    def _open_menu(self, at: QPoint) -> None:
        menu = context_menu(self, self.doings.chosen(), self.doings.verbs, self._theme)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def leave_editor(self) -> None:
        """Show the recordings again."""
        self.pages.setCurrentIndex(0)
        self.recordings.view.setFocus()
        self.refresh()

    # The window itself.

    def _fit(self) -> None:
        has_side = self.panels.has_side
        has_room = self.width() >= _ROOM_FOR_DETAILS
        self.bar.details.setVisible(has_side and has_room)
        self.panels.side.setVisible(has_side and has_room and self.bar.details.isChecked())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if event.spontaneous():
            return
        self._is_resting = False
        self._is_preparing = True
        self._watch.prepare(self._ask_first)
        self.panels.begin()
        self._was_answered = False

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if event.spontaneous():
            return
        self._rest()
        self.panels.end()

    def changeEvent(self, event: QEvent) -> None:
        """Rest while the window is minimised."""
        super().changeEvent(event)
        is_state = event.type() == QEvent.Type.WindowStateChange and self.isVisible()
        if is_state and self.isMinimized() and not self._is_resting:
            self._rest()
            self.panels.rest()
        elif is_state and self._is_resting and not self.isMinimized():
            self._is_resting = False
            self.panels.begin()
            self._watch.prepare(self._wake)

    def _wake(self) -> None:
        if not self._is_resting:
            self.model.resume()
            self._watch.begin()

    def _rest(self) -> None:
        """Do nothing while nobody sees it, with the library closed."""
        self._is_resting = True
        self.model.pause()
        self._watch.end()
        self._let_go()

    def _let_go(self) -> None:
        """Close the library, so that a backup can be put into its place."""
        self._watch.forget()
        self._access.deeds.run(self._access.reopen, lambda _: None)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._look = kept_look.look_of(self, self._splitter, self._shown, self._look)
        self.left.emit(self._look)
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back what was chosen, then what was searched for, then the window."""
        if event.key() == Qt.Key.Key_Escape and self.recordings.chosen_count > 1:
            self.recordings.choose_none()
        elif event.key() == Qt.Key.Key_Escape and self.bar.search.text():
            self.bar.search.clear()
        else:
            super().keyPressEvent(event)

    # Files that are dropped.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and files_of(event.mimeData()):
            # They stay where they are, also for a program that would move them.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        found = files_of(event.mimeData())
        if event.source() is None and found:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.doings.bring_in(found)
