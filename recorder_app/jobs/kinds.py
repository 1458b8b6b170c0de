"""The kinds of work there are, and handing them in; light to import.

::

    with database.write() as session:
        recording = recordings.add(session, ...)
        kinds.enqueue_previews(session, recording)

hands in everything a new recording needs, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recorder_app.library import job_list, queue, uploads
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.library.queue import CALLS_LANE, NETWORK_LANE, JobState, Session
from recorder_app.library.uploads import ALIGN, FOLLOW, REMOTE_DELETE, UPLOAD, UploadState

# How many jobs of a lane run at once, in all processes together. Decoding and encoding take what
# processor there is; reading files, and the network, wait. Short calls have a lane of their own:
# five long uploads must not keep a link from being taken back.
LANES: Mapping[str, int] = {"media": 1, "files": 1, NETWORK_LANE: 5, CALLS_LANE: 2}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work; larger priorities come first."""

    lane: str
    priority: int = 0


KINDS: Mapping[str, Kind] = {
    # Somebody waits for it, most times.
    "export": Kind("media", 40),
    "poster": Kind("media", 30),
    "strip": Kind("media", 20),
    "waveform": Kind("media", 10),
    "checksum": Kind("files"),
    UPLOAD: Kind(NETWORK_LANE),
    REMOTE_DELETE: Kind(CALLS_LANE, 20),
    FOLLOW: Kind(CALLS_LANE, 10),
    ALIGN: Kind(CALLS_LANE),
}


def enqueue(
    session: Session,
    kind: str,
    recording_id: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Job:
    """Hand in work of `kind`; the same work that is queued or running already is returned."""
    about = KINDS[kind]
    return queue.enqueue(
        session, kind, recording_id, lane=about.lane, payload=payload, priority=about.priority
    )


def enqueue_upload(
    session: Session, recording: Recording, destination: str, *, held_until: datetime | None = None
) -> tuple[Upload, Job | None]:
    """Hand in the upload of a recording, which begins at `held_until`, or at once.

    One that is under way, or has arrived, is returned, perhaps without a job, which are forgotten
    after a while; one that failed, or is gone there, begins anew.
    """
    row, _ = uploads.begin(session, recording, destination)
    job = uploads.job_of(session, row)
    if row.state in uploads.ARRIVED:
        return row, job
    if row.state in (UploadState.FAILED, UploadState.GONE):
        # What is left of it there is of no use, and its name is taken.
        uploads.withdraw(session, row)
        row, _ = uploads.begin(session, recording, destination)
        job = None
    if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED, JobState.PAUSED):
        job_list.retry(session, job)
    elif job is None or job.state == JobState.DONE:
        job = enqueue(session, UPLOAD, recording.id, {"upload_id": row.id})
    if held_until is not None and job.state == JobState.QUEUED:
        job.run_after = held_until
    session.flush()
    return row, job


def enqueue_alignment(session: Session, recording: Recording) -> list[Job]:
    """Hand in what brings title and captions of all copies in step with the recording."""
    return [
        enqueue(session, ALIGN, recording.id, {"upload_id": row.id})
        for row in uploads.of(session, recording.id)
        if row.state in uploads.ARRIVED
    ]


def enqueue_previews(session: Session, recording: Recording) -> list[Job]:
    """Hand in all that a new or changed recording needs: pictures, waveform, checksum."""
    needed = ["checksum"]
    if recording.width:
        needed += ["poster", "strip"]
    if recording.audio_codecs:
        needed.append("waveform")
    return [enqueue(session, kind, recording.id) for kind in needed]
