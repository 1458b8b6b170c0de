"""Pictures of every window in every state, light and dark, at scale 1 and 2.

``python -m tests.gui.pictures FOLDER`` needs no display.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from recorder_app import paths
from recorder_app.ui import icons, style, tray
from recorder_app.ui.area_frame import AreaFrame
from recorder_app.ui.countdown import Countdown
from recorder_app.ui.placing import frame_edges
from recorder_app.ui.record_bar import RecordBar
from recorder_app.ui.result_card import CardContent, ResultCard
from recorder_app.ui.small_window import SmallWindow
from recorder_app.ui.take_menu import TakeMenu
from recorder_app.ui.tokens import DARK, LIGHT, Theme
from tests.gui import views

_MARGIN = 12
_TAKING = [name for name, view in views.ALL.items() if view.state.is_taking]


def main(folder: Path) -> int:
    """Render in processes of their own, as the scale is given once."""
    folder.mkdir(parents=True, exist_ok=True)
    for scale in ("1", "2"):
        env = {**os.environ, "QT_SCALE_FACTOR": scale}
        subprocess.run(
            [sys.executable, "-m", "tests.gui.pictures", str(folder), scale], env=env, check=True
        )
    return 0


def render(folder: Path, scale: str) -> None:
    """Render everything at the scale of this process."""
    app = QApplication([])
    for theme in (LIGHT, DARK):
        style.apply(app, theme)
        shade = "dark" if theme.is_dark else "light"
        for name, window in _windows(theme):
            window.show()
            app.processEvents()
            _on_a_desktop(window, theme).save(str(folder / f"{name}-{shade}-{scale}x.png"))
            window.close()
            window.deleteLater()
        _pictures_of_the_tray(theme).save(str(folder / f"tray-{shade}-{scale}x.png"))
        _frame(app, theme).save(str(folder / f"frame-{shade}-{scale}x.png"))


def _windows(theme: Theme) -> Iterator[tuple[str, QWidget]]:
    for name in _TAKING:
        bar = RecordBar(theme)
        bar.show_view(views.ALL[name])
        yield f"bar-{name}", bar
    bar = RecordBar(theme)
    bar.show_view(views.RECORDING)
    bar.ask_cancel()
    yield "bar-question", bar
    bar = RecordBar(theme)
    bar.show_view(views.RECORDING)
    yield "bar-menu", bar.controls.menu
    for name, view in views.ALL.items():
        small = SmallWindow(theme)
        small.show_view(view)
        yield f"small-{name}", small
    for name in ("idle", "problem", "recording", "countdown", "finishing"):
        menu = TakeMenu(theme)
        menu.set_shortcuts(
            {"start_stop": "Ctrl+Alt+R", "area": "Ctrl+Alt+A", "pause": "Ctrl+Alt+P"}
        )
        menu.set_last_area("1280 x 720")
        menu.set_microphones([("usb", "USB Audio"), ("built-in", "Built-in Audio")], "usb")
        menu.set_system_sound(True)
        menu.set_recent([("Screen 2026-11-21 10.04", "a.webm")])
        menu.show_view(views.ALL[name])
        yield f"menu-{name}", menu
        if name == "idle":
            yield "menu-microphones", menu.microphones
    countdown = Countdown(theme)
    countdown.show_view(views.COUNTDOWN)
    yield "countdown", countdown
    yield from _cards(theme)


def _cards(theme: Theme) -> Iterator[tuple[str, QWidget]]:
    content = CardContent("1", "Screen 2026-11-21 10.04", "a.webm", None, 252.4, 18_300_000)
    yield "card-plain", ResultCard(content, theme)
    poster = paths.resource("pictures/terminal.png")
    card = ResultCard(
        CardContent(
            "1",
            "A title that somebody made rather long so that it does not fit",
            "a.webm",
            poster,
            4252.4,
            1_830_000_000,
            ("The recording ended early because the disk was full. All until then is saved.",),
            is_truncated=True,
        ),
        theme,
    )
    card.say("File copied")
    yield "card-truncated", card
    card = ResultCard(content, theme)
    card.set_poster(poster)
    card.title.setFocus()
    yield "card-rename", card
    card = ResultCard(content, theme)
    card.delete.click()
    yield "card-deleted", card


def _on_a_desktop(window: QWidget, theme: Theme) -> QImage:
    shot = window.grab()
    ratio = shot.devicePixelRatio()
    size = shot.deviceIndependentSize().toSize()
    size.setWidth(size.width() + 2 * _MARGIN)
    size.setHeight(size.height() + 2 * _MARGIN)
    desktop = _empty(size.width(), size.height(), ratio, theme)
    painter = QPainter(desktop)
    painter.drawPixmap(QPoint(_MARGIN, _MARGIN), shot)
    painter.end()
    return desktop


def _pictures_of_the_tray(theme: Theme) -> QImage:
    pictures: list[QIcon] = [*tray.pictures(theme).values(), icons.app_icon()]
    ratio = QApplication.primaryScreen().devicePixelRatio()
    drawn = _empty(len(pictures) * 88, 80, ratio, theme)
    painter = QPainter(drawn)
    half = QRect(0, 40, drawn.width(), 40)
    painter.fillRect(half, QColor(LIGHT.bg if theme.is_dark else DARK.bg))
    for index, picture in enumerate(pictures):
        for top in (4, 44):
            picture.paint(painter, QRect(index * 88 + 4, top + 8, 16, 16))
            picture.paint(painter, QRect(index * 88 + 24, top + 4, 24, 24))
            picture.paint(painter, QRect(index * 88 + 52, top, 32, 32))
    painter.end()
    return drawn


def _frame(app: QApplication, theme: Theme) -> QImage:
    frame = AreaFrame(theme)
    frame.set_state(views.RECORDING)
    frame.show_around(frame_edges(QRect(20, 20, 160, 90), 3, QRect(0, 0, 200, 130)))
    app.processEvents()
    drawn = _empty(200, 130, QApplication.primaryScreen().devicePixelRatio(), theme)
    painter = QPainter(drawn)
    for edge in frame.edges:
        painter.drawPixmap(edge.pos(), edge.grab())
    painter.end()
    frame.hide()
    return drawn


def _empty(width: int, height: int, ratio: float, theme: Theme) -> QImage:
    drawn = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(theme.bg) if theme.is_dark else QColor(theme.line))
    return drawn


if __name__ == "__main__":
    if len(sys.argv) > 2:
        render(Path(sys.argv[1]), sys.argv[2])
    else:
        sys.exit(main(Path(sys.argv[1])))
