"""An MP4 of a recording for receivers that take nothing else, made before it is uploaded.

It lies in the cache under the id of its upload, made by an export, until it has arrived.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import UnsupportedMedia
from recorder_app.jobs import kinds
from recorder_app.jobs.context import JobContext, Postponed
from recorder_app.jobs.exports import ExportOrder
from recorder_app.jobs.sources import SourceStamp
from recorder_app.library import job_list, uploads
from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import UNFINISHED, JobState, Session
from recorder_app.media.probe import probe
from recorder_app.share.source import Source
from recorder_app.texts import N_

SUFFIX = ".mp4"
_PRESET = "share"
_LOOK_EVERY_S = 2.0


def is_needed(path: Path) -> bool:
    """Return whether a file has to be made an MP4 first."""
    return path.suffix.lower() not in (SUFFIX, ".m4v")


def made(context: JobContext, upload_id: str, recording: Recording) -> Path:
    """Return the MP4 for an upload. Raises Postponed while it is made, MediaError."""
    target = path_of(upload_id)
    if target.is_file():
        return target
    source = Path(recording.path)
    with context.database.write() as session:
        _forget_others(session)
        row = uploads.with_id(session, upload_id)
        if row is None:
            context.check()
            raise Postponed(0.0)
        found = job_list.of(session, [str(row.details.get("rendition_job", ""))])
        job = found[0] if found else None
        if job is not None and job.state == JobState.FAILED:
            # Whoever tries the upload again has it made again.
            uploads.keep(row, rendition_job=None)
            reason = (job.error or {}).get("message", "")
        elif job is None or job.state not in UNFINISHED:
            with Source(source) as opened:
                identity = msgspec.to_builtins(opened.identity)
            job, reason = _enqueue(session, recording, source, target), None
            uploads.keep(row, rendition_job=job.id, sent_file=identity)
        else:
            reason = None
    if reason is not None:
        raise UnsupportedMedia(
            N_("No MP4 can be made of {path}: {reason}"),
            hint=N_("Try the upload again, or upload to a destination that takes other files."),
            path=source,
            reason=reason,
        )
    raise Postponed(_LOOK_EVERY_S)


def path_of(upload_id: str) -> Path:
    """Return where the MP4 for an upload lies; it may not be there."""
    return paths.cache_folder() / "renditions" / f"{upload_id}{SUFFIX}"


def _enqueue(session: Session, recording: Recording, source: Path, target: Path) -> Job:
    length_s = recording.duration_s or probe(source).duration_s
    order = ExportOrder(
        source=SourceStamp.of(source, recording.checksum),
        length=str(Fraction(round(length_s * 1000), 1000)),
        operations=[],
        preset=_PRESET,
        folder=str(target.parent),
        name=target.name,
        is_version=False,
        overwrite=True,
    )
    return kinds.enqueue(session, "export", recording.id, msgspec.to_builtins(order))


def _forget_others(session: Session) -> None:
    """Delete those whose upload was taken back."""
    for path in path_of("").parent.glob(f"*{SUFFIX}"):
        # Hidden are those that are being made; whoever makes them deletes what is left of them.
        if not path.name.startswith(".") and uploads.with_id(session, path.stem) is None:
            path.unlink(missing_ok=True)
