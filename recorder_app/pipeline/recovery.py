"""Takes whose process died: finding them, and making whole files of them.

A take is recognised by its journal: a state that is not final, and an owner that is dead. Its
file plays as it is; recovery copies it into a whole one with an index and its length, decodes that
to its end and only then lets it take the first one's place, in one step. Whenever a recovery is
killed, the first file or the new one is there under the take's name, and the journal still says
that there is something to do.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from recorder_app import faults
from recorder_app.errors import UnreadableMedia
from recorder_app.media.outfile import RecordingFile, storage_error, sync_folder
from recorder_app.media.probe import MediaDescription, probe
from recorder_app.pipeline.events import RecordingResult, RecordingState
from recorder_app.pipeline.journal import (
    Journal,
    JournalEntry,
    Owner,
    Recovery,
    is_journal,
    media_path,
    read_journal,
)
from recorder_app.pipeline.remux import Progress, remux, verify
from recorder_app.shapes import from_json
from recorder_app.system.filelock import file_lock
from recorder_app.texts import N_, translate

_log = logging.getLogger(__name__)


class CutShort(msgspec.Struct, frozen=True):
    """A take that nobody finished; `reason` is why an earlier attempt left it alone, or ""."""

    media: str
    journal: str
    started: datetime
    size_bytes: int
    reason: str = ""


class Recovered(msgspec.Struct, frozen=True):
    """A take that is whole now."""

    media: str
    entry: JournalEntry
    description: MediaDescription


class _Head(msgspec.Struct, frozen=True):
    """As much of a journal as tells whether it is worth reading all of it."""

    state: RecordingState
    owner: Owner


def find_cut_short(folders: Iterable[Path]) -> list[CutShort]:
    """Return the takes in `folders`, not below them, whose process died; the oldest first.

    Folders that cannot be read, and journals that are damaged, are passed over.
    """
    found = []
    for folder in dict.fromkeys(folders):
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            _log.info("folder not searched folder=%s error=%s", folder, error)
            continue
        for name in filter(is_journal, names):
            with contextlib.suppress(OSError, msgspec.MsgspecError):
                found += _look(folder / name)
    return sorted(found, key=lambda each: each.started)


def recover(
    journal: Path,
    on_progress: Progress = lambda _: None,
    on_whole: Callable[[Recovered], None] = lambda _: None,
) -> Recovered | None:
    """Make the take of `journal` whole; None when another process is at it or has done it.

    `on_progress` gets the share that is done. `on_whole` is called when the file is whole and the
    journal does not say so yet: if it fails, or the process dies in it, all is done again.

    Raises UnreadableMedia for what is better left alone, which the journal then says, and
    StorageError or EncodingError for what may work another time. The take's file is never worse
    than before.
    """
    lock = journal.with_name(f".{media_path(journal).name}.recovery")
    try:
        with file_lock(lock) as is_ours:
            if not is_ours or not _is_cut_short(journal):
                return None
            return _recover(journal, read_journal(journal), on_progress, on_whole)
    except OSError as error:
        raise storage_error(error, journal) from error


def _recover(
    journal: Path,
    entry: JournalEntry,
    on_progress: Progress,
    on_whole: Callable[[Recovered], None],
) -> Recovered:
    try:
        media = _media_of(journal, entry)
        whole = _whole(media, entry, on_progress)
    except UnreadableMedia as error:
        entry.recovery = Recovery(datetime.now(UTC), is_recovered=False, reason=error.message)
        Journal(media_path(journal), entry).save()
        raise
    try:
        faults.check("recovery.verified")
        before = media.stat()
        # Lists that go by the file's time should show when it was recorded.
        os.utime(whole, ns=(before.st_atime_ns, before.st_mtime_ns))
        os.replace(whole, media)
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
    sync_folder(media.parent)
    faults.check("recovery.replaced")
    description = probe(media)
    entry.state = RecordingState.FINISHED
    entry.media = media.name
    entry.recovery = Recovery(datetime.now(UTC), is_recovered=True)
    entry.result = _result(media, entry, description)
    recovered = Recovered(str(media), entry, description)
    on_whole(recovered)
    written = Journal(media, entry)
    written.save()
    if written.path != journal:
        journal.unlink(missing_ok=True)
    return recovered


def _whole(media: Path, entry: JournalEntry, on_progress: Progress) -> Path:
    """Return the hidden file that is as good as `media`, and whole."""
    # Ours alone: the lock is. What is there was left by a recovery that was killed.
    unfinished = media.with_name(f".{media.name}.recovered")
    unfinished.unlink(missing_ok=True)
    marks = [(marker.at_s, marker.text) for marker in entry.markers]
    file = RecordingFile(unfinished)
    try:
        copied = remux(media, file, marks, lambda done: on_progress(done * 0.2))
        faults.check("recovery.copied")
        verify(media, unfinished, copied, lambda done: on_progress(0.2 + done * 0.8))
    except BaseException:
        file.discard()
        raise
    return unfinished


def _media_of(journal: Path, entry: JournalEntry) -> Path:
    """Return the file of a take. Raises UnreadableMedia when there is none."""
    media = media_path(journal)
    if media.is_file():
        return media
    # Killed after its file had replaced another (see outcome.keep), before the journal followed.
    final = media.with_name(media.name.replace(f" (recording {entry.owner.pid})", ""))
    if final != media and final.is_file() and final.stat().st_mtime >= entry.started.timestamp():
        return final
    raise UnreadableMedia(N_("The file {path} is not there any more."), path=media)


def _look(journal: Path) -> list[CutShort]:
    """Return the take of `journal` if it is one that was cut short."""
    if not _is_cut_short(journal):
        return []
    entry = read_journal(journal)
    media = media_path(journal)
    try:
        media = _media_of(journal, entry)
        size = media.stat().st_size
        reason = ""
    except UnreadableMedia as error:
        size, reason = 0, error.message
    if entry.recovery is not None:
        reason = entry.recovery.reason
    return [CutShort(str(media), str(journal), entry.started, size, reason)]


def _is_cut_short(journal: Path) -> bool:
    try:
        head = from_json(journal.read_bytes(), _Head)
    except (FileNotFoundError, msgspec.MsgspecError):
        return False
    return not head.state.is_final and not head.owner.is_alive


def _result(media: Path, entry: JournalEntry, found: MediaDescription) -> RecordingResult:
    pictures = sum(track.packets for track in found.tracks if track.kind == "video")
    text = N_("The program ended in the middle of this take; all that had been written is here.")
    return RecordingResult(
        path=str(media),
        duration_s=found.duration_s,
        size_bytes=found.size_bytes,
        width=found.width,
        height=found.height,
        container=found.container,
        video_codec=found.video_codec,
        audio_codecs=found.audio_codecs,
        frames_captured=pictures,
        frames_unchanged=0,
        frames_dropped=0,
        warnings=[*dict.fromkeys(event.message for event in entry.health), translate(text)],
        truncated=True,
        recording_id=entry.recording_id,
    )


def journal_of(cut: CutShort) -> JournalEntry | None:
    """Return the journal of a take that was found; None when it is gone."""
    try:
        return read_journal(Path(cut.journal))
    except (OSError, msgspec.MsgspecError):
        return None
