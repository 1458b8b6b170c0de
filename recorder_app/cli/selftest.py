"""``selftest``: measuring this machine with the real screen and sound."""

from __future__ import annotations

from pathlib import Path

import click

from recorder_app.cli.output import as_json, write_line


@click.group()
def selftest() -> None:
    """Measure this machine with the real screen and sound."""


@selftest.command("av-sync")
@click.option(
    "--duration",
    type=click.FloatRange(3, 3600),
    default=10,
    show_default=True,
    metavar="S",
    help="Seconds, 3 to 3600.",
)
@click.option("--format", "profile", default="webm", show_default=True, help="webm, mp4 or av1.")
@click.option(
    "--pauses",
    type=click.IntRange(0, 100),
    default=0,
    show_default=True,
    help="Pause the recording so many times.",
)
@click.option("--keep", type=click.Path(path_type=Path), metavar="PATH", help="Keep the recording.")
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def av_sync(
    *, duration: float, profile: str, pauses: int, keep: Path | None, json_output: bool
) -> int:
    """Flash and beep once a second, record it, and measure how far they are apart.

    A small window flashes in the corner of the screen and the speakers beep. Exits with 1 when
    picture and sound are not in step.
    """
    from recorder_app import logs, paths
    from recorder_app.services.selftest import av_sync as measure

    logs.start(paths.log_folder())
    report = measure(duration, profile=profile, pauses=pauses, keep=keep)
    if json_output:
        write_line(as_json(report))
    else:
        side = "late" if report.offset_ms > 0 else "early"
        write_line(
            f"{report.events} flashes and beeps ({report.format}): sound is "
            f"{abs(report.offset_ms):.1f} ms {side}, spread {report.spread_ms:.1f} ms, "
            f"drift {report.drift_ms:.1f} ms."
        )
        write_line("In step." if report.passed else "Not in step: try --sound-offset.")
    return 0 if report.passed else 1
