"""Trimming a recording of sound alone: by its waveform, without pictures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from recorder_app.library.database import Database
from recorder_app.media.probe import probe
from recorder_app.ui.editor.trim_page import TrimPage
from tests.gui.trim.support import SHIFT, at_edge, drag, press, saved
from tests.support.jobs import add_recording
from tests.support.media import make

LENGTH_S = 6.0


@pytest.fixture(params=["m4a", "mp3"])
def page(
    request: pytest.FixtureRequest,
    make_page: Callable[[], TrimPage],
    tmp_path: Path,
    qtbot: QtBot,
) -> TrimPage:
    path = make(
        tmp_path / "Videos" / f"talk.{request.param}",
        *("-filter_complex", f"sine=frequency=440:duration={LENGTH_S}"),
    )
    database = Database(tmp_path / "data" / "recorder-app" / "library.sqlite")
    recording_id = add_recording(database, path, duration_s=LENGTH_S).id
    database.close()
    page = make_page()
    with qtbot.assertNotEmitted(page.failed):
        page.open(recording_id)
        qtbot.waitUntil(page.parts.play.isEnabled)
    return page


def test_it_is_said_what_there_is_and_how_it_is_cut(page: TrimPage) -> None:
    assert "sound and no pictures" in page.parts.view.told
    assert "waveform" in page.parts.view.told
    assert not page.parts.frame.isVisible()
    assert page.parts.next.accessibleName() == "A little on (Right)"


def test_what_is_cut_by_hand_and_by_keys_is_what_the_version_holds(
    page: TrimPage, qtbot: QtBot
) -> None:
    press(page, Qt.Key.Key_Right, SHIFT)
    press(page, Qt.Key.Key_Right)
    assert page.number == 101
    press(page, Qt.Key.Key_I)
    drag(page, at_edge(page, 300), at_edge(page, 350))
    press(page, Qt.Key.Key_Delete)
    assert page.edits is not None
    assert page.edits.bounds.start == Fraction(101, 100)
    assert abs(page.edits.kept_length - Fraction(449, 100)) < Fraction(3, 100)
    version = saved(page, qtbot)
    assert abs(probe(version).duration_s - float(page.edits.kept_length)) < 0.08
    with av.open(version) as media:
        assert not media.streams.video
        assert media.streams.audio


def test_it_plays_past_what_was_taken_out(page: TrimPage, qtbot: QtBot) -> None:
    drag(page, at_edge(page, 50), at_edge(page, 450))
    press(page, Qt.Key.Key_Delete)
    seen: list[float] = []
    page.playback.moved.connect(seen.append)
    press(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] > 4.6, timeout=15_000)
    press(page, Qt.Key.Key_K)
    assert not [at for at in seen if 0.8 < at < 4.4]
    assert page.number > 460


def test_only_what_can_be_made_of_sound_is_offered(page: TrimPage, qtbot: QtBot) -> None:
    page.parts.export.click()
    qtbot.waitUntil(lambda: page.results.dialog is not None)
    dialog = page.results.dialog
    assert dialog is not None
    offered = {dialog.preset.itemData(each) for each in range(dialog.preset.count())}
    assert offered == {"original", "sound"}
    qtbot.waitUntil(dialog.choose.isEnabled)
    dialog.reject()
