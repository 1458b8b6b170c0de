"""Moments of recordings: stills taken out of them, and notes on them.

Functions take the session of ``Database.write`` (``Database.read`` where they change nothing) and
raise InvalidRequest for what is not there. The files of stills are the caller's matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from recorder_app.errors import InvalidRequest
from recorder_app.library.lookup import by_id
from recorder_app.library.models import Annotation, Frame, Recording
from recorder_app.library.recordings import changed, note
from recorder_app.texts import N_


def add_frame(session: Session, recording: Recording, frame: Frame) -> Frame:
    """Enter a still of `recording`."""
    frame.recording_id = recording.id
    session.add(frame)
    changed(recording)
    session.flush()
    note(session, "frame taken", recording.id, frame=frame.id, at_s=frame.at_s)
    return frame


def annotate(session: Session, recording: Recording, annotation: Annotation) -> Annotation:
    """Enter a note on a moment of `recording`."""
    annotation.recording_id = recording.id
    session.add(annotation)
    changed(recording)
    session.flush()
    note(session, "annotated", recording.id, annotation=annotation.id, at_s=annotation.at_s)
    return annotation


def remove_annotation(session: Session, recording: Recording, text: str) -> Annotation:
    """Take out the note of `recording` whose id is, begins or ends with `text`; return it."""
    found = [row for row in by_id(session, Annotation, text) if row.recording_id == recording.id]
    if len(found) != 1:
        raise InvalidRequest(
            N_("The recording has no single note with the id {id}."),
            hint=N_("“recorder-app annotations” shows them."),
            id=text,
        )
    session.delete(found[0])
    changed(recording)
    session.flush()
    note(session, "annotation removed", recording.id, annotation=found[0].id)
    return found[0]


def get_frame(session: Session, recording: Recording, text: str) -> Frame:
    """Return the still of `recording` whose id is, begins or ends with `text`."""
    found = [row for row in by_id(session, Frame, text) if row.recording_id == recording.id]
    if len(found) != 1:
        raise InvalidRequest(
            N_("The recording has no single still with the id {id}."),
            hint=N_("“recorder-app frames” shows them."),
            id=text,
        )
    return found[0]


def frames_of(session: Session, recording_id: str, batch: str | None = None) -> Sequence[Frame]:
    """Return the stills of a recording, batch by batch, in the order of the recording."""
    query = select(Frame).where(Frame.recording_id == recording_id)
    if batch is not None:
        query = query.where(Frame.batch == batch)
    return session.scalars(query.order_by(Frame.batch, Frame.at_s, Frame.id)).all()


def annotations_of(session: Session, recording_id: str) -> Sequence[Annotation]:
    """Return the notes on a recording in its order."""
    query = select(Annotation).where(Annotation.recording_id == recording_id)
    return session.scalars(query.order_by(Annotation.at_s, Annotation.id)).all()


def annotations_on(session: Session, frame_id: str) -> Sequence[Annotation]:
    """Return the notes on a still, the oldest first."""
    query = select(Annotation).where(Annotation.frame_id == frame_id)
    return session.scalars(query.order_by(Annotation.id)).all()
