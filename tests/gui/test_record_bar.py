"""The bar beside a recording."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from recorder_app.ui.level_meter import LevelMeter
from recorder_app.ui.record_bar import RecordBar
from recorder_app.ui.take_view import TakeView
from recorder_app.ui.tokens import DARK, LIGHT, Theme
from tests.gui import views
from tests.gui.support import buttons, press, reached_by_tab, shown

LIVE = {"Add marker", "Pause", "Stop", "More"}
SCREEN = [("", QRect(0, 0, 800, 800))]


def make(qtbot: QtBot, view: TakeView, theme: Theme = LIGHT) -> RecordBar:
    bar = RecordBar(theme)
    bar.show_view(view)
    shown(qtbot, bar)
    return bar


def labels(bar: RecordBar) -> dict[str, QLabel]:
    found = bar.findChildren(QLabel)
    return {one.text(): one for one in found if one.isVisibleTo(bar) and one.text()}


@pytest.mark.parametrize(
    ("name", "texts", "named"),
    [
        ("preparing", ["Getting ready"], {"Cancel"}),
        ("countdown", ["Recording starts in 3 s"], {"Cancel"}),
        ("recording", ["00:04:12", "18 MB"], LIVE),
        ("silently", ["00:00:05", "1.2 MB"], LIVE),
        ("warning", ["00:04:12", "18 MB", views.SILENT.message], LIVE),
        ("danger", ["00:04:12", "18 MB", views.FULL.message], LIVE),
        ("paused", ["00:04:12", "Paused"], LIVE - {"Pause"} | {"Resume"}),
        ("finishing", ["Saving the recording"], set()),
    ],
)
def test_what_it_shows(qtbot: QtBot, name: str, texts: list[str], named: set[str]) -> None:
    bar = make(qtbot, views.ALL[name])
    assert list(labels(bar)) == texts
    assert buttons(bar) == named
    assert reached_by_tab(bar) == named


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_warning_is_amber_and_a_danger_red(qtbot: QtBot, theme: Theme) -> None:
    bar = make(qtbot, views.WARNING, theme)
    assert labels(bar)[views.SILENT.message].property("kind") == "warn"
    bar.show_view(views.DANGER)
    assert labels(bar)[views.FULL.message].property("kind") == "danger"
    bar.show_view(views.RECORDING)
    assert views.FULL.message not in labels(bar)


@pytest.mark.parametrize("name", ["recording", "lost", "danger", "warning", "paused"])
def test_no_text_is_cut(qtbot: QtBot, name: str) -> None:
    bar = make(qtbot, views.ALL[name])
    for label in labels(bar).values():
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())
        else:
            assert label.width() >= label.sizeHint().width()
        assert bar.rect().contains(QRect(label.mapTo(bar, QPoint(0, 0)), label.size()))


def test_it_does_not_change_its_size_while_time_passes(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    sizes = set()
    for seconds, size in itertools.product((1, 59, 5111, 40_000), (0, 18_000_000, 4_400_000_000)):
        bar.show_view(TakeView(views.RECORDING.state, seconds, size_bytes=size, sounds=views.BOTH))
        QApplication.processEvents()
        sizes.add(bar.size().toTuple())
    assert len(sizes) == 1


@pytest.mark.parametrize(
    ("view", "button", "signal"),
    [
        (views.RECORDING, "Stop", "stop_requested"),
        (views.RECORDING, "Pause", "pause_requested"),
        (views.PAUSED, "Resume", "resume_requested"),
        (views.RECORDING, "Add marker", "mark_requested"),
        (views.COUNTDOWN, "Cancel", "cancel_requested"),
    ],
)
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_each_button_by_keyboard(
    qtbot: QtBot, view: TakeView, button: str, signal: str, key: Qt.Key
) -> None:
    bar = make(qtbot, view)
    with qtbot.waitSignal(getattr(bar, signal), timeout=500):
        press(bar, button, key)


def test_the_menu_holds_what_is_rarer(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    controls = bar.controls
    press(bar, "More")
    assert controls.menu.isVisible()
    controls.menu.close()
    with qtbot.waitSignal(bar.mute_requested, timeout=100) as caught:
        controls.mute_action.trigger()
    assert caught.args == [True]
    bar.show_view(views.MUTED)
    with qtbot.waitSignal(bar.mute_requested, timeout=100) as caught:
        controls.mute_action.trigger()
    assert caught.args == [False]
    with qtbot.waitSignal(bar.restart_requested, timeout=100):
        controls.restart_action.trigger()
    bar.show_view(views.SILENTLY)
    assert not controls.mute_action.isVisible()


def test_cancelling_asks_in_the_bar(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    with qtbot.assertNotEmitted(bar.cancel_requested):
        bar.controls.cancel_action.trigger()
        assert "Delete this recording?" in labels(bar)
        assert buttons(bar) == {"Delete", "Keep"}
        assert reached_by_tab(bar) == {"Delete", "Keep"}
        # The recording goes on, and its views, while it is asked.
        bar.show_view(views.MUTED)
        assert buttons(bar) == {"Delete", "Keep"}
        press(bar, "Keep")
    assert buttons(bar) == LIVE
    bar.ask_cancel()
    with qtbot.waitSignal(bar.cancel_requested, timeout=500):
        press(bar, "Delete")


def test_keeping_is_what_return_does_and_the_question_ends_with_the_take(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    bar.ask_cancel()
    assert QApplication.focusWidget() is bar.controls.keep
    bar.show_view(views.FINISHING)
    assert buttons(bar) == set()
    bar.show_view(views.RECORDING)
    assert buttons(bar) == LIVE
    bar.show_view(views.IDLE)
    bar.ask_cancel()
    assert buttons(bar) == set()


def test_escape_does_nothing(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    asked = (bar.stop_requested, bar.cancel_requested, bar.pause_requested)
    with qtbot.assertNotEmitted(asked[0]), qtbot.assertNotEmitted(asked[1]):
        QTest.keyClick(QApplication.focusWidget() or bar, Qt.Key.Key_Escape)
    assert bar.isVisible()
    assert buttons(bar) == LIVE


def test_meters_show_the_peak_and_words_for_what_is_not_heard(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    meters = bar.findChildren(LevelMeter)
    assert [(one.accessibleName(), one.accessibleDescription()) for one in meters] == [
        ("Microphone", "-18 dB"),
        ("System sound", "-30 dB"),
    ]
    assert [one.level for one in meters] == pytest.approx([0.7, 0.5])
    bar.show_view(views.MUTED)
    assert [one.word for one in meters] == ["muted", ""]
    bar.show_view(views.LOST)
    assert [one.word for one in meters] == ["lost", ""]


@pytest.mark.parametrize(("peak_db", "level"), [(-200, 0), (-60, 0), (-15, 0.75), (0, 1), (6, 1)])
def test_a_level_is_within_the_bar(qtbot: QtBot, peak_db: float, level: float) -> None:
    meter = LevelMeter(views.sound(peak_db=peak_db), LIGHT)
    qtbot.addWidget(meter)
    assert meter.level == pytest.approx(level)


def test_meters_come_and_go_with_the_sounds(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    bar.show_view(views.SILENTLY)
    assert not [one for one in bar.findChildren(LevelMeter) if one.isVisibleTo(bar)]
    bar.show_view(views.RECORDING)
    assert len([one for one in bar.findChildren(LevelMeter) if one.isVisibleTo(bar)]) == 2


def test_a_louder_sound_is_more_of_the_colour(qtbot: QtBot) -> None:
    def coloured(peak_db: float) -> int:
        meter = LevelMeter(views.sound(peak_db=peak_db), LIGHT)
        qtbot.addWidget(meter)
        drawn = meter.grab().toImage()
        middle = drawn.height() // 2
        return sum(
            drawn.pixelColor(x, middle).name().upper() == LIGHT.accent for x in range(drawn.width())
        )

    assert coloured(-60) < coloured(-40) < coloured(-20) < coloured(-5)


def test_it_can_be_dragged_by_its_body_and_says_where_to(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    bar.move(100, 100)
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(bar, left, pos=QPoint(4, 4))
    QTest.mouseMove(bar, QPoint(54, 24))
    with qtbot.waitSignal(bar.moved, timeout=500) as caught:
        QTest.mouseRelease(bar, left, pos=QPoint(4, 4))
    assert caught.args == [QPoint(150, 120)]
    assert bar.pos() == QPoint(150, 120)
    # A warning makes it taller; who dragged it has chosen its place.
    bar.show_view(views.DANGER)
    QApplication.processEvents()
    assert bar.pos() == QPoint(150, 120)
    assert bar.place((0, 0, 10, 10), SCREEN)
    assert bar.pos() == QPoint(150, 120)


def test_where_it_was_left_comes_first_unless_it_would_be_in_the_picture(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    remembered = QPoint(20, 30)
    assert bar.place((0, 300, 800, 300), SCREEN, remembered)
    assert bar.pos() == remembered
    assert bar.place((0, 0, 800, 300), SCREEN, remembered)
    assert bar.pos().y() == 312
    assert bar.place((0, 300, 800, 300), SCREEN, QPoint(5000, 0))
    assert bar.pos().y() == 612


def test_a_click_on_the_body_is_no_move(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    with qtbot.assertNotEmitted(bar.moved):
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))


def test_it_stays_outside_the_area_when_a_warning_makes_it_taller(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    area = (0, 200, 800, 600)
    assert bar.place(area, SCREEN)
    assert bar.geometry().bottom() < 200
    height = bar.height()
    bar.show_view(views.DANGER)
    qtbot.waitUntil(lambda: bar.height() > height)
    assert bar.geometry().bottom() < 200
    assert views.FULL.message in labels(bar)


def test_without_room_for_it_the_warning_is_in_the_tooltip(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    assert bar.place((0, bar.height() + 20, 800, 700), SCREEN)
    bar.show_view(views.DANGER)
    QApplication.processEvents()
    assert views.FULL.message not in labels(bar)
    assert views.FULL.message in {one.toolTip() for one in bar.findChildren(QLabel)}
    assert not bar.geometry().intersects(QRect(0, bar.height() + 20, 800, 700))


def test_it_hides_where_it_would_be_in_the_picture(qtbot: QtBot) -> None:
    bar = make(qtbot, views.RECORDING)
    assert not bar.place((0, 0, 800, 800), SCREEN)
    assert not bar.isVisible()


def test_it_comes_without_taking_the_keyboard(qtbot: QtBot) -> None:
    bar = RecordBar(LIGHT)
    qtbot.addWidget(bar)
    assert bar.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    flags = bar.windowFlags()
    assert flags & Qt.WindowType.WindowStaysOnTopHint
    assert flags & Qt.WindowType.FramelessWindowHint
    assert not flags & Qt.WindowType.X11BypassWindowManagerHint
    assert not flags & Qt.WindowType.WindowDoesNotAcceptFocus
