"""Opening a library: migrations, newer versions, crashes, damage, and several at once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from recorder_app.errors import DiskFull, LibraryCorrupt, LibraryError, LibraryTooNew, StorageError
from recorder_app.library import migrations, schema, usage
from recorder_app.library.backups import backups
from recorder_app.library.database import Database
from recorder_app.library.models import Base, Recording
from recorder_app.library.recordings import add, get
from recorder_app.library.sqlite_errors import translated
from tests.support.command import ROOT

SCRIPTS = Path(migrations.__file__).parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Database]:
    database = Database(path)
    try:
        yield database
    finally:
        database.close()


def enter(database: Database, title: str = "a take") -> str:
    with database.write() as session:
        return add(
            session, Recording(title=title, recording_type="screen", path="/x.webm"), ["tag"]
        ).id


def test_the_revisions_known_are_those_there_are() -> None:
    scripts = ScriptDirectory(str(SCRIPTS))
    assert {script.revision for script in scripts.walk_revisions()} == set(schema._KNOWN)
    assert scripts.get_heads() == [schema.HEAD]


def test_the_migrated_schema_is_that_of_the_models(path: Path) -> None:
    with opened(path) as database, database._engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                # The search's own tables have no models.
                "include_name": lambda name, kind, _: (
                    kind != "table" or name in Base.metadata.tables
                ),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_alembic_is_only_imported_when_there_is_something_to_do(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from recorder_app.library.database import Database\n"
        "Database(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
        ).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip
    assert answers == ["True", "False"]


def test_a_migration_keeps_every_row_and_makes_a_backup(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with opened(path) as database:
        wanted = enter(database)
    before = dump(path)
    add_revision(monkeypatch, tmp_path, 'op.add_column("tags", sa.Column("colour", sa.String()))')
    with opened(path) as database, database.read() as session:
        assert get(session, wanted).title == "a take"
        assert [tag.name for tag in get(session, wanted).tags] == ["tag"]
    after = dump(path)
    after.pop("alembic_version")
    before.pop("alembic_version")
    after["tags"] = [row[:2] for row in after["tags"]]
    assert after == before
    [backup] = backups(path)
    assert backup.name.endswith("before-update.sqlite")
    assert dump(backup)["recordings"] == before["recordings"]


def test_a_migration_that_rebuilds_a_table_deletes_nothing_that_refers_to_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with opened(path) as database:
        enter(database)
    before = dump(path)
    add_revision(
        monkeypatch,
        tmp_path,
        'with op.batch_alter_table("recordings", recreate="always") as table:\n'
        '        table.add_column(sa.Column("colour", sa.String()))',
    )
    with opened(path):
        pass
    after = dump(path)
    assert after["recording_tags"] == before["recording_tags"] != []
    assert len(after["recordings"]) == 1


def test_a_migration_that_fails_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with opened(path) as database:
        enter(database)
    before = dump(path)
    add_revision(
        monkeypatch,
        tmp_path,
        'op.add_column("tags", sa.Column("colour", sa.String()))\n    op.drop_table("nothing")',
    )
    with pytest.raises(Exception, match="nothing"):
        Database(path)
    assert dump(path) == before


@pytest.mark.parametrize("journal", ["wal", "delete"])
@pytest.mark.parametrize("has_wal", [False, True])
def test_a_newer_library_is_refused_without_changing_a_byte(
    path: Path, journal: str, has_wal: bool
) -> None:
    with opened(path) as database:
        enter(database)
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.execute(f"PRAGMA journal_mode = {journal}")
        file.commit()
    keeper = sqlite3.connect(path)
    if has_wal:
        # As after a crash of the newer version: the last transactions are beside the file.
        keeper.execute("CREATE TABLE newer (x)")
    before = hashes(path)
    with pytest.raises(LibraryTooNew, match="9999"):
        Database(path)
    assert hashes(path) == before
    keeper.close()
    assert not backups(path)


def test_two_processes_may_make_a_library_at_once(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from recorder_app.library.database import Database\n"
        "sys.stdin.readline(); d = Database(Path(sys.argv[1])); print(d.check()); d.close()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0].strip() for process in processes] == ["[]"] * 4


def test_a_library_is_only_checked_after_a_crash(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(path) as database:
        enter(database)
    with opened(path):
        pass
    assert "not closed" not in caplog.text
    crash(path)
    assert usage.others(path)[1]
    with opened(path) as database, database.read() as session:
        assert session.get(Recording, "crash") is not None
    assert "not closed" in caplog.text
    caplog.clear()
    with opened(path):
        pass
    assert "not closed" not in caplog.text


def test_a_library_damaged_by_a_crash_is_refused_until_something_is_done(path: Path) -> None:
    with opened(path) as database:
        for number in range(200):
            enter(database, f"take {number}")
    crash(path)
    damage(path)
    for _ in range(2):
        with pytest.raises(LibraryCorrupt, match="damaged") as refused:
            Database(path)
        assert "restore --newest" in refused.value.hint
        assert "rebuild" in refused.value.hint
    assert not [path for path in path.parent.glob("*.used-*") if str(os.getpid()) in path.name]


def test_what_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(LibraryCorrupt):
        Database(path)
    assert path.read_bytes() == b"nonsense" * 1000


def crash(path: Path) -> None:
    """Enter a recording and be killed before the library is closed."""
    code = (
        "import os, sys; from pathlib import Path\n"
        "from recorder_app.library.database import Database\n"
        "from recorder_app.library.models import Recording\n"
        "with Database(Path(sys.argv[1])).write() as s:\n"
        "    s.merge(Recording(id='crash', title='x', recording_type='screen', path='/x'))\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False, timeout=60)


def damage(path: Path) -> None:
    """Overwrite pages in the middle, as a disk would; the log beside it is lost."""
    for companion in ("-wal", "-shm"):
        path.with_name(path.name + companion).unlink(missing_ok=True)
    with path.open("r+b") as file:
        for page in range(3, path.stat().st_size // 4096, 2):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with contextlib.closing(sqlite3.connect(path)) as file:
        names = [
            row[0]
            for row in file.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
            )
        ]
        return {name: file.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def hashes(path: Path) -> dict[str, str]:
    """Return the contents of the database and of its log; its index in memory does not count."""
    return {
        each.name: hashlib.sha256(each.read_bytes()).hexdigest()
        for each in (path, path.with_name(path.name + "-wal"))
        if each.exists() and each.stat().st_size
    }


def add_revision(monkeypatch: pytest.MonkeyPatch, folder: Path, steps: str) -> None:
    """Make this program one revision newer."""
    copied = folder / "migrations"
    (copied / "versions").mkdir(parents=True)
    for script in (SCRIPTS / "versions").glob("*.py"):
        (copied / "versions" / script.name).write_text(script.read_text())
    (copied / "versions" / "v9000_new.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = '9000'\ndown_revision = {schema.HEAD!r}\n"
        f"def upgrade():\n    {steps}\n"
    )
    monkeypatch.setattr(migrations, "__file__", str(copied / "__init__.py"))
    monkeypatch.setattr(schema, "_KNOWN", (*schema._KNOWN, "9000"))
    monkeypatch.setattr(schema, "HEAD", "9000")


def test_a_note_of_use_that_cannot_be_taken_away_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    database = Database(path)
    marker = path.with_name(f".{path.name}.used-{os.getpid()}")
    marker.unlink()
    marker.mkdir()
    database.close()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, DiskFull),
        (sqlite3.SQLITE_IOERR_SHMSIZE, DiskFull),
        (sqlite3.SQLITE_CANTOPEN, LibraryError),
    ],
)
def test_what_the_disk_refuses_is_told_as_it_is(
    tmp_path: Path, code: int, expected: type[StorageError]
) -> None:
    refusal = sqlite3.OperationalError("refused")
    refusal.sqlite_errorcode = code
    with pytest.raises(expected) as caught, translated(tmp_path):
        raise refusal
    assert "--output" not in caught.value.hint
