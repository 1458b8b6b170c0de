"""``retention``: what the rules would delete, and deleting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from recorder_app.cli.amounts import DAYS, GB
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.stored import stored_settings
from recorder_app.errors import InvalidRequest, StorageError
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.library.retention import Rules
    from recorder_app.services.retention import RetentionReport

_json = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
_REASONS = {"age": "too old", "size": "over the total size"}


def _rules(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(
        (
            click.option(
                "--older-than",
                type=DAYS,
                metavar="DAYS",
                help="Delete what is older than that.",
            ),
            click.option(
                "--total-size",
                type=GB,
                metavar="GB",
                help="Delete the oldest until all together take no more.",
            ),
            click.option("--project", metavar="NAME", help="Only recordings of this project."),
            click.option("--keep-favourites", is_flag=True, help="Never delete favourites."),
            click.option(
                "--only-uploaded", is_flag=True, help="Delete only what was uploaded somewhere."
            ),
        )
    ):
        command = option(command)
    return command


@click.group()
def retention() -> None:
    """Delete recordings by rules; without rules nothing is deleted.

    Rules that are given are all that count; without any, those of the stored settings do.
    """


@retention.command()
@_rules
@_json
def plan(*, json_output: bool, **choices: Any) -> int:
    """Show what the rules would delete now; nothing is changed."""
    from recorder_app.services.retention import plan

    _tell(plan(_chosen(choices)), json_output=json_output)
    return 0


@retention.command()
@_rules
@click.option(
    "--purge",
    is_flag=True,
    help="Also move what was in the library's trash long enough to the system's trash.",
)
@click.option(
    "--trash-days",
    type=DAYS,
    default=30,
    show_default=True,
    metavar="DAYS",
    help="How long that is.",
)
@_json
def apply(*, purge: bool, trash_days: float, json_output: bool, **choices: Any) -> int:
    """Put what the rules delete into the library's trash; “restore” brings it back."""
    from recorder_app.services.retention import apply

    rules = _chosen(choices, needs_one=not purge)
    report = apply(rules, purge_days=trash_days if purge else None)
    _tell(report, json_output=json_output)
    return StorageError.exit_code if report.purged is not None and report.purged.problems else 0


def _chosen(choices: dict[str, Any], *, needs_one: bool = True) -> Rules:
    from recorder_app.services.retention import rules_of

    # A rule of 0 is one; it equals False.
    if all(value is None or value is False for value in choices.values()):
        return _stored(needs_one=needs_one)
    rules = rules_of(
        choices["older_than"],
        choices["total_size"],
        choices["project"],
        keep_favourites=choices["keep_favourites"],
        only_uploaded=choices["only_uploaded"],
    )
    return _required(rules) if needs_one else rules


def _stored(*, needs_one: bool) -> Rules:
    from recorder_app.services.retention import stored_rules

    rules = stored_rules(stored_settings())
    return _required(rules) if needs_one else rules


def _required(rules: Rules) -> Rules:
    if rules.are_off:
        raise InvalidRequest(
            N_("No rule says what to delete."),
            hint=N_("Add --older-than or --total-size, or set library.delete_after_days."),
        )
    return rules


def _tell(report: RetentionReport, *, json_output: bool) -> None:
    if json_output:
        write_line(as_json(report))
        return
    for each in report.deletions:
        write_line(
            f"{each.recording_id[-7:]}  {each.created_at.astimezone():%Y-%m-%d}  "
            f"{each.freed_bytes / 1e6:>9.1f} MB  {_REASONS[each.reason]:<19}  {each.title}"
        )
    count, freed = len(report.deletions), f"{report.freed_bytes / 1e9:.2f} GB"
    if report.is_applied:
        write_line(f"{count} put into the trash ({freed}); emptying it frees the space.")
    else:
        write_line(f"{count} would be deleted ({freed}). Nothing was changed.")
    if report.sessions_thinned:
        write_line(f"{report.sessions_thinned} old sessions thinned.")
    if report.purged is not None:
        done = len(report.purged.recordings) - report.purged.problems
        write_line(f"{done} moved to the system's trash.")
        for entry in report.purged.recordings:
            if entry.problem is not None:
                write_line(f"  {entry.path} stays: {entry.problem}")
