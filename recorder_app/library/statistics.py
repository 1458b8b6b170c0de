"""Figures of the library: how much there is, of what, how much comes each day, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from recorder_app.library.models import Project, Recording, RecordingSessionRow

FAILED = ("failed", "interrupted")


@dataclass(frozen=True, slots=True)
class Share:
    """So many recordings of one kind; `name` is None for those without a project."""

    name: str | None
    recordings: int
    size_bytes: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """`days` counts recordings of each day (UTC) there were any, `failures` takes by status."""

    total: Share
    trash: Share
    by_project: list[Share]
    by_type: list[Share]
    days: dict[str, int]
    takes: int
    failures: dict[str, int]


def figures(session: Session, now: datetime, days: int = 30) -> Figures:
    """Return the figures; recordings a day, takes and failures of the last `days` days."""
    since = now - timedelta(days=days)
    row, take = Recording, RecordingSessionRow
    kept = row.deleted_at.is_(None)
    day = func.date(row.created_at)
    per_day = session.execute(
        select(day, func.count()).where(kept, row.created_at >= since).group_by(day).order_by(day)
    )
    statuses = session.execute(
        select(take.status, func.count()).where(take.started_at >= since).group_by(take.status)
    )
    takes = {str(status): int(count) for status, count in statuses}
    return Figures(
        total=_total(session, kept),
        trash=_total(session, row.deleted_at.is_not(None)),
        by_project=_shares(session, kept, Project.name),
        by_type=_shares(session, kept, row.recording_type),
        days={str(name): int(count) for name, count in per_day},
        takes=sum(takes.values()),
        failures={status: takes[status] for status in FAILED if status in takes},
    )


def folders(session: Session) -> list[Path]:
    """Return the folders in which recordings are."""
    paths = session.scalars(select(Recording.path))
    return sorted({Path(path).parent for path in paths})


def _total(session: Session, condition: ColumnElement[bool]) -> Share:
    count, size, seconds = session.execute(select(*_sums()).where(condition)).one()
    return Share(None, count, size, seconds)


def _shares(
    session: Session, condition: ColumnElement[bool], name: InstrumentedAttribute[str]
) -> list[Share]:
    query = select(name, *_sums()).select_from(Recording).outerjoin(Recording.project)
    found = session.execute(query.where(condition).group_by(name))
    shares = [Share(*row) for row in found]
    return sorted(shares, key=lambda share: share.size_bytes, reverse=True)


def _sums() -> tuple[ColumnElement[int], ColumnElement[int], ColumnElement[float]]:
    return (
        func.count(Recording.id),
        func.coalesce(func.sum(Recording.file_size), 0),
        func.coalesce(func.sum(Recording.duration_s), 0.0),
    )
