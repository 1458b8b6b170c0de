"""``recover``, and what every command of the library does first: look after takes cut short."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.progress import ProgressLine
from recorder_app.errors import MediaError, RecorderError

if TYPE_CHECKING:
    from recorder_app.services.recovery_entry import RecoveryEntry


@click.command()
@click.option(
    "--apply", "is_applied", is_flag=True, help="Recover them; otherwise they are listed."
)
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A further folder to look into; may be given several times.",
)
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
@click.option("--for-app", is_flag=True, hidden=True)
def recover(
    *, is_applied: bool, folders: tuple[Path, ...], json_output: bool, for_app: bool
) -> int:
    """List takes whose program was killed, or make them whole files with --apply.

    They are looked for in the Videos folder, wherever there are recordings, and in each --folder.
    A file takes the place of the first one only when all of it decodes. What cannot be recovered is
    kept as it is; the exit code is then 6.
    """
    from recorder_app.services import recovery, recovery_entry
    from recorder_app.services.library import open_library

    whole = [folder.absolute() for folder in folders]
    line = ProgressLine()
    database = open_library()
    try:
        if for_app:
            # Only what was cut short since: what was left alone was told of then.
            found = recovery.recover_at_start(database)
        elif is_applied:
            found = list(
                recovery.recover_all(
                    database, whole, lambda path, share: line.show(_progress(path, share))
                )
            )
        else:
            found = recovery.list_cut_short(database, whole)
    finally:
        line.clear()
        database.close()
    if json_output:
        write_line(as_json({"takes": found}))
    else:
        for entry in found:
            write_line(_line(entry))
        if not found:
            say("No take was cut short.")
        elif not is_applied:
            say("“recorder-app recover --apply” makes them whole files.")
    return MediaError.exit_code if any(e.state == recovery_entry.KEPT for e in found) else 0


def recover_first() -> None:
    """Recover what was cut short since the last command; says so, and never fails."""
    from recorder_app.services import recovery, recovery_entry
    from recorder_app.services.ledger import pending_folder
    from recorder_app.services.library import library_path, open_library

    if not library_path().exists() and not pending_folder().exists():
        return
    line = ProgressLine()
    try:
        database = open_library()
        try:
            found = recovery.recover_at_start(
                database, lambda path, share: line.show(_progress(path, share))
            )
        finally:
            database.close()
    except RecorderError:
        # The command itself will say what is wrong with the library.
        found = []
    finally:
        line.clear()
    for entry in found:
        if entry.state == recovery_entry.RECOVERED:
            say(f"A take was cut short and is whole again: {entry.path}")
        elif entry.state == recovery_entry.KEPT:
            say(f"A take was cut short and is left as it is: {entry.path} {entry.reason}")


def _progress(path: str, share: float) -> str:
    return f"Recovering {Path(path).name}  {share:.0%}"


def _line(entry: RecoveryEntry) -> str:
    when = f"{entry.started.astimezone():%Y-%m-%d %H:%M:%S}"
    detail = f"{entry.duration_s:.1f} s" if entry.duration_s else f"{entry.size_bytes / 1e6:.1f} MB"
    told = f"{when}  {entry.state:<9}  {detail:>9}  {entry.path}"
    return f"{told}  {entry.reason}" if entry.reason else told
