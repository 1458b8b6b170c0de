"""What people called things so far: projects, tags, platforms and kinds of content.

Functions take the session of ``Database.read``.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from recorder_app.library.models import Project, Recording, Tag

_MOST = 1000


def projects(session: Session) -> list[str]:
    return list(session.scalars(select(Project.name).order_by(Project.name).limit(_MOST)))


def tags(session: Session) -> list[str]:
    return list(session.scalars(select(Tag.name).order_by(Tag.name).limit(_MOST)))


def platforms(session: Session) -> list[str]:
    return _used(session, Recording.platform)


def content_types(session: Session) -> list[str]:
    return _used(session, Recording.content_type)


def _used(session: Session, column: InstrumentedAttribute[str]) -> list[str]:
    query = select(column).where(column != "").distinct().order_by(column).limit(_MOST)
    return list(session.scalars(query))
