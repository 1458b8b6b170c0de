"""Keeping the full-text index in step with the tables.

Triggers (see the first migration) note in ``search_pending`` which recordings changed, whoever
changed them. ``catch_up`` brings those up to date in the transaction that changed them. The text is
put into words here, not by SQLite, because its tokenizers take Chinese for one word and split Hindi
in the middle of words.

``search_index`` holds the words of each recording; ``search_rows`` says which recording a row is.
A row's number is the recording's time in milliseconds, so that the newest come first without
sorting, and negative while the recording is in the trash, so that it costs the others nothing.
Beside the number are the columns that people filter by: the matches of a common word are looked up
there in a fifth of the time that their recordings would take.
``search_words`` holds every word there ever was, for telling typos.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from recorder_app.library.words import is_single, words

# In the order of the index's columns.
FIELDS = ("title", "tags", "project", "description", "annotations", "transcript")
# Words that a typo may lead to. Shorter ones have too many neighbours, longer ones are no words.
SHORTEST, LONGEST = 3, 32
# Enough to tell titles apart; what is longer is found by its words.
_TITLE_KEY = 200
_BATCH = 500
_EPOCH = datetime(1970, 1, 1)

# What a row has besides its number, its recording and its title.
_FILTERS = (
    "created_at",
    "duration_s",
    "recording_type",
    "status",
    "is_favourite",
    "project_id",
    "share_links",
)
_CHANGED = f"""
SELECT s.recording_id, r.deleted_at IS NOT NULL, {", ".join(f"r.{each}" for each in _FILTERS)},
r.title, (
    SELECT group_concat(t.name, ' ') FROM recording_tags AS rt JOIN tags AS t ON t.id = rt.tag_id
    WHERE rt.recording_id = r.id
), (
    SELECT p.name FROM projects AS p WHERE p.id = r.project_id
), r.description, (
    SELECT group_concat(a.text, ' ') FROM annotations AS a WHERE a.recording_id = r.id
), (
    SELECT group_concat(t.text, ' ') FROM transcripts AS t WHERE t.recording_id = r.id
)
FROM (SELECT DISTINCT recording_id FROM search_pending LIMIT ?) AS s
LEFT JOIN recordings AS r ON r.id = s.recording_id
"""


def catch_up(session: Session) -> int:
    """Index what changed since the last time; return how many recordings. Needs the write lock."""
    session.flush()
    done = 0
    while changed := _run(session, _CHANGED, (_BATCH,)):
        _index(session, changed)
        _run_all(
            session,
            "DELETE FROM search_pending WHERE recording_id = ?",
            [(row[0],) for row in changed],
        )
        done += len(changed)
    return done


def is_behind(session: Session) -> bool:
    """Return whether something changed past this program, by another one."""
    return bool(_run(session, "SELECT 1 FROM search_pending LIMIT 1"))


def rebuild(session: Session) -> int:
    """Make the index anew from the tables; return how many recordings. Needs the write lock."""
    session.flush()
    for table in ("search_index", "search_rows", "search_words", "search_pending"):
        _run(session, f"DELETE FROM {table}")
    _run(session, "INSERT INTO search_pending SELECT id FROM recordings")
    done = catch_up(session)
    _run(session, "INSERT INTO search_index (search_index) VALUES ('optimize')")
    return done


def forget(session: Session) -> None:
    """Drop the words that no recording has any more, from the index's own files as well.

    For what was erased: an ordinary deletion leaves words behind. Takes as long as reading the
    whole index. Needs the write lock.
    """
    catch_up(session)
    _run(session, "INSERT INTO search_index (search_index) VALUES ('optimize')")
    _run(
        session,
        "CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab('main', 'search_index', 'row')",
    )
    _run(session, "DELETE FROM search_words WHERE word NOT IN (SELECT term FROM temp.search_terms)")
    _run(session, "DROP TABLE temp.search_terms")


def _index(session: Session, changed: list[Any]) -> None:
    ids = [(row[0],) for row in changed]
    _run_all(
        session,
        "DELETE FROM search_index"
        " WHERE rowid IN (SELECT number FROM search_rows WHERE recording_id = ?)",
        ids,
    )
    _run_all(session, "DELETE FROM search_rows WHERE recording_id = ?", ids)
    entries, rows = [], []
    seen: set[str] = set()
    taken: set[int] = set()
    for recording_id, is_deleted, *values in changed:
        filters, texts = values[: len(_FILTERS)], values[len(_FILTERS) :]
        created_at = filters[0]
        if created_at is None:
            # Gone for good.
            continue
        number = _free_number(session, created_at, is_deleted, taken)
        columns = [words(text or "") for text in texts]
        seen.update(*columns)
        entries.append((number, *map(" ".join, columns)))
        rows.append((number, recording_id, title_key(columns[0]), *filters))
    _insert_all(session, "search_index", ("rowid", *FIELDS), entries)
    _insert_all(session, "search_rows", ("number", "recording_id", "title_key", *_FILTERS), rows)
    _run_all(
        session,
        "INSERT OR IGNORE INTO search_words (word) VALUES (?)",
        [(word,) for word in sorted(seen) if SHORTEST <= len(word) <= LONGEST and word.isalpha()],
    )


def title_key(title_words: list[str]) -> str:
    """Return what titles are compared by as a whole."""
    key = "".join(word if is_single(word) else f" {word} " for word in title_words)
    return " ".join(key.split())[:_TITLE_KEY]


def _free_number(session: Session, created_at: str, is_deleted: bool, taken: set[int]) -> int:
    """Return the number for a recording of that time; others of that time get one near it."""
    created = datetime.fromisoformat(created_at)
    if created.tzinfo is not None:
        created = created.astimezone(UTC).replace(tzinfo=None)
    number = max(1, int((created - _EPOCH).total_seconds() * 1000))
    sign = -1 if is_deleted else 1
    step = 1
    while sign * number in taken or _run(
        session, "SELECT 1 FROM search_rows WHERE number = ?", (sign * number,)
    ):
        # In jumps: thousands brought in at once may all carry the same time.
        number += secrets.randbelow(step) + 1
        step *= 2
    taken.add(sign * number)
    return sign * number


def _run(session: Session, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
    result = session.connection().exec_driver_sql(statement, values)
    return list(result.all()) if result.returns_rows else []


def _insert_all(
    session: Session, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    marks = ", ".join("?" * len(columns))
    _run_all(session, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def _run_all(session: Session, statement: str, values: list[tuple[Any, ...]]) -> None:
    if values:
        session.connection().exec_driver_sql(statement, values)
