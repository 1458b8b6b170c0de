"""Rows that refer to nothing are told and put right, and no reason to give a library up."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recorder_app.library import backups, recordings
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.services import rebuild
from tests.support.command import run, run_json


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library with a recording of a project and a tag, both of which another program took."""
    path = tmp_path / ".local" / "share" / "recorder-app" / "library.sqlite"
    database = Database(path)
    with database.write() as session:
        row = Recording(title="a", recording_type="screen", path="/a.webm")
        recordings.add(session, row, ["work"])
        recordings.change(session, row, project="Project")
    database.close()
    other = sqlite3.connect(path)
    other.execute("DELETE FROM projects")
    other.execute("DELETE FROM tags")
    other.commit()
    other.close()
    return path


def test_they_are_told_and_put_right_on_request(path: Path, screenless: dict[str, str]) -> None:
    checked = run("library", "check", env=screenless)
    assert checked.returncode == 1
    assert "row of recordings refers to nothing in projects" in checked.stdout
    assert "row of recording_tags refers to nothing in tags" in checked.stdout
    assert "library check --repair" in checked.stdout
    repaired = run_json("library", "check", "--repair", env=screenless)
    assert (repaired["is_sound"], len(repaired["repaired"])) == (True, 2)
    assert run("library", "check", env=screenless).returncode == 0
    (listed,) = _titles(path)
    assert listed == ("a", None)


def test_rebuilding_keeps_the_library(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "library_path", lambda: path)
    monkeypatch.setattr(rebuild, "open_library", lambda: Database(path))
    database, aside = rebuild.open_or_begin()
    assert aside is None
    assert database.check() == []
    database.close()
    assert _titles(path) == [("a", None)]


def test_a_backup_with_loose_rows_can_be_brought_back(path: Path) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    made = backups.back_up(path, now)
    backups.restore(path, made, now)
    database = Database(path)
    assert database.check() == []
    database.close()
    assert _titles(path) == [("a", None)]


def test_at_no_moment_is_there_no_library(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"This is not a database. " * 1000)
    seen: list[bool] = []
    replace = os.replace

    def look(old: Path, new: Path) -> None:
        seen.append(new.exists())
        replace(old, new)

    monkeypatch.setattr(os, "replace", look)
    aside = backups.begin_anew(path, datetime(2026, 5, 1, tzinfo=UTC))
    assert seen == [True]
    assert aside.read_bytes()[:4] == b"This"
    database = Database(path)
    assert database.check() == []
    database.close()
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []


def _titles(path: Path) -> list[tuple[str, str | None]]:
    database = Database(path)
    try:
        with database.read() as session:
            return [(row.title, row.project_id) for row in session.query(Recording)]
    finally:
        database.close()
