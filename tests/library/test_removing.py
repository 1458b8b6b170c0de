"""Retention, erasing, exporting and figures, on a library with real files."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from recorder_app import paths
from recorder_app.errors import InvalidRequest
from recorder_app.library import recordings, retention
from recorder_app.library.backups import back_up
from recorder_app.library.database import Database
from recorder_app.library.models import (
    Annotation,
    AuditEntry,
    Base,
    Frame,
    Job,
    Recording,
    RecordingSessionRow,
    Upload,
)
from recorder_app.library.retention import AGE, SIZE, Rules
from recorder_app.pipeline.journal import journal_path
from recorder_app.services import exporting, figures, removing
from recorder_app.services import retention as applying
from tests.support.command import run, run_json

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, for the services called in this process."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_VIDEOS_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "Videos").mkdir()
    return tmp_path


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    path = paths.data_folder() / "library.sqlite"
    # What is erased here must never be somebody's own.
    assert home in path.parents
    opened = Database(path)
    yield opened
    opened.close()


def enter(database: Database, home: Path, name: str, **columns: Any) -> str:
    """Enter a recording of 1000 bytes with a sidecar."""
    media = home / "Videos" / f"{name}.webm"
    media.write_bytes(b"m" * 1000)
    journal_path(media).write_text("{}")
    defaults: dict[str, Any] = {"path": str(media), "file_size": 1000, "recording_type": "screen"}
    project = columns.pop("project", None)
    with database.write() as session:
        row = recordings.add(session, Recording(title=name, **(defaults | columns)), ["tag"])
        if project:
            recordings.change(session, row, project=project)
        return row.id


def titles(database: Database, *, deleted: bool = False) -> list[str]:
    with database.read() as session:
        condition = Recording.deleted_at.is_not(None) if deleted else Recording.deleted_at.is_(None)
        return sorted(session.scalars(select(Recording.title).where(condition)))


@pytest.fixture
def years(database: Database, home: Path) -> list[str]:
    """Six recordings, 50, 40, 30, 20, 10 and 0 days old."""
    extra: dict[int, dict[str, Any]] = {
        1: {"is_favourite": True},
        2: {"project": "work"},
        3: {"project": "work", "share_links": {"drive": "https://example.org/3"}},
    }
    return [
        enter(
            database,
            home,
            f"r{number}",
            created_at=NOW - timedelta(days=50 - 10 * number),
            **extra.get(number, {}),
        )
        for number in range(6)
    ]


@pytest.mark.usefixtures("years")
@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Rules(), {}),
        (Rules(project="work", keep_favourites=True, only_uploaded=True), {}),
        (Rules(older_than_days=35), {"r0": AGE, "r1": AGE}),
        (Rules(older_than_days=35, keep_favourites=True), {"r0": AGE}),
        (Rules(older_than_days=5, project="work"), {"r2": AGE, "r3": AGE}),
        (Rules(older_than_days=5, only_uploaded=True), {"r3": AGE}),
        (Rules(most_bytes=4000), {"r0": SIZE, "r1": SIZE}),
        (Rules(most_bytes=4000, keep_favourites=True), {"r0": SIZE, "r2": SIZE}),
        (Rules(most_bytes=1500, project="work"), {"r2": SIZE}),
        (Rules(most_bytes=4500, older_than_days=45), {"r0": AGE, "r1": SIZE}),
    ],
)
def test_a_plan_says_what_and_why_and_is_what_is_applied(
    database: Database, rules: Rules, expected: dict[str, str]
) -> None:
    with database.read() as session:
        planned = retention.plan(session, rules, NOW)
    assert {each.title: each.reason for each in planned} == expected
    assert all(each.freed_bytes == 1000 for each in planned)
    assert len(titles(database)) == 6
    with database.write() as session:
        assert retention.apply(session, rules, NOW) == planned
    assert titles(database, deleted=True) == sorted(expected)
    assert all(Path(each.path).exists() for each in planned)


@pytest.mark.usefixtures("years")
def test_files_that_are_not_there_take_no_room(database: Database) -> None:
    with database.write() as session:
        for row in session.scalars(select(Recording).where(Recording.title.in_(["r0", "r2"]))):
            row.status = "missing"
    with database.read() as session:
        assert retention.plan(session, Rules(most_bytes=4000), NOW) == []
        planned = retention.plan(session, Rules(most_bytes=3000, older_than_days=45), NOW)
    assert [(each.title, each.freed_bytes) for each in planned] == [("r0", 0), ("r1", 1000)]


@pytest.mark.parametrize(
    "arguments",
    [
        *(("retention", "plan", "--older-than", days) for days in ("nan", "inf", "800000")),
        *(("retention", "plan", "--total-size", size) for size in ("nan", "inf", "1e300")),
        ("retention", "apply", "--purge", "--trash-days", "1e9"),
        ("stats", "--limit", "nan"),
        ("stats", "--limit", "1e300"),
    ],
)
def test_no_amount_is_a_fault_of_the_program(
    screenless: dict[str, str], arguments: tuple[str, ...]
) -> None:
    done = run(*arguments, env=screenless)
    assert done.returncode == 2
    assert arguments[-2] in done.stderr


def test_a_rule_of_nothing_is_a_rule(screenless: dict[str, str]) -> None:
    for rule in ("--older-than", "--total-size"):
        assert run_json("retention", "plan", rule, "0", env=screenless)["deletions"] == []


def test_what_was_in_the_trash_long_enough_goes_to_the_systems_trash(
    database: Database, home: Path, years: list[str]
) -> None:
    report = applying.apply(Rules(older_than_days=0), purge_days=30)
    assert len(report.deletions) == 6
    assert report.purged is not None
    assert report.purged.recordings == []
    with database.write() as session:
        recordings.restore(session, recordings.get(session, years[5]))
        old = recordings.get(session, years[0])
        old.deleted_at = datetime.now(UTC) - timedelta(days=31)
    purged = removing.purge(30)
    assert [entry.id for entry in purged.recordings] == [years[0]]
    assert purged.problems == 0
    assert not (home / "Videos" / "r0.webm").exists()
    trashed = {path.name for path in (home / ".local/share/Trash/files").iterdir()}
    assert trashed == {"r0.webm", ".r0.webm.recorder.json"}
    assert (home / "Videos" / "r1.webm").exists()
    assert titles(database) == ["r5"]
    assert titles(database, deleted=True) == ["r1", "r2", "r3", "r4"]


def test_a_file_that_another_row_is_about_stays(database: Database, home: Path) -> None:
    deleted = enter(database, home, "twice")
    kept = enter(database, home, "twice")
    with database.write() as session:
        row = recordings.get(session, deleted)
        row.deleted_at = datetime.now(UTC) - timedelta(days=31)
    assert removing.purge(30).files == 0
    assert (home / "Videos" / "twice.webm").exists()
    assert removing.erase([kept]).files == 2
    assert not (home / "Videos" / "twice.webm").exists()


def test_old_sessions_are_thinned_once(database: Database) -> None:
    told = {"code": "disk", "severity": "danger", "message": "m"}
    health = [{"code": "x", "severity": "info", "message": "m"}, told]
    with database.write() as session:
        for status, days in (("completed", 31), ("active", 31), ("failed", 29)):
            session.add(
                RecordingSessionRow(
                    recording_type="screen",
                    status=status,
                    started_at=NOW - timedelta(days=days),
                    settings={"fps": 30},
                    health=health,
                    duration_s=5.0,
                )
            )
    for expected in (1, 0):
        with database.write() as session:
            assert retention.thin_sessions(session, NOW) == expected
    with database.read() as session:
        rows = {row.status: row for row in session.scalars(select(RecordingSessionRow))}
    assert (rows["completed"].settings, rows["completed"].health) == ({}, [told])
    assert rows["completed"].duration_s == 5.0
    assert rows["active"].health == rows["failed"].health == health


def test_erasing_leaves_nothing_of_a_recording(database: Database, home: Path) -> None:
    secret = "verschwiegenheit"
    with database.write() as session:
        session.add(RecordingSessionRow(id="s" * 26, recording_type="screen", path=secret))
    wanted = enter(database, home, "gone", description=secret, session_id="s" * 26)
    other = enter(database, home, "kept")
    still = home / "still.png"
    still.write_bytes(b"p" * 10)
    preview = paths.preview_folder(wanted)
    preview.mkdir(parents=True)
    (preview / "strip.jpg").write_bytes(b"p")
    with database.write() as session:
        session.add(Frame(recording_id=wanted, at_s=1.0, path=str(still)))
        session.add(Annotation(recording_id=wanted, text=secret))
        session.add(Upload(recording_id=wanted, destination="drive", remote_id="42", state="done"))
        session.add(Upload(recording_id=wanted, destination="s3", state="failed"))
        recordings.get(session, wanted).share_links = {"youtube": "https://example.org/1"}
        recordings.change(session, recordings.get(session, wanted), description=secret + "2")
    report = removing.erase([wanted])
    assert (report.files, report.problems, report.remote_copies_queued) == (3, 0, 2)
    assert report.freed_bytes == 1000 + 2 + 10
    assert not any(path.exists() for path in (still, preview, home / "Videos" / "gone.webm"))
    with database.read() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "remote-delete")).all()
        assert {job.payload["destination"] for job in jobs} == {"drive", "youtube"}
        assert all(job.recording_id is None and job.state == "queued" for job in jobs)
        assert session.scalars(select(RecordingSessionRow)).all() == []
        notes = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == wanted)).all()
        assert [(note.action, note.details) for note in notes] == [("erased", {})]
        assert recordings.get(session, other).title == "kept"
    assert database.check() == []
    database.close()
    assert secret.encode() not in database.path.read_bytes()


def test_erasing_everything_leaves_only_what_has_to_be_done_elsewhere(
    database: Database, home: Path
) -> None:
    secret = "verschwiegenheit"
    for number in range(20):
        enter(database, home, f"{secret} {number}", share_links={"drive": f"link {number}"})
    back_up(database.path, NOW)
    report = removing.erase_everything()
    assert (report.files, report.remote_copies_queued, report.backups_left) == (40, 20, 0)
    with database.read() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }
    assert {name: count for name, count in counts.items() if count} == {"jobs": 20}
    assert database.check() == []
    database.close()
    left = [path for path in database.path.parent.rglob("*") if path.is_file()]
    assert not [path for path in left if secret.encode() in path.read_bytes()]
    assert list((home / "Videos").iterdir()) == []


def test_a_file_that_cannot_be_erased_keeps_its_row(
    database: Database, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = enter(database, home, "stuck")

    def refuse(_path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(removing, "_unlink", refuse)
        report = removing.erase([wanted])
    assert report.problems == 1
    assert report.recordings[0].problem == "Permission denied"
    assert titles(database) == ["stuck"]
    assert removing.erase([wanted]).problems == 0
    with pytest.raises(InvalidRequest):
        removing.erase([wanted])


def test_the_exports_hold_every_row(database: Database, home: Path) -> None:
    name = 'a "name", with\nlines and ü'
    wanted = enter(database, home, "x", description=name, share_links={"drive": "link"})
    report = exporting.export_json(home / "out.json")
    told = json.loads((home / "out.json").read_text("utf-8"))
    assert set(told["tables"]) == set(Base.metadata.tables)
    [row] = told["tables"]["recordings"]
    assert (row["id"], row["description"], row["share_links"]) == (wanted, name, {"drive": "link"})
    assert row["created_at"].endswith("Z")
    assert report.rows["recordings"] == report.rows["recording_tags"] == 1
    exporting.export_csv(home / "csv")
    with (home / "csv" / "recordings.csv").open(encoding="utf-8", newline="") as file:
        [line] = csv.DictReader(file)
    assert (line["id"], line["description"]) == (wanted, name)
    assert json.loads(line["share_links"]) == {"drive": "link"}
    assert {path.stem for path in (home / "csv").iterdir()} == set(Base.metadata.tables)


def test_the_figures(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    for number in range(3):
        enter(database, home, f"r{number}", created_at=now, project="work", duration_s=60.0)
    trashed = enter(database, home, "t", created_at=now)
    with database.write() as session:
        recordings.delete(session, recordings.get(session, trashed))
        for status in ("completed", "failed", "interrupted", "interrupted"):
            session.add(RecordingSessionRow(recording_type="screen", status=status, started_at=now))
    with contextlib.suppress(FileExistsError):
        paths.log_folder().mkdir(parents=True)
    line = "2026-05-01 1 WARNING recorder_app: slow query seconds=0.412 statement=SELECT 1\n"
    (paths.log_folder() / "recorder-app.log").write_text(line)
    found = figures.statistics_of_library(5000)
    assert (found.figures.total.recordings, found.figures.total.size_bytes) == (3, 3000)
    assert found.figures.trash.recordings == 1
    assert [(share.name, share.recordings) for share in found.figures.by_project] == [("work", 3)]
    assert found.figures.by_type[0].duration_s == 180.0
    assert list(found.figures.days.values()) == [3]
    assert (found.figures.takes, found.figures.failures) == (4, {"failed": 1, "interrupted": 2})
    assert (found.slow_queries.count, found.slow_queries.slowest_s) == (1, 0.412)
    assert [line for line in found.alerts if "80%" in line]
    assert not [line for line in figures.statistics_of_library(5001).alerts if "at most" in line]
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(100, 85, 15))
    assert "85% full" in figures.statistics_of_library().alerts[0]
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(100, 84, 16))
    assert figures.statistics_of_library().alerts == []
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(0, 0, 0))
    assert figures.statistics_of_library().disks == []


class _Usage:
    def __init__(self, total: int, used: int, free: int) -> None:
        self.total, self.used, self.free = total, used, free
