"""Looking at, changing, deleting and restoring recordings of this user's library."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from recorder_app.errors import InvalidSettingError
from recorder_app.jobs.kinds import enqueue_alignment
from recorder_app.library import media_rows, recordings, uploads, versions
from recorder_app.library.ids import short_id
from recorder_app.library.models import Recording
from recorder_app.library.queue import Session
from recorder_app.services import notes
from recorder_app.services.library import RecordingEntry, entry_of, open_library
from recorder_app.services.safekeeping import opened_library
from recorder_app.services.walking import storable
from recorder_app.texts import N_

# More is no name any more; descriptions may be as long as they are.
_LONGEST_NAME = 10_000
# How many recordings one transaction changes.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a recording; None and empty tuples leave things as they are.

    An empty project takes it out of its project.
    """

    title: str | None = None
    description: str | None = None
    project: str | None = None
    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    is_favourite: bool | None = None
    recording_type: str | None = None
    platform: str | None = None
    content_type: str | None = None


class RelatedEntry(msgspec.Struct, frozen=True):
    """A recording that another one was made from, or that was made from it."""

    id: str
    short_id: str
    title: str


class ShownEntry(RecordingEntry, frozen=True):
    """A recording with what it was made from, as far as that is there, and its versions."""

    origin: RelatedEntry | None
    versions: list[RelatedEntry]


def show(recording_id: str) -> ShownEntry:
    """Return one recording. Raises InvalidRequest when there is none of that id."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        row = recordings.get(session, recording_id)
        entry = entry_of(row)
        origin = media_rows.with_id(session, entry.version_of or "")
        return ShownEntry(
            **msgspec.structs.asdict(entry),
            origin=None if origin is None else _related(origin),
            versions=[_related(each) for each in versions.versions_of(session, row.id)],
        )


def _related(row: Recording) -> RelatedEntry:
    return RelatedEntry(row.id, short_id(row.id), row.title)


def edit(recording_id: str, changes: Changes) -> RecordingEntry:
    """Change one recording and return it as it is then.

    Raises InvalidRequest when there is none of that id, or a title would be empty.
    """
    return edit_all([recording_id], changes)[0]


def edit_all(recording_ids: Sequence[str], changes: Changes) -> list[RecordingEntry]:
    """Change several recordings alike and return them as they are then.

    Raises as `edit`, and InvalidRequest before anything is changed when one is not there.
    """
    columns = _columns(changes)
    entries = []
    with opened_library() as database:
        with database.read() as session:
            for each in recording_ids:
                recordings.get(session, each)
        for start in range(0, len(recording_ids), _AT_ONCE):
            # Others get their turn in between.
            with database.write() as session:
                changed = []
                for each in recording_ids[start : start + _AT_ONCE]:
                    row = recordings.get(session, each)
                    changed.append(_change(session, row, columns, changes))
                    if changes.title is not None:
                        enqueue_alignment(session, row)
                kept = [(entry, notes.note_of(session, row)) for row, entry in changed]
            for entry, note in kept:
                notes.keep(entry.path, note)
            entries += [entry for entry, _ in kept]
    return entries


def _columns(changes: Changes) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if changes.title is not None:
        columns["title"] = _name(changes.title, "title")
    if changes.description is not None:
        columns["description"] = storable(changes.description)
    if changes.project is not None:
        columns["project"] = _name(changes.project, "project") if changes.project.strip() else None
    if changes.is_favourite is not None:
        columns["is_favourite"] = changes.is_favourite
    if changes.recording_type is not None:
        columns["recording_type"] = _name(changes.recording_type, "type")
    if changes.platform is not None:
        columns["platform"] = " ".join(storable(changes.platform).split())
    if changes.content_type is not None:
        columns["content_type"] = " ".join(storable(changes.content_type).split())
    return columns


def _change(
    session: Session, row: Recording, columns: dict[str, Any], changes: Changes
) -> tuple[Recording, RecordingEntry]:
    wanted = dict(columns)
    if changes.tags or changes.untags:
        kept = [tag.name for tag in row.tags if tag.name not in changes.untags]
        wanted["tags"] = kept + [_name(tag, "tag") for tag in changes.tags]
    return row, entry_of(recordings.change(session, row, **wanted))


def delete(recording_ids: Sequence[str]) -> list[RecordingEntry]:
    """Put recordings into the trash, all of them or, where one is not found, none.

    Their uploads rest meanwhile; what has arrived stays shared.
    """
    with opened_library() as database, database.write() as session:
        rows = [recordings.get(session, each) for each in recording_ids]
        for row in rows:
            recordings.delete(session, row)
            uploads.rest(session, row.id)
        return [entry_of(row) for row in rows]


def restore(recording_ids: Sequence[str]) -> list[RecordingEntry]:
    """Take recordings out of the trash, all of them or none; their uploads go on."""
    with opened_library() as database, database.write() as session:
        rows = [recordings.get(session, each) for each in recording_ids]
        for row in rows:
            recordings.restore(session, row)
            uploads.go_on(session, row.id)
        return [entry_of(row) for row in rows]


def _name(text: str, what: str) -> str:
    name = " ".join(storable(text).split())
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidSettingError(
            N_("That is not possible as a {what}."),
            hint=N_("It needs 1 to {most} characters."),
            what=what,
            most=_LONGEST_NAME,
        )
    return name
