"""Copies of recordings elsewhere: the rows of ``uploads``, and the jobs that belong to them.

A row stands for one recording at one destination, from the wish to share it until its remote copy
is to go. Functions take the session of ``Database.write`` (``Database.read`` where they change
nothing).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from recorder_app.library import job_list
from recorder_app.library.ids import new_id
from recorder_app.library.leases import checkpoint_of
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.library.queue import CALLS_LANE, OPEN, UNFINISHED, JobState, enqueue
from recorder_app.library.recordings import note

UPLOAD, REMOTE_DELETE, FOLLOW, ALIGN = "upload", "remote-delete", "follow", "align"
"""The kinds of jobs: sending a file, deleting its copy, asking until it plays, and keeping title
and captions in step."""

# Who sends it hears within a second that it is no longer wanted.
_LET_GO_S = 2.0
_MOST_LINKS = 50


class UploadState(enum.StrEnum):
    """How far the copy is, seen from whoever opens its link.

    `failed` is one that the service cannot use, `gone` one that was deleted there. That a job
    failed is said by the job.
    """

    QUEUED = "queued"
    UPLOADED = "done"
    PLAYABLE = "playable"
    FAILED = "failed"
    GONE = "gone"


ARRIVED = (UploadState.UPLOADED, UploadState.PLAYABLE)


def begin(session: Session, recording: Recording, destination: str) -> tuple[Upload, bool]:
    """Return the row of a recording at a destination, and whether it is new."""
    found = session.scalar(
        select(Upload).where(Upload.recording_id == recording.id, Upload.destination == destination)
    )
    if found is not None:
        return found, False
    row = Upload(id=new_id(), recording_id=recording.id, destination=destination)
    session.add(row)
    session.flush()
    note(session, "shared", recording.id, destination=destination)
    return row, True


def with_id(session: Session, upload_id: str) -> Upload | None:
    return session.get(Upload, upload_id)


def of(session: Session, recording_id: str, destination: str | None = None) -> Sequence[Upload]:
    """Return the copies of a recording, the newest first."""
    query = select(Upload).where(Upload.recording_id == recording_id)
    if destination is not None:
        query = query.where(Upload.destination == destination)
    return session.scalars(query.order_by(Upload.created_at.desc(), Upload.id.desc())).all()


def listed(session: Session, limit: int) -> Sequence[Upload]:
    """Return the newest copies of all recordings outside the trash."""
    query = select(Upload).join(Recording).where(Recording.deleted_at.is_(None))
    newest = query.order_by(Upload.created_at.desc(), Upload.id.desc())
    return session.scalars(newest.limit(limit)).all()


def rest(session: Session, recording_id: str) -> None:
    """Pause the uploads of a recording that are not done."""
    for row in of(session, recording_id):
        job = job_of(session, row)
        if row.state not in ARRIVED and job is not None and job.state in OPEN:
            job_list.pause(session, job)


def go_on(session: Session, recording_id: str) -> None:
    """Go on with the uploads of a recording that rest."""
    for row in of(session, recording_id):
        job = job_of(session, row)
        if job is not None and job.state == JobState.PAUSED:
            job_list.retry(session, job)


def at(session: Session, destination: str) -> Sequence[Upload]:
    """Return all copies at a destination."""
    return session.scalars(select(Upload).where(Upload.destination == destination)).all()


def removals_at(session: Session, destination: str) -> list[Job]:
    """Return the jobs that have copies at a destination to delete still, those that failed too."""
    jobs = session.scalars(
        select(Job).where(Job.kind == REMOTE_DELETE, Job.state.in_((*UNFINISHED, JobState.FAILED)))
    )
    return [job for job in jobs if job.payload.get("destination") == destination]


def is_busy(session: Session, destination: str) -> bool:
    """Return whether a job that runs now sends something there, or deletes or asks for it."""
    ids = {row.id for row in at(session, destination)}
    running = session.scalars(select(Job).where(Job.state == JobState.RUNNING))
    return any(
        job.payload.get("upload_id") in ids or job.payload.get("destination") == destination
        for job in running
    )


def rename(session: Session, destination: str, new: str) -> None:
    """Have all that is of `destination` be of `new`: copies, their links, and jobs."""
    for row in at(session, destination):
        row.destination = new
    has_link = Recording.share_links[destination].as_string().is_not(None)
    for recording in session.scalars(select(Recording).where(has_link)):
        recording.share_links = {
            new if name == destination else name: link
            for name, link in recording.share_links.items()
        }
    for job in session.scalars(select(Job).where(Job.kind == REMOTE_DELETE)):
        if job.payload.get("destination") == destination:
            job.payload = {**job.payload, "destination": new}
    session.flush()


def job_of(session: Session, row: Upload, kind: str = UPLOAD) -> Job | None:
    """Return the newest job of that kind for `row`."""
    jobs = session.scalars(
        select(Job)
        .where(Job.kind == kind, Job.recording_id == row.recording_id)
        .order_by(Job.created_at.desc(), Job.id.desc())
    )
    return next((job for job in jobs if job.payload.get("upload_id") == row.id), None)


def keep(row: Upload, **details: Any) -> None:
    """Keep more about `row`; None takes a detail away."""
    changed = row.details | details
    row.details = {name: value for name, value in changed.items() if value is not None}


def note_ticket(
    session: Session, row: Upload, remote_id: str, link: str, ticket: Mapping[str, Any]
) -> None:
    """Keep the remote place of `row`; its link is known to the recording from now on."""
    row.remote_id, row.link = remote_id, link
    keep(row, ticket=dict(ticket))
    recording = session.get_one(Recording, row.recording_id)
    recording.share_links = recording.share_links | {row.destination: link}
    session.flush()


def note_state(session: Session, row: Upload, state: UploadState, reason: str = "") -> None:
    """Keep how far the copy is; a link to one that is gone is taken back."""
    row.state = state
    keep(row, reason=reason or None)
    if state is UploadState.GONE:
        _take_link_back(session, row)
    session.flush()


def note_link(row: Upload, kind: str, ends_at: datetime) -> None:
    """Keep that a link was given away that ends; not the link, which is as good as a key."""
    links = [*row.details.get("links", []), {"kind": kind, "ends_at": ends_at.isoformat()}]
    keep(row, links=links[-_MOST_LINKS:])


def last_end(row: Upload) -> datetime | None:
    """Return when the last of the links ends that were given away."""
    links = row.details.get("links", [])
    return max((datetime.fromisoformat(link["ends_at"]) for link in links), default=None)


def withdraw(session: Session, row: Upload) -> Job | None:
    """Forget a copy: its jobs end, its link is taken back, and a job deletes it at the destination.

    Returns that job, or None where nothing of it can be there.
    """
    removal = enqueue_removal(session, copy_of(session, row)) if may_be_there(row) else None
    for kind in (UPLOAD, FOLLOW, ALIGN):
        job = job_of(session, row, kind)
        if job is None or job.state not in (*UNFINISHED, JobState.FAILED):
            continue
        if job.state == JobState.RUNNING:
            job.cancel_requested = True
        else:
            job.state = JobState.CANCELLED
    _take_link_back(session, row)
    session.delete(row)
    note(session, "unshared", row.recording_id, destination=row.destination)
    session.flush()
    return removal


def may_be_there(row: Upload) -> bool:
    """Return whether anything of `row` can be at its destination."""
    return bool(row.remote_id or row.link or row.details.get("was_tried"))


def copy_of(session: Session, row: Upload) -> dict[str, Any]:
    """Return what a removal has to know of a copy, when neither row nor recording is there."""
    copy: dict[str, Any] = {
        "destination": row.destination,
        "remote_id": row.remote_id,
        "link": row.link,
    }
    ticket = row.details.get("ticket")
    if ticket is not None:
        # Whoever erases a recording erases its title too.
        copy["ticket"] = {name: value for name, value in ticket.items() if name != "title"}
    job = job_of(session, row)
    if job is not None:
        copy |= {"checkpoint": checkpoint_of(job), "upload_job": job.id}
    if ticket is None and row.details.get("was_tried"):
        copy["key"] = row.id
    return copy


def enqueue_removal(session: Session, copy: Mapping[str, Any]) -> Job:
    """Hand in the deletion of a copy, as `copy_of` returns it."""
    sender = session.get(Job, copy.get("upload_job", ""))
    is_sent = sender is not None and sender.state == JobState.RUNNING
    later = datetime.now(UTC) + timedelta(seconds=_LET_GO_S if is_sent else 0.0)
    return enqueue(
        session, REMOTE_DELETE, lane=CALLS_LANE, payload=copy, priority=20, run_after=later
    )


def _take_link_back(session: Session, row: Upload) -> None:
    recording = session.get_one(Recording, row.recording_id)
    links = {name: link for name, link in recording.share_links.items() if name != row.destination}
    if links != recording.share_links:
        recording.share_links = links
