"""``import``: files that exist become recordings of the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import INTERRUPTED, say
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.progress import ProgressLine

if TYPE_CHECKING:
    from recorder_app.services.importing import ImportEntry


@click.command("import")
@click.argument(
    "given", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--copy", is_flag=True, help="Copy them into the Videos folder, or the one set.")
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def import_files(*, given: tuple[Path, ...], copy: bool, json_output: bool) -> int:
    """Enter video and sound files, and all those in folders, into the library.

    They stay where they are unless --copy is given. Subtitles beside a new one, as in talk.vtt or
    talk.en.srt, become its transcripts. What cannot be read is said, and the rest
    goes on; the exit code is then 6.
    """
    from recorder_app.errors import MediaError
    from recorder_app.services import importing
    from recorder_app.services.library import open_library
    from recorder_app.services.preferences import recordings_folder

    line = ProgressLine()
    entries: list[ImportEntry] = []
    was_interrupted = False
    database = open_library()
    try:
        for entry in importing.import_files(
            database,
            given,
            copy_to=recordings_folder() if copy else None,
            on_progress=lambda number, count, path: line.show(f"{number} of {count}  {path}"),
        ):
            entries.append(entry)
            line.clear()
            if not json_output:
                _tell(entry)
    except KeyboardInterrupt:
        # What was entered is entered, and told.
        was_interrupted = True
    finally:
        line.clear()
        database.close()
    counts = {
        state: sum(entry.state == state for entry in entries)
        for state in (importing.IMPORTED, importing.KNOWN, importing.FOUND, importing.REFUSED)
    }
    if json_output:
        write_line(as_json({"files": entries, **counts}))
    elif len(entries) != 1:
        say(", ".join(f"{count} {state}" for state, count in counts.items() if count) or "no files")
    if was_interrupted:
        return INTERRUPTED
    return MediaError.exit_code if counts[importing.REFUSED] else 0


def _tell(entry: ImportEntry) -> None:
    if entry.error is not None:
        say(f"{entry.error.message} {entry.error.hint}".strip())
        return
    words = {"known": "in the library already", "found": "found again", "imported": "imported"}
    trash = ", in the trash" if entry.is_in_trash else ""
    write_line(f"{entry.short_id}  {words[entry.state]}{trash}  {entry.title}")
    if entry.transcripts:
        languages = [language for language in entry.transcripts if language]
        write_line(f"    with a transcript {', '.join(languages)}".rstrip())
    for problem in entry.transcript_problems:
        say(f"{problem.message} {problem.hint}".strip())
