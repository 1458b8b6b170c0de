"""The icon in the panel: its shape says the state, a left click starts or stops, a right one asks.

The pulse of the red disc is two pictures and one timer that runs only while recording.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from recorder_app.ui import icons
from recorder_app.ui.take_menu import TakeMenu
from recorder_app.ui.take_texts import summary
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import Theme

# Slow: each change is a change on the screen that may be recorded.
_PULSE_MS = 1000


class Tray(QObject):
    """Shows the state of a take in the panel and passes on what is asked there."""

    toggled = Signal()

    def __init__(
        self,
        theme: Theme,
        reduced_motion: bool = False,
        has_library: bool = False,
        parent: QObject | None = None,
    ) -> None:
        QObject.__init__(self, parent)
        self._reduced_motion = reduced_motion
        self._view = TakeView()
        self._uploads = ""
        self.menu = TakeMenu(theme, has_library=has_library)
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._on_activated)
        self._pulse = QTimer(self, interval=_PULSE_MS)
        self._pulse.timeout.connect(self._beat)
        self._pictures: dict[str, QIcon] = {}
        self._shown = ""
        self.set_theme(theme)

    @staticmethod
    def is_available() -> bool:
        """Whether the desktop has a place for the icon."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Show the icon."""
        self._icon.show()

    def hide(self) -> None:
        """Take the icon away."""
        self._icon.hide()

    def balloon(self, title: str, text: str) -> None:
        """Say something beside the icon, where there is no service for notifications."""
        self._icon.showMessage(title, text)

    def show_view(self, view: TakeView) -> None:
        """Show the state in the icon, its tooltip and the menu."""
        self._view = view
        self.menu.show_view(view)
        self._show_tooltip()
        is_recording = view.state is AppState.RECORDING
        if is_recording and self._shown.startswith("recording"):
            return
        self._show_picture(_PICTURE_OF[view.state])
        if is_recording and not self._reduced_motion:
            self._pulse.start()
        else:
            self._pulse.stop()

    def show_uploads(self, progress: str) -> None:
        """Say in the tooltip how far uploads are; "" when there are none."""
        self._uploads = progress
        self._show_tooltip()

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._pictures = pictures(theme)
        self.menu.set_theme(theme)
        self._shown = ""
        self.show_view(self._view)

    def set_reduced_motion(self, is_reduced: bool) -> None:
        """Have the red sign pulse, or not."""
        if is_reduced is not self._reduced_motion:
            self._reduced_motion = is_reduced
            self._shown = ""
            self.show_view(self._view)

    def _show_tooltip(self) -> None:
        text = "\n".join(each for each in (summary(self._view), self._uploads) if each)
        if text != self._icon.toolTip():
            self._icon.setToolTip(text)

    def _beat(self) -> None:
        self._show_picture("recording-low" if self._shown == "recording" else "recording")

    def _show_picture(self, name: str) -> None:
        if name != self._shown:
            self._shown = name
            self._icon.setIcon(self._pictures[name])

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # A right click comes as Context and opens the menu by itself.
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.toggled.emit()


_PICTURE_OF = {
    AppState.IDLE: "idle",
    AppState.PREPARING: "countdown",
    AppState.COUNTDOWN: "countdown",
    AppState.RECORDING: "recording",
    AppState.PAUSED: "paused",
    AppState.FINISHING: "finishing",
    AppState.PROBLEM: "problem",
}


def pictures(theme: Theme) -> dict[str, QIcon]:
    """Return the icon of every state.

    Each has a body with an edge of the other shade, as the panel's colour is not known.
    """

    def made(shape: str, colour: str, glyph: str) -> QIcon:
        body = ((f"tray-{shape}", theme.bg), (f"tray-{shape}-inner", colour))
        return icons.layered_icon(*body, (f"tray-{glyph}", theme.bg))

    ring = ("tray-disc", theme.bg)
    return {
        "idle": made("body", theme.text, "idle"),
        "countdown": made("disc", theme.text, "countdown"),
        "recording": icons.layered_icon(ring, ("tray-disc-inner", theme.rec)),
        "recording-low": icons.layered_icon(ring, ("tray-disc-small", theme.rec)),
        "paused": made("body", theme.text, "paused"),
        "finishing": made("body", theme.text, "finishing"),
        "problem": made("triangle", theme.warn, "problem"),
    }
