"""What is begun when windows have gone; that they have is seen in tests/desktop."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from recorder_app.ui import uncovered
from recorder_app.ui.uncovered import Uncovered


def test_without_windows_it_begins_at_once() -> None:
    done: list[bool] = []
    Uncovered(QObject()).then([], lambda: done.append(True))
    assert done


@pytest.mark.parametrize("has_gone", [True, False])
def test_it_begins_once_they_have_gone_and_not_before(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, has_gone: bool
) -> None:
    go_on, asked = threading.Event(), []

    def wait(windows: object) -> bool:
        asked.append((windows, threading.current_thread() is threading.main_thread()))
        go_on.wait(10)
        return has_gone

    monkeypatch.setattr(uncovered, "wait_until_uncovered", wait)
    done: list[bool] = []
    owner = QObject()
    waiting = Uncovered(owner)
    waiting.then([7], lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [([7], False)]
    qtbot.wait(50)
    assert not done
    go_on.set()
    qtbot.waitUntil(lambda: bool(done))
