"""What a person wants done once an upload has arrived; none of it makes the upload fail."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec

from recorder_app.errors import Cancelled, LibraryError, MediaError, RecorderError, StorageError
from recorder_app.jobs import credentials, opening
from recorder_app.jobs.context import JobContext
from recorder_app.library import job_list, leases, media_rows, uploads
from recorder_app.library.models import Recording, Upload
from recorder_app.library.queue import CALLS_LANE, OPEN, Session
from recorder_app.library.recordings import note
from recorder_app.library.uploads import UploadState
from recorder_app.media.outfile import storage_error
from recorder_app.settings.destinations import StoredDestination
from recorder_app.share.source import Source
from recorder_app.system.secrets import without_secrets
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# A command that waits for something would hold up the uploads after it.
_COMMAND_S = 60.0
# By this the row of an upload says which steps were begun.
_BEGUN = "after_done"

Step = Callable[[JobContext, StoredDestination, Recording, str], None]


def done(context: JobContext, entry: StoredDestination, upload_id: str, link: str) -> list[str]:
    """Call the webhook and run the command, each once; return what did not work.

    `link` is one that works now. Raises Cancelled when the job shall stop: whoever took the upload
    back wants none of it any more.
    """
    steps: tuple[tuple[str, bool, Step], ...] = (
        ("webhook", entry.after.webhook, _call_webhook),
        ("command", bool(entry.after.command), _run_command),
    )
    warnings = []
    for name, is_wanted, step in steps:
        recording = _begun(context, upload_id, name) if is_wanted else None
        if recording is None:
            continue
        try:
            step(context, entry, recording, link)
        except Cancelled:
            # Nobody has heard of it yet: whoever goes on with the job does it.
            _forget(context, upload_id, name)
            raise
        except RecorderError as error:
            _log.warning("after upload id=%s error=%s", context.job_id, error)
            warnings.append(str(error))
    return warnings


def _begun(context: JobContext, upload_id: str, name: str) -> Recording | None:
    """Note that a step is begun; return the recording, or None where it was before.

    Before it is done: better once too few, after a crash, than told to others twice. Raises
    Cancelled when the job is no longer ours.
    """
    with context.database.write() as session:
        context.note(leases.look(session, context.job_id, context.owner))
        context.check()
        row = uploads.with_id(session, upload_id)
        if row is None or name in row.details.get(_BEGUN, []):
            return None
        uploads.keep(row, **{_BEGUN: [*row.details.get(_BEGUN, []), name]})
        return session.get_one(Recording, row.recording_id)


def _forget(context: JobContext, upload_id: str, name: str) -> None:
    with context.database.write() as session:
        row = uploads.with_id(session, upload_id)
        if row is not None:
            left = [each for each in row.details.get(_BEGUN, []) if each != name]
            uploads.keep(row, **{_BEGUN: left})


def _call_webhook(
    context: JobContext, entry: StoredDestination, recording: Recording, link: str
) -> None:
    from recorder_app.share import webhook

    address = credentials.secrets_of(entry.name, [credentials.WEBHOOK]).get("webhook")
    if not address:
        raise StorageError(
            N_("The address of the webhook of “{name}” is not known."),
            hint=N_(
                "Enter it in the settings; on the command line, “recorder-app destination add "
                "--replace” asks for it."
            ),
            name=entry.name,
        )
    message = {
        "event": "uploaded",
        "recording_id": recording.id,
        "title": recording.title,
        "destination": entry.name,
        "link": link,
        "duration_s": recording.duration_s,
        "size_bytes": recording.file_size,
    }
    webhook.call(address, message, opening.network_of(entry), context.sleep)


def _run_command(
    context: JobContext,  # noqa: ARG001 - as the other steps
    entry: StoredDestination,
    recording: Recording,
    link: str,
) -> None:
    about = {
        "RECORDER_APP_LINK": link,
        "RECORDER_APP_PATH": recording.path,
        "RECORDER_APP_TITLE": recording.title,
        "RECORDER_APP_ID": recording.id,
        "RECORDER_APP_DESTINATION": entry.name,
    }
    try:
        # Without a shell: titles are what anybody wrote.
        subprocess.run(
            shlex.split(entry.after.command),
            env=without_secrets(os.environ) | about,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_COMMAND_S,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise StorageError(
            N_("The command after uploading to “{name}” failed ({reason})."),
            hint=N_("Try it in a terminal: {command}"),
            name=entry.name,
            reason=type(error).__name__ if isinstance(error, ValueError) else error,
            command=entry.after.command,
        ) from error


def free_local(context: JobContext, entry: StoredDestination) -> tuple[bool, list[str]]:
    """Move the file of a copy that plays to the trash; return whether that is settled, and why not.

    It is not while the file is worked on: then it is to be tried again later. Raises Cancelled and
    LibraryError.
    """
    # Not in the transaction: it looks for the desktop's own way.
    from send2trash import send2trash

    # A single one: taking the copy back comes before it, and nothing is done here, or after it.
    try:
        with context.database.write() as session:
            context.note(leases.look(session, context.job_id, context.owner))
            context.check()
            copy = uploads.with_id(session, str(context.payload["upload_id"]))
            if copy is None or copy.state != UploadState.PLAYABLE:
                return True, []
            row = session.get_one(Recording, copy.recording_id)
            if row.status == media_rows.MISSING:
                return True, []
            if _is_worked_on(session, copy):
                return False, []
            path = Path(row.path)
            _check_needed_no_more(session, copy, path)
            _check_sent(copy, path)
            for name, value in media_rows.missing(row).items():
                setattr(row, name, value)
            note(session, "freed", row.id, destination=entry.name)
            # Last: what the library refuses is refused before.
            session.flush()
            try:
                send2trash(path)
            except OSError as error:
                raise storage_error(error, path) from error
    except LibraryError:
        raise
    except (StorageError, MediaError) as error:
        _log.warning("not freed id=%s error=%s", context.job_id, error)
        return True, [str(error)]
    return True, []


def _is_worked_on(session: Session, copy: Upload) -> bool:
    """Return whether something reads the recording's file, or will, or may have to send it again.

    What a person paused is not waited for.
    """
    jobs = job_list.unfinished_of(session, copy.recording_id)
    if any(job.lane != CALLS_LANE and job.state in OPEN for job in jobs):
        return True
    followed = {
        job.payload.get("upload_id")
        for job in jobs
        if job.kind == uploads.FOLLOW and job.state in OPEN
    }
    return any(row.id in followed for row in _others(session, copy))


def _check_needed_no_more(session: Session, copy: Upload, path: Path) -> None:
    jobs = job_list.unfinished_of(session, copy.recording_id)
    if (
        any(job.lane != CALLS_LANE for job in jobs)
        or _others(session, copy)
        or media_rows.count_at_path(session, str(path)) > 1
    ):
        raise StorageError(
            N_("{path} was not moved to the trash: it is needed still."),
            hint=N_("Delete the recording when the other uploads are done."),
            path=path,
        )


def _others(session: Session, copy: Upload) -> list[Upload]:
    """Return the copies that are not whole elsewhere: their file may have to be sent again."""
    settled = (UploadState.PLAYABLE, UploadState.GONE)
    found = uploads.of(session, copy.recording_id)
    return [row for row in found if row.id != copy.id and row.state not in settled]


def _check_sent(copy: Upload, path: Path) -> None:
    """Raise StorageError where the file is not the one that was sent."""
    with Source(path) as source:
        if copy.details.get("sent_file") == msgspec.to_builtins(source.identity):
            return
    raise StorageError(
        N_("{path} was not moved to the trash: it is not the file that was uploaded."),
        hint=N_("Look at it, and upload the recording again if it was changed."),
        path=path,
    )
