"""The player: it plays real recordings as keys, buttons and the line of time say."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from recorder_app.errors import UnreadableMedia
from recorder_app.ui.editor import habits
from recorder_app.ui.editor.images import image_of
from recorder_app.ui.editor.player import Player
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui.playing import number_in, numbers, recorded
from tests.gui.support import reached_by_tab, shown
from tests.support.command import ROOT
from tests.support.media import make

MARKERS = [(1.5, "Begins"), (4.0, "Ends & thanks")]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds with two sound tracks. Shared: change nothing."""
    return recorded(tmp_path_factory.mktemp("play") / "take.webm", "noise", "tone")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[Player]:
    made = Player(LIGHT)
    made.resize(640, 460)
    shown(qtbot, made)
    yield made
    made.close_media()


@pytest.fixture
def opened(player: Player, take: Path, qtbot: QtBot) -> Player:
    player.open("one", str(take), MARKERS)
    qtbot.waitUntil(
        lambda: not player.view.image.isNull() and player.controls.seek_bar.maximum() > 0
    )
    return player


def press(player: Player, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(player, key, held or Qt.KeyboardModifier.NoModifier)


def test_it_opens_at_the_first_picture_and_plays(opened: Player, take: Path, qtbot: QtBot) -> None:
    assert number_in(opened.view.image) == numbers(take)[0]
    assert opened.controls.time.text() == "00:00:00 / 00:00:06"
    assert not opened.is_playing
    press(opened, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: opened.position_s > 0.5)
    assert (number_in(opened.view.image) or 0) > 3
    press(opened, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: not opened.is_playing)
    assert opened.controls.play.accessibleName() == "Play (Space)"


def test_what_is_being_opened_plays_once_it_is_open(
    player: Player, take: Path, qtbot: QtBot
) -> None:
    player.open("one", str(take))
    player.play()
    qtbot.waitUntil(lambda: player.is_playing and player.position_s > 0.3)
    # The next one stands, unless that is asked for again.
    player.open("two", str(take))
    qtbot.waitUntil(lambda: player.controls.isEnabled() and not player.view.image.isNull())
    assert not player.is_playing


def test_keys_go_through_it(opened: Player, take: Path, qtbot: QtBot) -> None:
    def is_at(at_s: float) -> None:
        qtbot.waitUntil(lambda: abs(opened.position_s - at_s) < 0.04)

    press(opened, Qt.Key.Key_Right)
    is_at(5.0)
    # The picture is the one of that time, though it stands.
    qtbot.waitUntil(lambda: number_in(opened.view.image) in numbers(take)[149:152])
    press(opened, Qt.Key.Key_Left)
    is_at(0.0)
    press(opened, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    is_at(1.5)
    press(opened, Qt.Key.Key_PageDown)
    is_at(4.0)
    press(opened, Qt.Key.Key_PageDown)
    is_at(4.0)
    # Just after a chapter's beginning it is the one before.
    press(opened, Qt.Key.Key_PageUp)
    is_at(1.5)
    press(opened, Qt.Key.Key_PageUp)
    is_at(0.0)
    press(opened, Qt.Key.Key_L)
    is_at(opened.controls.seek_bar.maximum() / 1000)
    press(opened, Qt.Key.Key_J)
    is_at(0.0)


def test_it_opens_where_it_is_told_to(player: Player, take: Path, qtbot: QtBot) -> None:
    def shows(*wanted: int | None) -> bool:
        return not player.view.image.isNull() and number_in(player.view.image) in wanted

    # Before the file was looked for.
    player.open("one", str(take))
    player.seek(2.0)
    qtbot.waitUntil(lambda: abs(player.position_s - 2.0) < 0.05)
    qtbot.waitUntil(lambda: shows(*numbers(take)[59:62]))
    assert player.controls.time.text() == "00:00:02 / 00:00:06"
    # While it is loaded.
    player.open("two", str(take))
    qtbot.waitUntil(player.controls.isEnabled)
    player.seek(3.0)
    player.play()
    qtbot.waitUntil(lambda: player.position_s > 3.2)
    assert (number_in(player.view.image) or 0) >= 90
    # The next one is at its beginning, and stands.
    player.open("three", str(take))
    qtbot.waitUntil(lambda: shows(numbers(take)[0]))
    assert player.position_s == 0.0
    assert not player.is_playing


def test_the_line_of_time_is_clicked_and_tells_its_markers(opened: Player, qtbot: QtBot) -> None:
    bar = opened.controls.seek_bar
    at = QPoint(round(bar.x_of(3000)), bar.height() // 2)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: abs(opened.position_s - 3.0) < 0.05)
    assert bar.tip_at(bar.x_of(4000) + 3) == "00:00:04  Ends & thanks"
    assert bar.tip_at(bar.x_of(3000)) == "00:00:03"
    bar.setFocus()
    QTest.keyClick(bar, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: opened.position_s < 0.05)


def test_the_sound_track_is_chosen_where_there_are_several(opened: Player, qtbot: QtBot) -> None:
    qtbot.waitUntil(opened.controls.tracks.isVisible)
    names = [action.text() for action in opened.controls.tracks.menu().actions()]
    assert len(names) == 2
    opened.controls.tracks.menu().actions()[1].trigger()
    assert opened.controls.tracks.text() == names[1]
    qtbot.waitUntil(lambda: opened.sound_track == 1)


def test_speed_and_volume_are_remembered(opened: Player, take: Path, qtbot: QtBot) -> None:
    press(opened, Qt.Key.Key_Greater, Qt.KeyboardModifier.ShiftModifier)
    press(opened, Qt.Key.Key_Down)
    press(opened, Qt.Key.Key_M)
    assert opened.controls.speed.text() == "1.25×"
    assert opened.controls.mute.accessibleName() == "Unmute (M)"
    wanted = habits.Habits(volume=0.95, is_muted=True, speed=1.25)
    qtbot.waitUntil(lambda: habits.load() == wanted)
    other = Player(DARK)
    qtbot.addWidget(other)
    other.open("one", str(take))
    qtbot.waitUntil(lambda: other.controls.speed.text() == "1.25×")
    assert other.controls.volume.value() == 95
    other.close_media()


@pytest.mark.parametrize("text", ["{", '{"volume": 7}'])
def test_broken_habits_cost_convenience_only(text: str, tmp_path: Path) -> None:
    file = tmp_path / "data" / "recorder-app" / "player.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert habits.load() == habits.Habits()


def test_the_full_screen_and_back(opened: Player, qtbot: QtBot) -> None:
    press(opened, Qt.Key.Key_F)
    assert opened.is_full_screen
    window = opened.view.window()
    assert window is not opened.window()
    qtbot.waitUntil(window.isActiveWindow)
    # Keys do there what they do here.
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: abs(opened.position_s - 1.5) < 0.04)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not opened.is_full_screen
    assert opened.view.window() is opened.window()
    assert opened.view.isVisible()
    QTest.mouseDClick(opened.view, Qt.MouseButton.LeftButton)
    assert opened.is_full_screen
    opened.close_media()
    assert opened.view.window() is opened.window()


def test_a_file_that_is_gone_or_none_is_told_of(
    player: Player, tmp_path: Path, take: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(player.failed) as told:
        player.open("one", str(tmp_path / "gone.webm"))
    assert told.args is not None
    assert isinstance(told.args[0], UnreadableMedia)
    assert "is not there" in player.view.told
    broken = tmp_path / "broken.webm"
    broken.write_bytes(b"no film" * 1000)
    with qtbot.waitSignal(player.failed) as told:
        player.open("two", str(broken))
    assert "cannot be played here" in player.view.told
    assert "Try another player" in player.view.told
    assert not player.controls.isEnabled()
    # It is no worse for it.
    player.open("three", str(take))
    qtbot.waitUntil(lambda: not player.view.image.isNull())
    assert player.view.told == ""
    assert player.controls.isEnabled()


def test_what_is_hidden_is_paused(opened: Player, qtbot: QtBot) -> None:
    opened.play()
    qtbot.waitUntil(lambda: opened.is_playing)
    opened.hide()
    qtbot.waitUntil(lambda: not opened.is_playing)


def test_a_player_that_is_closed_shows_nothing(opened: Player, take: Path, qtbot: QtBot) -> None:
    # An open that was overtaken is not seen again.
    opened.open("two", str(take))
    opened.close_media()
    qtbot.wait(200)
    assert opened.view.image.isNull()
    assert opened.recording_id == ""
    assert not opened.controls.isEnabled()


def test_opening_does_not_hold_up_the_window(player: Player, take: Path, qtbot: QtBot) -> None:
    gaps, last = [0.0], time.monotonic()

    def tick() -> None:
        nonlocal last
        now = time.monotonic()
        gaps.append(now - last)
        last = now

    timer = QTimer()
    timer.timeout.connect(tick)
    timer.start(2)
    began = time.monotonic()
    player.open("one", str(take))
    assert time.monotonic() - began < 0.5
    qtbot.waitUntil(lambda: not player.view.image.isNull())
    timer.stop()
    # A loaded machine is not us: seconds would be.
    assert max(gaps) < 0.5


def test_it_fits_into_a_narrow_panel(opened: Player, qtbot: QtBot) -> None:
    assert opened.controls.previous.isVisible()
    opened.resize(280, 300)
    qtbot.waitUntil(lambda: opened.width() == 280)
    controls = opened.controls
    assert controls.time.text() == "00:00:00"
    for each in (controls.play, controls.time, controls.speed, controls.full_screen):
        assert each.isVisible()
        assert each.geometry().right() < controls.width()
        # As large as a target has to be (WCAG 2.2, 2.5.8).
        assert each.width() >= 24


def test_everything_has_a_name_and_is_reached(opened: Player) -> None:
    buttons = opened.findChildren(QAbstractButton)
    names = {each.accessibleName() for each in buttons if each.isVisible()}
    assert all(names)
    assert reached_by_tab(opened) == names
    for each in (opened, opened.view, opened.controls.seek_bar, opened.controls.volume):
        assert isinstance(each, QWidget)
        assert each.accessibleName()


def test_qts_player_is_not_loaded_before_a_film_is_opened() -> None:
    program = (
        "import sys\n"
        "import recorder_app.ui.application, recorder_app.ui.editor.player\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "recorder_app.ui.editor.player.Player()\n"
        "print([name for name in sys.modules if 'Multimedia' in name])\n"
        "print('libQt6Multimedia' in open('/proc/self/maps').read())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "False"]


@pytest.mark.parametrize("asked", ["", "1"])
def test_what_plays_well_is_not_described_on_the_error_output(tmp_path: Path, asked: str) -> None:
    program = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from PySide6.QtCore import QTimer\n"
        "app = QApplication([])\n"
        "from recorder_app.ui.editor.engine import PlaybackEngine\n"
        "engine = PlaybackEngine(app)\n"
        "engine.ended.connect(app.quit)\n"
        "engine.open(sys.argv[1])\n"
        "engine.play()\n"
        "engine.seek(0.4)\n"
        "QTimer.singleShot(15_000, lambda: app.exit(3))\n"
        "code = app.exec()\n"
        "engine.shut()\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(make(tmp_path / "film.webm"))],
        cwd=ROOT,
        env=os.environ | {"QT_FFMPEG_DEBUG": asked or "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    said = ("Input #0", "Using Qt multimedia", "[opus @")
    # Who asks for it still gets it.
    assert any(each in done.stderr for each in said) is bool(asked)


def test_images_are_their_own() -> None:
    picture = np.full((3, 5, 3), 200, np.uint8)
    image = image_of(picture)
    picture[:] = 0
    assert image.pixelColor(4, 2).name() == "#c8c8c8"
