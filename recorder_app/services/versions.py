"""Exports of recordings: handed in with the edit they are for, and made here or by the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from recorder_app.edit.estimating import estimate
from recorder_app.edit.timeline import EditList
from recorder_app.errors import Cancelled, RecorderError, from_report
from recorder_app.jobs import kinds
from recorder_app.jobs.exports import ExportOrder
from recorder_app.jobs.rendering import check_preset, extension_for
from recorder_app.jobs.sources import SourceStamp
from recorder_app.library import edits, job_list, recordings
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.library.queue import OPEN, JobState
from recorder_app.services import editing, outputs
from recorder_app.services.edit_times import Times, Wish
from recorder_app.services.export_entries import DONE, QUEUED, ExportEntry, ExportWish
from recorder_app.services.jobs import JobEntry, finish_jobs
from recorder_app.services.jobs import entry_of as job_entry
from recorder_app.services.preferences import recordings_folder
from recorder_app.texts import N_


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An export in the queue, and the step of the edit list that came with it."""

    job_id: str
    recording_id: str
    step_id: str | None

    def entry(self) -> ExportEntry:
        return ExportEntry(QUEUED, job=self.job_id)


def hand_in(
    database: Database, recording_id: str, wanted: ExportWish, wish: Wish | None = None
) -> HandedIn:
    """Queue an export of a recording, with `wish` as the last step of its edit list.

    All that can be known is looked at before anything is written: an error changes nothing. Raises
    InvalidRequest, MediaError, StorageError or LibraryError.
    """
    check_preset(wanted.preset, wanted.limit_bytes)
    with database.read() as session:
        row = recordings.get(session, recording_id)
        edits.refuse_deleted(row)
        source = Path(row.path)
        stamp = SourceStamp.of(source, row.checksum)
        length = editing.length_of(row)
        edited = editing.edit_list(session, row, length)
    operation = None if wish is None else wish.operation(Times(source, length))
    if operation is not None:
        edited = operation.apply(edited)
    target, word = _target(source, edited, wanted)
    with database.write() as session:
        row = recordings.get(session, row.id)
        step = None
        if operation is not None:
            step = editing.add_step(session, row, length, operation)
        order = ExportOrder(
            source=stamp,
            length=str(length),
            operations=editing.snapshot(session, row),
            preset=wanted.preset,
            folder=str(target.parent),
            name=target.name,
            is_version=wanted.output is None,
            word=word,
            limit_bytes=wanted.limit_bytes,
            overwrite=wanted.overwrite and wanted.output is not None,
        )
        # An undo may have come in between.
        order.edits()
        job = kinds.enqueue(session, "export", row.id, msgspec.to_builtins(order))
        return HandedIn(job.id, row.id, None if step is None else step.id)


class Estimate(msgspec.Struct, frozen=True):
    """What an export would come to; `bytes_about` is a guess, most of all where all is encoded."""

    preset: str
    bytes_about: int
    length_s: float


def estimated(database: Database, recording_id: str, wanted: ExportWish) -> Estimate:
    """Return about how large an export of a recording will be. Changes nothing.

    Raises InvalidRequest, MediaError or LibraryError.
    """
    check_preset(wanted.preset, wanted.limit_bytes)
    with database.read() as session:
        row = recordings.get(session, recording_id)
        source, edited = Path(row.path), editing.edit_list(session, row, editing.length_of(row))
    size = estimate(source, edited, wanted.preset, limit_bytes=wanted.limit_bytes)
    return Estimate(wanted.preset, size, round(float(edited.kept_length), 3))


def make(
    database: Database,
    handed_in: HandedIn,
    stop: threading.Event,
    on_progress: Callable[[JobEntry], None] = lambda _: None,
) -> ExportEntry:
    """Do the export in this process, until it is done or `stop`.

    One that fails, or is stopped, is taken back with its step, and nothing is changed. Raises what
    it failed of, and Cancelled.
    """

    def show(entries: list[JobEntry]) -> None:
        for entry in entries:
            on_progress(entry)

    jobs = finish_jobs(database, [handed_in.job_id], stop, show, tries_again=False)
    job = jobs[0] if jobs else None
    if job is not None and job.state != JobState.DONE:
        job = _taken_back(database, handed_in)
    if job is None or job.state == JobState.CANCELLED:
        raise Cancelled(N_("The export was cancelled. Nothing was changed."))
    if job.state != JobState.DONE:
        raise _told(job)
    return _entry(job)


def _target(source: Path, edited: EditList, wanted: ExportWish) -> tuple[Path, str]:
    """Return where the result goes, or a name like it for a version; and a word for it."""
    extension = extension_for(source, wanted.preset)
    word = outputs.done_to(edited, wanted.preset)
    if wanted.output is None:
        outputs.check_is_recording(extension)
        folder = recordings_folder()
        return folder / outputs.default_name(source, word, extension), word
    target = outputs.check_target(wanted.output, source, extension, overwrite=wanted.overwrite)
    return target, word


def _taken_back(database: Database, handed_in: HandedIn) -> JobEntry | None:
    """Cancel the job and take its step out, unless it is done after all; return the job."""
    with database.write() as session:
        found = job_list.of(session, [handed_in.job_id])
        if not found:
            return None
        job = found[0]
        if job.state == JobState.DONE:
            return job_entry(job)
        # What it failed of, before cancelling.
        told = job_entry(job)
        # A failed one could be tried again, for an edit that is no more.
        if job.state in (*OPEN, JobState.FAILED):
            job_list.request_cancel(session, job)
        row = recordings.get(session, handed_in.recording_id)
        if handed_in.step_id is not None:
            edits.withdraw(session, row, handed_in.step_id)
        if told.error is None:
            return msgspec.structs.replace(told, state=JobState.CANCELLED.value)
        return told


def _told(job: JobEntry) -> RecorderError:
    error = job.error or {}
    return from_report(
        str(error.get("code", "")), str(error.get("message", "")), str(error.get("hint", ""))
    )


def _entry(job: JobEntry) -> ExportEntry:
    result = job.result or {}
    recording_id = str(result.get("recording_id", ""))
    return ExportEntry(
        state=DONE,
        path=str(result.get("path", "")),
        size_bytes=int(result.get("size_bytes", 0)),
        length_s=float(result.get("length_s", 0)),
        copied=int(result.get("copied", 0)),
        encoded=int(result.get("encoded", 0)),
        damaged=int(result.get("damaged", 0)),
        reason=result.get("reason"),
        id=recording_id,
        short_id=short_id(recording_id) if recording_id else "",
        title=str(result.get("title", "")),
        version_of=(job.recording_id or "") if recording_id else "",
        job=job.id,
    )
