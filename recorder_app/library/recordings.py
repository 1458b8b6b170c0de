"""Recordings in the library: adding, finding by id, changing, deleting and restoring.

Functions take the session of ``Database.read`` or ``Database.write`` and raise InvalidRequest for
what is not there. Whatever changes a row notes it in the audit log in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from recorder_app.errors import InvalidRequest
from recorder_app.library.lookup import by_id
from recorder_app.library.models import AuditEntry, Project, Recording, Tag
from recorder_app.texts import N_


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
    matches = by_id(session, Recording, text)
    if len(matches) == 1:
        return matches[0]
    raise InvalidRequest(
        N_("Several recordings have an id like {id}.")
        if matches
        else N_("There is no recording with the id {id}."),
        hint=N_(
            "On the command line, “recorder-app list” shows them; give at least four characters of "
            "an id."
        ),
        id=text,
    )


def still_there(session: Session, recording_ids: Sequence[str]) -> list[str]:
    """Return those of the ids that there are, in their order; deleted ones are there."""
    wanted = select(Recording.id).where(Recording.id.in_(recording_ids))
    found = set(session.scalars(wanted))
    return [each for each in recording_ids if each in found]


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
    changed(recording)
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


def changed(recording: Recording) -> None:
    """Say that something of `recording` changed now, be it in another table."""
    recording.updated_at = datetime.now(UTC)


def note(session: Session, action: str, subject_id: str, **details: Any) -> None:
    """Write a line of the audit log."""
    session.add(
        AuditEntry(action=action, subject_kind="recording", subject_id=subject_id, details=details)
    )


def audit_of(session: Session, recording_id: str, limit: int) -> Sequence[AuditEntry]:
    """Return the lines of the audit log about a recording, the newest first."""
    query = select(AuditEntry).where(AuditEntry.subject_id == recording_id)
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()


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
