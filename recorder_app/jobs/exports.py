"""Handler of exports: a file, or a new version of a recording, made from its edit list.

::

    source unchanged? -> render under an unfinished name -> source unchanged? -> checkpoint
        -> name it -> version only: row and previews -> sidecar

Killed before the checkpoint it starts over. After it, the next run knows its own file by what the
checkpoint says of it, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from recorder_app import faults
from recorder_app.edit.timeline import EditList, operation
from recorder_app.errors import DiskFull
from recorder_app.jobs import versions
from recorder_app.jobs.context import JobContext, Outcome
from recorder_app.jobs.rendering import full_disk, render, told
from recorder_app.jobs.sources import SourceStamp, refuse_source
from recorder_app.jobs.unfinished import UnfinishedFile, size_of
from recorder_app.library import media_rows
from recorder_app.library.ids import new_id
from recorder_app.media.outfile import storage_error
from recorder_app.media.renaming import free_names
from recorder_app.shapes import converted


class ExportOrder(msgspec.Struct, frozen=True):
    """What was asked for; the payload of a job.

    `length` is the source's in seconds, as a fraction's text; `operations` are names and parameters
    of its edit list as it was then. The result is `name` in `folder`: exactly so, or, as a new
    version of the recording, a name like it. `word` says in a version's title what was done.
    """

    source: SourceStamp
    length: str
    operations: list[tuple[str, dict[str, Any]]]
    preset: str
    folder: str
    name: str
    is_version: bool
    word: str = ""
    limit_bytes: int | None = None
    overwrite: bool = False

    def edits(self) -> EditList:
        """Raises InvalidRequest where the operations make no sense here."""
        steps = [operation(name, parameters) for name, parameters in self.operations]
        return EditList.of(Fraction(self.length), steps)


class Made(msgspec.Struct, frozen=True):
    """A whole file, or folder of pictures: what tells it from others, and what came of the export.

    `recording_id` is what it is to be called in the library, `length_s` in seconds.
    """

    path: str
    size_bytes: int
    modified_ns: int
    made_at: datetime
    recording_id: str
    length_s: float
    copied: int
    encoded: int
    damaged: int
    reason: dict[str, str] | None

    def is_there(self) -> bool:
        path = Path(self.path)
        try:
            return (size_of(path), path.stat().st_mtime_ns) == (self.size_bytes, self.modified_ns)
        except OSError:
            return False


def make_export(context: JobContext) -> Outcome:
    """Make the file, and enter it if it is to be a version. Raises RecorderError."""
    order = converted(context.payload, ExportOrder)
    made = _made_before(context) or _make(context, order)
    result = msgspec.to_builtins(made)
    if order.is_version:
        recording_id, title = versions.enter(
            context.database,
            context.recording().id,
            made=versions.Version(Path(made.path), made.recording_id, made.made_at),
            word=order.word,
            preset=order.preset,
            operations=order.operations,
        )
        result |= {"recording_id": recording_id, "title": title}
    else:
        result["recording_id"] = ""
    return Outcome(result)


def _made_before(context: JobContext) -> Made | None:
    """Return the file of an earlier run that was killed after it was whole."""
    try:
        made = converted(context.checkpoint, Made)
    except msgspec.ValidationError:
        return None
    return made if made.is_there() else None


def _make(context: JobContext, order: ExportOrder) -> Made:
    source, folder = Path(context.recording().path), Path(order.folder)
    order.source.check(source)
    begun = SourceStamp.of(source)
    extension = Path(order.name).suffix.removeprefix(".")
    try:
        with UnfinishedFile(folder, extension, context.job_id) as unfinished:
            report = render(
                source,
                order.edits(),
                unfinished.path,
                context.proceed,
                order.preset,
                order.limit_bytes,
            )
            begun.check(source)
            made = Made(
                path="",
                size_bytes=size_of(unfinished.path),
                modified_ns=unfinished.path.stat().st_mtime_ns,
                made_at=datetime.now(UTC),
                recording_id=new_id(),
                length_s=round(float(report.length), 3),
                copied=report.copied,
                encoded=report.encoded,
                damaged=report.damaged,
                reason=told(report.reason),
            )
            return _place(context, order, unfinished, made, source)
    except OSError as error:
        raise _storage_error(error, folder / order.name) from error


def _place(
    context: JobContext, order: ExportOrder, unfinished: UnfinishedFile, made: Made, source: Path
) -> Made:
    """Give the file its name; for a version the first that is free."""
    for target in _targets(context, order):
        if order.overwrite:
            refuse_source(source, target)
        made = msgspec.structs.replace(made, path=str(target))
        # From here on the next run knows the file, should this one not live to tell.
        context.save(msgspec.to_builtins(made))
        faults.check("export.place")
        try:
            unfinished.place(target, overwrite=order.overwrite)
        except FileExistsError:
            if order.is_version:
                continue
            raise
        faults.check("export.placed")
        return made
    raise AssertionError("there is always a free name")


def _targets(context: JobContext, order: ExportOrder) -> Iterator[Path]:
    folder = Path(order.folder)
    if not order.is_version:
        yield folder / order.name
        return
    for target in free_names(folder, order.name):
        with context.database.read() as session:
            # The name of a recording whose file is missing is not free: it may come back.
            if media_rows.at_path(session, str(target)) is not None:
                continue
        if not target.exists():
            yield target


def _storage_error(error: OSError, path: Path) -> Exception:
    translated = storage_error(error, path)
    return full_disk(path.parent) if isinstance(translated, DiskFull) else translated
