"""``library``: the database itself: checking, backing up, restoring, exporting, erasing."""

from __future__ import annotations

from pathlib import Path

import click

from recorder_app.cli.output import as_json, write_line
from recorder_app.errors import InvalidRequest
from recorder_app.texts import N_

DAMAGED = 1

_json = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")


@click.group()
def library() -> None:
    """Look after the library: check, back up, restore, export, erase."""


@library.command()
@_json
def check(*, json_output: bool) -> int:
    """Check the library's database; exit 1 if it is damaged."""
    from recorder_app.services.safekeeping import check_library

    report = check_library()
    if json_output:
        write_line(as_json(report))
    elif report.is_sound:
        write_line(f"{report.path} is sound.")
    else:
        write_line(f"{report.path} is damaged:")
        for problem in report.problems:
            write_line(f"  {problem}")
        write_line(report.advice)
    return 0 if report.is_sound else DAMAGED


@library.command()
@_json
def backup(*, json_output: bool) -> int:
    """Back the library up now, while it is in use or not. The ten newest backups are kept."""
    from recorder_app.services.safekeeping import back_up_library

    report = back_up_library()
    write_line(as_json(report) if json_output else report.path)
    return 0


@library.command()
@click.argument("backup_file", metavar="[BACKUP]", required=False, type=click.Path(path_type=Path))
@click.option("--newest", is_flag=True, help="The newest backup that is not damaged.")
@_json
def restore(*, backup_file: Path | None, newest: bool, json_output: bool) -> int:
    """Bring a backup back; without one named, list them.

    What the library holds now is set aside beside it. Recordings are not touched.
    """
    from recorder_app.services import safekeeping

    if newest and backup_file is not None:
        raise InvalidRequest(N_("Give a backup or --newest, not both."))
    if not newest and backup_file is None:
        listed = safekeeping.list_backups()
        if json_output:
            write_line(as_json(listed))
            return 0
        for entry in listed.backups:
            write_line(f"{entry.made_at.astimezone():%Y-%m-%d %H:%M:%S}  {entry.path}")
        if not listed.backups:
            write_line("There are no backups yet.")
        return 0
    report = safekeeping.restore_library(backup_file)
    if json_output:
        write_line(as_json(report))
        return 0
    write_line(f"Restored from {report.restored_from}.")
    if report.set_aside:
        write_line(f"What was there is kept as {report.set_aside}.")
    return 0
