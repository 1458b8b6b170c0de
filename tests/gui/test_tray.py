"""The icon in the panel."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from recorder_app.ui import icons, tray
from recorder_app.ui.take_view import TakeView
from recorder_app.ui.tokens import DARK, LIGHT, Theme
from recorder_app.ui.tray import Tray
from tests.gui import views


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Tray]:  # noqa: ARG001 - there must be an application
    made = Tray(LIGHT)
    yield made
    made.menu.deleteLater()
    made.deleteLater()


def system_icon(owner: Tray) -> QSystemTrayIcon:
    found = owner.findChild(QSystemTrayIcon)
    assert isinstance(found, QSystemTrayIcon)
    return found


def picture(owner: Tray) -> QImage:
    return system_icon(owner).icon().pixmap(24).toImage()


def pulse(owner: Tray) -> QTimer:
    found = owner.findChild(QTimer)
    assert isinstance(found, QTimer)
    return found


def grey(image: QImage) -> list[int]:
    """Return what is left of a picture for who sees no colours: where it is how light."""
    points = itertools.product(range(image.width()), range(image.height()))
    return [
        QColor(image.pixelColor(x, y)).lightness() * image.pixelColor(x, y).alpha() // 255
        for x, y in points
    ]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.usefixtures("qapp")
def test_states_differ_without_their_colours(theme: Theme) -> None:
    drawn = {name: grey(one.pixmap(24).toImage()) for name, one in tray.pictures(theme).items()}
    for (one, first), (other, second) in itertools.combinations(drawn.items(), 2):
        different = sum(abs(a - b) > 60 for a, b in zip(first, second, strict=True))
        assert different > 20, f"{one} looks like {other}"


def test_each_state_has_its_picture(shown: Tray) -> None:
    seen = {}
    for name in ("idle", "countdown", "recording", "paused", "finishing", "problem"):
        shown.show_view(views.ALL[name])
        seen[name] = picture(shown)
    for (one, first), (other, second) in itertools.combinations(seen.items(), 2):
        assert first != second, f"{one} looks like {other}"


def test_it_pulses_only_while_recording(shown: Tray, qtbot: QtBot) -> None:
    assert not pulse(shown).isActive()
    shown.show_view(views.RECORDING)
    assert pulse(shown).isActive()
    before = picture(shown)
    with qtbot.waitSignal(pulse(shown).timeout, timeout=3000):
        pass
    low = picture(shown)
    assert low != before
    # A view every half second must not begin the pulse anew.
    shown.show_view(views.RECORDING)
    assert picture(shown) == low
    shown.show_view(views.PAUSED)
    assert not pulse(shown).isActive()
    shown.show_view(views.IDLE)
    assert not pulse(shown).isActive()


@pytest.mark.usefixtures("qapp")
def test_with_reduced_motion_it_stands_still() -> None:
    made = Tray(LIGHT, reduced_motion=True)
    made.show_view(views.RECORDING)
    assert not pulse(made).isActive()
    made.menu.deleteLater()


@pytest.mark.parametrize(
    ("view", "tip"),
    [
        (views.IDLE, "Ready to record"),
        (views.COUNTDOWN, "Recording starts in 3 s"),
        (views.RECORDING, "Recording  00:04:12"),
        (views.WARNING, "Recording  00:04:12\nThe microphone is silent since 00:03:58."),
        (views.PAUSED, "Paused  00:04:12"),
        (views.FINISHING, "Saving the recording"),
        (
            views.PROBLEM,
            "Recording is not possible\nThe folder for recordings cannot be written to.",
        ),
    ],
)
def test_the_tooltip_says_state_and_time(shown: Tray, view: TakeView, tip: str) -> None:
    shown.show_view(view)
    assert system_icon(shown).toolTip() == tip


def test_a_left_click_toggles_and_a_right_click_does_not(shown: Tray, qtbot: QtBot) -> None:
    reason = QSystemTrayIcon.ActivationReason
    with qtbot.assertNotEmitted(shown.toggled):
        system_icon(shown).activated.emit(reason.Context)
        system_icon(shown).activated.emit(reason.DoubleClick)
    with qtbot.waitSignal(shown.toggled, timeout=100):
        system_icon(shown).activated.emit(reason.Trigger)
    assert system_icon(shown).contextMenu() is shown.menu


def test_the_theme_changes_the_picture_of_the_state(shown: Tray) -> None:
    shown.show_view(views.PAUSED)
    before = picture(shown)
    shown.set_theme(DARK)
    assert picture(shown) == tray.pictures(DARK)["paused"].pixmap(24).toImage()
    assert picture(shown) != before


@pytest.mark.usefixtures("qapp")
def test_the_app_has_an_icon_of_every_usual_size() -> None:
    sizes = {one.width() for one in icons.app_icon().availableSizes()}
    assert {16, 32, 48, 256} <= sizes
    assert icons.app_icon().pixmap(64).toImage().pixelColor(32, 32).alpha() == 255
