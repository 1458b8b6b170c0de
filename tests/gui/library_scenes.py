"""A library with recordings and work in every state, for tests and pictures of its panels."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from recorder_app.jobs import kinds
from recorder_app.library import moments, recordings, uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Annotation, Job, Recording
from recorder_app.library.queue import JobState
from recorder_app.library.takes import enter_session
from recorder_app.library.uploads import UploadState
from recorder_app.library.versions import VERSION_OF
from recorder_app.services import catalogue, destinations
from recorder_app.services.edit_times import TrimWish
from recorder_app.services.editing import apply
from recorder_app.services.library import open_library
from recorder_app.settings.destinations import StoredDestination

TICKET = {"remote_id": "demo.webm", "link": "https://videos.example.org/demo", "title": "Demo"}
SIGNED = {
    "remote_id": "demo",
    "link": "https://s3.example.org/takes/demo.webm",
    "title": "Demo",
    "data": {"expires_at": "1800000000"},
}
REFUSED = {
    "code": "quota",
    "message": "The service has no more room for this account.",
    "hint": "Delete something there, or choose another destination, and try again.",
}


@contextlib.contextmanager
def opened() -> Iterator[Database]:
    with contextlib.closing(open_library()) as database:
        yield database


def enter(database: Database, path: Path, title: str, **columns: Any) -> str:
    """Enter a recording of 252.4 s; its file need not be there."""
    about: dict[str, Any] = {
        "title": title,
        "recording_type": "region",
        "path": str(path),
        "container": "webm",
        "video_codec": "vp9",
        "audio_codecs": ["opus"],
        "width": 1920,
        "height": 1080,
        "duration_s": 252.4,
        "file_size": 80_300_000,
        "checksum": "sha256:9f2b7c1d4e8a0f6b3c5d7e9f1a2b4c6d8e0f1a3b5c7d9e0f2a4b6c8d0e1f3a5b",
        "mime_type": "video/webm",
    }
    with database.write() as session:
        return recordings.add(session, Recording(**(about | columns))).id


def job(database: Database, recording_id: str, kind: str, state: JobState, **columns: Any) -> str:
    """Enter a job in a state."""
    payload = columns.pop("payload", {"of": recording_id})
    with database.write() as session:
        row = kinds.enqueue(session, kind, recording_id, payload)
        row.state = state
        for name, value in columns.items():
            setattr(row, name, value)
        return row.id


def export(database: Database, recording_id: str, state: JobState, **columns: Any) -> str:
    steps = [("trim", {"bounds": ["0", str(Fraction(60))]})]
    order = {"length": "252", "operations": steps, "preset": "web"}
    return job(database, recording_id, "export", state, payload=order, **columns)


def upload(
    database: Database,
    recording_id: str,
    destination: str,
    state: JobState,
    ticket: dict[str, Any] | None = None,
    **columns: Any,
) -> str:
    """Enter an upload whose job is in a state; return the job's id."""
    with database.write() as session:
        row, made = kinds.enqueue_upload(
            session, session.get_one(Recording, recording_id), destination
        )
        assert made is not None
        made.state = state
        for name, value in columns.items():
            setattr(made, name, value)
        if ticket is not None:
            given = {"media_type": "video/webm", **ticket}
            uploads.note_ticket(session, row, ticket["remote_id"], ticket["link"], given)
        if state is JobState.DONE:
            uploads.note_state(session, row, UploadState.PLAYABLE)
        return made.id


def progress(database: Database, job_id: str, share: float) -> None:
    with database.write() as session:
        session.get_one(Job, job_id).progress = share


def busy(database: Database, folder: Path) -> dict[str, str]:
    """Enter work in every state; return the ids of jobs by a word."""
    demo = enter(database, folder / "demo.webm", "Demo for the customer")
    talk = enter(database, folder / "talk.webm", "Talk")
    long = enter(
        database,
        folder / "long.webm",
        "A title that somebody made rather long so that it does not fit into any line",
    )
    later = datetime.now(UTC) + timedelta(minutes=9)
    return {
        "export": export(database, demo, JobState.RUNNING, progress=0.62),
        "upload": upload(database, talk, "work", JobState.RUNNING, progress=0.31),
        "waiting": job(database, long, "poster", JobState.QUEUED),
        "paused": upload(database, long, "work", JobState.PAUSED, progress=0.5),
        "later": upload(database, demo, "home", JobState.QUEUED, run_after=later, error=REFUSED),
        "failed": upload(database, long, "home", JobState.FAILED, error=REFUSED),
        "broken": export(
            database,
            talk,
            JobState.FAILED,
            error={"message": "The disk is full.", "hint": "Free some space, then try again."},
        ),
        "done": job(database, talk, "strip", JobState.DONE, result={}, progress=1.0),
        "version": export(
            database,
            demo,
            JobState.DONE,
            result={"recording_id": talk, "path": str(folder / "talk.webm")},
        ),
        "cancelled": job(database, talk, "waveform", JobState.CANCELLED),
    }


def take(database: Database, folder: Path) -> str:
    """Enter a recording about which everything is known; return its id."""
    started = datetime.now(UTC) - timedelta(hours=1)
    with database.write() as session:
        enter_session(
            session,
            "01JABCDEFGHJKMNPQRSTVWXYZ0",
            recording_type="region",
            status="completed",
            started_at=started,
            pauses=[(10.0, 42.0), (60.0, 64.0)],
            devices={
                "system": "Linux-6.1.0-x86_64",
                "tracks": [
                    {"kind": "video", "encoder": "libvpx-vp9", "description": "1920x1080, 30 fps"},
                    {"kind": "microphone", "encoder": "libopus", "description": "USB Audio"},
                ],
            },
            settings={"target": "region:0,0,1920,1080"},
            health=[
                {"severity": "warning", "message": "The microphone was silent for 12 s."},
            ],
        )
    media = folder / "demo.webm"
    media.write_bytes(b"demo")
    found = enter(
        database,
        media,
        "Demo for the customer",
        session_id="01JABCDEFGHJKMNPQRSTVWXYZ0",
        description="What the new checkout looks like, for the meeting on Monday.",
        created_at=started,
        platform="YouTube",
        content_type="Tutorial",
    )
    changes = catalogue.Changes(
        project="Checkout", tags=("customer", "demo", "spring release"), is_favourite=True
    )
    catalogue.edit(found, changes)
    apply(found, TrimWish(None, Fraction(200)))
    with database.write() as session:
        row = session.get_one(Recording, found)
        moments.annotate(session, row, Annotation(at_s=67.2, text="Here is the new button"))
    enter(database, folder / "cut.webm", "Demo (trimmed)", details={VERSION_OF: found})
    upload(database, found, "work", JobState.DONE, SIGNED)
    upload(database, found, "home", JobState.RUNNING, TICKET, progress=0.62)
    return found


def add_folder(target: Path, name: str = "disk") -> None:
    """Add a folder as a destination."""
    target.mkdir(exist_ok=True)
    entry = StoredDestination(name=name, kind="folder", configuration={"folder": str(target)})
    destinations.add(entry, {})
