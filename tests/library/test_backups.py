"""Backups and restoring, also while other processes read and write the library."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from recorder_app.errors import InvalidRequest, LibraryCorrupt, LibraryLocked, LibraryTooNew
from recorder_app.library.backups import (
    KEPT,
    back_up,
    back_up_daily,
    backups,
    newest_good,
    restore,
)
from recorder_app.library.database import Database
from recorder_app.library.files import problems_of
from recorder_app.library.models import Recording
from recorder_app.library.recordings import add
from tests.support.command import ROOT, run

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

# Enters recordings with a tag each, one transaction after the other, and says how many.
WRITER = """
import sys; from pathlib import Path
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.library.recordings import add
database = Database(Path(sys.argv[1]))
for number in range(1_000_000):
    with database.write() as session:
        row = Recording(title=str(number), recording_type="screen", path=f"/{number}.webm")
        add(session, row, ["a", "b"])
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


@pytest.fixture
def writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def wait_for(writer: subprocess.Popen[str], count: int) -> int:
    """Return the number after `count` more transactions."""
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(count)]
    assert lines[-1], "the writer ended"
    return int(lines[-1])


def enter(path: Path, *titles: str) -> None:
    with contextlib.closing(Database(path)) as database, database.write() as session:
        for title in titles:
            add(session, Recording(title=title, recording_type="screen", path=f"/{title}.webm"))


def titles(path: Path) -> list[str]:
    with contextlib.closing(Database(path)) as database, database.read() as session:
        return sorted(session.scalars(select(Recording.title)))


def untied(path: Path) -> int:
    """Return how many recordings lack their two tags."""
    with contextlib.closing(sqlite3.connect(path)) as file:
        return int(
            file.execute(
                "SELECT count(*) FROM recordings WHERE (SELECT count(*) FROM recording_tags"
                " WHERE recording_id = id) <> 2"
            ).fetchone()[0]
        )


def test_ten_backups_are_kept_one_a_day(path: Path) -> None:
    enter(path, "a")
    for day in range(13):
        made = back_up(path, NOW + timedelta(days=day))
        os.utime(made, (NOW.timestamp() + day * 86_400,) * 2)
    kept = backups(path)
    assert len(kept) == KEPT
    assert kept[0].name == "library-2026-05-13T120000Z.sqlite"
    assert back_up_daily(path, NOW + timedelta(days=12, hours=23)) is None
    assert back_up_daily(path, NOW + timedelta(days=13, minutes=1)) is not None
    assert all(each.stat().st_mode & 0o077 == 0 for each in backups(path))
    # One file each: nothing beside it belongs to it.
    assert len(list((path.parent / "backups").iterdir())) == KEPT


def test_a_backup_of_a_library_in_use_is_whole(path: Path, writer: subprocess.Popen[str]) -> None:
    before = wait_for(writer, 50)
    made = back_up(path, NOW)
    wait_for(writer, 20)
    assert problems_of(made) == []
    assert untied(made) == 0
    with contextlib.closing(sqlite3.connect(made)) as file:
        count = file.execute("SELECT count(*) FROM recordings").fetchone()[0]
    assert count > before


def test_a_library_in_use_is_restored_at_once(path: Path, writer: subprocess.Popen[str]) -> None:
    wait_for(writer, 20)
    made = back_up(path, NOW)
    reader = Database(path)
    wait_for(writer, 30)
    with reader.read() as session:
        many = session.scalar(select(func.count(Recording.id))) or 0
    aside = restore(path, made, NOW)
    with reader.read() as session:
        fewer = session.scalar(select(func.count(Recording.id))) or 0
    # The writer does not notice.
    wait_for(writer, 100)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert fewer < many
    assert reader.check() == []
    reader.close()
    assert untied(path) == 0
    assert aside is not None
    assert problems_of(aside) == []
    assert untied(aside) == 0
    with contextlib.closing(Database(path)) as database:
        assert database.check() == []


def test_a_damaged_library_is_set_aside_and_the_newest_good_backup_comes_back(path: Path) -> None:
    enter(path, "a")
    good = back_up(path, NOW)
    enter(path, "b")
    bad = back_up(path, NOW + timedelta(days=1))
    break_file(bad)
    path.write_bytes(b"broken" * 5000)
    assert newest_good(path) == good
    aside = restore(path, good, NOW)
    assert titles(path) == ["a"]
    assert aside is not None
    assert aside.read_bytes() == b"broken" * 5000


def test_a_damaged_library_in_use_is_not_replaced(path: Path) -> None:
    enter(path, "a")
    made = back_up(path, NOW)
    code = (
        "import sys; from pathlib import Path\n"
        "from recorder_app.library.database import Database\n"
        "database = Database(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as user:
        assert user.stdout is not None
        user.stdout.readline()
        path.write_bytes(b"broken" * 5000)
        with pytest.raises(LibraryLocked, match=str(user.pid)):
            restore(path, made, NOW)
        assert path.read_bytes() == b"broken" * 5000
        user.kill()
    assert restore(path, made, NOW) is not None
    assert titles(path) == ["a"]


def test_nothing_changes_when_a_backup_cannot_be_used(path: Path) -> None:
    enter(path, "a")
    made = back_up(path, NOW)
    newer = made.with_name("library-newer.sqlite")
    newer.write_bytes(made.read_bytes())
    with contextlib.closing(sqlite3.connect(newer)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    break_file(made)
    enter(path, "b")
    with pytest.raises(LibraryCorrupt, match="backup"):
        restore(path, made, NOW)
    with pytest.raises(LibraryTooNew):
        restore(path, newer, NOW)
    with pytest.raises(InvalidRequest):
        restore(path, path.with_name("nothing"), NOW)
    assert titles(path) == ["a", "b"]
    assert not [each for each in path.parent.iterdir() if "restoring" in each.name]


def test_a_damaged_library_pushes_no_good_backup_out(path: Path) -> None:
    enter(path, *map(str, range(300)))
    made = back_up(path, NOW)
    break_file(path)
    with pytest.raises(LibraryCorrupt):
        back_up(path, NOW + timedelta(days=1))
    assert backups(path) == [made]


def test_a_missing_library_is_restored_too(path: Path) -> None:
    enter(path, "a")
    made = back_up(path, NOW)
    path.unlink()
    assert restore(path, made, NOW) is None
    assert titles(path) == ["a"]


def test_the_commands(screenless: dict[str, str]) -> None:
    assert run("library", "check", env=screenless).returncode == 0
    made = json.loads(run("library", "backup", "--json", env=screenless).stdout)
    library = Path(made["path"]).parents[1] / "library.sqlite"
    library.write_bytes(b"broken" * 5000)
    checked = run("library", "check", env=screenless)
    assert checked.returncode == 1
    assert Path(made["path"]).name in checked.stdout
    asked = run("show", "abcd", env=screenless)
    assert asked.returncode == 5
    assert "library restore --newest" in asked.stderr
    restored = json.loads(run("library", "restore", "--newest", "--json", env=screenless).stdout)
    assert restored["restored_from"] == made["path"]
    assert run("library", "check", env=screenless).returncode == 0


def test_changing_something_makes_a_backup_once_a_day(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / ".local" / "share" / "recorder-app" / "library.sqlite"
    take = ("record", "--target", "synthetic:pattern@320x240", "--duration", "0.3")
    wanted = json.loads(run(*take, "--json", env=screenless).stdout)["recording_id"]
    # Recording is not held up by it.
    assert backups(path) == []
    for title in ("a", "b"):
        assert run("edit", wanted, "--title", title, env=screenless).returncode == 0
    assert len(backups(path)) == 1


def break_file(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for page_number in range(2, len(data) // 4096, 2):
        data[page_number * 4096 : (page_number + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(data)


def test_backups_of_the_future_push_out_no_others(path: Path) -> None:
    Database(path).close()
    now = datetime.now(UTC)
    for day in range(KEPT):
        made = back_up(path, now + timedelta(days=10_000 + day))
        os.utime(made, ((now + timedelta(days=10_000)).timestamp(),) * 2)
    today = back_up_daily(path, now)
    assert today is not None
    assert backups(path)[0] == today
    assert newest_good(path) == today
    assert len(backups(path)) == KEPT
    assert back_up_daily(path, now + timedelta(hours=1)) is None


def test_a_library_that_was_emptied_is_damaged_not_new(path: Path) -> None:
    with contextlib.closing(Database(path)) as database, database.write() as session:
        add(session, Recording(title="a", recording_type="screen", path="/a.webm"))
    back_up(path, NOW)
    os.truncate(path, 0)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with pytest.raises(LibraryCorrupt):
        Database(path)
    assert path.stat().st_size == 0
    assert restore(path, backups(path)[0], NOW) is not None
    with contextlib.closing(Database(path)) as database, database.read() as session:
        assert session.scalar(select(func.count(Recording.id))) == 1


def test_what_a_library_that_is_gone_left_behind_is_not_taken_for_the_backups(path: Path) -> None:
    Database(path).close()
    back_up(path, NOW)
    log = path.with_name(f"{path.name}-wal")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("CREATE TABLE stranger (a)")
        left = log.read_bytes()
    path.unlink()
    log.write_bytes(left)
    restore(path, backups(path)[0], NOW)
    with contextlib.closing(sqlite3.connect(path)) as file:
        assert not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'stranger'").fetchall()
