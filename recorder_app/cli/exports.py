"""``export``, and what ``trim`` and ``cut`` have in common with it: making a file, and telling."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.progress import ProgressLine, TimeLeft
from recorder_app.cli.times import readable_time
from recorder_app.errors import RecorderError

if TYPE_CHECKING:
    from recorder_app.services.edit_times import Wish
    from recorder_app.services.export_entries import ExportEntry, ExportWish
    from recorder_app.services.jobs import JobEntry

# The preset of ``trim`` and ``cut``.
_ORIGINAL = "original"
JSON = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
_OPTIONS = (
    click.option(
        "--output",
        type=click.Path(path_type=Path),
        help="The file to write; without it, it becomes a new version in the library.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace an existing file once this is done."),
    click.option("--no-wait", is_flag=True, help="Leave it to “jobs run”, and return at once."),
    JSON,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the options say of where the result goes, and how it is told."""

    output: Path | None
    overwrite: bool
    no_wait: bool
    json_output: bool
    preset: str = _ORIGINAL
    limit_bytes: int | None = None

    def wish(self) -> ExportWish:
        from recorder_app.services.export_entries import ExportWish

        return ExportWish(self.preset, self.output, self.limit_bytes, self.overwrite)


def with_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that `Choices` is made of."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("export")
@click.argument("recording_id", metavar="ID")
@click.option(
    "--preset",
    metavar="NAME",
    default=_ORIGINAL,
    show_default=True,
    help="As original, share, archive, chat, gif, webp, sound or stills.",
)
@click.option("--limit", metavar="SIZE", help="With chat: at most so large, as in 8MB.")
@click.option("--estimate", is_flag=True, help="Tell about how large it will be, and make nothing.")
@with_options
def export_(
    *, recording_id: str, preset: str, limit: str | None, estimate: bool, **options: Any
) -> int:
    """Make a file of a recording as it is edited, by a preset.

    “original” copies what was not cut; “share” plays everywhere; “archive” is small; “chat” stays
    under a size, 10 MB unless --limit says another; “stills” is a folder of pictures.
    """
    from recorder_app.cli.amounts import size_of

    with told(json_output=options["json_output"]):
        limit_bytes = None if limit is None else size_of(limit)
        choices = Choices(**options, preset=preset, limit_bytes=limit_bytes)
        if estimate:
            return _estimate(recording_id, choices)
        return export_recording(recording_id, None, choices)


def _estimate(recording_id: str, choices: Choices) -> int:
    from recorder_app.services import versions
    from recorder_app.services.safekeeping import opened_library

    with opened_library() as database:
        estimate = versions.estimated(database, recording_id, choices.wish())
    if choices.json_output:
        write_line(as_json(estimate))
    else:
        write_line(f"about {estimate.bytes_about / 1e6:.1f} MB")
    return 0


def export_recording(recording_id: str, wish: Wish | None, choices: Choices) -> int:
    """Hand in an export of a recording with `wish` as an edit; do it, unless told not to wait."""
    from recorder_app.cli.jobs import stopped_by_signals
    from recorder_app.services import versions
    from recorder_app.services.safekeeping import opened_library

    stop = stopped_by_signals()
    line, left = ProgressLine(), TimeLeft()

    def show(job: JobEntry) -> None:
        line.show(left.text(job.progress) if job.state == "running" else "waiting for other work")

    with opened_library() as database:
        handed_in = versions.hand_in(database, recording_id, choices.wish(), wish)
        if choices.no_wait:
            entry = handed_in.entry()
        else:
            try:
                entry = versions.make(database, handed_in, stop, show)
            finally:
                line.clear()
    return _tell(entry, json_output=choices.json_output)


def export_file(source: Path, wish: Wish, choices: Choices) -> int:
    """Write what `wish` keeps of a file to another one."""
    from recorder_app.cli.jobs import stopped_by_signals
    from recorder_app.services.trimming import edit_file

    stop = stopped_by_signals()
    line, left = ProgressLine(), TimeLeft()
    try:
        entry = edit_file(
            source, wish, choices.wish(), stop, lambda share: line.show(left.text(share))
        )
    finally:
        line.clear()
    return _tell(entry, json_output=choices.json_output)


@contextlib.contextmanager
def told(*, json_output: bool) -> Iterator[None]:
    """Print an error as JSON as well, where that was asked for."""
    try:
        yield
    except RecorderError as error:
        if json_output:
            from recorder_app.pipeline.outcome import report

            write_line(as_json({"error": report(error)}))
        raise


def _tell(entry: ExportEntry, *, json_output: bool) -> int:
    from recorder_app.library.ids import short_id

    if json_output:
        write_line(as_json(entry))
    elif entry.job and not entry.path:
        write_line(f"{short_id(entry.job)} queued")
    elif entry.id:
        write_line(f"{entry.short_id}  {readable_time(entry.length_s)}  {entry.title}")
    else:
        write_line(entry.path)
    if entry.reason is not None:
        say(" ".join(f"{entry.reason['message']} {entry.reason['hint']}".split()))
    if entry.damaged:
        say(f"{entry.damaged} damaged places of the recording could not be read.")
    return 0
