"""The menu of everything frequent, with two faces: nothing is recorded, or a take is under way."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from recorder_app.texts import N_, clock_text, translate
from recorder_app.ui import icons
from recorder_app.ui.microphone_menu import NO_MICROPHONE, MicrophoneMenu
from recorder_app.ui.sound_choices import SoundOffer
from recorder_app.ui.take_texts import has_microphone, plain, state_text
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import Theme

# Keys of the shortcuts and the actions that show them.
_SHORTCUTS = {
    "start_stop": ("screen", "stop"),
    "pause": ("pause", "resume"),
    "area": ("area",),
    "last_area": ("last_area",),
    "cancel": ("cancel_countdown",),
    "marker": ("mark",),
    "mute": ("mute", "unmute"),
    "screenshot": ("screenshot",),
}
_ICON_SIZE = 16


class TakeMenu(QMenu):
    """Draws itself from a view; what is chosen is only asked for."""

    record_requested = Signal(str)
    stop_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    mark_requested = Signal()
    mute_requested = Signal(bool)
    cancel_requested = Signal()
    screenshot_requested = Signal()
    microphone_chosen = Signal(str)
    system_sound_chosen = Signal(bool)
    recent_opened = Signal(str)
    share_requested = Signal()
    uploads_paused = Signal(bool)
    library_requested = Signal()
    settings_requested = Signal()
    problem_requested = Signal()
    quit_requested = Signal()

    def __init__(
        self, theme: Theme, *, has_library: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view = TakeView()
        self._has_library = has_library
        self._icons: dict[QAction, str] = {}
        self._actions: dict[str, QAction] = {}
        self._fill_taking()
        self._fill_idle()
        self.set_theme(theme)
        self.show_view(self._view)

    def show_view(self, view: TakeView) -> None:
        """Show what can be done now."""
        self._view = view
        idle, live = not view.state.is_taking, view.state.is_live
        starting = view.state in (AppState.PREPARING, AppState.COUNTDOWN)
        shown = {
            "problem": view.state is AppState.PROBLEM,
            "state": not idle and not live,
            "stop": live,
            "pause": view.state is AppState.RECORDING,
            "resume": view.state is AppState.PAUSED,
            "mark": live,
            "mute": live and has_microphone(view) and not view.is_muted,
            "unmute": live and has_microphone(view) and view.is_muted,
            "cancel": live,
            "cancel_countdown": starting,
            "last_area": idle and bool(self._actions["last_area"].data()),
            "recent": idle and not self.recent.isEmpty(),
            "share": idle and not self.recent.isEmpty(),
            "uploads": bool(self._actions["uploads"].data()),
            "library": self._has_library,
            "break_sound": idle,
        }
        for name in ("screen", "area", "window", "screenshot", "microphone", "system_sound"):
            shown[name] = idle
        for name, is_shown in shown.items():
            self._actions[name].setVisible(is_shown)
        for name in ("screen", "area", "window", "last_area"):
            self._actions[name].setEnabled(view.state is AppState.IDLE)
        self._actions["state"].setText(state_text(view))
        self._set_text("stop", N_("Stop"), clock_text(view.elapsed_s))

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        for action, name in self._icons.items():
            colour = theme.rec if name == "record" else theme.text
            action.setIcon(icons.icon(name, colour, _ICON_SIZE))

    def set_shortcuts(self, shortcuts: dict[str, str]) -> None:
        """Show the shortcuts beside what they do. They are the desktop's, not this menu's."""
        for key, names in _SHORTCUTS.items():
            for name in names:
                self._actions[name].setShortcut(QKeySequence(shortcuts.get(key, "")))

    def set_last_area(self, size: str) -> None:
        """Offer the last area, which is of that size; with "" there is none yet."""
        self._actions["last_area"].setData(size)
        self._set_text("last_area", N_("Record last area"), size)
        self.show_view(self._view)

    def set_sound(self, offer: SoundOffer) -> None:
        """Show which sound is recorded, and offer the microphones there are."""
        self.set_microphones(list(offer.microphones), offer.microphone)
        self.set_system_sound(offer.has_system_sound)

    def set_microphones(self, microphones: list[tuple[str, str]], chosen: str) -> None:
        """Offer microphones, each a name and how people know it."""
        self.microphones.offer(microphones, chosen)
        title = translate(N_("Microphone"))
        self.microphones.setTitle(f"{title}: {plain(self.microphones.chosen_text, 28)}")

    def set_system_sound(self, is_recorded: bool) -> None:
        """Show whether what the speakers play is recorded too."""
        self._actions["system_sound"].setChecked(is_recorded)
        # Beside an icon no tick is drawn.
        beside = translate(N_("on")) if is_recorded else translate(N_("off"))
        self._set_text("system_sound", N_("System sound"), beside)

    def set_recent(self, recent: list[tuple[str, str]]) -> None:
        """Offer the latest recordings, each a title and its file."""
        self.recent.clear()
        for title, path in recent:
            action = self.recent.addAction(plain(title))
            action.triggered.connect(lambda _=False, path=path: self.recent_opened.emit(path))
        self.show_view(self._view)

    def set_uploads(self, progress: str, *, is_paused: bool) -> None:
        """Show how far uploads are, and offer to pause them or to go on; "" when there are none."""
        self._actions["uploads"].setData(progress)
        self._actions["pause_uploads"].setVisible(not is_paused)
        self._actions["resume_uploads"].setVisible(is_paused)
        self._set_text("uploads", N_("Uploads"), plain(progress, 60))
        self.show_view(self._view)

    def _fill_taking(self) -> None:
        self._add("problem", N_("Show what is wrong…"), "warning", self.problem_requested.emit)
        self._add("state", N_("Getting ready"), "clock", None).setEnabled(False)
        self._add("stop", N_("Stop"), "stop", self.stop_requested.emit)
        self._add("pause", N_("Pause"), "pause", self.pause_requested.emit)
        self._add("resume", N_("Resume"), "play", self.resume_requested.emit)
        self._add("mark", N_("Add marker"), "flag", self.mark_requested.emit)
        self._add("mute", N_("Mute microphone"), "microphone-off", self._ask_mute)
        self._add("unmute", N_("Unmute microphone"), "microphone", self._ask_mute)
        # The one thing that asks does so in a submenu, as there is no dialog while recording.
        cancelling = self.addMenu(translate(N_("Cancel…")))
        self._remember("cancel", cancelling.menuAction(), "close")
        delete = cancelling.addAction(translate(N_("Delete this recording")))
        delete.triggered.connect(self.cancel_requested)
        self._remember("cancel_delete", delete, "trash")
        cancelling.addAction(translate(N_("Keep recording")))
        self._add("cancel_countdown", N_("Cancel"), "close", self.cancel_requested.emit)

    def _fill_idle(self) -> None:
        for name, text, picture in (
            ("screen", N_("Record screen"), "record"),
            ("area", N_("Record area…"), "area"),
            ("window", N_("Record window…"), "window"),
            ("last_area", N_("Record last area"), "repeat"),
        ):
            self._add(name, text, picture, functools.partial(self.record_requested.emit, name))
        self._add("screenshot", N_("Take screenshot"), "camera", self.screenshot_requested.emit)
        self._actions["break_sound"] = self.addSeparator()
        self.microphones = MicrophoneMenu(self)
        self.microphones.picked.connect(self.microphone_chosen)
        self.addMenu(self.microphones)
        self._remember("microphone", self.microphones.menuAction(), "microphone")
        self.set_microphones([], NO_MICROPHONE)
        sound = self._add("system_sound", N_("System sound"), "speaker", None)
        sound.setCheckable(True)
        sound.triggered.connect(self.system_sound_chosen)
        sound.toggled.connect(self.set_system_sound)
        self.set_system_sound(False)
        self.addSeparator()
        self.recent = self.addMenu(translate(N_("Recent")))
        self._remember("recent", self.recent.menuAction(), "clock")
        self._add("share", N_("Copy link of the latest"), "link", self.share_requested.emit)
        uploads = self.addMenu(translate(N_("Uploads")))
        self._remember("uploads", uploads.menuAction(), "upload")
        for name, text, is_paused in (
            ("pause_uploads", N_("Pause all"), True),
            ("resume_uploads", N_("Go on"), False),
        ):
            action = uploads.addAction(translate(text))
            action.triggered.connect(functools.partial(self._pause_uploads, is_paused))
            self._remember(name, action, "pause" if is_paused else "play")
        self._add("library", N_("Library"), "library", self.library_requested.emit)
        self._add("settings", N_("Settings"), "settings", self.settings_requested.emit)
        self._add("quit", N_("Quit"), "quit", self.quit_requested.emit)

    def _add(self, name: str, text: str, picture: str, act: Callable[[], None] | None) -> QAction:
        action = self.addAction(translate(text))
        # Shown beside the text only: the desktop's own shortcut would come a second time.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        if act is not None:
            action.triggered.connect(lambda _=False: act())
        return self._remember(name, action, picture)

    def _remember(self, name: str, action: QAction, picture: str) -> QAction:
        action.setObjectName(name)
        self._actions[name] = action
        self._icons[action] = picture
        return action

    def _set_text(self, name: str, text: str, beside: str = "") -> None:
        shown = translate(text)
        self._actions[name].setText(f"{shown}\t{beside}" if beside else shown)

    def _pause_uploads(self, is_paused: bool, _is_checked: bool = False) -> None:
        self.uploads_paused.emit(is_paused)

    def _ask_mute(self) -> None:
        self.mute_requested.emit(not self._view.is_muted)
