"""Uploading a recording: from the place that was made for it to a copy that is verified."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from recorder_app.errors import (
    ChecksumMismatch,
    DamagedAgain,
    NetworkMetered,
    ProxyFailed,
    RecorderError,
    RemoteNotFound,
    SecretsLocked,
    SecretsSilent,
    ShareError,
    Unreachable,
)
from recorder_app.jobs import after_upload, kinds, opening, renditions
from recorder_app.jobs.context import JobContext, Outcome, Postponed
from recorder_app.jobs.pace import PACE
from recorder_app.library import transcripts, uploads
from recorder_app.library.models import Recording
from recorder_app.library.uploads import ALIGN, FOLLOW, UploadState
from recorder_app.settings.destinations import StoredDestination
from recorder_app.share.destination import Destination, RemoteState, Ticket
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Identity, Source
from recorder_app.texts import N_

# A person may have to unlock the keyring; asking again sooner would be a nuisance.
_LOCKED_WAIT_S = 300.0
_METERED_WAIT_S = 60.0
# A network that is down for longer is waited for in the queue, where people are told why. Shorter,
# and a call that broke by chance would wait there too.
_SILENT_S = 2.0
# In the checkpoint, beside what the destination kept: what arrived was not what was sent, once.
_WAS_DAMAGED = "was_damaged"


def upload(context: JobContext) -> Outcome:
    """Send the recording of the row ``upload_id`` to its destination, from where it was left."""
    upload_id = str(context.payload["upload_id"])
    with context.database.read() as session:
        row = uploads.with_id(session, upload_id)
    if row is None:
        return Outcome({"withdrawn": True})
    entry = opening.stored(row.destination)
    with waiting_for_network(context), opening.opened(entry) as destination:
        PACE.check()
        context.on_stop(destination.abort)
        ticket = opening.prepared(context.database, destination, upload_id, as_mp4=entry.as_mp4)
        if ticket is None:
            return Outcome({"withdrawn": True})
        # It may have arrived before this process, when another one ended in what comes after.
        if not _has_arrived(context, upload_id):
            _send(context, destination, ticket, upload_id, entry)
        link = opening.current_link(destination, ticket)
    renditions.path_of(upload_id).unlink(missing_ok=True)
    warnings = after_upload.done(context, entry, upload_id, link.text)
    return Outcome({"link": opening.kept(ticket)["link"], "warnings": warnings})


@contextlib.contextmanager
def waiting_for_network(context: JobContext) -> Iterator[None]:
    """Have the job wait where the network is down or the keyring is locked: no failures of its own.

    A proxy that refuses is one: it is reached.
    """
    try:
        yield
    except ProxyFailed:
        raise
    except Unreachable as error:
        # A call that was broken off because the job is to end says so as well.
        context.check()
        raise Postponed(PACE.offline_wait_s(context.job_id), error) from error
    except NetworkMetered as error:
        raise Postponed(_METERED_WAIT_S, error) from error
    except (SecretsLocked, SecretsSilent) as error:
        raise Postponed(_LOCKED_WAIT_S, error) from error
    else:
        PACE.got_through(context.job_id)


def _file(context: JobContext, upload_id: str, *, as_mp4: bool) -> Path:
    recording = context.recording()
    path = opening.media_of(recording)
    if as_mp4 and renditions.is_needed(path):
        return renditions.made(context, upload_id, recording)
    return path


def _has_arrived(context: JobContext, upload_id: str) -> bool:
    with context.database.read() as session:
        row = uploads.with_id(session, upload_id)
    return row is not None and row.state in uploads.ARRIVED


def _send(
    context: JobContext,
    destination: Destination,
    ticket: Ticket,
    upload_id: str,
    entry: StoredDestination,
) -> None:
    path = _file(context, upload_id, as_mp4=entry.as_mp4)
    sent = _sent(context, destination, ticket, upload_id, path)
    is_playable = _is_playable(destination, ticket)
    _note_arrival(
        context,
        upload_id,
        ticket,
        # Of an MP4 that was made, whoever made it has kept what it was made of.
        None if path == renditions.path_of(upload_id) else sent,
        is_playable=is_playable,
        frees_local=entry.after.free_local,
    )


def _sent(
    context: JobContext, destination: Destination, ticket: Ticket, upload_id: str, path: Path
) -> Identity:
    """Send and verify; return what file it was."""

    def check() -> None:
        context.check()
        PACE.check()

    lost_s: float | None = None

    def report(sent_bytes: int, total_bytes: int) -> None:
        nonlocal lost_s
        lost_s = None
        PACE.got_through(context.job_id)
        context.progress(sent_bytes / total_bytes if total_bytes else 1.0)

    def faulted(error: RecorderError) -> None:
        nonlocal lost_s
        now_s = time.monotonic()
        if not isinstance(error, Unreachable):
            lost_s = None
        elif lost_s is None:
            lost_s = now_s
        elif now_s - lost_s > _SILENT_S:
            raise error

    mark = {name: True for name in context.checkpoint if name == _WAS_DAMAGED}

    def save(checkpoint: Mapping[str, Any], acknowledged: int | None) -> None:
        context.save({**checkpoint, **mark}, acknowledged)

    sending = SendContext(
        checkpoint=context.checkpoint,
        save=save,
        report=report,
        check=check,
        faulted=faulted,
        limit=PACE.limit,
    )
    context.on_stop(sending.stop)
    with Source(path) as source:
        try:
            destination.send(ticket, source, sending)
            destination.verify(ticket, source, context.check)
        except ChecksumMismatch as error:
            # What was kept leads to the same again. Whoever has it tried again after the second
            # time begins with nothing, too.
            context.save({} if mark else {_WAS_DAMAGED: True})
            if not mark:
                raise
            raise DamagedAgain(
                N_("What arrived is not the recording, and sending it again did not help."),
                hint=N_("Play the recording here, look at the disk, then have it tried again."),
            ) from error
        except RemoteNotFound:
            _lost(context, upload_id)
            raise
        return source.identity


def _lost(context: JobContext, upload_id: str) -> None:
    """Have the next attempt make a new place: the old one is gone."""
    with context.database.write() as session:
        row = uploads.with_id(session, upload_id)
        if row is not None:
            uploads.keep(row, ticket=None)
            row.remote_id = None
    context.save({})


def _is_playable(destination: Destination, ticket: Ticket) -> bool:
    try:
        return destination.status(ticket).state is RemoteState.PLAYABLE
    except ShareError:
        # It has arrived; whoever follows it asks again.
        return False


def _note_arrival(
    context: JobContext,
    upload_id: str,
    ticket: Ticket,
    sent: Identity | None,
    *,
    is_playable: bool,
    frees_local: bool,
) -> None:
    """Note that all is there, and hand in what follows, unless it was taken back meanwhile."""
    with context.database.write() as session:
        row = uploads.with_id(session, upload_id)
        if row is None:
            return
        recording = session.get_one(Recording, row.recording_id)
        if row.state not in uploads.ARRIVED:
            state = UploadState.PLAYABLE if is_playable else UploadState.UPLOADED
            uploads.note_state(session, row, state)
        if sent is not None:
            uploads.keep(row, sent_file=msgspec.to_builtins(sent))
        about = {"upload_id": row.id}
        if row.state == UploadState.UPLOADED or frees_local:
            kinds.enqueue(session, FOLLOW, row.recording_id, about)
        if recording.title != ticket.title or transcripts.of(session, recording.id):
            kinds.enqueue(session, ALIGN, row.recording_id, about)
