"""Small calls about copies elsewhere: asking until they play, deleting, keeping in step."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from recorder_app.errors import InvalidRequest, RemoteRejected
from recorder_app.jobs import after_upload, opening
from recorder_app.jobs.context import JobContext, Outcome, Postponed
from recorder_app.jobs.shares import waiting_for_network
from recorder_app.library import job_list, leases, transcripts, uploads
from recorder_app.library.models import Recording, Transcript, Upload
from recorder_app.library.queue import JobState
from recorder_app.library.uploads import UploadState
from recorder_app.media.subtitles import as_webvtt
from recorder_app.shapes import converted
from recorder_app.share.destination import Destination, Item, RemoteState, Ticket
from recorder_app.texts import N_

# Seconds between two questions, as the service's own examples begin; the last one stays.
_ASK_AFTER_S = (3.0, 5.0, 10.0, 30.0, 30.0, 60.0, 120.0, 300.0)
_SENDER_WAIT_S = 1.0


def follow(context: JobContext) -> Outcome:
    """Ask how far the service is until the copy plays, or never will. No progress is no failure.

    Once it plays, the recording's own file is freed where that is wanted, as soon as it may.
    """
    row, ticket = _copy(context)
    if row is None or ticket is None:
        return Outcome({"withdrawn": True})
    entry = opening.stored(row.destination)
    with waiting_for_network(context), opening.opened(entry) as destination:
        context.on_stop(destination.abort)
        status = destination.status(ticket)
    states = {
        RemoteState.PLAYABLE: UploadState.PLAYABLE,
        RemoteState.FAILED: UploadState.FAILED,
        RemoteState.GONE: UploadState.GONE,
    }
    if status.state not in states:
        context.progress(status.share or 0.0)
        raise _later(context)
    with context.database.write() as session:
        kept = uploads.with_id(session, row.id)
        if kept is not None:
            uploads.note_state(session, kept, states[status.state], status.reason)
    if status.state is RemoteState.FAILED:
        raise RemoteRejected(
            N_("“{destination}” cannot use the file ({reason})."),
            hint=N_("Play the recording here; if that works, export it as MP4 and upload that."),
            destination=row.destination,
            reason=status.reason or N_("no reason given"),
        )
    warnings: list[str] = []
    if status.state is RemoteState.PLAYABLE and entry.after.free_local:
        is_settled, warnings = after_upload.free_local(context, entry)
        if not is_settled:
            # Asked again before that: by then it may be gone there.
            raise _later(context)
    return Outcome({"state": states[status.state].value, "warnings": warnings})


def remove(context: JobContext) -> Outcome:
    """Delete a copy, also one that was only begun; what is gone already is fine."""
    payload = context.payload
    checkpoint = dict(payload.get("checkpoint") or {})
    if sender_id := payload.get("upload_job"):
        with context.database.read() as session:
            senders = job_list.of(session, [str(sender_id)])
        if any(sender.state == JobState.RUNNING for sender in senders):
            # It is about to stop; what it begins until then has to go too.
            raise Postponed(_SENDER_WAIT_S)
        checkpoint = next((leases.checkpoint_of(sender) for sender in senders), {}) or checkpoint
    entry = opening.stored(str(payload["destination"]))
    with waiting_for_network(context), opening.opened(entry) as destination:
        context.on_stop(destination.abort)
        ticket = _ticket_to_remove(context, destination)
        destination.remove(ticket, checkpoint)
    return Outcome({"destination": entry.name, "remote_id": ticket.remote_id})


def align(context: JobContext) -> Outcome:
    """Bring title and captions of a copy in step with its recording, where it shows them."""
    row, ticket = _copy(context)
    if row is None or ticket is None:
        return Outcome({"withdrawn": True})
    recording = context.recording()
    with context.database.read() as session:
        texts = transcripts.of(session, recording.id)
    entry = opening.stored(row.destination)
    with waiting_for_network(context), opening.opened(entry) as destination:
        context.on_stop(destination.abort)
        ticket = _titled(destination, ticket, recording)
        captions = _captioned(context, destination, ticket, texts, row)
    with context.database.write() as session:
        kept = uploads.with_id(session, row.id)
        if kept is not None:
            uploads.keep(kept, ticket=opening.kept(ticket), captions=captions or None)
    return Outcome({"title": ticket.title, "captions": sorted(captions)})


def _later(context: JobContext) -> Postponed:
    asked = int(context.checkpoint.get("asked", 0))
    context.checkpoint = {"asked": asked + 1}
    return Postponed(_ASK_AFTER_S[min(asked, len(_ASK_AFTER_S) - 1)])


def _copy(context: JobContext) -> tuple[Upload | None, Ticket | None]:
    with context.database.read() as session:
        row = uploads.with_id(session, str(context.payload["upload_id"]))
    return row, None if row is None else opening.ticket_of(row)


def _ticket_to_remove(context: JobContext, destination: Destination) -> Ticket:
    payload = context.payload
    if payload.get("ticket"):
        return converted(payload["ticket"], Ticket)
    if key := payload.get("key"):
        # It was begun, and nobody heard what was made: found by its key, or made to be deleted.
        item = Item(key=str(key), title="", file_name="recording", media_type="", size=0)
        return destination.prepare(item, is_repeated=True)
    if remote_id := payload.get("remote_id"):
        return Ticket(remote_id=str(remote_id), link=str(payload.get("link") or ""))
    raise InvalidRequest(
        N_("It is not known what {link} is called at “{destination}”."),
        hint=N_("Delete it in the service's own pages."),
        link=payload.get("link"),
        destination=payload["destination"],
    )


def _titled(destination: Destination, ticket: Ticket, recording: Recording) -> Ticket:
    set_title = getattr(destination, "set_title", None)
    if recording.title != ticket.title and set_title is not None:
        set_title(ticket, recording.title)
    return msgspec.structs.replace(ticket, title=recording.title)


def _captioned(
    context: JobContext,
    destination: Destination,
    ticket: Ticket,
    texts: Sequence[Transcript],
    row: Upload,
) -> dict[str, str]:
    """Send what changed; return the sums of the captions that are there now, by language."""
    known: dict[str, str] = dict(row.details.get("captions", {}))
    set_captions = getattr(destination, "set_captions", None)
    if set_captions is None:
        return known
    # One that nobody named a language for cannot be shown by its name.
    wanted = {text.language: as_webvtt(transcripts.cues_of(text)) for text in texts}
    wanted.pop("", None)
    for language, subtitles in wanted.items():
        context.check()
        digest = hashlib.sha256(subtitles).hexdigest()
        if known.get(language) != digest:
            set_captions(ticket, language, language, subtitles)
            known[language] = digest
    for language in known.keys() - wanted.keys():
        destination.remove_captions(ticket, language)  # type: ignore[attr-defined]
        del known[language]
    return known
