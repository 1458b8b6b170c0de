"""Edit lists of recordings: what is kept of each, its steps, undo and redo.

The list says what to make of a recording; its file is never changed. Times are seconds of that
file, whatever was edited before, and a later trim takes the place of an earlier one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from recorder_app.edit import timeline
from recorder_app.edit.timeline import EditList, Operation
from recorder_app.errors import InvalidRequest, UnreadableMedia
from recorder_app.library import edits, recordings
from recorder_app.library.ids import short_id
from recorder_app.library.models import Recording, RecordingEdit
from recorder_app.library.queue import Session
from recorder_app.services.edit_times import Times, Wish
from recorder_app.services.library import open_library
from recorder_app.services.safekeeping import opened_library
from recorder_app.texts import N_

APPLIED, UNDONE, REPLACED = "applied", "undone", "replaced"


class StepEntry(msgspec.Struct, frozen=True):
    """One edit. `state` is ``applied``, ``undone`` (can be redone) or ``replaced`` (cannot).

    `parts` are from and to in seconds of the file.
    """

    id: str
    operation: str
    parts: list[tuple[float, float]]
    state: str
    applied_at: datetime


class EditsEntry(msgspec.Struct, frozen=True):
    """A recording's edit list. Lengths and `kept` parts are in seconds of the file."""

    id: str
    short_id: str
    title: str
    length_s: float
    kept_length_s: float
    kept: list[tuple[float, float]]
    can_undo: bool
    can_redo: bool
    steps: list[StepEntry]


def edits_of(recording_id: str) -> EditsEntry:
    """Return a recording's edit list. Raises InvalidRequest, MediaError or LibraryError."""
    with contextlib.closing(open_library()) as database:
        with database.read() as session:
            length = length_of(recordings.get(session, recording_id))
        with database.read() as session:
            return entry_of(session, recordings.get(session, recording_id), length)


def apply(recording_id: str, wish: Wish) -> EditsEntry:
    """Add a step. One that makes no sense changes nothing.

    Raises InvalidRequest, MediaError or LibraryError.
    """
    with opened_library() as database:
        with database.read() as session:
            row = recordings.get(session, recording_id)
        length = length_of(row)
        operation = wish.operation(Times(Path(row.path), length))
        with database.write() as session:
            row = recordings.get(session, row.id)
            add_step(session, row, length, operation)
            return entry_of(session, row, length)


def undo(recording_id: str) -> EditsEntry:
    """Take the last step back. Raises InvalidRequest when there is none."""
    return _step_through(recording_id, edits.undo)


def redo(recording_id: str) -> EditsEntry:
    """Bring back the step that was undone last. Raises InvalidRequest when there is none."""
    return _step_through(recording_id, edits.redo)


def add_step(
    session: Session, row: Recording, length: Fraction, operation: Operation
) -> RecordingEdit:
    """Add a step to the edit list of `row`, of which something must be left. Raises InvalidRequest.

    In the transaction of the caller, which is to give up on an error.
    """
    operation.apply(edit_list(session, row, length))
    return edits.apply(session, row, operation.name, operation.to_parameters())


def edit_list(session: Session, row: Recording, length: Fraction) -> EditList:
    """Return what is kept of `row`. Raises InvalidRequest for steps of a newer version of ours."""
    return EditList.of(length, _operations(edits.current(session, row)))


def snapshot(session: Session, row: Recording) -> list[tuple[str, dict[str, Any]]]:
    """Return the steps that count, as names and parameters."""
    return [(step.operation, step.parameters) for step in edits.current(session, row)]


def length_of(row: Recording) -> Fraction:
    """Return how long the recording is, from its file where the library does not know.

    Raises UnreadableMedia.
    """
    length_s = row.duration_s
    if length_s <= 0:
        # Only now: the library knows most lengths.
        from recorder_app.media.probe import probe

        length_s = probe(Path(row.path)).duration_s
    if length_s <= 0:
        raise UnreadableMedia(N_("The length of {path} is not known."), path=row.path)
    return Fraction(round(length_s * 1000), 1000)


def entry_of(session: Session, row: Recording, length: Fraction) -> EditsEntry:
    """Return the edit list of `row` as plain data."""
    kept = edit_list(session, row, length)
    steps = edits.history(session, row)
    return EditsEntry(
        id=row.id,
        short_id=short_id(row.id),
        title=row.title,
        length_s=_seconds(length),
        kept_length_s=_seconds(kept.kept_length),
        kept=[(_seconds(part.start), _seconds(part.end)) for part in kept.kept],
        can_undo=any(step.undone_at is None for step in steps),
        can_redo=bool(edits.redoable(session, row)),
        steps=list(map(_step_entry, steps)),
    )


def _step_through(
    recording_id: str, step: Callable[[Session, Recording], RecordingEdit]
) -> EditsEntry:
    with opened_library() as database:
        with database.read() as session:
            length = length_of(recordings.get(session, recording_id))
        with database.write() as session:
            row = recordings.get(session, recording_id)
            step(session, row)
            return entry_of(session, row, length)


def _operations(steps: Sequence[RecordingEdit]) -> list[Operation]:
    return [timeline.operation(step.operation, step.parameters) for step in steps]


def _step_entry(step: RecordingEdit) -> StepEntry:
    state = APPLIED
    if step.undone_at is not None:
        state = REPLACED if edits.is_replaced(step) else UNDONE
    return StepEntry(step.id, step.operation, _parts(step), state, step.applied_at)


def _parts(step: RecordingEdit) -> list[tuple[float, float]]:
    """Return the times of a step; none of one that a newer version of ours made."""
    try:
        ranges = timeline.operation(step.operation, step.parameters).ranges
    except InvalidRequest:
        return []
    return [(_seconds(each.start), _seconds(each.end)) for each in ranges]


def _seconds(time: Fraction) -> float:
    return round(float(time), 6)
