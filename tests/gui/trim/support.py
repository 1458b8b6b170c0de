"""What a person does on the page that trims, and what came of it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from recorder_app.library import recordings
from recorder_app.services import edit_state
from recorder_app.services.edit_state import EditState
from recorder_app.services.edit_times import Wish
from recorder_app.services.safekeeping import opened_library
from recorder_app.ui.editor.trim_page import TrimPage
from tests.gui.playing import number_in, numbers

SECONDS = 6


def opened(page: TrimPage, recording_id: str, qtbot: QtBot) -> TrimPage:
    page.open(recording_id)
    qtbot.waitUntil(lambda: not page.parts.view.image.isNull())
    return page


def at_edge(page: TrimPage, edge: int, row: int = 60) -> QPoint:
    return QPoint(round(page.parts.timeline.x_of_edge(edge)), row)


def drag(page: TrimPage, start: QPoint, end: QPoint) -> None:
    timeline = page.parts.timeline
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(timeline, (start + end) / 2)
    QTest.mouseMove(timeline, end)
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=end)


def press(page: TrimPage, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(page.parts.timeline, key, held or Qt.KeyboardModifier.NoModifier)


def saved(page: TrimPage, qtbot: QtBot) -> Path:
    """Save a version; return its file."""
    qtbot.waitUntil(lambda: page.session.is_idle)
    with qtbot.waitSignal(page.version_made, timeout=30_000) as told:
        page.parts.save.click()
    assert told.args is not None
    with opened_library() as database, database.read() as session:
        return Path(recordings.get(session, str(told.args[0])).path)


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def wait_for_picture(page: TrimPage, number: int, qtbot: QtBot) -> None:
    """Wait for a picture of the source to be what is seen."""
    state = page.session.state
    assert state is not None
    wanted = numbers(state.path)[number]
    qtbot.waitUntil(lambda: number_in(page.parts.view.image) == wanted)


def run_queue() -> None:
    """Do what is queued, as the process does that the program starts."""
    from recorder_app.services.jobs import run_jobs

    with opened_library() as database:
        run_jobs(database, threading.Event(), until_empty=True)


def id_of(page: TrimPage) -> str:
    assert page.session.state is not None
    return page.session.state.recording_id


def held_edits(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> threading.Event:
    """Let edits wait for the event that is returned before they are kept, or fail."""
    go_on, apply = threading.Event(), edit_state.apply

    def late(recording_id: str, wish: Wish) -> EditState:
        assert go_on.wait(20)
        if error is not None:
            raise error
        return apply(recording_id, wish)

    monkeypatch.setattr(edit_state, "apply", late)
    return go_on
