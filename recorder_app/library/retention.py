"""Which recordings the rules would delete, and what is old enough to leave the trash.

Everything is off unless asked for. Functions take a session of ``Database``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from recorder_app.library.media_rows import MISSING
from recorder_app.library.models import Project, Recording, RecordingSessionRow, Upload
from recorder_app.library.recordings import delete
from recorder_app.library.uploads import ARRIVED

AGE = "age"
SIZE = "size"
SESSION_DAYS = 30
_TOLD = ("warning", "danger")


@dataclass(frozen=True, slots=True)
class Rules:
    """What to keep. `older_than_days` and `most_bytes` delete, the others hold back.

    `most_bytes` is for all that is in the library, or in `project`: the oldest go first.
    """

    older_than_days: float | None = None
    most_bytes: int | None = None
    project: str | None = None
    keep_favourites: bool = False
    only_uploaded: bool = False

    @property
    def are_off(self) -> bool:
        return self.older_than_days is None and self.most_bytes is None


@dataclass(frozen=True, slots=True)
class Deletion:
    """A recording to be deleted; `reason` is AGE or SIZE."""

    recording_id: str
    title: str
    path: str
    created_at: datetime
    freed_bytes: int
    reason: str


def plan(session: Session, rules: Rules, now: datetime) -> list[Deletion]:
    """Return what `rules` would delete now, the oldest first."""
    if rules.are_off:
        return []
    query = select(Recording).where(Recording.deleted_at.is_(None))
    if rules.project is not None:
        query = query.where(Recording.project.has(Project.name == rules.project))
    rows = session.scalars(query.order_by(Recording.created_at, Recording.id)).all()
    uploaded = _uploaded(session) if rules.only_uploaded else set()
    total = sum(_taken(row) for row in rows)
    deletions = []
    for row in rows:
        if rules.keep_favourites and row.is_favourite:
            continue
        if rules.only_uploaded and row.id not in uploaded and not row.share_links:
            continue
        reason = _reason(rules, row, now, total)
        if reason is not None:
            freed = _taken(row)
            total -= freed
            deletions.append(Deletion(row.id, row.title, row.path, row.created_at, freed, reason))
    return deletions


def apply(session: Session, rules: Rules, now: datetime) -> list[Deletion]:
    """Put what `rules` delete now into the library's trash; return it."""
    deletions = plan(session, rules, now)
    for deletion in deletions:
        row = session.get(Recording, deletion.recording_id)
        assert row is not None
        delete(session, row)
    return deletions


def outdated_trash(session: Session, now: datetime, days: float) -> Sequence[Recording]:
    """Return what has been in the library's trash for `days` days or more."""
    query = select(Recording).where(Recording.deleted_at <= now - timedelta(days=days))
    return session.scalars(query.order_by(Recording.deleted_at)).all()


def thin_sessions(session: Session, now: datetime, days: float = SESSION_DAYS) -> int:
    """Drop the bulk of sessions older than `days`; return of how many.

    When, how long and how it ended stay, and so do the warnings. Those still active are left.
    """
    old = session.scalars(
        select(RecordingSessionRow).where(
            RecordingSessionRow.started_at < now - timedelta(days=days),
            RecordingSessionRow.status != "active",
        )
    )
    count = 0
    for row in old.all():
        health = [event for event in row.health if _is_told(event)]
        if row.devices or row.settings or row.pauses or health != row.health:
            row.devices, row.settings, row.pauses, row.health = {}, {}, [], health
            count += 1
    return count


def _reason(rules: Rules, row: Recording, now: datetime, total: int) -> str | None:
    if rules.older_than_days is not None and row.created_at < now - timedelta(
        days=rules.older_than_days
    ):
        return AGE
    if rules.most_bytes is not None and total > rules.most_bytes and row.status != MISSING:
        return SIZE
    return None


def _taken(row: Recording) -> int:
    """Return the bytes that are free without `row`; a file that is not there takes none."""
    return 0 if row.status == MISSING else row.file_size


def _uploaded(session: Session) -> set[str]:
    arrived = or_(Upload.link.is_not(None), Upload.remote_id.is_not(None))
    query = select(Upload.recording_id).where(Upload.state.in_(ARRIVED), arrived)
    return set(session.scalars(query))


def _is_told(event: object) -> bool:
    return isinstance(event, dict) and event.get("severity") in _TOLD
