"""Killing a process that writes into a library, and looking at what it left."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from recorder_app.library.database import Database
from tests.support.command import ROOT

# Each transaction: a session, a recording with two tags, three edits, a job and an annotation;
# every third one is changed again, every seventh deleted for good.
WRITER = """
import sys
from pathlib import Path
from recorder_app.library import edits, recordings, removal
from recorder_app.library.database import Database
from recorder_app.library.models import Annotation, Recording
from recorder_app.library.queue import enqueue
from recorder_app.library.takes import enter_session
from recorder_app.library.ids import new_id

database = Database(Path(sys.argv[1]))
print("open", flush=True)
number = 0
while True:
    number += 1
    with database.write() as session:
        take = enter_session(session, new_id(), recording_type="screen", status="completed")
        row = Recording(
            title=f"take {number}", recording_type="screen", path=f"/{number}.webm",
            description="words " * 200, session_id=take.id,
        )
        recordings.add(session, row, ["one", "two"])
        for step in range(3):
            edits.apply(session, row, "cut", {"step": step})
        session.add(Annotation(recording_id=row.id, text="note"))
        enqueue(session, "preview", row.id, lane="media")
    if number % 3 == 0:
        with database.write() as session:
            row = recordings.get(session, row.id)
            recordings.change(session, row, title=f"changed {number}", description="changed")
    if number % 7 == 0:
        with database.write() as session:
            removal.remove(session, recordings.get(session, row.id), queue_remote=False)
    print(row.id, flush=True)
"""

_HALF_WRITTEN = """
SELECT count(*) FROM recordings AS r WHERE
    (SELECT count(*) FROM recording_tags WHERE recording_id = r.id) <> 2
    OR (SELECT count(*) FROM recording_edits WHERE recording_id = r.id) <> 3
    OR (SELECT count(*) FROM annotations WHERE recording_id = r.id) <> 1
    OR (SELECT count(*) FROM jobs WHERE recording_id = r.id) <> 1
    OR (SELECT count(*) FROM recording_sessions WHERE id = r.session_id) <> 1
    OR (r.title LIKE 'changed%') <> (r.description = 'changed')
    OR (SELECT count(*) FROM search_rows WHERE recording_id = r.id) <> 1
"""


def kill_a_writer(path: Path, after_s: float) -> str | None:
    """Let a process write for so long and kill it; return the last it said to have entered."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n", "it did not open the library"
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    lines = [line for line in process.communicate()[0].splitlines(keepends=True)]
    whole = [line.strip() for line in lines if line.endswith("\n")]
    return whole[-1] if whole else None


def faults_after_kill(path: Path, last: str | None) -> list[str]:
    """Return what is wrong with the library: damage, rows half written, rows that are gone."""
    with closing(Database(path)) as database:
        faults = database.check()
    with closing(sqlite3.connect(path)) as file:
        faults += [row[0] for row in file.execute("PRAGMA integrity_check") if row[0] != "ok"]
        half = file.execute(_HALF_WRITTEN).fetchone()[0]
        known = file.execute("SELECT count(*) FROM audit_log WHERE subject_id = ?", [last])
        is_known = known.fetchone()[0] > 0
    if half:
        faults.append(f"{half} rows half written")
    if last is not None and not is_known:
        faults.append(f"{last} was entered, and is gone")
    return faults


def random_moments(count: int, seed: int) -> list[float]:
    """Return so many times to wait, from none to a second."""
    chosen = random.Random(seed)
    return [chosen.uniform(0, 1) for _ in range(count)]
