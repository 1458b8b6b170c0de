"""Handlers of what a recording is seen by: poster, hover strip, waveform; and its checksum.

Their results can all be made anew: files in the cache folder, replaced as a whole, and columns of
the recording that are written with the end of the job.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import psutil

from recorder_app import faults, paths
from recorder_app.jobs.context import JobContext, Outcome
from recorder_app.library.models import Recording
from recorder_app.media import digest, stills, waveform
from recorder_app.media.containers import inspect
from recorder_app.media.missing import missing_file
from recorder_app.media.outfile import storage_error
from recorder_app.shapes import converted

POSTER = "poster.jpg"
STRIP = "strip.jpg"
WAVEFORM = "waveform.npz"


def make_poster(context: JobContext) -> Outcome:
    """Make the picture that stands for the recording in lists."""
    media, duration_s = _media(context)
    path = _keep(context, POSTER, stills.poster(media, duration_s, context.proceed))
    return Outcome({"path": str(path)}, {"thumbnail": str(path)})


def make_strip(context: JobContext) -> Outcome:
    """Make ten pictures side by side, to be shown while the pointer moves over the recording."""
    media, duration_s = _media(context)
    path = _keep(context, STRIP, stills.strip(media, duration_s, context.proceed))
    return Outcome({"path": str(path), "pictures": stills.STRIP_PICTURES})


def make_waveform(context: JobContext) -> Outcome:
    """Measure the peaks of every sound track; a recording without sound has none."""
    media, duration_s = _media(context)
    tracks = waveform.measure(media, duration_s, context.proceed)
    path = _keep(context, WAVEFORM, waveform.packed(tracks))
    return Outcome({"path": str(path), "tracks": len(tracks)})


def make_checksum(context: JobContext) -> Outcome:
    """Sum up the recording's bytes; after a crash where it was left, if the file is the same."""
    media = Path(context.recording().path)
    try:
        begun = converted(context.checkpoint, digest.DigestState)
    except msgspec.ValidationError:
        begun = None
    checksum = digest.sha256(
        media,
        begun,
        context.proceed,
        lambda state: context.save(msgspec.to_builtins(state), state.offset),
    )
    return Outcome({"sha256": checksum}, {"checksum": checksum})


def remove(recording_id: str) -> None:
    """Delete what was made for a recording that is gone for good."""
    shutil.rmtree(paths.preview_folder(recording_id), ignore_errors=True)


def _media(context: JobContext) -> tuple[Path, float]:
    """Return the recording's file and length in seconds. Raises UnreadableMedia."""
    recording: Recording = context.recording()
    path = Path(recording.path)
    if not path.is_file():
        raise missing_file(path)
    return path, recording.duration_s or inspect(path).duration_s


def _keep(context: JobContext, name: str, content: bytes) -> Path:
    """Write a file of the recording's previews as a whole; return its path. Raises StorageError."""
    assert context.recording_id is not None
    folder = paths.preview_folder(context.recording_id)
    path = folder / name
    # Two processes may be at it, if one was taken for dead.
    unfinished = folder / f".{name}.{os.getpid()}"
    try:
        faults.check("jobs.write")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as f:
                f.write(content)
                f.flush()
                os.fsync(f.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        _remove_left_behind(folder)
    except OSError as error:
        raise storage_error(error, path) from error
    return path


def _remove_left_behind(folder: Path) -> None:
    """Delete what processes that were killed had not finished."""
    for path in folder.glob(".*.*.*"):
        pid = path.suffix.removeprefix(".")
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)
