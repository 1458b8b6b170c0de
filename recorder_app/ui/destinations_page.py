"""The page of destinations: added, configured, tested, chosen as default and removed."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QFileSystemWatcher, QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from recorder_app.settings import Settings
from recorder_app.settings.destinations import DestinationsStore
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.destination_actions import DestinationActions
from recorder_app.ui.destination_findings import Findings
from recorder_app.ui.destination_footer import DestinationFooter
from recorder_app.ui.destination_form import DestinationForm
from recorder_app.ui.destination_list import DestinationList, Row
from recorder_app.ui.destination_start import EmptyState, KindChooser
from recorder_app.ui.destination_work import NAME, SECRET, Draft, Known
from recorder_app.ui.field_row import MOST_WIDTH, line
from recorder_app.ui.setting_words import DESTINATIONS, page_title

if TYPE_CHECKING:
    from recorder_app.services.destinations import RemovedDestination, TestReport

# No destination's name begins so: what is after it is the kind of a new one.
_NEW = "\n"
_LOOK_MS = 250


class DestinationsPage(QWidget):
    """All destinations, one of them shown in its form. Nothing here waits for disk or keyring.

    A form keeps what is typed, whatever else is shown meanwhile, until it is saved or discarded.
    """

    def __init__(self) -> None:
        super().__init__()
        self._known: Known | None = None
        self._forms: dict[str, DestinationForm] = {}
        self._key = ""
        self._is_choosing = False
        self._shown_report: TestReport | None = None
        self._held = boxes.column(0)
        self.area = QScrollArea(widgetResizable=True)
        self._content = QWidget()
        self._actions = DestinationActions(self)
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._show_state)
        self.empty = EmptyState()
        self.list = DestinationList()
        self.add = TextButton(translate(N_("Add a destination")))
        self.chooser = KindChooser()
        self.problem = line("", "warn")
        self.told = line("", "")
        self.unknown = line(
            translate(N_("This version of the program does not know this kind of destination.")), ""
        )
        self.findings = Findings()
        self.footer = DestinationFooter()
        self._arrange()
        self._connect()
        self._render()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is done, or given up."""
        return self._actions.is_idle

    @property
    def shown(self) -> DestinationForm | None:
        """The form that is shown."""
        return None if self._is_choosing else self._forms.get(self._key)

    def show_settings(self, settings: Settings) -> None:
        """Destinations are no settings: they have a file of their own."""

    def set_shown(self, is_shown: bool) -> None:
        """Say whether people see this page now."""
        if is_shown:
            self._actions.look()
        else:
            if watched := self._watcher.directories():
                self._watcher.removePaths(watched)
            self.told.hide()
            self._actions.leave_questions()
            self._show_state()

    def show_destination(self, name: str) -> None:
        """Turn to the destination of that name."""
        self._turn(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.area.ensureWidgetVisible(watched, 0, tokens.SPACE_XXL * 2)
        return super().eventFilter(watched, event)

    # What there is, and which of it is shown.

    def _show_known(self, known: Known) -> None:
        self._known = known
        self.problem.hide()
        if known.entries:
            self._watch()
        self.chooser.show_kinds(known.kinds)
        entries = {entry.name: entry for entry in known.entries}
        for key, form in list(self._forms.items()):
            form.known_names = frozenset(entries)
            if key in entries and key in known.about:
                form.show_entry(entries[key], known.about[key])
            elif key.startswith(_NEW):
                continue
            elif form.is_dirty:
                form.show_gone()
            else:
                self._forget(key)
        if self._key not in {*entries, *self._forms}:
            default = next((one.name for one in known.entries if one.is_default), "")
            self._turn(default or next(iter(entries), ""))
        else:
            self._turn(self._key)

    def _fail_to_look(self, text: str) -> None:
        self.problem.setText(f"⚠ {text}")
        self.problem.show()

    def _turn(self, key: str) -> None:
        """Show the form of a destination, or of a new one."""
        if key != self._key:
            self._actions.leave_questions()
        self._key = key
        known = self._known
        if known is not None and key in known.about and key not in self._forms:
            entry = next(one for one in known.entries if one.name == key)
            form = DestinationForm(known.about[key], entry)
            form.known_names = frozenset(one.name for one in known.entries)
            self._add_form(key, form)
        self._render()

    def _add_form(self, key: str, form: DestinationForm) -> None:
        self._forms[key] = form
        form.edited.connect(self._note_edit)
        self._held.addWidget(form)
        for control in form.findChildren(QWidget):
            control.installEventFilter(self)

    def _forget(self, key: str) -> None:
        self._actions.forget(key)
        form = self._forms.pop(key, None)
        if form is not None:
            form.hide()
            form.deleteLater()

    def _begin(self, kind: str) -> None:
        """Show the form of a new destination; one that was begun is gone on with."""
        assert self._known is not None
        key = f"{_NEW}{kind}"
        self._is_choosing = False
        if key not in self._forms:
            about = next(one for one in self._known.kinds if one.name == kind)
            form = DestinationForm(about)
            form.known_names = frozenset(one.name for one in self._known.entries)
            if not self._known.entries:
                form.offer_as_first()
            self._add_form(key, form)
        self.told.hide()
        self._turn(key)
        self._forms[key].focus(NAME)

    def _choose_kind(self, is_choosing: bool) -> None:
        self._is_choosing = is_choosing
        self._render()
        if is_choosing:
            next(iter(self.chooser.buttons.values()), self.chooser.cancel).setFocus()
        else:
            self._focus_start()

    # What is done with the one that is shown.

    def _save(self, *, is_tested: bool = False) -> None:
        form, state = self.shown, self._actions.state(self._key)
        if form is None or state.phase is not None:
            return
        draft = form.draft()
        if draft is None:
            state.end(translate(N_("Something is missing above.")))
            self._show_state()
        else:
            self._actions.save(self._key, draft, is_tested=is_tested)

    def _saved(self, key: str, draft: Draft, is_kept: bool) -> None:
        form = self._forms[draft.entry.name] = self._forms.pop(key)
        if self._key == key:
            self._key = draft.entry.name
        if draft.secrets:
            form.is_kept = is_kept
        form.settle(draft)

    def _refuse(self, key: str, field: str, text: str) -> None:
        self._forms[key].refuse(field, text)

    def _test(self) -> None:
        form, state = self.shown, self._actions.state(self._key)
        if form is not None and (form.is_dirty or form.entry is None):
            self._save(is_tested=True)
        elif form is not None and state.phase is None:
            self._actions.test(self._key)

    def _ask_for_secrets(self, name: str, missing: list[str]) -> None:
        form = self._forms.get(name)
        # The first is where the keyboard is to be.
        for secret in reversed(missing):
            if form is not None:
                form.refuse(f"{SECRET}{secret}", translate(N_("Enter it, then test again.")))

    def _stop_test(self) -> None:
        self._actions.stop_test(self._key)
        self.footer.test.setFocus()

    def _discard(self) -> None:
        form = self.shown
        if form is None or self._actions.state(self._key).phase is not None:
            return
        if form.entry is None:
            self._forget(self._key)
            if self._known is not None:
                self._show_known(self._known)
            self._focus_start()
        else:
            form.discard()
            self._actions.state(self._key).end("")
            self._render()
            self.list.setFocus()

    def _ask_removal(self, is_asked: bool) -> None:
        state = self._actions.state(self._key)
        if state.phase is None:
            state.is_asked = is_asked
            self._show_state()
            (self.footer.keep if is_asked else self.footer.remove).setFocus()

    def _removed(self, name: str, removed: RemovedDestination) -> None:
        self._forget(name)
        texts = [translate(N_("“{name}” is removed."), name=removed.name)]
        if removed.still_shared:
            text = N_("Recordings that are shared there still: {count}.")
            texts.append(translate(text, count=len(removed.still_shared)))
        if removed.problem is not None:
            texts.append(translate(N_("Its keys may be in the keyring still.")))
            texts.append(removed.problem.message)
        self.told.setText(" ".join(texts))
        self.told.show()
        QTimer.singleShot(0, self, self._focus_start)

    def _focus_start(self) -> None:
        (self.empty.add if self.empty.isVisibleTo(self) else self.list).setFocus()

    # What is seen of all that.

    def _note_edit(self) -> None:
        form = self.sender()
        key = next((key for key, one in self._forms.items() if one is form), self._key)
        state = self._actions.state(key)
        if state.phase is None:
            # What it says is about something else than what is in the form now.
            state.end("")
            state.report = None
        self._show_rows()
        self._show_state()

    def _render(self) -> None:
        self._show_rows()
        has_rows = bool(self.list.count())
        self.empty.setVisible(not has_rows and not self._is_choosing and self._known is not None)
        self.list.setVisible(has_rows)
        self.add.setVisible(has_rows and not self._is_choosing)
        self.chooser.setVisible(self._is_choosing)
        for form in self._forms.values():
            form.setVisible(form is self.shown)
        self._show_state()

    def _show_rows(self) -> None:
        known = self._known
        rows = []
        for entry in known.entries if known is not None else []:
            form = self._forms.get(entry.name)
            about = known.about.get(entry.name) if known is not None else None
            rows.append(
                Row(
                    entry.name,
                    entry.name,
                    about.title if about is not None else entry.kind,
                    is_default=entry.is_default,
                    is_automatic=entry.is_automatic,
                    is_edited=form is not None and form.is_dirty,
                )
            )
        stored = {row.key for row in rows}
        for key, form in self._forms.items():
            if key not in stored:
                name = str(form.fields[NAME].value) or translate(N_("New destination"))
                rows.append(Row(key, name, form.about.title, is_edited=True))
        self.list.show_rows(rows, self._key)

    def _show_state(self) -> None:
        key, form, known = self._key, self.shown, self._known
        is_stored = known is not None and any(one.name == key for one in known.entries)
        is_known = form is not None
        self.unknown.setVisible(is_stored and not is_known and not self._is_choosing)
        self.footer.setVisible((is_known or is_stored) and not self._is_choosing)
        state = self._actions.state(key)
        is_dirty = form is not None and form.is_dirty
        name = key if not key.startswith(_NEW) else ""
        if form is not None:
            name = name or str(form.fields[NAME].value)
        self.footer.show_state(
            state, name, time.monotonic(), is_stored=is_stored, is_dirty=is_dirty
        )
        self.footer.allow(is_known=is_known)
        if state.report is None or form is None:
            self.findings.clear()
        elif state.report is not self._shown_report:
            self.findings.show_report(state.report)
        self._shown_report = state.report if form is not None else None
        if not self._actions.is_busy:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _show_findings(self, name: str) -> None:
        if name == self._key and self.findings.isVisible():
            self.area.ensureWidgetVisible(self.findings, 0, tokens.SPACE_XL)

    def _watch(self) -> None:
        # The file is replaced as a whole, which only its folder tells; that is made with it.
        folder = str(DestinationsStore().path.parent)
        if self.isVisible() and folder not in self._watcher.directories():
            self._watcher.addPath(folder)

    def _connect(self) -> None:
        self.empty.add_requested.connect(functools.partial(self._choose_kind, True))
        self.add.clicked.connect(lambda: self._choose_kind(True))
        self.chooser.left.connect(functools.partial(self._choose_kind, False))
        self.chooser.chosen.connect(self._begin)
        self.list.turned.connect(self._turn_by_hand)
        self._watcher.directoryChanged.connect(lambda _: self._actions.look())
        footer = self.footer
        footer.save_requested.connect(lambda: self._save())
        footer.test_requested.connect(self._test)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(lambda: self._save())
        footer.discard_requested.connect(self._discard)
        footer.remove_requested.connect(functools.partial(self._ask_removal, True))
        footer.remove_refused.connect(functools.partial(self._ask_removal, False))
        footer.remove_confirmed.connect(lambda: self._actions.remove(self._key))
        footer.stop_requested.connect(self._stop_test)
        actions = self._actions
        actions.looked.connect(self._show_known)
        actions.look_failed.connect(self._fail_to_look)
        actions.saved.connect(self._saved)
        actions.refused.connect(self._refuse)
        actions.secrets_missing.connect(self._ask_for_secrets)
        actions.removed.connect(self._removed)
        actions.changed.connect(self._show_state)
        # Their place is known once everything is laid out anew.
        actions.tested.connect(
            lambda name: QTimer.singleShot(0, self, functools.partial(self._show_findings, name))
        )
        app = QApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(actions.finish)

    def _turn_by_hand(self, key: str) -> None:
        self._is_choosing = False
        self.told.hide()
        self._turn(key)

    def _arrange(self) -> None:
        self.setAccessibleName(page_title(DESTINATIONS))
        self.problem.hide()
        self.told.hide()
        about = line(translate(N_("Where recordings are uploaded to.")), "muted")
        page = QWidget()
        sides = boxes.row(0, self._content)
        page.setMaximumWidth(MOST_WIDTH + 2 * tokens.SPACE_XL)
        sides.addWidget(page, 1000)
        sides.addStretch(1)
        column = boxes.column(tokens.SPACE_L, page)
        column.setContentsMargins(*[tokens.SPACE_XL] * 4)
        for part in (line(page_title(DESTINATIONS), "title"), about, self.problem, self.told):
            column.addWidget(part)
        column.addWidget(self.empty)
        column.addWidget(self.list)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.chooser)
        column.addWidget(self.unknown)
        column.addLayout(self._held)
        column.addWidget(self.findings)
        column.addStretch(1)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        # Its controls take the focus.
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._content)
        whole = boxes.column(0, self)
        whole.addWidget(self.area, 1)
        whole.addWidget(self.footer)
