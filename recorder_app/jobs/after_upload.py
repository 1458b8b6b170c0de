"""What a person wants done once an upload has arrived; none of it makes the upload fail."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from pathlib import Path

from recorder_app.errors import RecorderError, StorageError
from recorder_app.jobs import credentials, opening
from recorder_app.jobs.context import JobContext
from recorder_app.library import media_rows, uploads
from recorder_app.library.models import Recording
from recorder_app.library.queue import UNFINISHED
from recorder_app.library.recordings import note
from recorder_app.media.outfile import storage_error
from recorder_app.settings.destinations import StoredDestination
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# A command that waits for something would hold up the uploads after it.
_COMMAND_S = 60.0


def done(
    context: JobContext, entry: StoredDestination, recording: Recording, link: str
) -> list[str]:
    """Call the webhook, run the command, free the local copy; return what did not work.

    `link` is one that works now.
    """
    steps = (
        (entry.after.webhook, _call_webhook),
        (bool(entry.after.command), _run_command),
        # Last: the others may want the file.
        (entry.after.free_local, _free_local),
    )
    warnings = []
    for is_wanted, step in steps:
        if not is_wanted:
            continue
        try:
            step(context, entry, recording, link)
        except RecorderError as error:
            _log.warning("after upload id=%s error=%s", context.job_id, error)
            warnings.append(str(error))
    return warnings


def _call_webhook(
    context: JobContext, entry: StoredDestination, recording: Recording, link: str
) -> None:
    from recorder_app.share import webhook

    address = credentials.secrets_of(entry.name, [credentials.WEBHOOK]).get("webhook")
    if not address:
        raise StorageError(
            N_("The address of the webhook of “{name}” is not known."),
            hint=N_("Set it anew with “recorder-app destination add”."),
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
    # Our secrets are no business of another program.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(credentials.VARIABLES)
    }
    try:
        # Without a shell: titles are what anybody wrote.
        subprocess.run(
            shlex.split(entry.after.command),
            env=kept | about,
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


def _free_local(
    context: JobContext,
    entry: StoredDestination,
    recording: Recording,
    link: str,  # noqa: ARG001 - as the other steps
) -> None:
    path = Path(recording.path)
    with context.database.read() as session:
        others = [
            row
            for row in uploads.of(session, recording.id)
            if row.destination != entry.name
            and (job := uploads.job_of(session, row)) is not None
            and job.state in UNFINISHED
        ]
        is_shared = media_rows.count_at_path(session, recording.path) > 1
    if others or is_shared:
        raise StorageError(
            N_("{path} was not moved to the trash: it is needed still."),
            hint=N_("Delete the recording when the other uploads are done."),
            path=path,
        )
    # Only now: it asks the desktop for its trash.
    from send2trash import send2trash

    try:
        send2trash(path)
    except OSError as error:
        raise storage_error(error, path) from error
    with context.database.write() as session:
        row = media_rows.with_id(session, recording.id)
        if row is not None:
            for name, value in media_rows.missing(row).items():
                setattr(row, name, value)
            note(session, "freed", row.id, destination=entry.name)
