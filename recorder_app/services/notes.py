"""What a recording's sidecar keeps of the library, so that one can be made anew from the folder.

The engine's note holds what people named a recording; here transcripts, notes on moments and stills
come with it. The files of stills stay in the library's folder: they come back if they are there.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from recorder_app import paths
from recorder_app.errors import StorageError
from recorder_app.library import moments, transcripts
from recorder_app.library.ids import is_id
from recorder_app.library.models import Annotation, Frame, Recording
from recorder_app.library.queue import Session
from recorder_app.media.subtitles import Cue
from recorder_app.pipeline.journal import (
    JournalEntry,
    LibraryNote,
    journal_path,
    write_library_note,
)
from recorder_app.services.walking import storable
from recorder_app.shapes import from_json

_log = logging.getLogger(__name__)

# Bytes of transcripts in a sidecar: a dozen hours of speech. Sidecars are read and written whole.
MOST_TRANSCRIPT_BYTES = 1_000_000
# More would be no time of a recording; sidecars may come from anywhere.
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e8)]


class TranscriptNote(msgspec.Struct, frozen=True):
    """Cues as start and end in seconds, and text."""

    language: str
    cues: list[tuple[_Seconds, _Seconds, str]]


class FrameNote(msgspec.Struct, frozen=True):
    id: str
    at_s: _Seconds
    batch: str
    created_at: datetime


class AnnotationNote(msgspec.Struct, frozen=True):
    id: str
    at_s: _Seconds
    text: str
    created_at: datetime
    frame_id: str | None = None
    shapes: list[Any] = []


class FullNote(LibraryNote, frozen=True):
    """The engine's note with everything else."""

    transcripts: list[TranscriptNote] = msgspec.field(default_factory=list)
    frames: list[FrameNote] = msgspec.field(default_factory=list)
    annotations: list[AnnotationNote] = msgspec.field(default_factory=list)


class _Sidecar(msgspec.Struct):
    library: FullNote | None = None


def note_of(session: Session, row: Recording) -> FullNote:
    """Return what the sidecar of `row` shall say; transcripts as far as there is room."""
    return FullNote(
        row.id,
        row.title,
        row.description,
        None if row.project is None else row.project.name,
        [tag.name for tag in row.tags],
        row.is_favourite,
        row.platform,
        row.content_type,
        transcripts=_transcripts(session, row),
        frames=[
            FrameNote(each.id, each.at_s, each.batch, each.created_at)
            for each in moments.frames_of(session, row.id)
        ],
        annotations=[
            AnnotationNote(
                *(each.id, each.at_s, each.text, each.created_at, each.frame_id, each.shapes)
            )
            for each in moments.annotations_of(session, row.id)
        ],
    )


def keep(media: str, note: FullNote) -> None:
    """Write `note` into the sidecar of `media`.

    A recording without a sidecar, or on a disk that cannot be written, is as good without.
    """
    try:
        write_library_note(Path(media), note)
    except StorageError as error:
        _log.warning("sidecar not written path=%s error=%s", media, error)


def sidecar(media: Path) -> JournalEntry | None:
    """Return what stands beside `media`, its note a FullNote where that can be read.

    None where nothing does, or nothing that can be read.
    """
    try:
        data = journal_path(media).read_bytes()
        entry = from_json(data, JournalEntry)
    except (OSError, msgspec.MsgspecError, RecursionError):
        return None
    try:
        entry.library = from_json(data, _Sidecar).library
    except (msgspec.MsgspecError, RecursionError) as error:
        _log.warning("sidecar's notes not read path=%s error=%s", media, error)
    return entry


def markers(media: Path) -> list[tuple[float, str]]:
    """Return what was marked while `media` was recorded: seconds, and a text or none."""
    entry = sidecar(media)
    return [] if entry is None else [(each.at_s, each.text) for each in entry.markers]


def bring_back(session: Session, row: Recording, note: LibraryNote | None) -> None:
    """Enter what `note` says besides the columns of `row`, which is new in the library."""
    if not isinstance(note, FullNote):
        return
    for transcript in note.transcripts:
        cues = [Cue(start_s, end_s, storable(text)) for start_s, end_s, text in transcript.cues]
        transcripts.put(session, row, storable(transcript.language), cues)
    known = set()
    for frame in note.frames:
        path = paths.frame_folder(row.id) / frame_name(frame.id)
        if is_id(frame.id) and path.is_file() and not _is_taken(session, frame):
            columns = {"batch": storable(frame.batch), "at_s": frame.at_s, "path": str(path)}
            moments.add_frame(session, row, Frame(id=frame.id, **columns, **_made(frame)))
            known.add(frame.id)
    for each in note.annotations:
        moments.annotate(
            session,
            row,
            Annotation(
                frame_id=each.frame_id if each.frame_id in known else None,
                at_s=each.at_s,
                text=storable(each.text),
                shapes=each.shapes,
                **_made(each),
            ),
        )


def frame_name(frame_id: str) -> str:
    """Return the name of a still's file in its recording's folder."""
    return f"{frame_id}.png"


def _made(note: FrameNote | AnnotationNote) -> dict[str, datetime]:
    # A time without its zone is nobody's.
    return {} if note.created_at.tzinfo is None else {"created_at": note.created_at}


def _is_taken(session: Session, frame: FrameNote) -> bool:
    return session.get(Frame, frame.id) is not None


def _transcripts(session: Session, row: Recording) -> list[TranscriptNote]:
    room, kept = MOST_TRANSCRIPT_BYTES, []
    for each in transcripts.of(session, row.id):
        cues = [(cue.start_s, cue.end_s, cue.text) for cue in transcripts.cues_of(each)]
        note = TranscriptNote(each.language, cues)
        room -= len(msgspec.json.encode(note))
        if room < 0:
            _log.warning("transcript too long for the sidecar recording=%s", row.id)
            break
        kept.append(note)
    return kept
