"""Single pictures of what is kept, as PNG files in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from recorder_app.edit.fitting import upright
from recorder_app.edit.pictures import PictureReader
from recorder_app.edit.plan import TOLERANCE, place
from recorder_app.edit.render import RenderReport, translated
from recorder_app.edit.smartcut import video_of
from recorder_app.edit.timeline import EditList
from recorder_app.errors import InvalidRequest
from recorder_app.media.outfile import storage_error, sync_folder
from recorder_app.media.probe import open_media
from recorder_app.media.stills import png, rgb
from recorder_app.texts import N_

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""


def moments(length: Fraction, every_s: float) -> list[Fraction]:
    """Return the moments from 0 to before `length`, `every_s` seconds apart."""
    if every_s <= 0:
        raise InvalidRequest(N_("Pictures must be some time apart: {every} s."), every=every_s)
    step = Fraction(every_s).limit_denominator(1_000_000)
    return [number * step for number in range(-(-length // step))]


def write_stills(
    source: Path, edits: EditList, folder: Path, proceed: Proceed, at: Sequence[Fraction]
) -> RenderReport:
    """Write the pictures shown `at` moments of the result into `folder`, which is made for them.

    They are named by their times, as 00-01-05.250.png. After an error there is no `folder`.
    Raises InvalidRequest for a moment that is not in the result, MediaError, StorageError, and what
    `proceed` raises.
    """
    wanted = sorted(set(at))
    for moment in wanted:
        if not 0 <= moment < edits.kept_length:
            raise InvalidRequest(
                N_("{at} s is not in the result, which is {length} s long."),
                hint=N_("Give times inside the result."),
                at=float(moment),
                length=round(float(edits.kept_length), 3),
            )
    report = RenderReport(edits.kept_length)
    try:
        folder.mkdir()
    except OSError as error:
        raise storage_error(error, folder) from error
    try:
        with translated(source):
            _write(source, edits, folder, proceed, wanted, report)
        sync_folder(folder)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and not isinstance(error, av.FFmpegError):
            raise storage_error(error, folder) from error
        raise
    return report


def _write(
    source: Path,
    edits: EditList,
    folder: Path,
    proceed: Proceed,
    wanted: Sequence[Fraction],
    report: RenderReport,
) -> None:
    with open_media(source) as media:
        video = video_of(media, source)
        scaler = VideoReformatter()
        with PictureReader(media, video, place(edits.kept)) as reader:
            for moment, frame in _shown_at(wanted, reader):
                shape = upright(frame, video.codec_context.sample_aspect_ratio)
                turned = round(frame.rotation / 90) % 4
                size = (shape.height, shape.width) if turned % 2 else (shape.width, shape.height)
                picture = np.ascontiguousarray(np.rot90(rgb(scaler, frame, *size), turned))
                (folder / f"{_name(moment)}.png").write_bytes(png(picture))
                report.encoded += 1
                proceed(report.encoded / len(wanted))
            report.damaged = reader.damaged


def _shown_at(
    wanted: Sequence[Fraction], reader: PictureReader
) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    """Yield the picture that is shown at each moment, the first one before there is any."""
    left = list(reversed(wanted))
    previous: av.VideoFrame | None = None
    for shown in reader:
        while left and previous is not None and left[-1] < shown.at - TOLERANCE:
            yield left.pop(), previous
        if not left:
            return
        previous = shown.frame
    while left and previous is not None:
        yield left.pop(), previous


def _name(moment: Fraction) -> str:
    milliseconds = round(moment * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}-{minutes % 60:02}-{seconds:02}.{rest:03}"
