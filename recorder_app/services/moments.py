"""Stills taken out of recordings, and notes on their moments."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import InvalidRequest, InvalidSettingError
from recorder_app.library import moments, recordings
from recorder_app.library.ids import new_id, short_id
from recorder_app.library.models import Annotation, Frame, Recording
from recorder_app.library.queue import Session
from recorder_app.media.missing import missing_file
from recorder_app.media.outfile import storage_error
from recorder_app.media.whole_file import replacing
from recorder_app.services import notes
from recorder_app.services.library import open_library
from recorder_app.services.safekeeping import opened_library
from recorder_app.services.walking import storable
from recorder_app.texts import N_

# More is no note on a moment any more.
_LONGEST_TEXT = 10_000
_LONGEST_BATCH = 200
# Lengths are known to a millisecond.
_SLACK_S = 0.0005


class AnnotationEntry(msgspec.Struct, frozen=True):
    """A note on a moment, `at_s` seconds into the recording."""

    id: str
    short_id: str
    recording_id: str
    at_s: float
    text: str
    frame_id: str | None
    created_at: datetime


class FrameEntry(msgspec.Struct, frozen=True):
    """A still of the moment `at_s`; `notes` are those on it, `copied_to` its copy."""

    id: str
    short_id: str
    recording_id: str
    batch: str
    at_s: float
    path: str
    created_at: datetime
    notes: list[AnnotationEntry]
    copied_to: str | None = None


def take_frame(
    recording_id: str,
    at_s: float,
    *,
    batch: str = "",
    text: str | None = None,
    output: Path | None = None,
) -> FrameEntry:
    """Take the picture that is shown at `at_s` into the library, with a note if there is `text`.

    `output` is a new file, or a folder, that gets a copy. Raises InvalidRequest when the recording
    is not there or not as long, UnreadableMedia, StorageError or LibraryError.
    """
    batch = _checked(batch, _LONGEST_BATCH) if batch.strip() else ""
    text = None if text is None else _checked(text, _LONGEST_TEXT)
    with contextlib.closing(open_library()) as database, database.read() as session:
        row = recordings.get(session, recording_id)
    _check_time(row, at_s)
    content = _still(row, at_s)
    frame = Frame(id=new_id(), batch=batch, at_s=at_s)
    path = paths.frame_folder(row.id) / notes.frame_name(frame.id)
    frame.path = str(path)
    copy = None if output is None else _copy(content, output, row, at_s)
    _write(content, path)
    try:
        with opened_library() as database, database.write() as session:
            row = recordings.get(session, row.id)
            moments.add_frame(session, row, frame)
            if text is not None:
                moments.annotate(session, row, _annotation(at_s, text, frame.id))
            note, entry = notes.note_of(session, row), _frame_entry(session, frame)
    except BaseException:
        # Nobody would know of it.
        path.unlink(missing_ok=True)
        raise
    notes.keep(row.path, note)
    return msgspec.structs.replace(entry, copied_to=None if copy is None else str(copy))


def list_frames(recording_id: str, batch: str | None = None) -> list[FrameEntry]:
    """Return the stills of a recording, or of one batch. Raises InvalidRequest."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        row = recordings.get(session, recording_id)
        return [_frame_entry(session, each) for each in moments.frames_of(session, row.id, batch)]


def annotate(
    recording_id: str, text: str, at_s: float | None, frame_id: str | None = None
) -> AnnotationEntry:
    """Note `text` on a moment; with `frame_id` on that still, whose moment it then is.

    Raises InvalidRequest when either is not there, or the recording is not as long.
    """
    text = _checked(text, _LONGEST_TEXT)
    with opened_library() as database, database.write() as session:
        row = recordings.get(session, recording_id)
        frame = None if frame_id is None else moments.get_frame(session, row, frame_id)
        if at_s is None:
            if frame is None:
                raise InvalidRequest(
                    N_("The note needs a moment."), hint=N_("Give --at TIME or --frame FRAME.")
                )
            at_s = frame.at_s
        _check_time(row, at_s)
        made = _annotation(at_s, text, None if frame is None else frame.id)
        entry = _annotation_entry(moments.annotate(session, row, made))
        note = notes.note_of(session, row)
    notes.keep(row.path, note)
    return entry


def remove_annotation(recording_id: str, annotation_id: str) -> AnnotationEntry:
    """Take a note out and return it. Raises InvalidRequest when it is not there."""
    with opened_library() as database, database.write() as session:
        row = recordings.get(session, recording_id)
        entry = _annotation_entry(moments.remove_annotation(session, row, annotation_id))
        note = notes.note_of(session, row)
    notes.keep(row.path, note)
    return entry


def list_annotations(recording_id: str) -> list[AnnotationEntry]:
    """Return the notes on a recording. Raises InvalidRequest when there is none of that id."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        row = recordings.get(session, recording_id)
        return list(map(_annotation_entry, moments.annotations_of(session, row.id)))


def _check_time(row: Recording, at_s: float) -> None:
    # Of a recording whose length nobody knows every moment may be.
    if row.duration_s and at_s > row.duration_s + _SLACK_S:
        raise InvalidRequest(
            N_("The recording ends at {end:.3f} s, before {at:.3f} s."),
            hint=N_("Choose a time within it."),
            end=row.duration_s,
            at=at_s,
        )


def _still(row: Recording, at_s: float) -> bytes:
    # Only now: listing needs no codecs.
    from recorder_app.media import stills

    media = Path(row.path)
    if not media.is_file():
        raise missing_file(media)
    return stills.png(stills.still(media, at_s))


def _write(content: bytes, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise storage_error(error, path) from error
    with replacing(path) as stream:
        stream.write(content)


def _copy(content: bytes, output: Path, row: Recording, at_s: float) -> Path:
    """Write a new file, never over another one; return it. Raises StorageError."""
    if output.is_dir():
        time = f"{at_s:09.3f}".replace(".", "-")
        output = output / f"{Path(row.path).stem[:100]} {time} s.png"
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InvalidRequest(
            N_("{path} exists already."), hint=N_("Choose another name."), path=output
        ) from error
    except OSError as error:
        raise storage_error(error, output) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
    except OSError as error:
        output.unlink(missing_ok=True)
        raise storage_error(error, output) from error
    return output


def _checked(text: str, longest: int) -> str:
    text = storable(text).strip()
    if not 0 < len(text) <= longest:
        raise InvalidSettingError(
            N_("That is not possible as a note or name."),
            hint=N_("It needs 1 to {most} characters."),
            most=longest,
        )
    return text


def _annotation(at_s: float, text: str, frame_id: str | None) -> Annotation:
    return Annotation(at_s=at_s, text=text, frame_id=frame_id)


def _frame_entry(session: Session, frame: Frame) -> FrameEntry:
    on_it: Sequence[Annotation] = moments.annotations_on(session, frame.id)
    return FrameEntry(
        *(frame.id, short_id(frame.id), frame.recording_id, frame.batch),
        at_s=frame.at_s,
        path=frame.path,
        created_at=frame.created_at,
        notes=list(map(_annotation_entry, on_it)),
    )


def _annotation_entry(row: Annotation) -> AnnotationEntry:
    return AnnotationEntry(
        *(row.id, short_id(row.id), row.recording_id, row.at_s, row.text, row.frame_id),
        created_at=row.created_at,
    )
