"""A recording's edit list: steps in order, with undo and redo that survive a restart.

The file a step is about is never changed: the list says what to make of it. Undone steps stay as
history. Steps that were undone when a new one came can never be redone: their `undo` column names
the step that came instead.

Functions take the session of ``Database.write`` (``Database.read`` where they change nothing) and
raise InvalidRequest for what makes no sense.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from recorder_app.errors import InvalidRequest
from recorder_app.library.models import Recording, RecordingEdit
from recorder_app.library.recordings import note
from recorder_app.texts import N_

_REPLACED = "replaced_by"


def apply(
    session: Session, recording: Recording, operation: str, parameters: Mapping[str, Any]
) -> RecordingEdit:
    """Add a step to the end of the list; what was undone can no longer be redone."""
    refuse_deleted(recording)
    newest = session.scalar(
        select(func.max(RecordingEdit.position)).where(RecordingEdit.recording_id == recording.id)
    )
    step = RecordingEdit(
        recording_id=recording.id,
        position=0 if newest is None else newest + 1,
        operation=operation,
        parameters=dict(parameters),
        undo={},
    )
    session.add(step)
    session.flush()
    for undone in redoable(session, recording):
        undone.undo = {_REPLACED: step.id}
    return _noted(session, recording, "edited", step)


def undo(session: Session, recording: Recording) -> RecordingEdit:
    """Take the last step back and return it."""
    refuse_deleted(recording)
    steps = current(session, recording)
    if not steps:
        raise InvalidRequest(N_("There is nothing to undo."))
    steps[-1].undone_at = datetime.now(UTC)
    return _noted(session, recording, "undone", steps[-1])


def redo(session: Session, recording: Recording) -> RecordingEdit:
    """Bring back the step that was undone last and return it."""
    refuse_deleted(recording)
    steps = redoable(session, recording)
    if not steps:
        raise InvalidRequest(N_("There is nothing to redo."))
    steps[0].undone_at = None
    return _noted(session, recording, "redone", steps[0])


def withdraw(session: Session, recording: Recording, step_id: str) -> bool:
    """Take the last step out as if it had never been; what it replaced can be redone again.

    Returns False, and changes nothing, where it is not the last one any more.
    """
    steps = history(session, recording)
    step = next((each for each in steps if each.id == step_id), None)
    if step is None or step is not steps[-1] or step.undone_at is not None:
        return False
    for each in steps:
        if each.undo.get(_REPLACED) == step_id:
            each.undo = {}
    session.delete(step)
    session.flush()
    note(session, "withdrawn", recording.id, step=step_id, operation=step.operation)
    return True


def refuse_deleted(recording: Recording) -> None:
    """Raise InvalidRequest for a recording in the trash."""
    if recording.deleted_at is not None:
        raise InvalidRequest(
            N_("A recording in the trash cannot be edited."),
            hint=N_("Restore it from the trash first."),
        )


def current(session: Session, recording: Recording) -> Sequence[RecordingEdit]:
    """Return the steps that count, in their order."""
    return [step for step in history(session, recording) if step.undone_at is None]


def is_replaced(step: RecordingEdit) -> bool:
    """Return whether a step was undone for good: another one came instead."""
    return _REPLACED in step.undo


def redoable(session: Session, recording: Recording) -> Sequence[RecordingEdit]:
    """Return the steps that can be redone, the next one first."""
    # Steps are undone from the end, so that the one with the lowest position was undone last.
    return [
        step
        for step in history(session, recording)
        if step.undone_at is not None and not is_replaced(step)
    ]


def history(session: Session, recording: Recording) -> Sequence[RecordingEdit]:
    """Return every step there ever was, in the order in which they were first applied."""
    return session.scalars(
        select(RecordingEdit)
        .where(RecordingEdit.recording_id == recording.id)
        .order_by(RecordingEdit.position)
    ).all()


def _noted(
    session: Session, recording: Recording, action: str, step: RecordingEdit
) -> RecordingEdit:
    recording.updated_at = datetime.now(UTC)
    session.flush()
    note(session, action, recording.id, step=step.id, operation=step.operation)
    return step
