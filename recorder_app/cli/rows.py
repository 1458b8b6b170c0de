"""``show``, ``edit``, ``delete`` and ``restore``: one recording of the library."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from recorder_app.cli.output import as_json, write_line
from recorder_app.errors import InvalidRequest
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.services.catalogue import RelatedEntry
    from recorder_app.services.library import RecordingEntry

_json = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")


@click.command()
@click.argument("recording_id", metavar="ID")
@_json
def show(*, recording_id: str, json_output: bool) -> int:
    """Show everything the library knows about a recording.

    An ID may be abbreviated to its end, as “list” shows it.
    """
    from recorder_app.services import catalogue

    entry = catalogue.show(recording_id)
    more = {
        "version of": _named(entry.origin) or entry.version_of or "",
        "versions": ", ".join(map(_named, entry.versions)),
    }
    _print(entry, json_output=json_output, more=more)
    return 0


@click.command()
@click.argument("recording_id", metavar="ID")
@click.option("--title", help="A new title.")
@click.option("--description", help="A new description; an empty one takes it away.")
@click.option("--project", help="The project it belongs to; an empty name takes it out.")
@click.option("--tag", "tags", multiple=True, help="Add a tag; may be given several times.")
@click.option("--untag", "untags", multiple=True, help="Take a tag away.")
@click.option("--favourite/--no-favourite", default=None, help="Mark it, or take the mark away.")
@_json
def edit(
    *,
    recording_id: str,
    title: str | None,
    description: str | None,
    project: str | None,
    tags: tuple[str, ...],
    untags: tuple[str, ...],
    favourite: bool | None,
    json_output: bool,
) -> int:
    """Change title, description, project, tags or favourite of a recording."""
    from recorder_app.services import catalogue

    changes = catalogue.Changes(title, description, project, tags, untags, favourite)
    if changes == catalogue.Changes():
        raise InvalidRequest(
            N_("Nothing to change was given."), hint=N_("Add --title, --tag or another option.")
        )
    _print(catalogue.edit(recording_id, changes), json_output=json_output)
    return 0


@click.command()
@click.argument("recording_ids", metavar="ID...", nargs=-1, required=True)
@_json
def delete(*, recording_ids: tuple[str, ...], json_output: bool) -> int:
    """Put recordings into the library's trash; “restore” brings them back.

    Their files stay where they are until the trash is emptied.
    """
    from recorder_app.services import catalogue

    _tell(catalogue.delete(recording_ids), "in the trash", json_output=json_output)
    return 0


@click.command()
@click.argument("recording_ids", metavar="ID...", nargs=-1, required=True)
@_json
def restore(*, recording_ids: tuple[str, ...], json_output: bool) -> int:
    """Take recordings out of the library's trash."""
    from recorder_app.services import catalogue

    _tell(catalogue.restore(recording_ids), "restored", json_output=json_output)
    return 0


def _tell(entries: list[RecordingEntry], word: str, *, json_output: bool) -> None:
    if json_output:
        write_line(as_json(entries))
        return
    for entry in entries:
        write_line(f"{entry.short_id}  {word}  {entry.title}")


def _named(related: RelatedEntry | None) -> str:
    return "" if related is None else f"{related.title} ({related.short_id})"


def _print(
    entry: RecordingEntry, *, json_output: bool, more: Mapping[str, str] = MappingProxyType({})
) -> None:
    if json_output:
        write_line(as_json(entry))
        return
    lines = {
        "id": entry.id,
        "title": entry.title,
        "description": entry.description,
        "file": entry.path if Path(entry.path).exists() else f"{entry.path} (missing)",
        "created": f"{entry.created_at.astimezone():%Y-%m-%d %H:%M:%S}",
        "length": f"{entry.duration_s:.1f} s",
        "picture": f"{entry.width}x{entry.height} {entry.video_codec}" if entry.width else "",
        "sound": ", ".join(entry.audio_codecs),
        "size": f"{entry.file_size / 1e6:.1f} MB",
        "status": entry.status if entry.deleted_at is None else f"{entry.status}, in the trash",
        "project": entry.project or "",
        "tags": ", ".join(entry.tags),
        "favourite": "yes" if entry.is_favourite else "",
        "links": ", ".join(map(str, entry.share_links.values())),
    }
    for name, text in (lines | dict(more)).items():
        if text:
            write_line(f"{name:<12} {text}")
