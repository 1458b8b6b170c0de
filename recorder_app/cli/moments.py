"""``frame``, ``frames``, ``annotate`` and ``annotations``: moments of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder_app.cli.find import seconds_of
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.times import readable_time
from recorder_app.errors import InvalidRequest
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.services.moments import AnnotationEntry

_ID = click.argument("recording_id", metavar="ID")
_TIME = "When in the recording: seconds, or as in 1:02:03.500."
_json = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
_json_array = click.option(
    "--json", "json_output", is_flag=True, help="Print one JSON array on stdout."
)


@click.command()
@_ID
@click.option("--at", "at_text", metavar="TIME", required=True, help=_TIME)
@click.option("--batch", metavar="NAME", default="", help="Put it with others of this name.")
@click.option("--note", metavar="TEXT", help="A note on it.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="A new file, or a folder, that gets a copy of it.",
)
@_json
def frame(
    *,
    recording_id: str,
    at_text: str,
    batch: str,
    note: str | None,
    output: Path | None,
    json_output: bool,
) -> int:
    """Take the picture shown at a time into the library, as PNG; its path is printed."""
    from recorder_app.services.moments import take_frame

    at_s = seconds_of(at_text)
    taken = take_frame(recording_id, at_s, batch=batch, text=note, output=output)
    write_line(as_json(taken) if json_output else taken.copied_to or taken.path)
    return 0


@click.command()
@_ID
@click.option("--batch", metavar="NAME", help="Only those of this batch.")
@_json_array
def frames(*, recording_id: str, batch: str | None, json_output: bool) -> int:
    """List the pictures taken out of a recording, batch by batch."""
    from recorder_app.services.moments import list_frames

    entries = list_frames(recording_id, batch)
    if json_output:
        write_line(as_json(entries))
        return 0
    shown = ""
    for entry in entries:
        if entry.batch != shown:
            write_line(f"{entry.batch}:")
            shown = entry.batch
        write_line(f"{entry.short_id}  {readable_time(entry.at_s)}  {entry.path}")
        for each in entry.notes:
            write_line(f"    {_one_line(each.text)}")
    if not entries:
        write_line("No pictures.", err=True)
    return 0


@click.command()
@_ID
@click.argument("text", required=False)
@click.option("--at", "at_text", metavar="TIME", help=_TIME)
@click.option("--frame", "frame_id", metavar="FRAME", help="A picture that it is about.")
@click.option("--remove", "removed", metavar="NOTE", help="Take the note with this id out.")
@_json
def annotate(
    *,
    recording_id: str,
    text: str | None,
    at_text: str | None,
    frame_id: str | None,
    removed: str | None,
    json_output: bool,
) -> int:
    """Note TEXT on a moment of a recording, or on a picture taken out of it."""
    from recorder_app.services import moments

    if (text is None) == (removed is None):
        raise InvalidRequest(N_("Give the text of a note, or --remove NOTE."))
    if removed is not None:
        if at_text is not None or frame_id is not None:
            raise InvalidRequest(N_("--remove takes nothing but the id of a note."))
        entry = moments.remove_annotation(recording_id, removed)
    else:
        at_s = None if at_text is None else seconds_of(at_text)
        entry = moments.annotate(recording_id, text or "", at_s, frame_id)
    if json_output:
        write_line(as_json(entry))
    else:
        write_line(f"{_line(entry)}{'' if removed is None else '  (removed)'}")
    return 0


@click.command("annotations")
@_ID
@_json_array
def annotations_(*, recording_id: str, json_output: bool) -> int:
    """List the notes on the moments of a recording."""
    from recorder_app.services.moments import list_annotations

    entries = list_annotations(recording_id)
    if json_output:
        write_line(as_json(entries))
        return 0
    for entry in entries:
        write_line(_line(entry))
    if not entries:
        write_line("No notes.", err=True)
    return 0


def _line(entry: AnnotationEntry) -> str:
    return f"{entry.short_id}  {readable_time(entry.at_s)}  {_one_line(entry.text)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
