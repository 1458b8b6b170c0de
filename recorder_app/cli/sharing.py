"""``link`` and ``unshare``: giving links away, and taking recordings back."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write_line
from recorder_app.errors import ShareError

if TYPE_CHECKING:
    from recorder_app.services.jobs import JobEntry

_json = click.option("--json", "json_output", is_flag=True, help="Print JSON on stdout.")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST_S = 366 * 86400


def lifetime(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """Return a time as in 7d, 12h, 30m or 90s in whole seconds."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,9})([smhd])", text, re.ASCII)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= _LONGEST_S:
        raise click.BadParameter(f"{text!r} is no time: write it as 7d, 12h or 30m.")
    return seconds


@click.command()
@click.argument("recording_id", metavar="ID")
@click.option("--to", "destination", metavar="NAME", help="Of which copy, if there are several.")
@click.option(
    "--expires", "lifetime_s", callback=lifetime, metavar="TIME", help="End after 7d, 12h or 30m."
)
@click.option(
    "--kind",
    type=click.Choice(("page", "direct", "embed", "markdown")),
    help="A page to watch it, the file itself, HTML to embed, or Markdown with a picture.",
)
@click.option("--copy", is_flag=True, help="Put it on the clipboard.")
@click.option("--views", is_flag=True, help="Tell how often it was watched, instead of a link.")
@_json
def link(
    *,
    recording_id: str,
    destination: str | None,
    lifetime_s: int | None,
    kind: str | None,
    copy: bool,
    views: bool,
    json_output: bool,
) -> int:
    """Print a link to a recording that was uploaded, or is being uploaded."""
    from recorder_app.services import links
    from recorder_app.services.library import open_library
    from recorder_app.share.destination import LinkKind

    with contextlib.closing(open_library()) as database:
        if views:
            audience = links.audience(database, recording_id)
            if json_output:
                write_line(as_json({"audience": audience}))
                return 0
            for each in audience:
                watched = f"{each.average_watched_s:.0f} s on average"
                write_line(f"{each.destination}  {each.views} views  {watched}")
            if not audience:
                say("It is not counted where this recording is.")
            return 0
        found = links.link(
            database,
            recording_id,
            destination,
            kind=None if kind is None else LinkKind(kind),
            lifetime_s=lifetime_s,
        )
    if json_output:
        write_line(as_json(found))
    else:
        write_line(found.text)
        if found.expires_at is not None:
            say(f"It ends on {found.expires_at.astimezone():%Y-%m-%d at %H:%M}.")
    if copy:
        from recorder_app.cli.clipboard import copy as put

        put(found.text)
    return 0


@click.command()
@click.argument("recording_id", metavar="ID")
@click.option("--from", "destination", metavar="NAME", help="Only from this destination.")
@_json
def unshare(*, recording_id: str, destination: str | None, json_output: bool) -> int:
    """Delete the copies of a recording elsewhere; its own file stays.

    Where a destination cannot be reached now it is deleted later.
    """
    import threading

    from recorder_app.services import sharing
    from recorder_app.services.jobs import finish_jobs
    from recorder_app.services.safekeeping import opened_library

    stop = threading.Event()

    def look(jobs: list[JobEntry]) -> None:
        # One that waits for the network is for later.
        if all(job.state == "queued" and job.error for job in jobs if job.state != "done"):
            stop.set()

    with opened_library() as database:
        gone, job_ids = sharing.unshare(database, recording_id, destination)
        jobs = finish_jobs(database, job_ids, stop, look) if job_ids else []
    left = [job for job in jobs if job.state != "done"]
    if json_output:
        write_line(as_json({"unshared": gone, "jobs": jobs}))
    else:
        for entry in gone:
            write_line(f"{entry.short_id}  {entry.destination}  taken back  {entry.title}")
    for job in left:
        reason = f"{(job.error or {}).get('message', '')}"
        later = "It is deleted later" if job.state == "queued" else "It may be there still"
        say(f"{later}: {reason}".rstrip(": "))
    return ShareError.exit_code if any(job.state == "failed" for job in left) else 0
