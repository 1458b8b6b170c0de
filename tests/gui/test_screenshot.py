"""Screenshots as files and on the clipboard."""

from __future__ import annotations

import errno
import os
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from recorder_app.errors import DiskFull, OutputNotWritable, StorageError
from recorder_app.services.targets import TargetList
from recorder_app.ui.picker import AreaPicker, Picked
from recorder_app.ui.screenshot import copy_picture, save_picture
from recorder_app.ui.tokens import LIGHT
from tests.support.places import LAYOUTS, places_of

# The platform without a display has no keyboard to take.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
NOW = datetime(2026, 11, 21, 10, 4, 5)


@pytest.fixture
def image(qapp: QApplication) -> QImage:  # noqa: ARG001 - pictures need the app
    made = QImage(7, 5, QImage.Format.Format_RGB32)
    made.fill(QColor("#11639b"))
    return made


def test_it_is_named_after_the_time_and_never_replaces(image: QImage, tmp_path: Path) -> None:
    folder = tmp_path / "Pictures" / "new"
    saved = [save_picture(image, folder, NOW) for _ in range(3)]
    assert [path.name for path in saved] == [
        "Screenshot 2026-11-21 10.04.05.png",
        "Screenshot 2026-11-21 10.04.05 (2).png",
        "Screenshot 2026-11-21 10.04.05 (3).png",
    ]
    assert all(QImage(str(path)).pixelColor(6, 4) == QColor("#11639b") for path in saved)


def test_a_full_disk_leaves_nothing_behind(
    image: QImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        save_picture(image, tmp_path, NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_said(image: QImage, tmp_path: Path) -> None:
    (tmp_path / "Pictures").write_text("")
    with pytest.raises(OutputNotWritable, match="Pictures"):
        save_picture(image, tmp_path / "Pictures", NOW)


def test_no_picture_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        save_picture(QImage(), tmp_path, NOW)


def test_it_is_put_on_the_clipboard(image: QImage) -> None:
    copy_picture(image)
    assert QApplication.clipboard().image() == image


def test_the_picker_saves_to_the_pictures_folder(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recorder_app.paths.pictures_folder", lambda: tmp_path)
    picker = AreaPicker(LIGHT, reduced_motion=True, look=lambda: TargetList([], []))
    picked: list[Picked] = []
    picker.picked.connect(picked.append)
    picker.open("screenshot", (10, 10, 31, 21), places_of(LAYOUTS["one"]))
    assert picker.strip is not None
    with qtbot.waitSignal(picker.saved) as saved:
        picker.strip.buttons["save"].click()
    assert saved.args == [next(tmp_path.iterdir())]
    assert [one.action for one in picked] == ["save"]
    assert QImage(str(saved.args[0])).size().toTuple() == (31, 21)


def test_the_picker_says_when_it_cannot_be_saved(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pictures").write_text("")
    monkeypatch.setattr("recorder_app.paths.pictures_folder", lambda: tmp_path / "Pictures")
    picker = AreaPicker(LIGHT, reduced_motion=True, look=lambda: TargetList([], []))
    picker.open("screenshot", (10, 10, 31, 21), places_of(LAYOUTS["one"]))
    assert picker.strip is not None
    with qtbot.waitSignal(picker.failed) as failed:
        picker.strip.buttons["save"].click()
    assert isinstance(failed.args[0], OutputNotWritable)
