"""Finding a row by what people type of its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from recorder_app.library.models import Annotation, Frame, Job, Recording

LEAST_ID = 4

Row = TypeVar("Row", Recording, Job, Frame, Annotation)


def by_id(session: Session, model: type[Row], text: str) -> Sequence[Row]:
    """Return the rows whose id is, begins or ends with `text`: none, the one, or two of several."""
    wanted = text.strip().lower()
    found = session.get(model, wanted)
    if found is not None:
        return [found]
    if len(wanted) < LEAST_ID or not wanted.isalnum():
        return []
    is_like = or_(model.id.startswith(wanted), model.id.endswith(wanted))
    return session.scalars(select(model).where(is_like).limit(2)).all()
