"""Edits of files by their paths, made at once; the library is not touched."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from recorder_app.edit.timeline import EditList
from recorder_app.errors import Cancelled, UnreadableMedia
from recorder_app.jobs.rendering import check_preset, extension_for, render, told
from recorder_app.jobs.sources import SourceStamp
from recorder_app.jobs.unfinished import UnfinishedFile, size_of
from recorder_app.media.outfile import storage_error
from recorder_app.media.probe import length_of
from recorder_app.media.renaming import free_names
from recorder_app.services import outputs
from recorder_app.services.edit_times import Times, Wish
from recorder_app.services.export_entries import DONE, ExportEntry, ExportWish
from recorder_app.texts import N_


def edit_file(
    source: Path,
    wish: Wish,
    wanted: ExportWish,
    stop: threading.Event,
    on_progress: Callable[[float], None] = lambda _: None,
) -> ExportEntry:
    """Write what `wish` keeps of `source` to a new file, without `output` one beside it.

    After an error, or `stop`, there is none. Raises InvalidRequest, MediaError, EncodingError,
    StorageError and Cancelled.
    """
    check_preset(wanted.preset, wanted.limit_bytes)
    source = Path(os.path.abspath(source))
    if not source.is_file():
        raise UnreadableMedia(
            N_("There is no file {path}."), hint=N_("Check its name."), path=source
        )
    stamp = SourceStamp.of(source)
    length = length_of(source)
    if length <= 0:
        raise UnreadableMedia(N_("The length of {path} is not known."), path=source)
    edited = wish.operation(Times(source, length)).apply(EditList.whole(length))
    extension = extension_for(source, wanted.preset)
    is_named = wanted.output is not None
    if wanted.output is None:
        outputs.check_folder(source.parent)
        name = outputs.default_name(source, outputs.done_to(edited, wanted.preset), extension)
        targets = free_names(source.parent, name)
    else:
        targets = iter(
            [outputs.check_target(wanted.output, source, extension, overwrite=wanted.overwrite)]
        )

    def proceed(share: float) -> None:
        on_progress(share)
        if stop.is_set():
            raise Cancelled(N_("Cancelled. No file was written."))

    target = next(targets)
    try:
        with UnfinishedFile(target.parent, extension) as unfinished:
            report = render(
                source, edited, unfinished.path, proceed, wanted.preset, wanted.limit_bytes
            )
            stamp.check(source)
            proceed(1.0)
            size = size_of(unfinished.path)
            while True:
                try:
                    unfinished.place(target, overwrite=is_named and wanted.overwrite)
                    break
                except FileExistsError:
                    if is_named:
                        raise
                    target = next(targets)
    except OSError as error:
        raise storage_error(error, target) from error
    return ExportEntry(
        state=DONE,
        path=str(target),
        size_bytes=size,
        length_s=round(float(report.length), 3),
        copied=report.copied,
        encoded=report.encoded,
        damaged=report.damaged,
        reason=told(report.reason),
    )
