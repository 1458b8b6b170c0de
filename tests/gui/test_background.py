"""Slow work: in order, in its own thread, and answered in the thread that asked."""

from __future__ import annotations

import logging
import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from recorder_app.ui.background import Background


def test_results_come_in_order_and_here(qtbot: QtBot) -> None:
    owner = QObject()
    background = Background(owner, "work")
    worked: list[threading.Thread] = []
    answered: list[tuple[int, threading.Thread]] = []

    def work(number: int) -> int:
        worked.append(threading.current_thread())
        return number

    for number in range(20):
        background.run(
            lambda number=number: work(number),  # type: ignore[misc]
            lambda found: answered.append((found, threading.current_thread())),
        )
    background.finish()
    assert len(worked) == 20
    assert not background.is_idle
    qtbot.waitUntil(lambda: background.is_idle)
    assert [number for number, _ in answered] == list(range(20))
    assert {thread for _, thread in answered} == {threading.current_thread()}
    assert len(set(worked)) == 1
    assert threading.current_thread() not in worked


def test_a_failure_is_handed_over_or_logged(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    owner = QObject()
    background = Background(owner, "work")
    failed: list[Exception] = []

    def fail() -> None:
        raise OSError("no disk")

    with caplog.at_level(logging.ERROR, "recorder_app.ui.background"):
        background.run(fail, lambda _: None, failed.append)
        qtbot.waitUntil(lambda: background.is_idle)
        assert [str(error) for error in failed] == ["no disk"]
        assert caplog.text == ""
        background.run(fail, lambda _: None)
        qtbot.waitUntil(lambda: background.is_idle)
    assert "no disk" in caplog.text


def test_who_is_gone_is_not_answered(qtbot: QtBot) -> None:
    owner = QObject()
    background = Background(owner, "work")
    is_gone = threading.Event()
    answered: list[bool] = []
    background.run(lambda: is_gone.wait(5), answered.append)
    shiboken6.delete(owner)
    is_gone.set()
    qtbot.waitUntil(lambda: background.is_idle)
    assert answered == []
