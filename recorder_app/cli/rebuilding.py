"""``library rebuild``, and ``library check --files``: the library beside the files it is about."""

from __future__ import annotations

from pathlib import Path

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.progress import ProgressLine
from recorder_app.errors import MediaError

_SOME_MISSING = 1


@click.command()
@click.argument("folders", metavar="[FOLDER...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def rebuild(*, folders: tuple[Path, ...], json_output: bool) -> int:
    """Make the library again from the recordings in folders, yours by default.

    Recordings come back with what the files beside them say, other media as imported. What the
    library knows already stays as it is. A damaged library is set aside first.
    """
    from recorder_app.services import rebuild as rebuilding
    from recorder_app.services.preferences import recordings_folder

    line = ProgressLine()
    database, set_aside = rebuilding.open_or_begin()
    if set_aside is not None:
        say(f"The library was damaged; it is kept as {set_aside}.")
    try:
        entries = list(
            rebuilding.rebuild(
                database,
                folders or [recordings_folder()],
                lambda number, count, path: line.show(f"{number} of {count}  {path}"),
            )
        )
    finally:
        line.clear()
        database.close()
    states = rebuilding.ENTERED, rebuilding.MOVED, rebuilding.KNOWN, rebuilding.SKIPPED
    counts = {
        state: sum(entry.state == state for entry in entries)
        for state in (*states, rebuilding.REFUSED)
    }
    if json_output:
        aside = None if set_aside is None else str(set_aside)
        write_line(as_json({"files": entries, **counts, "set_aside": aside}))
    else:
        for entry in entries:
            if entry.error is not None:
                say(entry.error.message)
            elif entry.state == rebuilding.SKIPPED:
                say(f"{entry.path} is being recorded, or was cut short (“recorder-app recover”).")
            elif entry.state != rebuilding.KNOWN:
                write_line(f"{entry.short_id}  {entry.state}  {entry.title}")
        say(", ".join(f"{count} {state}" for state, count in counts.items() if count) or "no files")
    return MediaError.exit_code if counts[rebuilding.REFUSED] else 0


def check_files(folders: tuple[Path, ...], *, json_output: bool) -> int:
    """Bring up to date which recordings' files are missing; return 1 if some are."""
    from recorder_app.services.library import open_library
    from recorder_app.services.missing import refresh_missing

    database = open_library()
    try:
        report = refresh_missing(database, folders)
    finally:
        database.close()
    if json_output:
        write_line(as_json(report))
    else:
        words = {"missing": report.missing, "back": report.returned, "moved": report.moved}
        for word, entries in words.items():
            for entry in entries:
                write_line(f"{entry.short_id}  {word:<7}  {entry.title}  {entry.path}")
        say(f"{report.checked} looked for, {len(report.missing)} missing.")
    return _SOME_MISSING if report.missing else 0
