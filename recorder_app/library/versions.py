"""Versions: recordings that were made from another one, which their details name.

Functions take the session of ``Database.read`` or ``Database.write``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from recorder_app.library.models import Recording

# In the details of a version: the id of what it was made from, by which steps, and as what.
VERSION_OF, OPERATIONS, PRESET = "version_of", "operations", "preset"


def versions_of(session: Session, recording_id: str) -> Sequence[Recording]:
    """Return the versions of a recording that are not in the trash, the oldest first."""
    is_version = Recording.details[VERSION_OF].as_string() == recording_id
    query = select(Recording).where(is_version, Recording.deleted_at.is_(None))
    return session.scalars(query.order_by(Recording.created_at, Recording.id)).all()


def free_title(session: Session, origin: Recording, word: str) -> str:
    """Return a title for a version of `origin`, such as “Talk (trimmed 2)”, that no other has."""
    title = origin.title
    if VERSION_OF in origin.details:
        # A version of a version is no longer called by both.
        title = re.sub(rf" \({re.escape(word)}(?: \d+)?\)$", "", title)
    number = 1
    while True:
        wanted = f"{title} ({word})" if number == 1 else f"{title} ({word} {number})"
        taken = select(Recording.id).where(
            Recording.title == wanted, Recording.deleted_at.is_(None)
        )
        if session.scalar(taken.limit(1)) is None:
            return wanted
        number += 1
