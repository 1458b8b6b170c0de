"""What belongs to a recording, and taking all of it out of the library for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from recorder_app.library import search_index, uploads
from recorder_app.library.database import Database
from recorder_app.library.files import fill
from recorder_app.library.models import (
    AuditEntry,
    Frame,
    Job,
    Recording,
    RecordingSessionRow,
    Upload,
)
from recorder_app.library.recordings import note


@dataclass(frozen=True, slots=True)
class Holdings:
    """The files of a recording and its copies elsewhere.

    `is_shared` says that another row is about the same file, which then has to stay.
    """

    recording_id: str
    title: str
    media: Path
    is_shared: bool
    pictures: tuple[Path, ...]
    remote: tuple[dict[str, Any], ...]


def holdings(session: Session, recording: Recording) -> Holdings:
    """Return what belongs to `recording`."""
    others = session.scalar(
        select(func.count()).where(Recording.path == recording.path, Recording.id != recording.id)
    )
    frames = session.scalars(select(Frame.path).where(Frame.recording_id == recording.id)).all()
    pictures = [*frames] + ([recording.thumbnail] if recording.thumbnail else [])
    return Holdings(
        recording.id,
        recording.title,
        Path(recording.path),
        bool(others),
        tuple(Path(picture) for picture in pictures),
        tuple(_remote_copies(session, recording)),
    )


def every_id(session: Session) -> Sequence[str]:
    """Return the ids of all recordings, deleted ones included."""
    return session.scalars(select(Recording.id)).all()


def remove(session: Session, recording: Recording, *, queue_remote: bool) -> int:
    """Take `recording`, its session and every trace of them out; return the jobs queued.

    With `queue_remote` a job for each copy elsewhere stays behind: to delete it there. Its files
    are the caller's matter.
    """
    # What was deleted is overwritten in the file, not only forgotten.
    session.connection().exec_driver_sql("PRAGMA secure_delete = ON")
    remote = _remote_copies(session, recording) if queue_remote else []
    for copy in remote:
        uploads.enqueue_removal(session, copy)
    session.execute(delete(AuditEntry).where(AuditEntry.subject_id == recording.id))
    take = recording.session_id
    session.delete(recording)
    session.flush()
    if take is not None and not session.scalar(
        select(func.count()).where(Recording.session_id == take)
    ):
        session.execute(delete(RecordingSessionRow).where(RecordingSessionRow.id == take))
    note(session, "erased", recording.id)
    return len(remote)


def forget_words(session: Session) -> None:
    """Take the words of what was removed out of the search; once, after the last of several."""
    session.connection().exec_driver_sql("PRAGMA secure_delete = ON")
    search_index.forget(session)


def remove_everything(database: Database) -> int:
    """Empty the library but for the jobs that delete copies elsewhere; return how many those are.

    Its contents are replaced by those of a new one, so that nothing of the old is left in the
    file. Raises LibraryError or StorageError.
    """
    with database.write() as session:
        for recording in session.scalars(select(Recording)):
            for copy in _remote_copies(session, recording):
                uploads.enqueue_removal(session, copy)
        session.flush()
        kept = [
            {column.name: getattr(job, column.name) for column in Job.__table__.columns}
            | {"recording_id": None}
            for job in session.scalars(select(Job).where(Job.kind == uploads.REMOTE_DELETE))
        ]
    path = database.path.with_name(f".{database.path.name}.empty")
    try:
        fresh = Database(path, is_scratch=True)
        try:
            with fresh.write() as session:
                session.add_all(Job(**columns) for columns in kept)
        finally:
            fresh.close()
        fill(database.path, path)
        database.compact()
    finally:
        path.unlink(missing_ok=True)
    return len(kept)


def _remote_copies(session: Session, recording: Recording) -> Sequence[dict[str, Any]]:
    rows = session.scalars(select(Upload).where(Upload.recording_id == recording.id))
    found = [uploads.copy_of(session, each) for each in rows if uploads.may_be_there(each)]
    known = {copy["destination"] for copy in found}
    return found + [
        {"destination": destination, "remote_id": None, "link": link}
        for destination, link in recording.share_links.items()
        if destination not in known
    ]
