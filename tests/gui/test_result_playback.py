"""Playing what is kept: where it leaps and ends, whatever the pictures' timing is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from recorder_app.edit.timeline import Range
from recorder_app.ui.editor import result_playback, skipping
from recorder_app.ui.editor.result_playback import ResultPlayback
from recorder_app.ui.editor.shuttle import STEP_MS, Shuttle

# Of a screen on which little happens: a picture every two seconds.
UNEVEN = Fraction(2)
KEPT = [Range(Fraction(2), Fraction(4)), Range(Fraction(20), Fraction(21))]


class Engine(QObject):
    """Stands where it is told to; its pictures come when a test says so."""

    pictured = Signal(QImage, float)
    moved = Signal(float)
    ended = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.sought: list[float] = []

    def open(self, path: str) -> None: ...

    def close_media(self) -> None: ...

    def play(self) -> None: ...

    def pause(self) -> None: ...

    def set_room(self, room: QSize) -> None: ...

    def set_speed(self, speed: float) -> None: ...

    def set_volume(self, volume: float, *, is_muted: bool) -> None: ...

    def seek(self, at_s: float) -> None:
        self.sought.append(at_s)


pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def playback(monkeypatch: pytest.MonkeyPatch) -> Iterator[ResultPlayback]:
    monkeypatch.setattr("recorder_app.ui.editor.engine.PlaybackEngine", Engine)
    # A loaded machine takes its time between two lines of a test.
    monkeypatch.setattr(result_playback, "_LEAP_LIMIT_S", 60.0)
    owner = QObject()
    made = ResultPlayback(owner)
    made.set_file("film")
    made.set_kept(KEPT, UNEVEN)
    made.play(Fraction(2))
    yield made
    made.close()


def engine_of(playback: ResultPlayback) -> Engine:
    engine = playback._engine
    assert isinstance(engine, Engine)
    return engine


def test_parts_are_played_to_their_ends(playback: ResultPlayback, qtbot: QtBot) -> None:
    engine = engine_of(playback)
    shown: list[float] = []
    playback.moved.connect(shown.append)
    for at_s in (2.0, 3.0, 3.9, 3.99):
        engine.pictured.emit(QImage(), at_s)
    assert shown == [2.0, 3.0, 3.9, 3.99]
    assert len(engine.sought) == 1
    # The first picture that is out, in the player's thousandths.
    engine.pictured.emit(QImage(), 3.9995)
    assert shown[-1] == 3.99
    assert engine.sought[-1] == pytest.approx(20, abs=0.02)
    engine.moved.emit(20.0)
    engine.moved.emit(20.99)
    with qtbot.waitSignals([playback.ended, playback.stopped], order="strict"):
        engine.moved.emit(21.0)
    assert not playback.is_playing


def test_pictures_of_before_a_leap_are_not_shown_after_it(playback: ResultPlayback) -> None:
    engine = engine_of(playback)
    shown: list[float] = []
    engine.moved.emit(2.0)
    engine.moved.emit(4.0)
    assert len(engine.sought) == 2
    playback.moved.connect(shown.append)
    engine.moved.emit(20.0)
    # Converted late.
    for at_s in (3.5, 4.1):
        engine.pictured.emit(QImage(), at_s)
    assert shown == [20.0]
    assert len(engine.sought) == 2


def test_backwards_the_time_goes_as_it_is_played(qtbot: QtBot) -> None:
    owner = QObject()
    moments: list[Fraction] = []
    shuttle = Shuttle(owner)
    shuttle.moved.connect(moments.append)
    step, start = Fraction(STEP_MS, 1000), Fraction("20.1")
    shuttle.start(KEPT, start)
    qtbot.waitUntil(lambda: len(moments) >= 2)
    assert moments[:2] == [start - step, start - 2 * step]
    # Twice as fast, and eight times is the most.
    for presses, times in ((1, 2), (5, 8)):
        before = len(moments)
        for _ in range(presses):
            shuttle.start(KEPT, start)
        with qtbot.waitSignal(shuttle.moved):
            pass
        assert moments[before] == skipping.earlier(KEPT, moments[before - 1], times * step)
    with qtbot.waitSignal(shuttle.ended):
        pass
    assert moments[-1] == 2
    assert not shuttle.is_active


def test_the_end_of_the_file_is_an_end(playback: ResultPlayback, qtbot: QtBot) -> None:
    with qtbot.waitSignal(playback.ended):
        engine_of(playback).ended.emit()
    assert not playback.is_playing
