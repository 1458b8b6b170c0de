"""The picker with screens and windows that are made up; a real desktop is in tests/desktop."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from recorder_app.errors import SourceUnavailable
from recorder_app.media.geometry import Rect
from recorder_app.services.targets import TargetList
from recorder_app.ui.picker import AreaPicker, Picked
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui.picking import AREA, WINDOWS, Person

# The platform without a display has no keyboard to take.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
KEY, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_an_area_is_drawn_and_recorded_by_enter(person: Person) -> None:
    person.open()
    person.drag((1000, 20), (1100, 60), (1199, 119))
    assert person.rect == Rect(1000, 20, 200, 100)
    assert person.strip.isVisible()
    person.key(KEY.Key_Return)
    (picked,) = person.picked
    assert (picked.kind, picked.rect, picked.target, picked.picture) == (
        *("region", (1000, 20, 200, 100), "region:1000,20,200x100"),
        None,
    )
    assert not person.picker.is_open
    assert person.left == 0


def test_a_screen_of_factor_two_draws_device_pixels(person: Person) -> None:
    person.open()
    person.drag((10, 20), (100, 80), (209, 119), screen=1)
    # The pointer moves by two device pixels here, so the last one is left of the pointer's.
    assert person.rect == Rect(1300, 40, 398, 198)
    assert person.strip.parent() is person.picker.overlays[1]


def test_the_last_area_is_chosen_already(person: Person) -> None:
    person.open(last=AREA)
    person.strip.buttons["record"].click()
    assert person.picked[0].rect == AREA


def test_arrows_move_and_resize(person: Person) -> None:
    person.open(last=AREA)
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Down, CONTROL)
    person.key(KEY.Key_Right, SHIFT)
    person.key(KEY.Key_Up, SHIFT | CONTROL)
    assert person.rect == Rect(201, 160, 642, 350)


def test_space_moves_while_drawing(person: Person) -> None:
    person.open()
    overlay = person.overlay
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(1000, 20))
    QTest.mouseMove(overlay, QPoint(1099, 119))
    QTest.keyPress(overlay, KEY.Key_Space)
    QTest.mouseMove(overlay, QPoint(1109, 149))
    QTest.keyRelease(overlay, KEY.Key_Space)
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(1109, 149))
    assert person.rect == Rect(1010, 50, 100, 100)


def test_escape_gives_up_the_drag_and_then_leaves(person: Person) -> None:
    person.open(last=AREA)
    overlay = person.overlay
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(1000, 20))
    QTest.mouseMove(overlay, QPoint(1099, 119))
    person.key(KEY.Key_Escape)
    assert person.rect == Rect(*AREA)
    assert person.left == 0
    person.key(KEY.Key_Escape)
    assert person.left == 1
    assert not person.picker.is_open
    assert person.picked == []


def test_a_size_is_typed(person: Person) -> None:
    person.open(last=AREA)
    field = person.strip.field
    assert field.text() == "640 x 360"
    field.selectAll()
    QTest.keyClicks(field, "801x600")
    QTest.keyClick(field, KEY.Key_Return)
    assert person.rect == Rect(200, 150, 800, 600)
    assert field.text() == "800 x 600"
    assert person.picked == []
    field.selectAll()
    QTest.keyClicks(field, "large")
    QTest.keyClick(field, KEY.Key_Return)
    assert person.rect == Rect(200, 150, 800, 600)
    assert field.selectedText() == "large"
    QTest.keyClick(field, KEY.Key_Escape)
    assert person.left == 1


def test_a_ratio_is_locked_and_a_fixed_size_chosen(person: Person) -> None:
    person.open(last=AREA)
    ratios = {action.text(): action for action in person.strip.ratio_button.menu().actions()}
    assert list(ratios) == ["Free", "16:9", "4:3", "1:1", "9:16"]
    ratios["1:1"].trigger()
    assert person.rect == Rect(200, 10, 640, 640)
    assert person.strip.ratio_button.text().startswith("1:1")
    sizes = {action.text(): action for action in person.strip.size_button.menu().actions()}
    assert list(sizes) == ["1920 x 1080", "1280 x 720", "1080 x 1080", "1080 x 1920"]
    sizes["1280 x 720"].trigger()
    assert person.rect == Rect(200, 10, 1280, 720)
    # A locked square would not be 1280 x 720.
    assert person.strip.ratio_button.text().startswith("Ratio")


def test_the_window_under_the_pointer_is_offered_and_a_click_takes_it(person: Person) -> None:
    person.open()
    QTest.mouseMove(person.overlay, QPoint(400, 300))
    assert person.board.hovered is not None
    assert person.board.hovered.title == "Front"
    QTest.mouseMove(person.overlay, QPoint(2, 2))
    assert person.board.hovered is None
    person.drag((400, 300), (400, 300))
    assert "Front" in person.overlay.accessibleDescription()
    person.key(KEY.Key_Return)
    assert person.picked == [Picked("window", (300, 200, 401, 301), "window:0x2")]


def test_a_window_and_a_screen_are_picked_by_one_click(person: Person) -> None:
    person.open("window")
    person.drag((150, 150), (150, 150))
    person.open("screen")
    person.drag((100, 100), (100, 100), screen=1)
    assert [one.target for one in person.picked] == ["window:0x1", "monitor:2"]
    assert person.picked[1].rect == (1280, 0, 640, 1080)


def test_a_window_is_picked_by_keys_alone(person: Person) -> None:
    person.open("window")
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Return)
    assert person.picked[0].target == "window:0x1"


def test_enter_with_nothing_chosen_does_nothing(person: Person) -> None:
    person.open()
    person.board.point_at(None)
    person.key(KEY.Key_Return)
    assert person.picker.is_open
    assert person.picked == []


def test_a_double_click_records(person: Person) -> None:
    person.open(last=AREA)
    QTest.mouseDClick(person.overlay, Qt.MouseButton.LeftButton, pos=QPoint(500, 300))
    assert [one.rect for one in person.picked] == [AREA]


def test_a_screenshot_is_copied(person: Person) -> None:
    person.open("screenshot", (1270, 10, 21, 11))
    person.key(KEY.Key_Return)
    (picked,) = person.picked
    assert picked.action == "copy"
    assert isinstance(picked.picture, QImage)
    assert (picked.picture.width(), picked.picture.height()) == (21, 11)
    assert QApplication.clipboard().image().size() == picked.picture.size()


def test_without_a_list_the_screens_that_qt_knows_are_there(qtbot: QtBot) -> None:
    def nothing() -> TargetList:
        raise SourceUnavailable("No display.")

    picker = AreaPicker(DARK, reduced_motion=False, look=nothing)
    picker.open("screen", None)
    assert picker.is_open
    qtbot.waitUntil(lambda: bool(picker.overlays))
    screen = QApplication.primaryScreen()
    assert picker.overlays[0].geometry() == screen.geometry()
    qtbot.waitUntil(lambda: picker.overlays[0].veil == 1.0)
    picker.close()
    assert not picker.is_open


def test_a_late_answer_is_for_nobody(qtbot: QtBot) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow() -> TargetList:
        asked.set()
        go_on.wait(10)
        return TargetList([], WINDOWS)

    picker = AreaPicker(LIGHT, reduced_motion=True, look=slow)
    picker.open("area", AREA)
    assert asked.wait(10)
    picker.close()
    go_on.set()
    qtbot.wait(100)
    assert not picker.is_open
    assert picker.overlays == []


def test_it_opens_before_a_slow_answer(qtbot: QtBot) -> None:
    go_on = threading.Event()

    def slow() -> TargetList:
        go_on.wait(10)
        return TargetList([], WINDOWS)

    picker = AreaPicker(LIGHT, reduced_motion=True, look=slow)
    picker.open("window", None)
    qtbot.waitUntil(lambda: bool(picker.overlays), timeout=5000)
    go_on.set()
    qtbot.waitUntil(lambda: picker.board is not None and bool(picker.board.offers))
    picker.close()


def test_everything_has_a_name(person: Person) -> None:
    person.open("screenshot", AREA)
    assert all(overlay.accessibleName() for overlay in person.picker.overlays)
    strip = person.strip
    assert isinstance(strip.field, QLineEdit)
    for control in (strip.field, strip.ratio_button, strip.size_button, *strip.buttons.values()):
        assert control.accessibleName()
        assert control.toolTip()
