"""``list`` and ``search``: which recordings there are in the library."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.times import CLOCK
from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.library.listing import Filter
    from recorder_app.services.library import RecordingEntry

_ORDERS = ("date", "title", "length", "size")
# As SQLite counts.
_MOST = 2**31 - 1
# What would move the cursor, ring or colour, rather than be read.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MARKS = "* favourite, ! file missing, v version of another"
_MARKED, _PLAIN = "\x1b[1;4m", "\x1b[0m"

_OPTIONS = (
    click.option("--project", help="Those of a project."),
    click.option("--tag", "tags", multiple=True, help="Those with a tag, or with all of several."),
    click.option("--type", "recording_type", help="Those of a type, such as window or region."),
    click.option("--status", help="Those of a status, such as completed or missing."),
    click.option("--from", "created_from", metavar="TIME", help="From then on, as in 2026-03-31."),
    click.option("--to", "created_to", metavar="TIME", help="Until then; a day is included."),
    click.option("--shortest", metavar="LENGTH", help="At least so long, as in 90 or 1:30."),
    click.option("--longest", metavar="LENGTH", help="At most so long."),
    click.option("--favourite/--no-favourite", default=None, help="Those with the mark, or not."),
    click.option("--destination", help="Those that were shared there."),
    click.option("--deleted", is_flag=True, help="Those in the trash."),
    click.option("--limit", type=click.IntRange(1, _MOST), default=50, show_default=True),
    click.option("--offset", type=click.IntRange(0, _MOST), default=0, show_default=True),
    click.option("--json", "json_output", is_flag=True, help="Print one JSON array on stdout."),
)


def _with_options(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("list")
@click.option("--sort", type=click.Choice(_ORDERS), default="date", show_default=True)
@_with_options
def list_(*, sort: str, limit: int, offset: int, json_output: bool, **filters: Any) -> int:
    """List the recordings of the library, the newest first."""
    from recorder_app.library.listing import Order
    from recorder_app.services.finding import list_recordings

    entries, total = list_recordings(_filter(**filters), Order(sort), limit, offset)
    if json_output:
        write_line(as_json(entries))
    else:
        _print(entries, total)
    return 0


@click.command()
@click.argument("words", nargs=-1)
@click.option("--sort", type=click.Choice(_ORDERS), help="The best first, if not given.")
@_with_options
def search(
    *,
    words: tuple[str, ...],
    sort: str | None,
    limit: int,
    offset: int,
    json_output: bool,
    **filters: Any,
) -> int:
    """Find recordings by words of their titles, descriptions, tags, projects, notes and speech.

    The last word may be unfinished, and words of four letters or more misspelt.
    """
    from recorder_app.library.listing import Order
    from recorder_app.services.finding import find_recordings

    order = None if sort is None else Order(sort)
    text = " ".join(words)
    entries, total = find_recordings(text, _filter(**filters), order, limit, offset)
    if json_output:
        write_line(as_json(entries))
    else:
        _print(entries, total)
    return 0


def _filter(
    *,
    project: str | None,
    tags: Sequence[str],
    recording_type: str | None,
    status: str | None,
    created_from: str | None,
    created_to: str | None,
    shortest: str | None,
    longest: str | None,
    favourite: bool | None,
    destination: str | None,
    deleted: bool,
) -> Filter:
    from recorder_app.library.listing import Filter

    return Filter(
        project=_valid(project),
        tags=tuple(_valid(tag) or "" for tag in tags),
        recording_type=_valid(recording_type),
        status=_valid(status),
        created_from=None if created_from is None else _time(created_from),
        created_to=None if created_to is None else _time(created_to, whole_day=True),
        shortest_s=None if shortest is None else seconds_of(shortest),
        longest_s=None if longest is None else seconds_of(longest),
        is_favourite=favourite,
        destination=_valid(destination),
        is_deleted=deleted,
    )


def _valid(text: str | None) -> str | None:
    """Return `text` without the half characters that bytes of another encoding become."""
    return None if text is None else text.encode(errors="replace").decode()


def _time(text: str, *, whole_day: bool = False) -> datetime:
    """Return a time of this machine's zone, unless it names another; of a day the beginning or end.

    Raises InvalidSettingError.
    """
    try:
        time = datetime.fromisoformat(text)
        if whole_day and len(text) <= len("2026-03-31"):
            time += timedelta(days=1)
        return time.astimezone()
    except (ValueError, OverflowError) as error:
        raise InvalidSettingError(
            N_("{text} is not a time."), hint=N_("Write 2026-03-31 or 2026-03-31T14:30."), text=text
        ) from error


def seconds_of(text: str) -> float:
    """Return the seconds of 90, 1:30 or 0:01:30.250. Raises InvalidSettingError."""
    match = CLOCK.fullmatch(text)
    if match is None:
        raise InvalidSettingError(
            N_("{text} is not a length or a time in a recording."),
            hint=N_("Write seconds, 1:30 or 1:02:03.500."),
            text=text,
        )
    hours, minutes, seconds = match.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def readable_length(seconds: float) -> str:
    """Return 0:07, 12:34 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _print(entries: Sequence[RecordingEntry], total: int) -> None:
    from recorder_app.services.finding import FoundEntry

    for entry in entries:
        marks = "".join(
            mark if is_so else " "
            for mark, is_so in (
                ("*", entry.is_favourite),
                ("!", _is_missing(entry)),
                ("v", entry.version_of is not None),
            )
        )
        created = f"{entry.created_at.astimezone():%Y-%m-%d %H:%M}"
        length = readable_length(entry.duration_s)
        start = f"{entry.short_id}  {created}  {length:>8} {marks} "
        shown = entry.highlights if isinstance(entry, FoundEntry) else {}
        title = shown.get("title")
        text, ranges = (title.text, title.ranges) if title else (entry.title, [])
        write_line(start + _fitting(text, ranges, len(start)))
        for name, each in shown.items():
            if name != "title":
                write_line(f"    {name}: {_fitting(each.text, each.ranges, len(name) + 6)}")
    if not entries:
        write_line("No recordings.", err=True)
    elif len(entries) < total:
        write_line(f"{len(entries)} of {total} recordings. {_MARKS}", err=True)


def _is_missing(entry: RecordingEntry) -> bool:
    try:
        return entry.status == "missing" or not Path(entry.path).exists()
    except (OSError, ValueError):
        return True


def _fitting(text: str, ranges: Sequence[tuple[int, int]], before: int) -> str:
    """Return `text` on one line, on a terminal no longer than that, with `ranges` marked."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if is_terminal:
        room = max(20, shutil.get_terminal_size().columns - before)
        if len(text) > room:
            text = text[: room - 1] + "…"
            ranges = [(start, min(end, room - 1)) for start, end in ranges if start < room - 1]
    can_mark = is_terminal and not os.environ.get("NO_COLOR")
    pieces, done = [], 0
    for start, end in ranges if can_mark else ():
        pieces += [_one_line(text[done:start]), _MARKED, _one_line(text[start:end]), _PLAIN]
        done = end
    return "".join([*pieces, _one_line(text[done:])])


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text)
