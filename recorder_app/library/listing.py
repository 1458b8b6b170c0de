"""Lists of recordings: filtered, sorted, page by page."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from recorder_app.library.models import Project, Recording, RecordingTag, Tag

# A filter that leaves no more than this is sorted as a whole. With more of them the first page is
# soon found by walking through all recordings in their order.
FEW = 1000
# Tags on more recordings than this are looked for as the other filters are.
_RARE_TAG = 5000


class Order(enum.Enum):
    """How a list is sorted; dates, lengths and sizes the largest first."""

    DATE = "date"
    TITLE = "title"
    LENGTH = "length"
    SIZE = "size"


_WALKS = {
    Order.DATE: "ix_recordings_created_at",
    Order.TITLE: "ix_recordings_title",
    Order.LENGTH: "ix_recordings_duration_s",
    Order.SIZE: "ix_recordings_file_size",
}


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
    is_shared: bool | None = None
    is_deleted: bool = False
    ids: tuple[str, ...] | None = field(default=None)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a recording must fulfil."""
        is_deleted = Recording.deleted_at.is_not(None)
        return [is_deleted if self.is_deleted else ~is_deleted, *self.narrowing(Recording)]

    def narrowing(self, row: Any) -> list[ColumnElement[bool]]:
        """Return what makes fewer of the recordings outside the trash, or of those in it.

        `row` has the columns: the recordings' table, or another with their names.
        """
        found: list[ColumnElement[bool]] = []
        if self.project is not None:
            # Looked up once, so that the index over projects and times is used.
            project = select(Project.id).where(Project.name == self.project)
            found.append(row.project_id == project.scalar_subquery())
        for name in self.tags:
            tag = select(Tag.id).where(Tag.name == name).scalar_subquery()
            found.append(
                row.id.in_(select(RecordingTag.recording_id).where(RecordingTag.tag_id == tag))
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
            # Most are not shared at all; those need no look into their links.
            found.append(type_coerce(row.share_links, String) != "{}")
            found.append(row.share_links[self.destination].as_string().is_not(None))
        if self.is_shared is not None:
            links = type_coerce(row.share_links, String)
            found.append(links != "{}" if self.is_shared else links == "{}")
        if self.ids is not None:
            found.append(row.id.in_(self.ids))
        return found


def page(
    session: Session,
    wanted: Filter | None = None,
    *,
    order: Order = Order.DATE,
    is_reversed: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[Recording]:
    """Return recordings `offset` to `offset` + `limit` of those `wanted`."""
    query = _listed(session, select(Recording), wanted or Filter(), order, is_reversed)
    return session.scalars(query.limit(limit).offset(offset)).all()


def page_ids(
    session: Session,
    wanted: Filter,
    order: Order,
    *,
    is_reversed: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[str]:
    """Return the ids of recordings `offset` to `offset` + `limit`, or of all, of those `wanted`.

    All of 100,000 take 0.1 to 0.3 s.
    """
    query = _listed(session, select(Recording.id), wanted, order, is_reversed)
    return in_one(session, query.limit(limit).offset(offset))


def in_one(session: Session, query: Select[Any]) -> list[str]:
    """Return what a query for one column of plain words finds, in its order.

    SQLite puts them together: as rows each would need Python, which other threads wait for.
    """
    rows = query.subquery()
    joined = session.scalar(select(func.group_concat(rows.c[0])).select_from(rows))
    return joined.split(",") if joined else []


def with_ids(session: Session, ids: Sequence[str]) -> list[Recording]:
    """Return those of the recordings `ids` that are there, in the same order."""
    rows = session.scalars(select(Recording).where(Recording.id.in_(ids)))
    found = {row.id: row for row in rows}
    return [found[each] for each in ids if each in found]


def _listed(
    session: Session, query: Select[Any], wanted: Filter, order: Order, is_reversed: bool
) -> Select[Any]:
    ids = few(session, wanted)
    if ids is None:
        return in_order(query.where(*wanted.conditions()), wanted, order, is_reversed=is_reversed)
    return ordered(query.where(Recording.id.in_(ids)), order, is_reversed=is_reversed)


def count(session: Session, wanted: Filter | None = None) -> int:
    """Return how many recordings are `wanted`."""
    return session.scalar(matching(session, select(func.count()), wanted or Filter())) or 0


def few(session: Session, wanted: Filter) -> list[str] | None:
    """Return the ids of those `wanted`; None when they are more than FEW."""
    if wanted == Filter():
        return None
    ids = list(session.scalars(matching(session, select(Recording.id), wanted).limit(FEW + 1)))
    return ids if len(ids) <= FEW else None


def matching(session: Session, query: Select[Any], wanted: Filter) -> Select[Any]:
    """Return `query`, for ids or numbers of recordings, so that it reads the index of filters."""
    query = query.select_from(Recording).where(*wanted.conditions())
    if wanted.ids is not None or _has_rare_tag(session, wanted):
        return _through(query, "sqlite_autoindex_recordings_1")
    return _through(query, "ix_recordings_filters")


def in_order(
    query: Select[Any], wanted: Filter, order: Order, *, is_reversed: bool = False
) -> Select[Any]:
    """Return `query`, sorted by walking through all recordings in their order."""
    query = ordered(query, order, is_reversed=is_reversed)
    return query if wanted.is_deleted else _through(query, _WALKS[order])


def _through(query: Select[Any], index: str) -> Select[Any]:
    # SQLite cannot know how many a filter lets through and chooses badly; we counted.
    return query.with_hint(Recording, f"INDEXED BY {index}", "sqlite")


def _has_rare_tag(session: Session, wanted: Filter) -> bool:
    for name in wanted.tags:
        rows = select(RecordingTag.tag_id).join(Tag).where(Tag.name == name).limit(_RARE_TAG)
        if (session.scalar(select(func.count()).select_from(rows.subquery())) or 0) < _RARE_TAG:
            return True
    return False


def ordered(query: Select[Any], order: Order, *, is_reversed: bool = False) -> Select[Any]:
    """Return `query` for recordings, sorted, or just the other way round."""
    row = Recording
    match order, is_reversed:
        case Order.DATE, False:
            return query.order_by(row.created_at.desc(), row.id.desc())
        case Order.DATE, True:
            return query.order_by(row.created_at, row.id)
        case Order.TITLE, False:
            return query.order_by(row.title, row.id)
        case Order.TITLE, True:
            return query.order_by(row.title.desc(), row.id.desc())
        case Order.LENGTH, False:
            return query.order_by(row.duration_s.desc(), row.id)
        case Order.LENGTH, True:
            return query.order_by(row.duration_s, row.id.desc())
        case Order.SIZE, False:
            return query.order_by(row.file_size.desc(), row.id)
        case _:
            return query.order_by(row.file_size, row.id.desc())
