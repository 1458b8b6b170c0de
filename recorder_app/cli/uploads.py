"""``upload`` and ``uploads``: sending recordings away, and how far that is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import INTERRUPTED, report, say
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.progress import ProgressLine
from recorder_app.errors import ShareError
from recorder_app.services.speeds import Speed
from recorder_app.texts import clock_text, size_text

if TYPE_CHECKING:
    from recorder_app.library.database import Database
    from recorder_app.services.jobs import JobEntry
    from recorder_app.services.sharing import Shared
    from recorder_app.services.uploads import UploadEntry

_json = click.option("--json", "json_output", is_flag=True, help="Print JSON on stdout.")


@click.command()
@click.argument("recording_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--to", "destination", metavar="NAME", help="Where to, if not the default.")
@click.option("--wait", "is_waiting", is_flag=True, help="Upload now, and end when it has arrived.")
@click.option("--copy", is_flag=True, help="Put the links on the clipboard.")
@_json
def upload(
    *,
    recording_ids: tuple[str, ...],
    destination: str | None,
    is_waiting: bool,
    copy: bool,
    json_output: bool,
) -> int:
    """Share recordings: print their links at once, and upload them in the background.

    “recorder-app jobs run” uploads them, if not --wait. Sharing one again gives the same link.
    """
    from recorder_app.cli.secrets_input import unlock
    from recorder_app.services import sharing
    from recorder_app.services import uploads as services
    from recorder_app.services.safekeeping import opened_library
    from recorder_app.settings.destinations import DestinationsStore

    wanted = destination or DestinationsStore().read().default
    if wanted:
        unlock(wanted)
    with opened_library() as database:
        shared = []
        for recording_id in recording_ids:
            one = sharing.share(database, recording_id, destination)
            shared.append(one)
            if not json_output:
                _tell(one)
        _copy(shared, is_asked=copy)
        was_interrupted = is_waiting and _wait(database, shared)
        entries = services.entries(database, [one.upload.id for one in shared])
    if json_output:
        # As they are now, and with links that work.
        links = [one.link for one in shared if one.link is not None]
        write_line(as_json({"uploads": entries, "links": links}))
    elif is_waiting:
        for entry in entries:
            _tell_end(entry)
    if was_interrupted:
        return INTERRUPTED
    is_whole = len(entries) == len(shared) and all(map(_has_arrived, entries))
    return ShareError.exit_code if is_waiting and not is_whole else 0


@click.group(invoke_without_command=True)
@click.option("--watch", is_flag=True, help="Show it anew every second, until Ctrl-C.")
@_json
@click.pass_context
def uploads(context: click.Context, *, watch: bool, json_output: bool) -> int:
    """List what was uploaded and what is on its way: how far, how fast, how long still."""
    if context.invoked_subcommand is not None:
        return 0
    import contextlib

    from recorder_app.cli.jobs import watch_lines
    from recorder_app.services.library import open_library
    from recorder_app.services.uploads import list_uploads

    with contextlib.closing(open_library()) as database:
        if watch:
            speeds: dict[str, Speed] = {}
            watch_lines(lambda: _table(list_uploads(database), speeds))
        elif json_output:
            write_line(as_json({"uploads": list_uploads(database)}))
        else:
            for line in _table(list_uploads(database), {}):
                write_line(line)
    return 0


@uploads.command()
@click.argument("recording_ids", metavar="ID...", nargs=-1)
@_json
def pause(*, recording_ids: tuple[str, ...], json_output: bool) -> int:
    """Pause the uploads of these recordings, or all of them."""
    return _change("pause", recording_ids, "paused", json_output=json_output)


@uploads.command()
@click.argument("recording_ids", metavar="ID...", nargs=-1)
@_json
def resume(*, recording_ids: tuple[str, ...], json_output: bool) -> int:
    """Go on with uploads that are paused, failed, or wait; with all of them without an ID."""
    return _change("resume", recording_ids, "queued", json_output=json_output)


@uploads.command()
@click.argument("recording_ids", metavar="ID...", nargs=-1, required=True)
@_json
def first(*, recording_ids: tuple[str, ...], json_output: bool) -> int:
    """Upload these recordings before all others that wait."""
    return _change("put_first", recording_ids, "comes first", json_output=json_output)


def progress_text(sent_bytes: int, total_bytes: int, speed: float | None) -> str:
    """Return 12 MB of 80 MB  3.2 MB/s  00:00:21 left."""
    parts = [f"{size_text(sent_bytes)} of {size_text(total_bytes)}"]
    if speed:
        parts.append(f"{size_text(round(speed))}/s")
        parts.append(f"{clock_text((total_bytes - sent_bytes) / speed)} left")
    return "  ".join(parts)


def _change(name: str, recording_ids: tuple[str, ...], word: str, *, json_output: bool) -> int:
    import contextlib

    from recorder_app.services import uploads as services
    from recorder_app.services.library import open_library

    with contextlib.closing(open_library()) as database:
        entries = getattr(services, name)(database, recording_ids)
    if json_output:
        write_line(as_json({"uploads": entries}))
        return 0
    for entry in entries:
        write_line(f"{entry.short_id}  {entry.destination}  {word}  {entry.title}")
    if not entries:
        say("There is nothing to change.")
    return 0


def _wait(database: Database, shared: list[Shared]) -> bool:
    """Upload until all has ended, or until Ctrl-C; return whether it was that."""
    from recorder_app.cli.jobs import stopped_by_signals
    from recorder_app.services.jobs import finish_jobs

    sizes = {one.upload.job_id: one.upload.size_bytes for one in shared}
    line, speed = ProgressLine(), Speed()
    told: set[str] = set()

    def show(jobs: list[JobEntry]) -> None:
        sent = sum(round(sizes[job.id] * job.progress) for job in jobs)
        waiting = [job for job in jobs if job.state == "queued" and job.error]
        text = progress_text(sent, sum(sizes.values()), speed.note(sent))
        line.show(f"{text}  {_waits(waiting[0].error, waiting[0].run_after)}" if waiting else text)
        for job in waiting:
            reason = str((job.error or {}).get("message", ""))
            if reason not in told:
                told.add(reason)
                line.clear()
                say(f"{reason} {(job.error or {}).get('hint', '')}".strip())

    stop = stopped_by_signals()
    finish_jobs(database, [job_id for job_id in sizes if job_id], stop, show)
    line.clear()
    return stop.is_set()


def _tell(one: Shared) -> None:
    entry = one.upload
    write_line(
        f"{entry.short_id}  {entry.destination}  {one.link.text if one.link else 'no link yet'}"
    )
    if one.link is not None and one.link.expires_at is not None:
        say(f"The link ends on {one.link.expires_at.astimezone():%Y-%m-%d at %H:%M}.")
    if one.problem is not None:
        report(one.problem)


def _tell_end(entry: UploadEntry) -> None:
    if _has_arrived(entry):
        write_line(f"{entry.short_id}  {entry.destination}  {entry.state}")
        return
    error = entry.error or {}
    reason = f"{error.get('message', '')} {error.get('hint', '')}".strip()
    state = entry.job_state or entry.state
    way = f" “recorder-app uploads resume {entry.short_id}” tries again." * (state == "failed")
    say(f"{entry.short_id}  {state}: {reason}{way}")


def _has_arrived(entry: UploadEntry) -> bool:
    return entry.state in ("uploaded", "playable")


def _copy(shared: list[Shared], *, is_asked: bool) -> None:
    links = [one.link.text for one in shared if one.link is not None]
    if not links or not (is_asked or any(one.wants_copy for one in shared)):
        return
    from recorder_app.cli.clipboard import copy

    copy("\n".join(links), is_asked=is_asked)


def _waits(error: dict[str, object] | None, run_after: datetime | None) -> str:
    reason = str((error or {}).get("message", ""))
    if run_after is None or run_after <= datetime.now(UTC):
        return reason
    return f"again at {run_after.astimezone():%H:%M:%S}: {reason}"


def _table(entries: list[UploadEntry], speeds: dict[str, Speed]) -> list[str]:
    lines = []
    for entry in entries:
        parts = [entry.short_id, entry.destination]
        if _has_arrived(entry) or entry.job_state in (None, "done"):
            parts += [entry.state, entry.link or ""]
        else:
            state = entry.job_state or ""
            if state == "running":
                speed = speeds.setdefault(entry.id, Speed()).note(entry.sent_bytes)
                parts.append(progress_text(entry.sent_bytes, entry.size_bytes, speed))
            elif state == "queued" and entry.error:
                parts.append(_waits(entry.error, entry.run_after))
            else:
                parts += [state, str((entry.error or {}).get("message", ""))]
            parts.append(entry.link or "")
        lines.append("  ".join(part for part in (*parts, entry.title) if part))
    return lines or ["Nothing was uploaded."]
