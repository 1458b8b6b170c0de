"""``library``: the database itself: checking, backing up, restoring, exporting, erasing."""

from __future__ import annotations

from pathlib import Path

import click

from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.rebuilding import check_files, rebuild
from recorder_app.errors import InvalidRequest, StorageError
from recorder_app.texts import N_

DAMAGED = 1

_json = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")


@click.group()
def library() -> None:
    """Look after the library: check, back up, restore, export, erase."""


library.add_command(rebuild)


@library.command()
@click.option("--files", "with_files", is_flag=True, help="Look for the recordings' files instead.")
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="With --files: where to look for moved files as well.",
)
@click.option("--repair", is_flag=True, help="Put rows right that refer to nothing.")
@_json
def check(*, with_files: bool, folders: tuple[Path, ...], repair: bool, json_output: bool) -> int:
    """Check the library's database; exit 1 if it is damaged.

    With --files, look for the recordings' files: those that are gone are marked as missing, and
    found again when they are back or were moved. Exit 1 if some are missing.
    """
    if repair and (with_files or folders):
        raise InvalidRequest(N_("Give --repair or --files, not both."))
    if with_files or folders:
        return check_files(folders, json_output=json_output)
    from recorder_app.services.safekeeping import check_library

    report = check_library(is_repaired=repair)
    if json_output:
        write_line(as_json(report))
    elif report.is_sound:
        for problem in report.repaired:
            write_line(f"repaired: {problem}")
        write_line(f"{report.path} is sound.")
    else:
        write_line(f"{report.path} is not sound:")
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


@library.command()
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="One JSON file."
)
@click.option(
    "--csv",
    "csv_folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="A CSV file for each table.",
)
def export(*, json_file: Path | None, csv_folder: Path | None) -> int:
    """Write everything the library knows to a file or a folder of yours."""
    from recorder_app.services import exporting

    if json_file is None and csv_folder is None:
        raise InvalidRequest(
            N_("There is nothing to export to."), hint=N_("Add --json FILE or --csv FOLDER.")
        )
    reports = []
    if json_file is not None:
        reports.append(exporting.export_json(json_file))
    if csv_folder is not None:
        reports.append(exporting.export_csv(csv_folder))
    for report in reports:
        write_line(f"{report.path}: {report.rows['recordings']} recordings")
    return 0


@library.command()
@click.argument("recording_ids", metavar="[ID]...", nargs=-1)
@click.option("--everything", is_flag=True, help="Every recording and all the library knows.")
@click.option("--yes", "is_meant", is_flag=True, help="It cannot be undone; say that you mean it.")
@_json
def erase(
    *, recording_ids: tuple[str, ...], everything: bool, is_meant: bool, json_output: bool
) -> int:
    """Erase recordings for good: files, pictures, and what the library knows of them.

    Copies that were uploaded are queued for deletion. To delete so that it can be undone, use
    “recorder-app delete”.
    """
    from recorder_app.services import removing

    if bool(recording_ids) == everything:
        raise InvalidRequest(N_("Give the IDs of recordings, or --everything."))
    if not is_meant:
        raise InvalidRequest(
            N_("Erasing cannot be undone."),
            hint=N_("Add --yes if you mean it; “recorder-app delete” can be undone."),
        )
    report = removing.erase_everything() if everything else removing.erase(recording_ids)
    if json_output:
        write_line(as_json(report))
        return StorageError.exit_code if report.problems else 0
    for entry in report.recordings:
        word = "erased" if entry.problem is None else f"stays ({entry.problem})"
        write_line(f"{entry.id[-7:]}  {word}  {entry.title}")
    write_line(
        f"{report.files} files, {report.freed_bytes / 1e6:.1f} MB; "
        f"{report.remote_copies_queued} copies elsewhere are queued for deletion."
    )
    if report.backups_left:
        write_line(f"{report.backups_left} backups of the library still tell of earlier times.")
    return StorageError.exit_code if report.problems else 0
