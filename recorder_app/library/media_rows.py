"""Recordings and takes by what is known of their files.

Functions take the session of ``Database.read`` or ``Database.write``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, exists, func, or_, select
from sqlalchemy.orm import Session

from recorder_app.library import recordings
from recorder_app.library.ids import new_id
from recorder_app.library.models import Recording, RecordingSessionRow

COMPLETED, RECOVERED, IMPORTED, MISSING = "completed", "recovered", "imported", "missing"
_FORMER = "status_before_missing"
_AT_ONCE = 500
# How far two readings of when a process began may differ, in seconds.
_SAME_START_S = 1.0


class FileRow(NamedTuple):
    """What a recording's row says of its file; `size` in bytes."""

    id: str
    title: str
    path: str
    status: str
    size: int
    checksum: str | None


def with_id(session: Session, recording_id: str) -> Recording | None:
    """Return the recording of exactly this id, also one in the trash."""
    return session.get(Recording, recording_id)


def with_ids(session: Session, recording_ids: Sequence[str]) -> dict[str, Recording]:
    """Return the recordings of these ids that there are, also those in the trash."""
    found: dict[str, Recording] = {}
    # SQLite takes only so many values in a statement.
    for start in range(0, len(recording_ids), _AT_ONCE):
        some = recording_ids[start : start + _AT_ONCE]
        rows = session.scalars(select(Recording).where(Recording.id.in_(some)))
        found |= {row.id: row for row in rows}
    return found


def paths(session: Session, recording_ids: Sequence[str]) -> dict[str, str]:
    """Return the files of these recordings, as far as they are known, by their ids."""
    found: dict[str, str] = {}
    for start in range(0, len(recording_ids), _AT_ONCE):
        some = recording_ids[start : start + _AT_ONCE]
        rows = session.execute(select(Recording.id, Recording.path).where(Recording.id.in_(some)))
        found |= {each: path for each, path in rows}
    return found


def at_path(session: Session, path: str) -> Recording | None:
    """Return the recording whose file is `path`, rather one that is not in the trash."""
    query = select(Recording).where(Recording.path == path)
    return session.scalars(query.order_by(Recording.deleted_at.is_not(None))).first()


def count_at_path(session: Session, path: str) -> int:
    """Return how many recordings are about the file `path`."""
    return session.scalar(select(func.count()).where(Recording.path == path)) or 0


def with_content(session: Session, size: int, checksum: str) -> Recording | None:
    """Return the recording of this content, as far as checksums are known."""
    query = select(Recording).where(Recording.checksum == checksum, Recording.file_size == size)
    return session.scalars(query.order_by(Recording.deleted_at.is_not(None))).first()


def unsummed(session: Session, size: int) -> Sequence[Recording]:
    """Return the recordings of this size whose checksum nobody has made yet."""
    found = select(Recording).where(
        Recording.file_size == size, Recording.checksum.is_(None), Recording.deleted_at.is_(None)
    )
    return session.scalars(found).all()


def enter(
    session: Session,
    recording_id: str,
    *,
    tags: Sequence[str] = (),
    project: str | None = None,
    **columns: Any,
) -> Recording:
    """Enter a recording under this id, or under a new one where it is taken."""
    if with_id(session, recording_id) is not None:
        recording_id = new_id(max(columns["created_at"].timestamp(), 0))
    row = recordings.add(session, Recording(id=recording_id, **columns), tags)
    return recordings.change(session, row, project=project) if project else row


def missing(row: Recording) -> dict[str, Any]:
    """Return the columns of `row` once its file is gone; what it was is kept for its return."""
    return {"status": MISSING, "details": row.details | {_FORMER: row.status}}


def returned(row: Recording) -> dict[str, Any]:
    """Return the columns of `row` once its file is there again."""
    if row.status != MISSING:
        return {}
    details = {name: value for name, value in row.details.items() if name != _FORMER}
    return {"status": str(row.details.get(_FORMER) or COMPLETED), "details": details}


def file_rows(session: Session) -> list[FileRow]:
    """Return what all recordings outside the trash say of their files."""
    row = Recording
    columns = (row.id, row.title, row.path, row.status, row.file_size, row.checksum)
    found = session.execute(select(*columns).where(row.deleted_at.is_(None)))
    return [FileRow(*each) for each in found]


def all_paths(session: Session) -> set[str]:
    """Return the paths of all recordings, also of those in the trash."""
    return set(session.scalars(select(Recording.path)))


def take_of(
    session: Session, path: str, owner_pid: int, owner_started: float
) -> RecordingSessionRow | None:
    """Return the take that this process recorded, or that recorded to `path`."""
    row = RecordingSessionRow
    began = func.abs(row.owner_started - owner_started) < _SAME_START_S
    query = select(row).where(or_((row.owner_pid == owner_pid) & began, row.path == path))
    return session.scalars(query.order_by(row.started_at.desc())).first()


def interrupted_paths(session: Session) -> list[str]:
    """Return where the takes recorded to that were cut short and led to no recording."""
    row = RecordingSessionRow
    query = select(row.path).where(
        row.status == "interrupted",
        # None is written as JSON's null.
        or_(row.error.is_(None), row.error == JSON.NULL),
        row.path.is_not(None),
        ~exists().where(Recording.session_id == row.id),
    )
    return [path for path in session.scalars(query) if path is not None]
