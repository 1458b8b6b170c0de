"""The app: everything that is shown, wired to the takes, the settings and the command line."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QApplication

from recorder_app.errors import InvalidStateError, RecorderError
from recorder_app.pipeline.events import ErrorReport, Finished, RecordingState
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.settings import Settings
from recorder_app.settings.store import SettingsStore
from recorder_app.system import autostart
from recorder_app.system.awake import KeepAwake
from recorder_app.system.quiet import Quiet
from recorder_app.texts import N_, translate
from recorder_app.ui import crash_report, folders, style
from recorder_app.ui.background import Background
from recorder_app.ui.command_server import CommandServer
from recorder_app.ui.commands import Commands
from recorder_app.ui.library_desk import LibraryDesk
from recorder_app.ui.look import Monitors
from recorder_app.ui.motion import Motion
from recorder_app.ui.notifications import Notifier
from recorder_app.ui.own_windows import OwnWindows
from recorder_app.ui.picker.area_picker import AreaPicker
from recorder_app.ui.problems import Problems, confirmed
from recorder_app.ui.recorder import Recorder
from recorder_app.ui.recovery import Recovery
from recorder_app.ui.remembered import Memory
from recorder_app.ui.results import Results
from recorder_app.ui.settings_watch import SettingsWatch
from recorder_app.ui.sharing import Sharing
from recorder_app.ui.shortcuts import Shortcuts
from recorder_app.ui.small_window import SmallWindow
from recorder_app.ui.sound_choices import SoundChoices
from recorder_app.ui.starts import Starts
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.take_windows import TakeWindows
from recorder_app.ui.tray import Tray
from recorder_app.ui.worker import Worker

_log = logging.getLogger(__name__)

# A panel that starts with the session may come some seconds after the app.
_TRAY_EVERY_MS = 500
_TRAY_PATIENCE = 6
# What was cut short is looked for when the start itself is over.
_RECOVERY_MS = 2000


class App(QObject):
    """Owns all of it. Used on the GUI thread."""

    _settings_changed = Signal(object)

    def __init__(self, qt: QApplication, store: SettingsStore, parent: QObject | None = None):
        super().__init__(parent)
        self._qt = qt
        self._store = store
        self._theme = style.chosen_theme(store.current.appearance.theme)
        style.apply(qt, self._theme)
        self._background = Background(self, "app")
        self._memory = Memory(self._background)
        self._library = Background(self, "library")
        self._notifier = Notifier(self)
        self.recorder = Recorder(self)
        self._windows = TakeWindows(self._theme, self)
        if self._memory.state.bar is not None:
            self._windows.bar_was_at = QPoint(*self._memory.state.bar)
        self._worker = Worker(self)
        self._sharing = Sharing(self._worker, self._notifier, self)
        self.results = Results(
            self._theme, self._library, self._notifier, self._worker, self._sharing, self
        )
        self._recovery = Recovery(self._notifier, self)
        self._desk = LibraryDesk(
            self._theme, store, self._memory, self._worker, self._sharing, self
        )
        self._monitors = Monitors(self._background, self)
        self._picker = AreaPicker(self._theme, parent=self)
        self._settings_watch = SettingsWatch(store, self._background, self)
        self._sound = SoundChoices(store, self._background, self)
        self._starts = Starts(
            *(self.recorder, store, self._memory, self._monitors, self._sound, self._picker),
            self._try,
            self,
        )
        self._motion = Motion(self)
        self._awake = KeepAwake()
        self._quiet = Quiet()
        self._shortcuts = Shortcuts(self)
        self._problem: RecorderError | None = None
        self._problems = Problems(self._notifier, self)
        self._own_windows = OwnWindows(
            store, self._monitors, self._shortcuts, self._theme, self._change, self
        )
        self._own_windows.settings_at = self._memory.state.settings
        self._own_windows.attach(self._sharing)
        self._is_quitting = self._is_asking = False
        self._face: Tray | SmallWindow = Tray(self._theme, has_library=True)
        self._commands = Commands(self)
        self._server = CommandServer(self._commands.obey, self)
        self._wire()

    # Start and end.

    def begin(self) -> None:
        """Appear, then do what takes time."""
        self._show_face()
        QTimer.singleShot(0, self._begin_later)

    def quit(self, *, asks: bool = True) -> bool:
        """End the app; a take is finished first, once that was allowed. Return whether it ends."""
        if self.recorder.view.state.is_taking and asks and not self._is_quitting:
            question = N_("A recording is running. Stop it, save it and quit?")
            if self._is_asking:
                return False
            self._is_asking = True
            is_allowed = confirmed(
                question, N_("Save and quit"), N_("Keep recording"), is_safe=True
            )
            self._is_asking = False
            if not is_allowed:
                return False
        known = self._sharing.known
        if known is not None and known.is_moving:
            self._notifier.notify(
                "uploads left",
                translate(N_("Uploads are not done")),
                translate(N_("They go on when Recorder is started again.")),
            )
        # It may have ended by itself meanwhile.
        if not self.recorder.view.state.is_taking:
            self._end()
        elif not self._is_quitting:
            self._is_quitting = True
            with contextlib.suppress(InvalidStateError):
                self.recorder.stop()
        return True

    def end_by_signal(self) -> None:
        """End the app at once, as the session wants; a take goes on and hears of it itself."""
        self._end()

    @property
    def last_target(self) -> str:
        """What was recorded last, as the recorder takes it."""
        return self._memory.state.last_target

    @property
    def last_kind(self) -> str:
        """What kind of thing that was: screen, area or window."""
        return self._memory.state.last_kind

    def show_running(self) -> None:
        """Show that it runs already."""
        if isinstance(self._face, SmallWindow):
            self._face.show()
            self._face.raise_()
            self._face.activateWindow()
            return
        self._notifier.notify(
            "running",
            translate(N_("Recorder is running")),
            translate(N_("Its icon is in the panel. Click it to record.")),
        )

    def _begin_later(self) -> None:
        crash_report.install(self._problems.crashed)
        if (report := crash_report.previous_crash()) is not None:
            self._problems.crashed(report)
        self.recorder.begin()
        self._monitors.look()
        self._apply(self._store.current)
        self._settings_watch.begin()
        self._motion.start()
        self._background.run(self._quiet.repair, _nothing)
        self.results.refresh_recent()
        self._worker.wake()
        QTimer.singleShot(_RECOVERY_MS, self._recovery.look)
        self._sharing.look()
        if not self._memory.state.was_welcomed:
            self._memory.note(was_welcomed=True)
            self._own_windows.show_first_run()

    def _end(self) -> None:
        self.recorder.close()
        self._server.close()
        self._shortcuts.close()
        self._motion.close()
        self._awake.stop()
        self._quiet.stop()
        self.results.close()
        self._desk.close()
        self._sharing.close()
        self._worker.close()
        self._recovery.close()
        self._notifier.close_all()
        self._windows.close()
        self._problems.close()
        self._own_windows.close()
        self._background.finish(1.0)
        self._quiet.wait(1.0)
        self._qt.quit()

    def ask_cancel(self) -> None:
        """End the take and keep nothing, once that was confirmed; a countdown needs no asking."""
        if not self.recorder.view.state.is_live:
            self._try(self.recorder.cancel)
        elif self._windows.has_bar:
            self._windows.bar.ask_cancel()
        elif confirmed(N_("Delete this recording?"), N_("Delete"), N_("Keep recording")):
            self._try(self.recorder.cancel)

    # Wiring.

    def _wire(self) -> None:
        self.recorder.changed.connect(self._show)
        self.recorder.finished.connect(self._finished)
        self.recorder.failed.connect(self._failed)
        self.recorder.entered.connect(self.results.entered)
        self.recorder.cut_short.connect(self._recovery.look)
        self._recovery.recovered.connect(self.results.recovered)
        self._recovery.played.connect(self.results.play)
        self._recovery.folder_wanted.connect(folders.show_in_folder)
        self.recorder.replied.connect(self._commands.reply)
        self.results.failed.connect(self._failed_here)
        self.results.recent_changed.connect(lambda recent: self._face.menu.set_recent(recent))
        self._starts.about_to_pick.connect(self.results.make_room)
        self._starts.last_area_changed.connect(
            lambda: self._face.menu.set_last_area(self._last_area_text())
        )
        self.results.trim_requested.connect(self._desk.trim)
        self._desk.record_requested.connect(lambda: self._try(lambda: self.record("screen")))
        self._desk.changed.connect(self.results.refresh_recent)
        self.results.entered_changed.connect(self._desk.refresh)
        self._sharing.failed.connect(self._failed_here)
        self._sharing.followed.connect(lambda _: self._show_uploads())
        self._picker.failed.connect(self._failed_here)
        self._sound.failed.connect(self._failed_here)
        self._sound.attach(self._picker)
        self._picker.saved.connect(self._screenshot_saved)
        self._monitors.told.connect(self._note_problem)
        self._notifier.not_shown.connect(self._balloon)
        self._shortcuts.asked.connect(lambda name: self._try(lambda: self._commands.do(name)))
        self._shortcuts.preset_asked.connect(
            lambda name: self._try(lambda: self._starts.start_preset(name))
        )
        self._shortcuts.failed.connect(self._shortcut_failed)
        self._settings_changed.connect(self._apply)
        self._own_windows.settings_left.connect(lambda at: self._memory.note(settings=at))
        self._motion.changed.connect(self._reduce_motion)
        self._store.subscribe(self._settings_changed.emit)
        self._qt.styleHints().colorSchemeChanged.connect(lambda _: self._retheme())
        bar, countdown = self._windows.bar, self._windows.countdown
        bar.restart_requested.connect(partial(self._try, self.recorder.restart))
        bar.moved.connect(self._bar_moved)
        countdown.skip_requested.connect(
            lambda: self._starts.skip_countdown(int(self._windows.countdown.winId()))
        )
        countdown.cancel_requested.connect(partial(self._try, self.recorder.cancel))
        for source in (bar, self._face.menu):
            self._wire_take(source)
        self._wire_face()

    def _wire_take(self, source: QObject) -> None:
        recorder = self.recorder
        for name, action in (
            ("stop_requested", recorder.stop),
            ("pause_requested", recorder.pause),
            ("resume_requested", recorder.resume),
            ("mark_requested", recorder.mark),
            ("cancel_requested", recorder.cancel),
        ):
            getattr(source, name).connect(partial(self._try, action))
        source.mute_requested.connect(  # type: ignore[attr-defined]
            lambda is_muted: self._try(lambda: recorder.mute(is_muted))
        )

    def _wire_face(self) -> None:
        if isinstance(self._face, Tray):
            self._face.toggled.connect(lambda: self._try(self.toggle))
        menu = self._face.menu
        menu.record_requested.connect(lambda kind: self._try(lambda: self.record(kind)))
        menu.screenshot_requested.connect(lambda: self._try(self.screenshot))
        menu.recent_opened.connect(self.results.play)
        menu.library_requested.connect(self._desk.open)
        menu.aboutToShow.connect(self._desk.prepare)
        menu.share_requested.connect(self.results.share_latest)
        menu.uploads_paused.connect(self._sharing.pause)
        menu.settings_requested.connect(self._own_windows.show_settings)
        menu.quit_requested.connect(lambda: self.quit())
        menu.problem_requested.connect(self._tell_problem)
        menu.aboutToShow.connect(self._sound.look)
        self._sound.attach(menu)

    def _show_face(self, tries_left: int = _TRAY_PATIENCE) -> None:
        """Be in the tray; without one, after waiting for it, in a small window."""
        if isinstance(self._face, Tray) and Tray.is_available():
            self._face.show()
        elif tries_left > 0:
            QTimer.singleShot(_TRAY_EVERY_MS, lambda: self._show_face(tries_left - 1))
        elif isinstance(self._face, Tray):
            self._face = SmallWindow(self._theme, has_library=True)
            self._wire_take(self._face.menu)
            self._wire_face()
            self._apply(self._store.current)
            self.results.refresh_recent()
            self._show(self.recorder.view)
            self._show_uploads()
            self._face.show()

    # What people ask for.

    def record(self, kind: str) -> None:
        """Record the screen under the pointer, the last area, or what is picked now."""
        self._starts.record(kind)

    def toggle(self) -> None:
        """Stop, or record what was recorded last."""
        self._starts.toggle()

    def show_library(self) -> None:
        """Open the library window."""
        self._desk.open()

    def screenshot(self) -> None:
        """Pick an area for a picture of it."""
        self._starts.screenshot()

    def _try(self, action: Callable[[], object]) -> None:
        """Do what was asked; what cannot be is told."""
        try:
            action()
        except InvalidStateError as error:
            # A button pressed as the state changed: the new state shows already.
            _log.info("not now: %s", error)
        except RecorderError as error:
            self._failed_here(error)

    # What takes say.

    def _show(self, view: TakeView) -> None:
        if self._problem is not None and view.state is AppState.IDLE:
            view = TakeView(state=AppState.PROBLEM, problem=self._problem.message)
        self._face.show_view(view)
        self._windows.show_view(view)
        stored = self._store.current.app
        if view.state.is_taking:
            self._own_windows.give_way()
            if stored.hold_off_sleep:
                self._awake.start()
            if stored.silence_notifications:
                self._quiet.start()
        else:
            self._awake.stop()
            self._quiet.stop()
        if view.warning is not None and not self._windows.has_bar and view.state.is_live:
            self._notifier.notify("health", view.warning.message, urgency="critical")
        self._commands.follow(view)

    def _show_uploads(self) -> None:
        self._face.show_uploads(self._sharing.progress)
        known = self._sharing.known
        self._face.menu.set_uploads(
            self._sharing.progress, is_paused=known is not None and not known.is_moving
        )

    def _finished(self, finished: Finished) -> None:
        self._commands.end(finished)
        if self._is_quitting:
            self._end()
            return
        if finished.state is not RecordingState.CANCELLED:
            self.results.show(finished)

    def _failed(self, report: ErrorReport) -> None:
        if not self._commands.fail(report):
            self._problems.tell(report, is_taking=self.recorder.view.state.is_taking)
        if self._is_quitting:
            self._end()

    def _failed_here(self, error: Exception) -> None:
        # Of no take: who waits for one to start or to end is not answered by this.
        self._problems.tell(as_recorder_error(error), is_taking=self.recorder.view.state.is_taking)

    def _note_problem(self, problem: RecorderError | None) -> None:
        """Keep in sight what keeps the app from recording at all."""
        self._problem = problem
        self._show(self.recorder.view)

    def _tell_problem(self) -> None:
        if self._problem is not None:
            self._problems.tell(self._problem, is_taking=False)
            # Perhaps it was put right.
            self._monitors.look()

    def _balloon(self, _key: str, title: str, body: str) -> None:
        """Show a notification where there is no service for them."""
        if isinstance(self._face, Tray):
            self._face.balloon(title, body)

    def _screenshot_saved(self, path: object) -> None:
        self._notifier.notify("screenshot", translate(N_("Screenshot saved")), str(path))

    # Settings and shortcuts.

    def _change(self, area: str, **changes: object) -> None:
        self._background.run(
            lambda: self._store.update(area, **changes), _nothing, self._failed_here
        )

    def _apply(self, stored: Settings) -> None:
        self._retheme()
        shortcuts = self._shortcuts.set(stored)
        self._face.menu.set_shortcuts(shortcuts | {"area": shortcuts["region"]})
        self._face.menu.set_last_area(self._last_area_text())
        self._own_windows.apply(stored)
        self._sound.apply(stored)
        self._windows.shows_bar = stored.appearance.record_bar
        self.results.card_s = stored.appearance.result_card_s
        self.results.notifies = stored.app.notifications
        self._sharing.notes.shows_good_news = stored.app.notifications
        self._motion.choose(stored.appearance.reduced_motion)
        work = partial(autostart.set_enabled, stored.app.autostart)
        self._background.run(work, _nothing, self._failed_here)

    def _reduce_motion(self, is_reduced: bool) -> None:
        self.results.reduced_motion = self._picker.reduced_motion = is_reduced
        self._desk.reduced_motion = is_reduced
        if isinstance(self._face, Tray):
            self._face.set_reduced_motion(is_reduced)

    def _retheme(self) -> None:
        theme = style.chosen_theme(self._store.current.appearance.theme)
        if theme is self._theme:
            return
        self._theme = theme
        style.apply(self._qt, theme)
        for each in (self._face, self._windows, self.results, self._own_windows, self._desk):
            each.set_theme(theme)
        self._picker.theme = theme

    def _shortcut_failed(self, action: str, error: RecorderError) -> None:
        _log.warning("shortcut not to be had action=%s error=%s", action, error)
        self._problems.note(f"shortcut {action}", error)

    def _last_area_text(self) -> str:
        rect = self._memory.state.last_area
        return "" if rect is None else f"{rect[2]} x {rect[3]}"

    def _bar_moved(self, at: QPoint) -> None:
        self._windows.bar_was_at = at
        self._memory.note(bar=(at.x(), at.y()))


def _nothing(_result: object) -> None:
    pass
