"""Several processes at one library, and processes that are killed; long forms: make bench-jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from recorder_app.services.library import library_path
from tests.support.command import environment
from tests.support.jobs import kill_runners, two_writers


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    done = two_writers(tmp_path, 4.0, environment(home=tmp_path))
    assert done.handed_in > 50
    assert (done.lost, done.repeated, done.problems) == (0, 0, [])
    assert done.complaints == ""


def test_kills_lose_no_job(tmp_path: Path, take: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = environment(home=tmp_path)
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
        if name in env:
            monkeypatch.setenv(name, env[name])
    done = kill_runners(library_path(), take, 5, env)
    assert done.jobs > 40
    assert (done.not_done, done.problems, done.half_written) == ({}, [], [])
