"""The controls of the picker: what they do, what they are called, and that they fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from recorder_app.media.geometry import Rect
from recorder_app.ui.picker import ScreenPlace
from recorder_app.ui.picker.board import Mode
from recorder_app.ui.picker.controls import ModeSwitch, SoundSwitch
from recorder_app.ui.picker.strip import Strip
from recorder_app.ui.sound_choices import SoundOffer
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui.picking import AREA, Person

# The platform without a display has no keyboard to take.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
KEY, ROLE = Qt.Key, QAccessible.Role
SOUND = SoundOffer((("default", "Default microphone"), ("usb", "USB Audio")), "usb", True)


def modes(person: Person) -> ModeSwitch:
    assert person.strip.modes is not None
    return person.strip.modes


def sound(person: Person) -> SoundSwitch:
    assert person.strip.sound is not None
    return person.strip.sound


def checked(person: Person) -> list[Mode]:
    return [mode for mode, button in modes(person).buttons.items() if button.isChecked()]


def tab_order(person: Person) -> list[QWidget]:
    """Return what Tab goes through, beginning at the screen."""
    found: list[QWidget] = []
    person.overlay.setFocus()
    while True:
        QTest.keyClick(QApplication.focusWidget() or person.overlay, KEY.Key_Tab)
        at = focused()
        if at is person.overlay:
            return found
        assert at not in found, "Tab never comes back"
        found.append(at)


def focused() -> QWidget:
    """Return what has the keyboard."""
    at = QApplication.focusWidget()
    assert at is not None
    return at


def told(widget: QWidget) -> tuple[QAccessible.Role, str]:
    """Return role and name as a screen reader is told."""
    seen = QAccessible.queryAccessibleInterface(widget)
    assert seen is not None
    return seen.role(), seen.text(QAccessible.Text.Name)


def act(widget: QWidget) -> None:
    """Do the first action of a widget, as a screen reader would."""
    seen = QAccessible.queryAccessibleInterface(widget)
    assert seen is not None
    actions = seen.actionInterface()
    actions.doAction(actions.actionNames()[0])


def test_tab_goes_through_the_strip_as_it_reads(person: Person) -> None:
    person.picker.set_sound(SOUND)
    person.open(last=AREA)
    order = tab_order(person)
    strip = person.strip
    lefts = [one.mapTo(strip, QPoint(0, 0)).x() for one in order]
    assert lefts == sorted(lefts)
    assert [told(one) for one in order] == [
        # One stop for the three, as with all radio buttons; arrows go on from there.
        (ROLE.RadioButton, "Record an area"),
        (ROLE.EditableText, "Size in pixels, such as 1280x720"),
        (ROLE.ButtonMenu, "Ratio"),
        (ROLE.ButtonMenu, "Fixed size"),
        (ROLE.ButtonMenu, "Microphone"),
        (ROLE.CheckBox, "Record system sound"),
        (ROLE.Button, "Record"),
    ]


def test_tab_goes_through_the_strip_of_a_screenshot(person: Person) -> None:
    person.open("screenshot", AREA)
    assert [told(one)[1] for one in tab_order(person)] == [
        "Size in pixels, such as 1280x720",
        "Ratio",
        "Fixed size",
        "Save",
        "Copy",
    ]
    assert person.strip.modes is None
    assert person.strip.sound is None


@pytest.mark.parametrize("mode", ["area", "window", "screen", "screenshot"])
def test_every_control_has_a_name_a_role_and_a_tooltip(person: Person, mode: Mode) -> None:
    person.picker.set_sound(SOUND)
    person.open(mode, AREA)
    for overlay in person.picker.overlays:
        assert told(overlay)[1].startswith("Choose what to record on ")
    names = []
    for control in person.strip.controls:
        role, name = told(control)
        assert role not in (ROLE.NoRole, ROLE.Client)
        assert name
        assert control.toolTip()
        names.append(name)
    assert len(set(names)) == len(names)


def test_the_keys_of_the_tooltips_choose_what_is_recorded(person: Person) -> None:
    person.open(last=AREA)
    for mode, button in modes(person).buttons.items():
        key = button.toolTip().rpartition("(")[2].rstrip(")")
        person.key(KEY(ord(key)))
        assert person.board.mode == mode
        assert checked(person) == [mode]
    person.key(KEY.Key_W)
    assert person.rect is None
    assert person.strip.field.isHidden() or not person.strip.field.isVisible()
    person.key(KEY.Key_A)
    # The area is there again, as it was left.
    assert person.rect == Rect(*AREA)
    assert person.strip.field.isVisible()


def test_a_key_with_ctrl_chooses_nothing(person: Person) -> None:
    person.open(last=AREA)
    person.key(KEY.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert person.board.mode == "area"


def test_letters_go_into_the_field_while_it_is_typed_in(person: Person) -> None:
    person.open(last=AREA)
    person.strip.field.setFocus()
    QTest.keyClicks(person.strip.field, "ws")
    assert person.board.mode == "area"


def test_the_switch_is_clicked_and_then_a_window_taken(person: Person) -> None:
    person.open()
    QTest.mouseClick(modes(person).buttons["window"], Qt.MouseButton.LeftButton)
    assert person.board.mode == "window"
    assert "window" in person.overlay.hint
    # The keyboard is not in the switch: arrows choose windows.
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Return)
    assert [one.target for one in person.picked] == ["window:0x2"]


def test_arrows_go_through_the_switch_and_return_records(person: Person) -> None:
    person.open(last=AREA)
    area = tab_order(person)[0]
    area.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(area, KEY.Key_Left)
    assert checked(person) == ["window"]
    QTest.keyClick(focused(), KEY.Key_Left)
    assert checked(person) == ["screen"]
    assert focused() is modes(person).buttons["screen"]
    QTest.mouseMove(person.picker.overlays[1], QPoint(100, 100))
    QTest.keyClick(focused(), KEY.Key_Return)
    assert [one.target for one in person.picked] == ["monitor:2"]


def test_a_screen_reader_changes_the_mode(person: Person) -> None:
    person.open(last=AREA)
    act(modes(person).buttons["window"])
    assert person.board.mode == "window"
    assert checked(person) == ["window"]


def test_record_waits_until_something_is_chosen(person: Person) -> None:
    person.open("window")
    record = person.strip.buttons["record"]
    assert not record.isEnabled()
    for at in (QPoint(300, 250), QPoint(400, 300)):
        QTest.mouseMove(person.overlay, at)
    assert record.isEnabled()
    # On the way to the button the window stays outlined.
    person.strip.entered.emit()
    record.click()
    assert [one.target for one in person.picked] == ["window:0x2"]


def test_without_an_area_the_strip_is_at_the_bottom_and_beside_it_afterwards(
    person: Person,
) -> None:
    person.open()
    screen = person.overlay.rect()
    assert person.strip.isVisible()
    assert screen.bottom() - person.strip.geometry().bottom() < 32
    before = person.strip.geometry()
    person.drag((1000, 20), (1100, 60), (1199, 119))
    assert person.strip.y() < before.y()
    person.key(KEY.Key_Delete)
    assert person.strip.geometry() == before


def test_the_strip_is_away_while_an_area_is_drawn(person: Person) -> None:
    person.open()
    QTest.mousePress(person.overlay, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    QTest.mouseMove(person.overlay, QPoint(500, 500))
    assert person.strip.isHidden()
    QTest.mouseRelease(person.overlay, Qt.MouseButton.LeftButton, pos=QPoint(500, 500))
    assert person.strip.isVisible()


def test_a_microphone_is_chosen_and_shown_once_it_is_kept(person: Person) -> None:
    asked: list[str] = []
    person.picker.microphone_chosen.connect(asked.append)
    person.picker.set_sound(SOUND)
    person.open(last=AREA)
    menu = sound(person).menu
    assert [one.text() for one in menu.actions()] == [
        "Default microphone",
        "USB Audio",
        "No microphone",
    ]
    assert [one.text() for one in menu.actions() if one.isChecked()] == ["USB Audio"]
    assert "USB Audio" in sound(person).microphone.toolTip()
    menu.actions()[2].trigger()
    assert asked == ["none"]
    person.picker.set_sound(replace(SOUND, microphone="none"))
    assert "No microphone" in sound(person).microphone.toolTip()
    assert told(sound(person).microphone) == (ROLE.ButtonMenu, "Microphone")


def test_a_microphone_that_is_not_there_is_said_to_be_gone(person: Person) -> None:
    person.picker.set_sound(replace(SOUND, microphone="headset"))
    person.open(last=AREA)
    assert "headset (not connected)" in sound(person).microphone.toolTip()


@pytest.mark.parametrize("way", ["pointer", "letter", "return", "screen reader"])
def test_system_sound_is_switched(person: Person, way: str) -> None:
    asked: list[bool] = []
    person.picker.system_sound_chosen.connect(asked.append)
    person.picker.set_sound(SOUND)
    person.open(last=AREA)
    switch = sound(person).system_sound
    before = switch.icon().pixmap(16).toImage(), switch.toolTip()
    if way == "pointer":
        QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    elif way == "letter":
        person.key(KEY.Key_O)
    elif way == "screen reader":
        act(switch)
    else:
        switch.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(switch, KEY.Key_Return)
    assert asked == [False]
    person.picker.set_sound(replace(SOUND, has_system_sound=False))
    assert not switch.isChecked()
    # Told by shape and words, not by shade alone.
    assert switch.icon().pixmap(16).toImage() != before[0]
    assert switch.toolTip() != before[1]
    assert person.picked == []


@pytest.mark.parametrize("size", [(640, 480), (1280, 800), (480, 360)])
@pytest.mark.parametrize("mode", ["area", "window", "screenshot"])
def test_the_strip_fits_the_screen(person: Person, size: tuple[int, int], mode: Mode) -> None:
    whole = Rect(0, 0, *size)
    name = ("alsa_input", "A microphone with quite a long name")
    person.picker.set_sound(SoundOffer((name,), name[0], True))
    person.picker.open(mode, (100, 50, 200, 150), [ScreenPlace("small", whole, whole, 1.0)])
    strip, screen = person.strip, person.overlay.rect()
    person.qtbot.waitUntil(strip.isVisible)
    assert screen.contains(strip.geometry())
    for control in strip.controls:
        if control.isVisible():
            corner = control.mapTo(strip, QPoint(0, 0))
            assert strip.rect().contains(control.rect().translated(corner))
            assert control.width() >= control.minimumSizeHint().width()


def test_there_are_words_where_there_is_room(person: Person) -> None:
    strip = Strip(LIGHT, is_screenshot=False)
    person.qtbot.addWidget(strip)
    strip.show_sound(SOUND)
    widths = []
    for room in (2000, 640, 400):
        strip.fit(room)
        assert strip.width() <= room
        widths.append((strip.width(), strip.height()))
    # Words, icons alone, two rows.
    assert widths[0][0] > 640
    assert widths[0][1] == widths[1][1] < widths[2][1]


def test_icons_have_the_colours_of_the_theme() -> None:
    shades = [Strip(theme, is_screenshot=False).modes for theme in (LIGHT, DARK)]
    pictures = [
        one.buttons["window"].icon().pixmap(16).toImage() for one in shades if one is not None
    ]
    assert pictures[0] != pictures[1]
