"""What is said in recordings: one transcript for each language.

Functions take the session of ``Database.write`` (``Database.read`` where they change nothing) and
raise InvalidRequest for what is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from recorder_app.errors import InvalidRequest
from recorder_app.library.models import Recording, Transcript
from recorder_app.library.recordings import changed, note
from recorder_app.media.subtitles import Cue
from recorder_app.shapes import converted
from recorder_app.texts import N_


def put(
    session: Session, recording: Recording, language: str, cues: Sequence[Cue]
) -> tuple[Transcript, bool]:
    """Enter a transcript; return it, and whether there was one of this language, now replaced.

    An empty `language` is one that nobody named.
    """
    found = session.scalar(_of(recording.id).where(Transcript.language == language))
    row = found or Transcript(recording_id=recording.id, language=language)
    row.cues = msgspec.to_builtins(list(cues))
    row.text = "\n".join(cue.text for cue in cues)
    session.add(row)
    changed(recording)
    session.flush()
    note(session, "transcript added", recording.id, language=language)
    return row, found is not None


def of(session: Session, recording_id: str) -> Sequence[Transcript]:
    """Return the transcripts of a recording, by their language."""
    return session.scalars(_of(recording_id).order_by(Transcript.language)).all()


def get(session: Session, recording: Recording, language: str | None) -> Transcript:
    """Return the transcript of `language`; without one the only one there is."""
    rows = of(session, recording.id)
    if language is None and len(rows) > 1:
        raise InvalidRequest(
            N_("The recording has transcripts in several languages: {languages}."),
            hint=N_("Choose one with --language."),
            languages=_listed(rows),
        )
    found = next((row for row in rows if language in (None, row.language)), None)
    if found is not None:
        return found
    if not rows:
        raise InvalidRequest(
            N_("The recording has no transcript."),
            hint=N_("“recorder-app transcript add” brings one in from a file."),
        )
    raise InvalidRequest(
        N_("The recording has no transcript in {language}, only in: {languages}."),
        language=language or "?",
        languages=_listed(rows),
    )


def remove(session: Session, recording: Recording, language: str | None) -> list[str]:
    """Take the transcript of `language` out, or every one; return their languages."""
    rows = of(session, recording.id) if language is None else []
    gone = list(rows) or [get(session, recording, language)]
    for row in gone:
        session.delete(row)
        note(session, "transcript removed", recording.id, language=row.language)
    changed(recording)
    session.flush()
    return [row.language for row in gone]


def cues_of(row: Transcript) -> list[Cue]:
    """Return the cues of `row` in their order."""
    return converted(row.cues, list[Cue])


def _of(recording_id: str) -> Select[Transcript]:
    return select(Transcript).where(Transcript.recording_id == recording_id)


def _listed(rows: Sequence[Transcript]) -> str:
    return ", ".join(row.language or "?" for row in rows)
