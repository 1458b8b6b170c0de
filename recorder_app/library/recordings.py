"""Recordings in the library: adding, finding by id, listing, changing, deleting and restoring.

Functions take the session of ``Database.read`` or ``Database.write`` and raise InvalidRequest for
what is not there. Whatever changes a row notes it in the audit log in the same transaction.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from recorder_app.errors import InvalidRequest
from recorder_app.library.models import AuditEntry, Project, Recording, RecordingTag, Tag
from recorder_app.texts import N_

LEAST_ID = 4


class Order(enum.Enum):
    """How a list is sorted; dates, lengths and sizes the largest first."""

    DATE = "date"
    TITLE = "title"
    LENGTH = "length"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which recordings to list; what is None or empty does not matter."""

    project: str | None = None
    tags: tuple[str, ...] = ()
    recording_type: str | None = None
    status: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    shortest_s: float | None = None
    longest_s: float | None = None
    is_favourite: bool | None = None
    destination: str | None = None
    is_deleted: bool = False
    ids: tuple[str, ...] | None = field(default=None)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a recording must fulfil."""
        row = Recording
        found: list[ColumnElement[bool]] = [
            row.deleted_at.is_not(None) if self.is_deleted else row.deleted_at.is_(None)
        ]
        if self.project is not None:
            # Looked up once, so that the index over projects and times is used.
            project = select(Project.id).where(Project.name == self.project)
            found.append(row.project_id == project.scalar_subquery())
        for name in self.tags:
            tag = select(Tag.id).where(Tag.name == name).scalar_subquery()
            found.append(
                exists().where(RecordingTag.recording_id == row.id, RecordingTag.tag_id == tag)
            )
        if self.recording_type is not None:
            found.append(row.recording_type == self.recording_type)
        if self.status is not None:
            found.append(row.status == self.status)
        if self.created_from is not None:
            found.append(row.created_at >= self.created_from)
        if self.created_to is not None:
            found.append(row.created_at < self.created_to)
        if self.shortest_s is not None:
            found.append(row.duration_s >= self.shortest_s)
        if self.longest_s is not None:
            found.append(row.duration_s <= self.longest_s)
        if self.is_favourite is not None:
            found.append(row.is_favourite.is_(self.is_favourite))
        if self.destination is not None:
            found.append(row.share_links[self.destination].as_string().is_not(None))
        if self.ids is not None:
            found.append(row.id.in_(self.ids))
        return found


def add(session: Session, recording: Recording, tags: Iterable[str] = ()) -> Recording:
    """Enter `recording`."""
    recording.tags = [_tag(session, name) for name in tags]
    session.add(recording)
    session.flush()
    note(session, "added", recording.id, path=recording.path)
    return recording


def get(session: Session, text: str) -> Recording:
    """Return the recording whose id is, begins or ends with `text`, deleted ones included.

    Raises InvalidRequest when there is none or more than one.
    """
    wanted = text.strip().lower()
    found = session.get(Recording, wanted)
    if found is not None:
        return found
    matches: Sequence[Recording] = ()
    if len(wanted) >= LEAST_ID and wanted.isalnum():
        matches = session.scalars(
            select(Recording)
            .where(or_(Recording.id.startswith(wanted), Recording.id.endswith(wanted)))
            .limit(2)
        ).all()
    if len(matches) == 1:
        return matches[0]
    raise InvalidRequest(
        N_("Several recordings have an id like {id}.")
        if matches
        else N_("There is no recording with the id {id}."),
        hint=N_("“recorder-app list” shows them; give at least four characters of an id."),
        id=text,
    )


def page(
    session: Session,
    wanted: Filter | None = None,
    *,
    order: Order = Order.DATE,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[Recording]:
    """Return recordings `offset` to `offset` + `limit` of those `wanted`."""
    query = select(Recording).where(*(wanted or Filter()).conditions())
    return session.scalars(ordered(query, order).limit(limit).offset(offset)).all()


def count(session: Session, wanted: Filter | None = None) -> int:
    """Return how many recordings are `wanted`."""
    query = select(func.count()).select_from(Recording)
    return session.scalar(query.where(*(wanted or Filter()).conditions())) or 0


def change(session: Session, recording: Recording, **changes: Any) -> Recording:
    """Set columns of `recording`; `tags` is a list of names, `project` a name or None."""
    before: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "tags":
            before[name] = [tag.name for tag in recording.tags]
            recording.tags = [_tag(session, each) for each in dict.fromkeys(value)]
        elif name == "project":
            before[name] = None if recording.project is None else recording.project.name
            recording.project = None if not value else _project(session, value)
        else:
            before[name] = getattr(recording, name)
            setattr(recording, name, value)
    recording.updated_at = datetime.now(UTC)
    session.flush()
    note(session, "changed", recording.id, before=_plain(before))
    return recording


def delete(session: Session, recording: Recording) -> None:
    """Put `recording` into the library's trash; its file stays."""
    if recording.deleted_at is None:
        recording.deleted_at = datetime.now(UTC)
        note(session, "deleted", recording.id)


def restore(session: Session, recording: Recording) -> None:
    """Take `recording` out of the trash."""
    if recording.deleted_at is not None:
        recording.deleted_at = None
        note(session, "restored", recording.id)


def note(session: Session, action: str, subject_id: str, **details: Any) -> None:
    """Write a line of the audit log."""
    session.add(
        AuditEntry(action=action, subject_kind="recording", subject_id=subject_id, details=details)
    )


def ordered(query: Select[Any], order: Order) -> Select[Any]:
    """Return `query` for recordings, sorted."""
    match order:
        case Order.DATE:
            return query.order_by(Recording.created_at.desc(), Recording.id.desc())
        case Order.TITLE:
            return query.order_by(Recording.title, Recording.id)
        case Order.LENGTH:
            return query.order_by(Recording.duration_s.desc(), Recording.id)
        case Order.SIZE:
            return query.order_by(Recording.file_size.desc(), Recording.id)


def _tag(session: Session, name: str) -> Tag:
    found = session.scalar(select(Tag).where(Tag.name == name))
    if found is None:
        found = Tag(name=name)
        session.add(found)
        session.flush()
    return found


def _project(session: Session, name: str) -> Project:
    found = session.scalar(select(Project).where(Project.name == name))
    if found is None:
        found = Project(name=name)
        session.add(found)
        session.flush()
    return found


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` as JSON can hold them."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
