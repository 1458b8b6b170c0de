"""“Test recording”: some seconds of the chosen sound, and how it sounds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from recorder_app.errors import Cancelled, RecorderError
from recorder_app.media.sound import Samples
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.background import Background
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.input_meter import InputMeter
from recorder_app.ui.tokens import SPACE_S, SPACE_XS

OnLevel = Callable[[float, float], None]


class SoundTest(Protocol):
    """What records and plays. Both wait, and tell peaks in dBFS with the seconds left.

    They end soon after `stop` is set. Both raise RecorderError.
    """

    def record(self, on_level: OnLevel, stop: threading.Event) -> Samples: ...

    def play(self, samples: Samples, on_level: OnLevel, stop: threading.Event) -> None: ...


class SoundTestPanel(QWidget):
    """The button, and what goes on. `running_changed` tells when devices are in use."""

    running_changed = Signal(bool)
    # Whether it plays, how loud it is, and the seconds left; which test it is of comes first.
    _level = Signal(object, bool, float, float)

    def __init__(self, test: SoundTest) -> None:
        super().__init__()
        self._test = test
        self._background = Background(self, "sound test")
        self._stop: threading.Event | None = None
        self.button = TextButton(translate(N_("Test recording")))
        self.button.setAccessibleDescription(
            translate(N_("Record some seconds with these settings and play them."))
        )
        self.meter = InputMeter()
        self.meter.setAccessibleName(translate(N_("Level")))
        self.state = QLabel()
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("kind", "warn")
        row = boxes.row(SPACE_S)
        row.addWidget(self.button)
        row.addWidget(self.state)
        row.addWidget(self.meter, 1)
        row.addStretch(0)
        whole = boxes.column(SPACE_XS, self)
        whole.addLayout(row)
        whole.addWidget(self.problem)
        self._show_idle("")
        self.button.clicked.connect(self._toggle)
        self._level.connect(self._show_level)

    @property
    def is_running(self) -> bool:
        return self._stop is not None

    def stop(self) -> None:
        """End it, if it runs."""
        if self._stop is not None:
            self._stop.set()

    def _toggle(self) -> None:
        if self._stop is not None:
            self._stop.set()
            return
        stop = self._stop = threading.Event()
        self.button.setText(translate(N_("Stop")))
        self.button.setAccessibleName(self.button.text())
        self.problem.hide()
        self.meter.show_words("")
        self.state.setText(translate(N_("Listening...")))
        for each in (self.state, self.meter):
            each.show()
        self.running_changed.emit(True)
        self._background.run(
            lambda: self._work(stop), lambda _: self._end(""), lambda error: self._end(_told(error))
        )

    def _work(self, stop: threading.Event) -> None:
        def tell(is_playing: bool) -> OnLevel:
            return lambda peak_db, left_s: self._level.emit(stop, is_playing, peak_db, left_s)

        samples = self._test.record(tell(False), stop)
        if not stop.is_set():
            self._test.play(samples, tell(True), stop)

    def _show_level(
        self, stop: threading.Event, is_playing: bool, peak_db: float, left_s: float
    ) -> None:
        if stop is not self._stop:
            return
        text = N_("Playing: {left} s") if is_playing else N_("Recording: {left} s")
        self.state.setText(translate(text, left=f"{left_s:.1f}"))
        self.meter.show_level(peak_db)

    def _end(self, problem: str) -> None:
        self._stop = None
        self._show_idle(problem)
        self.running_changed.emit(False)

    def _show_idle(self, problem: str) -> None:
        self.button.setText(translate(N_("Test recording")))
        self.button.setAccessibleName(self.button.text())
        for each in (self.state, self.meter):
            each.hide()
        self.problem.setText(f"⚠ {problem}" if problem else "")
        self.problem.setVisible(bool(problem))


def _told(error: Exception) -> str:
    if isinstance(error, Cancelled):
        return ""
    if not isinstance(error, RecorderError):
        raise error
    return str(error)
