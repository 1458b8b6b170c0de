"""What a list shows of recordings, read as plain columns: whole rows cost three times as much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from recorder_app.library.highlights import Shown
from recorder_app.library.models import Project, Recording, RecordingTag, Tag


class CardRow(NamedTuple):
    """A recording as a list shows it. Times are UTC; the tags are sorted."""

    id: str
    title: str
    description: str
    path: str
    status: str
    width: int
    duration_s: float
    file_size: int
    is_favourite: bool
    share_links: Mapping[str, Any]
    created_at: datetime
    deleted_at: datetime | None
    project: str | None
    tags: tuple[str, ...] = ()

    @property
    def shown(self) -> Shown:
        """The texts of it that are searched."""
        return Shown(self.id, self.title, self.description, self.project, self.tags)


def card_rows(session: Session, recording_ids: Sequence[str]) -> list[CardRow]:
    """Return those of the recordings that are there, in the order of their ids."""
    row = Recording
    asked = select(
        row.id,
        row.title,
        row.description,
        row.path,
        row.status,
        row.width,
        row.duration_s,
        row.file_size,
        row.is_favourite,
        row.share_links,
        row.created_at,
        row.deleted_at,
        Project.name,
    )
    asked = asked.outerjoin(Project, Project.id == row.project_id)
    asked = asked.where(row.id.in_(recording_ids))
    tags = _tags(session, recording_ids)
    found = {
        each[0]: CardRow(*each)._replace(tags=tags.get(each[0], ()))
        for each in session.execute(asked)
    }
    return [found[each] for each in recording_ids if each in found]


def _tags(session: Session, recording_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    asked = select(RecordingTag.recording_id, Tag.name).join(Tag, Tag.id == RecordingTag.tag_id)
    asked = asked.where(RecordingTag.recording_id.in_(recording_ids)).order_by(Tag.name)
    found: dict[str, tuple[str, ...]] = {}
    for recording_id, name in session.execute(asked):
        found[recording_id] = (*found.get(recording_id, ()), name)
    return found
