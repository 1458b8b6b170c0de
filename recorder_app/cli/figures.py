"""``stats``: how much there is, of what, and what is about to become too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recorder_app.cli.amounts import GB_ABOVE_NONE
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.stored import stored_settings

if TYPE_CHECKING:
    from recorder_app.library.statistics import Share


@click.command()
@click.option(
    "--limit",
    type=GB_ABOVE_NONE,
    metavar="GB",
    help="What recordings may take at most; from 80 % of it on you are told.  [default: as set]",
)
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def stats(*, limit: float | None, json_output: bool) -> int:
    """Show storage by project and type, recordings a day, failures and full disks."""
    from recorder_app.services.figures import statistics_of_library

    if limit is None:
        limit = stored_settings().current.library.storage_limit_gb
    found = statistics_of_library(int(limit * 1e9) if limit else None)
    if json_output:
        write_line(as_json(found))
        return 0
    figures = found.figures
    _line("recordings", figures.total)
    _line("in the trash", figures.trash)
    for share in figures.by_project:
        _line(f"project {share.name}" if share.name else "no project", share)
    for share in figures.by_type:
        _line(f"type {share.name}", share)
    write_line(f"The last 30 days: {sum(figures.days.values())} recordings, {figures.takes} takes.")
    for day, count in figures.days.items():
        write_line(f"  {day}  {count}")
    for status, count in figures.failures.items():
        write_line(f"  {status}: {count}")
    for disk in found.disks:
        free = f"{disk.free_bytes / 1e9:.1f} of {disk.total_bytes / 1e9:.1f} GB free"
        write_line(f"{disk.folder}: {free}")
    if found.slow_queries.count:
        write_line(
            f"{found.slow_queries.count} slow queries, the slowest "
            f"{found.slow_queries.slowest_s:.1f} s."
        )
    for alert in found.alerts:
        write_line(alert)
    return 0


def _line(name: str, share: Share) -> None:
    size, hours = f"{share.size_bytes / 1e9:.2f} GB", f"{share.duration_s / 3600:.1f} h"
    write_line(f"{name:<24} {share.recordings:>7}  {size:>12}  {hours:>9}")
