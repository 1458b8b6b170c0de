"""``jobs``, ``jobs run``, ``cancel`` and ``retry``: work in the background."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write, write_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorder_app.jobs.work import Ended
    from recorder_app.services.jobs import JobEntry

_JSON = click.option("--json", "json_output", is_flag=True, help="Print JSON on stdout.")


@click.group(invoke_without_command=True)
@click.option("--watch", is_flag=True, help="Show it anew every second, until Ctrl-C.")
@_JSON
@click.pass_context
def jobs(context: click.Context, *, watch: bool, json_output: bool) -> int:
    """List work in the background: posters, waveforms, checksums and more."""
    if context.invoked_subcommand is not None:
        return 0
    from recorder_app.services.jobs import list_jobs
    from recorder_app.services.library import open_library

    database = open_library()
    if watch:
        watch_lines(lambda: _table(list_jobs(database)))
    elif json_output:
        write_line(as_json({"jobs": list_jobs(database)}))
    else:
        for line in _table(list_jobs(database)):
            write_line(line)
    return 0


@jobs.command()
@click.option("--until-empty", is_flag=True, help="End when nothing is queued or running.")
@click.option("--for-app", is_flag=True, hidden=True)
def run(*, until_empty: bool, for_app: bool) -> int:
    """Do the work that is queued, until Ctrl-C; what is not done then is kept for later."""
    from recorder_app import logs, paths
    from recorder_app.services.jobs import run_jobs
    from recorder_app.services.library import open_library

    logs.start(paths.log_folder())
    stop = stopped_by_signals()
    if for_app:
        from recorder_app.cli.secrets_input import heed

        threading.Thread(target=heed, args=(stop,), name="app", daemon=True).start()
    run_jobs(open_library(), stop, until_empty=until_empty, on_end=_tell)
    return 0


def cancel_job(job: str, *, json_output: bool) -> int:
    """Cancel a job of background work."""
    from recorder_app.services import jobs as services
    from recorder_app.services.library import open_library

    entry = services.cancel_job(open_library(), job)
    if json_output:
        write_line(as_json(entry))
    elif entry.cancel_requested:
        write_line(f"{entry.short_id} is being stopped")
    else:
        write_line(f"{entry.short_id} cancelled")
    return 0


@click.command()
@click.argument("job")
@_JSON
def retry(*, job: str, json_output: bool) -> int:
    """Try JOB again at once, which failed, was cancelled, or waits for its next attempt."""
    from recorder_app.services.jobs import retry_job
    from recorder_app.services.library import open_library

    entry = retry_job(open_library(), job)
    write_line(as_json(entry) if json_output else f"{entry.short_id} queued")
    return 0


def _tell(ended: Ended) -> None:
    from recorder_app.library.ids import short_id

    of = "" if ended.recording_id is None else f" of {short_id(ended.recording_id)}"
    reason = "" if ended.error is None else f": {ended.error.message}"
    line = f"{short_id(ended.job_id)}  {ended.kind}{of} {ended.state}{reason}"
    if ended.error is None:
        write_line(line)
    else:
        say(line)


def _table(entries: list[JobEntry]) -> list[str]:
    """Return the lines of the human form; the columns are as wide as what is in them."""
    rows = [
        (
            entry.short_id,
            entry.kind,
            entry.recording_id[-len(entry.short_id) :] if entry.recording_id else "-",
            "stopping" if entry.state == "running" and entry.cancel_requested else entry.state,
            f"{entry.progress:4.0%}",
        )
        for entry in entries
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    lines = []
    for row, entry in zip(rows, entries, strict=True):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(f"{cells}  {_remark(entry)}".rstrip())
    return lines or ["Nothing is queued."]


def _remark(entry: JobEntry) -> str:
    reason = str(entry.error.get("message", "")) if entry.error else ""
    if entry.state == "queued" and entry.run_after > datetime.now(UTC):
        at = entry.run_after.astimezone().strftime("%H:%M:%S")
        return f"again at {at}: {reason}" if reason else f"again at {at}"
    return reason


def watch_lines(current: Callable[[], list[str]]) -> None:
    """Show lines that change every second, until Ctrl-C; in place on a terminal."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    shown: list[str] = []
    # Not by an exception: one that is raised in a callback of the database would be lost.
    stop = stopped_by_signals()
    while not stop.is_set():
        lines = current()
        if is_terminal:
            size = shutil.get_terminal_size()
            # A line that wraps, or scrolls away, could not be erased.
            lines = [line[: size.columns - 1] for line in lines[: size.lines - 1]]
            up = f"\x1b[{len(shown)}F\x1b[J" if shown else ""
            write(up + "\n".join(lines) + "\n")
        elif lines != shown:
            write("\n".join(lines) + "\n\n")
        shown = lines
        stop.wait(1.0)


def stopped_by_signals() -> threading.Event:
    """Return what Ctrl-C and the like set from now on."""
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    return stop
