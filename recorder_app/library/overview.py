"""How many recordings there are of each kind that a person looks for.

Functions take the session of ``Database.read``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, case, func, select, type_coerce
from sqlalchemy.orm import Session

from recorder_app.library.media_rows import MISSING
from recorder_app.library.models import Job, Project, Recording, RecordingTag, Tag, Upload
from recorder_app.library.queue import UNFINISHED, JobState
from recorder_app.library.uploads import UPLOAD

# What somebody asked for and waits for; pictures and checksums are nobody's business.
_WANTED_KINDS = (UPLOAD, "export")
_OPEN_STATES = (*UNFINISHED, JobState.FAILED)
# How many ids one statement is asked about.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How many recordings outside the trash there are, and how many in it."""

    all: int
    recent: int
    favourites: int
    not_shared: int
    missing: int
    trash: int


def counts(session: Session, recent_from: datetime) -> Counts:
    """Count them in one walk through the index of filters."""

    row = Recording
    query = select(
        func.count(),
        _number_of(row.created_at >= recent_from),
        _number_of(row.is_favourite.is_(True)),
        _number_of(type_coerce(row.share_links, String) == "{}"),
        _number_of(row.status == MISSING),
    )
    query = query.select_from(row).where(row.deleted_at.is_(None))
    query = query.with_hint(row, "INDEXED BY ix_recordings_filters", "sqlite")
    deleted = select(func.count()).select_from(row).where(row.deleted_at.is_not(None))
    every, recent, favourites, not_shared, missing = session.execute(query).one()
    trash = session.scalar(deleted) or 0
    return Counts(every, recent, favourites, not_shared, missing, trash)


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def projects(session: Session) -> list[tuple[str, int]]:
    """Return the names of all projects, sorted, and how many recordings each has."""
    # By the id, which the index has; joined with the names only then.
    query = select(Recording.project_id, func.count()).where(
        Recording.deleted_at.is_(None), Recording.project_id.is_not(None)
    )
    found = {key: number for key, number in session.execute(query.group_by(Recording.project_id))}
    names = session.execute(select(Project.name, Project.id)).all()
    return sorted(((name, found.get(key, 0)) for name, key in names), key=_by_name)


def tags(session: Session) -> list[tuple[str, int]]:
    """Return the names of all tags that are in use, sorted, and on how many recordings."""
    query = (
        select(RecordingTag.tag_id, func.count())
        .join(Recording, Recording.id == RecordingTag.recording_id)
        .where(Recording.deleted_at.is_(None))
        .group_by(RecordingTag.tag_id)
    )
    found = {key: number for key, number in session.execute(query)}
    names = session.execute(select(Tag.name, Tag.id).where(Tag.id.in_(found))).all()
    return sorted(((name, found[key]) for name, key in names), key=_by_name)


def destinations(session: Session) -> list[str]:
    """Return the destinations that recordings were uploaded to, sorted."""
    names = session.scalars(select(Upload.destination).distinct())
    return sorted(names, key=str.casefold)


def unfinished_ids(session: Session) -> list[str]:
    """Return the recordings with an upload or export that is not done, or failed."""
    query = select(Job.recording_id).join(Recording, Recording.id == Job.recording_id)
    wanted = (
        Job.kind.in_(_WANTED_KINDS),
        Job.state.in_(_OPEN_STATES),
        Recording.deleted_at.is_(None),
    )
    return [each for each in session.scalars(query.where(*wanted).distinct()) if each is not None]


def open_jobs(session: Session, recording_ids: Iterable[str]) -> dict[str, Job]:
    """Return by recording the newest of its uploads and exports that is not done, or failed."""
    asked = list(recording_ids)
    found: dict[str, Job] = {}
    for start in range(0, len(asked), _AT_ONCE):
        query = select(Job).where(
            Job.recording_id.in_(asked[start : start + _AT_ONCE]),
            Job.kind.in_(_WANTED_KINDS),
            Job.state.in_(_OPEN_STATES),
        )
        for job in session.scalars(query.order_by(Job.created_at, Job.id)):
            if job.recording_id is not None:
                found[job.recording_id] = job
    return found


def _by_name(pair: tuple[str, int]) -> str:
    return pair[0].casefold()
