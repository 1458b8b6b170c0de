"""A recording's edit list as an editor needs it: with exact times, and what can be stepped back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recorder_app.edit.timeline import EditList
from recorder_app.library import edits, recordings
from recorder_app.services import editing
from recorder_app.services.edit_times import Wish
from recorder_app.services.library import open_library


@dataclass(frozen=True, slots=True)
class EditState:
    """`edits` tells times as exact fractions of seconds of the file at `path`."""

    recording_id: str
    title: str
    path: Path
    edits: EditList
    can_undo: bool
    can_redo: bool


def state_of(recording_id: str) -> EditState:
    """Return how a recording is edited. Raises InvalidRequest, MediaError or LibraryError."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        row = recordings.get(session, recording_id)
        length = editing.length_of(row)
        steps = edits.history(session, row)
        return EditState(
            row.id,
            row.title,
            Path(row.path),
            editing.edit_list(session, row, length),
            can_undo=any(step.undone_at is None for step in steps),
            can_redo=bool(edits.redoable(session, row)),
        )


def apply(recording_id: str, wish: Wish) -> EditState:
    """Add a step. One that makes no sense changes nothing.

    Raises InvalidRequest, MediaError or LibraryError.
    """
    editing.apply(recording_id, wish)
    return state_of(recording_id)


def undo(recording_id: str) -> EditState:
    """Take the last step back, if there is one. Raises MediaError or LibraryError."""
    return _stepped(recording_id, editing.undo, lambda state: state.can_undo)


def redo(recording_id: str) -> EditState:
    """Bring back what was undone last, if there is anything. Raises MediaError or LibraryError."""
    return _stepped(recording_id, editing.redo, lambda state: state.can_redo)


def _stepped(
    recording_id: str, step: Callable[[str], object], can: Callable[[EditState], bool]
) -> EditState:
    state = state_of(recording_id)
    if not can(state):
        return state
    step(recording_id)
    return state_of(recording_id)
