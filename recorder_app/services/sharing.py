"""Sharing recordings: the link first, then the upload in the background; and taking them back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from recorder_app.errors import InvalidRequest, RecorderError, SecretsError
from recorder_app.jobs import kinds, opening
from recorder_app.library import job_list, recordings, uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.library.queue import JobState
from recorder_app.services.links import LinkEntry, link
from recorder_app.services.uploads import UploadEntry, copies_of, entry_of
from recorder_app.settings.destinations import Destinations, DestinationsStore, StoredDestination
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# How long a server is waited for that has to name the link; then the upload goes on alone.
_PREPARE_S = 8.0
# How long its job leaves the link to us: longer than that takes.
_HELD_S = 20.0


@dataclass(frozen=True, slots=True)
class Shared:
    """One recording that was shared, with a link that works. `problem` is why there is none yet."""

    upload: UploadEntry
    link: LinkEntry | None
    wants_copy: bool
    problem: RecorderError | None = None


def share(database: Database, recording_id: str, destination: str | None = None) -> Shared:
    """Share a recording: return its link at once, with its upload handed in.

    The link is made here where the destination can name it by itself, or answers within seconds;
    else the upload makes it later. Sharing it again gives the same link. Raises InvalidRequest,
    InvalidSettingError, MediaError, LibraryError and the ShareError that no waiting helps against.
    """
    recording, entry = _chosen(database, recording_id, destination)
    opening.media_of(recording)
    # Before its job is handed in, which is held for less time than a person may take.
    problem = _unlock(database, recording.id, entry)
    held_until = datetime.now(UTC) + timedelta(seconds=_HELD_S)
    with database.write() as session:
        is_new = not uploads.of(session, recording.id, entry.name)
        row, job = kinds.enqueue_upload(session, recording, entry.name, held_until=held_until)
        upload_id, job_id = row.id, "" if job is None else job.id
        # Else whoever runs its job makes the link at this moment.
        is_waiting = job is not None and job.state == JobState.QUEUED
        is_ours = is_waiting and opening.ticket_of(row) is None
    if is_ours and problem is None:
        problem = _prepare(database, entry, upload_id)
    if problem is not None and not (problem.retryable or isinstance(problem, SecretsError)):
        if is_new:
            _forget_refused(database, upload_id)
        # Else its job says the same, for who looks what became of it.
        raise problem
    with database.write() as session:
        held = job_list.of(session, [job_id])
        for each in held:
            if each.state == JobState.QUEUED and each.run_after > datetime.now(UTC):
                each.run_after = datetime.now(UTC)
        kept = uploads.with_id(session, upload_id)
        if kept is None:
            raise InvalidRequest(N_("The upload was cancelled."))
        upload = entry_of(session, kept)
    found = None
    if upload.link is not None:
        try:
            found = link(database, upload.recording_id, entry.name)
        except SecretsError as error:
            problem = error
    return Shared(upload, found, entry.after.copy_link, problem)


def has_destination(database: Database, recording_id: str, known: Destinations) -> bool:
    """Return whether it is clear where a recording is shared where nothing else is said."""
    with database.read() as session:
        project = recordings.get(session, recording_id).project
    name = known.projects.get("" if project is None else project.name, "") or known.default
    return name in known.by_name


def destination_of(database: Database, recording_id: str) -> str:
    """Return where a recording is shared where nothing else is said. Raises InvalidRequest."""
    return _chosen(database, recording_id, None)[1].name


def has_place(database: Database, recording_id: str, destination: str) -> bool:
    """Return whether a recording has its place at a destination, for which no key is needed."""
    with database.read() as session:
        rows = uploads.of(session, recording_id, destination)
        return any(opening.ticket_of(row) for row in rows)


def _chosen(
    database: Database, recording_id: str, destination: str | None
) -> tuple[Recording, StoredDestination]:
    with database.read() as session:
        recording = recordings.get(session, recording_id)
    project = None if recording.project is None else recording.project.name
    return recording, DestinationsStore().read().chosen(destination, project)


def _forget_refused(database: Database, upload_id: str) -> None:
    """Take back what the service refused to make a place for: nothing is there to be deleted."""
    with database.write() as session:
        row = uploads.with_id(session, upload_id)
        if row is not None:
            uploads.keep(row, was_tried=None)
            uploads.withdraw(session, row)


def _unlock(
    database: Database, recording_id: str, entry: StoredDestination
) -> RecorderError | None:
    """Ask the keyring where a link has to be made; return why it gives nothing."""
    if has_place(database, recording_id, entry.name):
        return None
    try:
        opening.unlock(entry)
    except SecretsError as error:
        return error
    return None


def _prepare(database: Database, entry: StoredDestination, upload_id: str) -> RecorderError | None:
    try:
        with opening.opened(entry, _PREPARE_S) as opened:
            opening.prepared(database, opened, upload_id, as_mp4=entry.as_mp4)
    except RecorderError as error:
        _log.info("no link yet upload=%s error=%s", upload_id, error.code)
        return error
    return None


def unshare(
    database: Database, recording_id: str, destination: str | None = None
) -> tuple[list[UploadEntry], list[str]]:
    """Take a recording back, from one destination or from all.

    Returns what was shared, and the jobs that delete it there. Raises InvalidRequest when it is
    not shared.
    """
    with database.read() as session:
        rows = copies_of(session, recording_id, destination)
        gone = [entry_of(session, row) for row in rows]
    return gone, take_back(database, [row.id for row in rows])


def take_back(database: Database, upload_ids: Sequence[str]) -> list[str]:
    """End and forget these uploads; return the jobs that delete what is of them elsewhere."""
    jobs = []
    with database.write() as session:
        for each in upload_ids:
            row = uploads.with_id(session, each)
            job = None if row is None else uploads.withdraw(session, row)
            if job is not None:
                jobs.append(job.id)
    return jobs
