"""``kill -9`` while the library is written to. ``make bench-library-kills`` does it 100 times."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.support.command import Recorder, run
from tests.support.library_kills import faults_after_kill, kill_a_writer, random_moments


def test_a_kill_while_writing_leaves_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    for moment in random_moments(8, seed=1):
        last = kill_a_writer(path, moment)
        assert faults_after_kill(path, last) == []


def test_a_killed_take_is_entered_as_interrupted(
    screenless: dict[str, str], tmp_path: Path, start_take: Callable[[dict[str, str]], Recorder]
) -> None:
    take = start_take(screenless)
    settings = {"target": "synthetic:pattern@320x180"}
    take.send("start", settings=settings, output=str(tmp_path / "take.webm"))
    take.wait_for_frames(30)
    take.signal(signal.SIGKILL)
    take.exit_code()
    assert run("library", "check", env=screenless).returncode == 0
    [library] = tmp_path.rglob("library.sqlite")
    with closing(sqlite3.connect(library)) as file:
        rows = file.execute("SELECT status FROM recording_sessions").fetchall()
    assert rows == [("interrupted",)]
