"""Faults of our own: logged, kept in a file for this user only, and told once."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from recorder_app import __version__, logs
from recorder_app.ui import crash_report, report_files

Told = list[tuple[Path, threading.Thread]]


@pytest.fixture
def told(tmp_path: Path, qapp: QApplication) -> Iterator[Told]:  # noqa: ARG001 - events need it
    found: Told = []
    uninstall = crash_report.install(
        lambda path: found.append((path, threading.current_thread())), tmp_path
    )
    yield found
    uninstall()


def fail(text: str) -> None:
    raise ValueError(text)


def raise_unseen(text: str) -> None:
    try:
        fail(text)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_an_exception_makes_a_report_for_this_user(
    told: Told, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / logs.FILE_NAME).write_text("a line of the log password=5ecre7\n")
    raise_unseen("api_key=5ecre7")
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 1)
    path, thread = told[0]
    assert thread is threading.current_thread()
    assert path.parent == tmp_path
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert __version__ in text
    assert "ValueError" in text
    assert "a line of the log" in text
    assert "5ecre7" not in text


def test_one_in_another_thread_is_told_in_ours(told: Told, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail, args=("there",), name="worker")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0][1] is threading.current_thread()
    assert "In worker:" in told[0][0].read_text()


def test_what_comes_again_and_again_is_told_once(told: Told, qtbot: QtBot) -> None:
    for _ in range(30):
        raise_unseen("again")
    qtbot.waitUntil(lambda: len(told) == 1)
    qtbot.wait(20)
    assert len(told) == 1


def test_a_folder_that_cannot_be_written_raises_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("")
    uninstall = crash_report.install(lambda _: fail("told"), tmp_path / "file" / "logs")
    raise_unseen("nowhere to write")
    qtbot.wait(20)
    uninstall()


def test_what_qt_says_is_logged(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "recorder_app.qt"):
        qWarning("something about a font")
    assert "something about a font" in caplog.text
    assert told == []


def test_only_the_newest_reports_are_kept(tmp_path: Path) -> None:
    for second in range(12):
        report_files.write(tmp_path, "trace", datetime(2026, 1, 1, 12, 0, second))
    same = report_files.write(tmp_path, "trace", datetime(2026, 1, 1, 12, 0, 11))
    assert same.name == "crash-20260101-120011-02.txt"
    names = sorted(path.name for path in tmp_path.glob("crash-*"))
    assert len(names) == report_files.KEPT
    assert names[0] == "crash-20260101-120003.txt"


def test_a_report_does_not_name_its_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    path = report_files.write(tmp_path, 'File "/home/somebody/x.py", /home/somebody2/y')
    assert 'File "~/x.py", /home/somebody2/y' in path.read_text()


def test_a_hard_crash_is_told_once_at_the_next_start(tmp_path: Path) -> None:
    assert crash_report.previous_crash(tmp_path) is None
    code = (
        "import faulthandler, pathlib\n"
        "from recorder_app.ui import crash_report\n"
        f"crash_report.install(print, pathlib.Path({str(tmp_path)!r}))\n"
        "faulthandler._sigsegv()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
    assert done.returncode != 0
    uninstall = crash_report.install(lambda _: None, tmp_path)
    path = crash_report.previous_crash(tmp_path)
    assert path is not None
    assert "Segmentation fault" in path.read_text()
    assert crash_report.previous_crash(tmp_path) is None
    uninstall()
