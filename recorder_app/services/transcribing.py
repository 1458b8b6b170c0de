"""Transcripts of recordings: from files with subtitles, and from those that lie beside media."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from recorder_app.errors import InvalidSettingError, UnreadableMedia
from recorder_app.jobs.kinds import enqueue_alignment
from recorder_app.library import recordings, transcripts
from recorder_app.library.ids import short_id
from recorder_app.library.models import Recording, Transcript
from recorder_app.library.queue import Session
from recorder_app.media.subtitles import SUFFIXES, Cue, Subtitles, is_subtitles, read_subtitles
from recorder_app.services import notes
from recorder_app.services.library import open_library
from recorder_app.services.safekeeping import opened_library
from recorder_app.texts import N_

# As in en, pt-BR or zh-Hant-TW.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)


class TranscriptEntry(msgspec.Struct, frozen=True):
    """A transcript as --json shows it; `language` is empty where nobody named it."""

    recording_id: str
    short_id: str
    title: str
    language: str
    cues: list[Cue]
    created_at: datetime


class AddedEntry(msgspec.Struct, frozen=True):
    """What came of a file: how many cues were entered, and how many were broken."""

    recording_id: str
    short_id: str
    title: str
    language: str
    cues: int
    skipped: int
    was_replaced: bool


class RemovedTranscripts(msgspec.Struct, frozen=True):
    recording_id: str
    short_id: str
    title: str
    languages: list[str]


@dataclass(frozen=True, slots=True)
class Beside:
    """The subtitles that lie beside a file, by language, and why others cannot be read."""

    found: dict[str, Subtitles] = field(default_factory=dict)
    problems: list[UnreadableMedia] = field(default_factory=list)


def add_transcript(recording_id: str, file: Path, language: str | None = None) -> AddedEntry:
    """Enter the subtitles in `file`; the language is also taken from a name like talk.en.srt.

    One of the same language is replaced. Raises InvalidRequest for a recording that is not there,
    and UnreadableMedia.
    """
    chosen = _language_in(file) if language is None else language_of(language)
    read = read_subtitles(file)
    with opened_library() as database, database.write() as session:
        row = recordings.get(session, recording_id)
        _, was_replaced = transcripts.put(session, row, chosen, read.cues)
        enqueue_alignment(session, row)
        note = notes.note_of(session, row)
    notes.keep(row.path, note)
    return AddedEntry(
        *(row.id, short_id(row.id), row.title, chosen),
        cues=len(read.cues),
        skipped=read.skipped,
        was_replaced=was_replaced,
    )


def show_transcript(recording_id: str, language: str | None = None) -> TranscriptEntry:
    """Return a transcript. Raises InvalidRequest when there is none of the language."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        row = recordings.get(session, recording_id)
        return _entry(row, transcripts.get(session, row, _chosen(language)))


def remove_transcripts(recording_id: str, language: str | None = None) -> RemovedTranscripts:
    """Take out the transcript of a language, or every one. Raises InvalidRequest."""
    with opened_library() as database, database.write() as session:
        row = recordings.get(session, recording_id)
        languages = transcripts.remove(session, row, _chosen(language))
        enqueue_alignment(session, row)
        note = notes.note_of(session, row)
    notes.keep(row.path, note)
    return RemovedTranscripts(row.id, short_id(row.id), row.title, languages)


def beside(media: Path) -> Beside:
    """Read the subtitles beside `media`: of talk.webm these are talk.vtt, talk.en.srt and so on."""
    result = Beside()
    try:
        names = sorted(os.listdir(media.parent), key=_preference)
    except OSError:
        return result
    for name in names:
        path = media.with_name(name)
        if not is_subtitles(path) or media.with_suffix("") not in media_of(path):
            continue
        # WebVTT comes first, and says more of the same.
        language = _language_in(path) if path.stem != media.stem else ""
        if language not in result.found:
            try:
                result.found[language] = read_subtitles(path)
            except UnreadableMedia as error:
                result.problems.append(error)
    return result


def media_of(subtitles: Path) -> set[Path]:
    """Return the files, without their suffix, that `subtitles` may be about by its name."""
    plain = subtitles.with_suffix("")
    return {plain, plain.with_suffix("")} if _language_in(subtitles) else {plain}


def enter(session: Session, row: Recording, found: Beside) -> None:
    """Enter what lay beside the file of `row`."""
    for language, read in found.found.items():
        transcripts.put(session, row, language, read.cues)


def language_of(text: str) -> str:
    """Return a language's code in its usual form. Raises InvalidSettingError."""
    if not _LANGUAGE.fullmatch(text):
        raise InvalidSettingError(
            N_("{text} is not a language."), hint=N_("Write a code like en or pt-BR."), text=text
        )
    first, *rest = text.split("-")
    form = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(form.get(len(part), str.lower)(part) for part in rest)])


def _chosen(language: str | None) -> str | None:
    # An empty one asks for the transcript whose language nobody named.
    return language_of(language) if language else language


def _language_in(file: Path) -> str:
    """Return the language in a name like talk.en.srt; empty where there is none."""
    code = Path(file.stem).suffix.removeprefix(".")
    return language_of(code) if _LANGUAGE.fullmatch(code) else ""


def _preference(name: str) -> tuple[int, str]:
    suffix = Path(name).suffix.lower()
    return (SUFFIXES.index(suffix) if suffix in SUFFIXES else len(SUFFIXES), name)


def _entry(row: Recording, transcript: Transcript) -> TranscriptEntry:
    return TranscriptEntry(
        *(row.id, short_id(row.id), row.title, transcript.language),
        cues=transcripts.cues_of(transcript),
        created_at=transcript.created_at,
    )
