"""``import``: files that exist become recordings of the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import INTERRUPTED, say
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.progress import ProgressLine

if TYPE_CHECKING:
    from recorder_app.library.database import Database
    from recorder_app.services.importing import ImportEntry
    from recorder_app.services.jobs import JobEntry

# States in which a job is not over, as the queue has them.
OPEN = ("queued", "running")


@click.command("import")
@click.argument(
    "given", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--copy", is_flag=True, help="Copy them into the Videos folder, or the one set.")
@click.option(
    "--wait", "is_waiting", is_flag=True, help="Make pictures, waveforms and checksums at once."
)
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def import_files(
    *, given: tuple[Path, ...], copy: bool, is_waiting: bool, json_output: bool
) -> int:
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
    jobs: list[JobEntry] = []
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
        if is_waiting:
            jobs = _finished(database, [each for entry in entries for each in entry.jobs], line)
            was_interrupted = any(job.state in OPEN for job in jobs)
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
        told = {"files": entries, **counts}
        write_line(as_json(told | {"jobs": jobs} if is_waiting else told))
    elif len(entries) != 1:
        say(", ".join(f"{count} {state}" for state, count in counts.items() if count) or "no files")
    if was_interrupted:
        return INTERRUPTED
    return MediaError.exit_code if counts[importing.REFUSED] else 0


def _finished(database: Database, job_ids: list[str], line: ProgressLine) -> list[JobEntry]:
    """Do the work that importing handed in, until it is done or Ctrl-C; tell what came of it."""
    from recorder_app.cli.jobs import stopped_by_signals
    from recorder_app.services.jobs import finish_jobs

    if not job_ids:
        return []

    def show(entries: list[JobEntry]) -> None:
        share = sum(1 if job.state not in OPEN else job.progress for job in entries) / len(job_ids)
        line.show(f"pictures, waveforms and checksums  {share:.0%}")

    entries = finish_jobs(database, job_ids, stopped_by_signals(), show)
    line.clear()
    for job in entries:
        if job.state == "failed":
            reason = "" if job.error is None else str(job.error.get("message", ""))
            say(f"{job.short_id}  {job.kind} failed: {reason}")
    done = sum(job.state == "done" for job in entries)
    left = sum(job.state in OPEN for job in entries)
    rest = f", {left} left for “recorder-app jobs run”" if left else ""
    say(f"{done} of {len(entries)} jobs done{rest}")
    return entries


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
