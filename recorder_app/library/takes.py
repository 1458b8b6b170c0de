"""Entering takes: a session for each, and a recording where there is one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from recorder_app.library.models import Recording, RecordingSessionRow
from recorder_app.library.recordings import add


def enter_session(session: Session, session_id: str, **columns: Any) -> RecordingSessionRow:
    """Enter or bring up to date the session `session_id`."""
    row = session.get(RecordingSessionRow, session_id)
    if row is None:
        row = RecordingSessionRow(id=session_id)
        session.add(row)
    for name, value in columns.items():
        setattr(row, name, value)
    session.flush()
    return row


def enter_recording(
    session: Session, recording_id: str, created_at: datetime, **columns: Any
) -> Recording:
    """Enter the recording `recording_id` once; a second time nothing changes."""
    row = session.get(Recording, recording_id)
    if row is not None:
        return row
    return add(session, Recording(id=recording_id, created_at=created_at, **columns))
