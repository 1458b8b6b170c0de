"""How loud one sound is now, or in a word why it is not heard."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from recorder_app.pipeline.events import SoundStatistics
from recorder_app.texts import N_, translate
from recorder_app.ui import icons
from recorder_app.ui.tokens import MUTED_PX, SPACE_XS, Theme

_QUIETEST_DB = -60.0
# Above it the loudest parts are about to be cut off.
_HOT_DB = -3.0
_ICON, _BAR_WIDTH, _BAR_HEIGHT = 14, 52, 6
_NAMES = {"microphone": N_("Microphone"), "system": N_("System sound")}
_PICTURES = {"microphone": "microphone", "system": "speaker"}


class LevelMeter(QWidget):
    """An icon and a bar of the loudest moment, from -60 to 0 dBFS."""

    def __init__(self, sound: SoundStatistics, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sound = sound
        self._is_muted = False
        self.setAccessibleName(translate(_NAMES.get(sound.kind, sound.kind)))
        self.show_sound(sound, is_muted=sound.is_muted)

    @property
    def kind(self) -> str:
        """Which sound it is."""
        return self._sound.kind

    @property
    def word(self) -> str:
        """What is shown instead of a level: muted, lost or nothing."""
        if self._sound.is_lost:
            return translate(N_("lost"))
        return translate(N_("muted")) if self._is_muted else ""

    @property
    def level(self) -> float:
        """How much of the bar is filled, 0 to 1."""
        return max(0.0, min(1.0, 1 - self._sound.peak_db / _QUIETEST_DB))

    def show_sound(self, sound: SoundStatistics, *, is_muted: bool) -> None:
        """Show how the sound is now."""
        self._sound = sound
        self._is_muted = is_muted or sound.is_muted
        said = self.word or f"{max(_QUIETEST_DB, sound.peak_db):.0f} dB"
        self.setAccessibleDescription(said)
        self.setToolTip(f"{sound.device or self.accessibleName()}: {said}")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(_ICON + SPACE_XS + _BAR_WIDTH, _ICON + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon and the level or the word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, word = self._theme, self.word
        colour = theme.warn if word else theme.muted
        name = _PICTURES.get(self._sound.kind, "microphone")
        if word and name == "microphone":
            name = "microphone-off"
        ratio = self.devicePixelRatioF()
        top = (self.height() - _ICON) // 2
        painter.drawPixmap(0, top, icons.pixmap(name, colour, _ICON, ratio))
        left = _ICON + SPACE_XS
        if word:
            font = self.font()
            font.setPixelSize(MUTED_PX)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            room = self.rect().adjusted(left, 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, word)
            return
        bar = QRectF(left, (self.height() - _BAR_HEIGHT) / 2, _BAR_WIDTH, _BAR_HEIGHT)
        radius = _BAR_HEIGHT / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(bar, radius, radius)
        painter.setClipRect(QRectF(bar.left(), bar.top(), bar.width() * self.level, bar.height()))
        painter.setBrush(QColor(theme.warn if self._sound.peak_db > _HOT_DB else theme.accent))
        painter.drawRoundedRect(bar, radius, radius)
