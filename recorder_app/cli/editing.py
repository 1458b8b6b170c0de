"""``trim``, ``cut``, ``edits``, ``undo`` and ``redo``: what to keep of a recording."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recorder_app.cli.exports import (
    JSON,
    Choices,
    export_file,
    export_recording,
    told,
    with_options,
)
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.times import part_of, readable_time, time_of
from recorder_app.errors import InvalidRequest
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.services.edit_times import Wish
    from recorder_app.services.editing import EditsEntry

_ID = click.argument("recording_id", metavar="ID")
_ID_OR_PATH = click.argument("given", metavar="ID|PATH")
_TIME = "seconds, 1:02:03.500, or a picture such as 120f."


@click.command()
@_ID_OR_PATH
@click.option("--start", metavar="TIME", help=f"Where it is to begin: {_TIME}")
@click.option("--end", metavar="TIME", help="Where it is to end; that picture is left out.")
@with_options
def trim(*, given: str, start: str | None, end: str | None, **options: Any) -> int:
    """Keep what lies between two times, exact to the picture.

    The recording itself is never changed: the trim becomes its edit, which “undo” takes back, and
    the result a new version. Of a PATH a file is made beside it, and no library is touched.
    Times are those of the recording, whatever was edited before; a later trim takes the place of an
    earlier one.
    """
    from recorder_app.services.edit_times import TrimWish

    choices = Choices(**options)
    with told(json_output=choices.json_output):
        if start is None and end is None:
            raise InvalidRequest(
                N_("Nothing to trim was given."), hint=N_("Add --start TIME, --end TIME or both.")
            )
        wish = TrimWish(
            None if start is None else time_of(start), None if end is None else time_of(end)
        )
        return _edit(given, wish, choices)


@click.command()
@_ID_OR_PATH
@click.option(
    "--remove",
    "removed",
    metavar="A-B",
    multiple=True,
    required=True,
    help=f"A part to take out, from and to: {_TIME} May be given several times.",
)
@with_options
def cut(*, given: str, removed: tuple[str, ...], **options: Any) -> int:
    """Take parts out, exact to the picture; otherwise like “trim”."""
    from recorder_app.services.edit_times import CutWish

    choices = Choices(**options)
    with told(json_output=choices.json_output):
        return _edit(given, CutWish([part_of(each) for each in removed]), choices)


@click.command()
@_ID
@JSON
def edits(*, recording_id: str, json_output: bool) -> int:
    """Show the edits of a recording, and what they keep."""
    from recorder_app.services import editing

    with told(json_output=json_output):
        return _tell(editing.edits_of(recording_id), json_output=json_output)


@click.command()
@_ID
@JSON
def undo(*, recording_id: str, json_output: bool) -> int:
    """Take the last edit of a recording back; versions made by it stay."""
    from recorder_app.services import editing

    with told(json_output=json_output):
        return _tell(editing.undo(recording_id), json_output=json_output)


@click.command()
@_ID
@JSON
def redo(*, recording_id: str, json_output: bool) -> int:
    """Bring back the edit that was undone last."""
    from recorder_app.services import editing

    with told(json_output=json_output):
        return _tell(editing.redo(recording_id), json_output=json_output)


def _edit(given: str, wish: Wish, choices: Choices) -> int:
    if not _is_path(given):
        from recorder_app.cli.recovering import recover_first

        recover_first()
        return export_recording(given, wish, choices)
    if choices.no_wait:
        raise InvalidRequest(
            N_("Only recordings of the library can be left to the queue."),
            hint=N_("Leave out --no-wait, or import the file first."),
        )
    return export_file(Path(given), wish, choices)


def _is_path(given: str) -> bool:
    """Return whether a file is meant: ids have neither dots nor slashes."""
    separators = {os.sep, os.altsep or os.sep, "."}
    return any(each in given for each in separators) or os.path.isfile(given)


def _tell(entry: EditsEntry, *, json_output: bool) -> int:
    if json_output:
        write_line(as_json(entry))
        return 0
    marks = {"applied": " ", "undone": "-", "replaced": "x"}
    for step in entry.steps:
        parts = ", ".join(f"{readable_time(a)}-{readable_time(b)}" for a, b in step.parts)
        state = "" if step.state == "applied" else f"  ({step.state})"
        write_line(f"{marks[step.state]} {step.operation:<8} {parts}{state}")
    if not entry.steps:
        write_line("No edits.", err=True)
    for start, end in entry.kept:
        write_line(f"keeps      {readable_time(start)}-{readable_time(end)}")
    write_line(
        f"{readable_time(entry.kept_length_s)} of {readable_time(entry.length_s)}  {entry.title}"
    )
    return 0
