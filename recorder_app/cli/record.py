"""``record``: a take with a terminal on it; ``take``: the same for another program."""

from __future__ import annotations

import queue
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recorder_app.cli.main import INTERRUPTED, report, say
from recorder_app.cli.output import as_json, write_line
from recorder_app.cli.stored import stored_settings
from recorder_app.errors import RecorderError
from recorder_app.settings import RecordingSettings, help_text

if TYPE_CHECKING:
    from recorder_app.pipeline.events import Event, Finished
    from recorder_app.services.interrupts import Interrupts

_DEFAULTS = RecordingSettings()
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def _default(field: str) -> str:
    return f"{getattr(_DEFAULTS, field)}, or as set"


# Without values of their own: what is not given comes from the stored settings.
@click.command()
@click.option("--target", show_default=_default("target"), help=help_text("target"))
@click.option("--duration", type=float, metavar="S", help=help_text("duration"))
@click.option("--max-size", type=float, metavar="MB", help=help_text("max_size"))
@click.option("--until", metavar="HH:MM", help=help_text("until"))
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="File or folder to record to; otherwise a new name in the Videos folder, or the one set.",
)
@click.option("--format", show_default=_default("format"), help=help_text("format"))
@click.option("--fps", type=int, show_default=_default("fps"), help=help_text("fps"))
@click.option("--quality", show_default=_default("quality"), help=help_text("quality"))
@click.option("--mic", show_default=_default("mic"), help=help_text("mic"))
@click.option(
    "--system-audio/--no-system-audio",
    default=None,
    show_default="where there is a sound server, or as set",
    help=help_text("system_audio"),
)
@click.option("--mic-gain", type=float, metavar="DB", help=help_text("mic_gain"))
@click.option("--denoise/--no-denoise", default=None, help=help_text("denoise"))
@click.option(
    "--separate-tracks/--no-separate-tracks", default=None, help=help_text("separate_tracks")
)
@click.option("--sound-offset", type=float, metavar="MS", help=help_text("sound_offset"))
@click.option("--cursor/--no-cursor", default=None, help=help_text("cursor"))
@click.option(
    "--delay", type=int, show_default=_default("delay"), metavar="S", help=help_text("delay")
)
@click.option("--overwrite", is_flag=True, help="Replace an existing file once this one is done.")
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def record(*, output: Path | None, overwrite: bool, json_output: bool, **choices: Any) -> int:
    """Record until the duration is over, Ctrl-C or SIGTERM; print the file's path.

    A second Ctrl-C while the file is being finished gives up at once; the file stays playable.
    """
    from recorder_app import logs, paths
    from recorder_app.pipeline.outcome import report as error_report
    from recorder_app.services.interrupts import Interrupts
    from recorder_app.services.ledger import Ledger
    from recorder_app.services.preferences import recording_settings, usable_folder
    from recorder_app.services.recording import Naming, create_session, plan_recording

    logs.start(paths.log_folder())
    stored = stored_settings().current
    settings = recording_settings(stored, choices)
    naming = Naming(template=stored.files.name)
    if output is None:
        folder, problem = usable_folder(stored)
        naming = Naming(folder, stored.files.name)
        if problem is not None:
            report(problem)
    try:
        plan = plan_recording(settings, output=output, overwrite=overwrite, naming=naming)
    except RecorderError as error:
        if json_output:
            write_line(as_json({"error": error_report(error)}))
        raise
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    ledger = Ledger(plan, settings)
    ledger.begin()

    def note(event: Event) -> None:
        ledger.note(event)
        events.put(event)

    session = create_session(plan, note)
    _on_signals(Interrupts(session))
    session.start()
    finished = _follow(events)
    status = _tell(finished, json_output=json_output)
    if not ledger.enter():
        say(
            "It is not in the library yet: it will be entered when that can be opened."
            if ledger.is_noted
            else "It is not in the library, nor noted: “recorder-app import” enters a recording."
        )
    return status


@click.command(hidden=True)
@click.option("--listen", is_flag=True, help="Be spoken to over a socket of its own.")
def take(*, listen: bool) -> int:
    """Record for another program: JSON lines on stdin and stdout (see services/take.py)."""
    from recorder_app import logs, paths
    from recorder_app.services.take import Take

    logs.start(paths.log_folder())
    served = Take()
    _on_signals(served.interrupts)
    try:
        if listen:
            served.listen()
            served.warm_up()
        else:
            served.attach(
                open(0, "rb", buffering=0, closefd=False),  # noqa: SIM115 - stdin stays open
                open(1, "wb", buffering=0, closefd=False),  # noqa: SIM115 - stdout, likewise
            )
        return served.serve()
    finally:
        # A signal ends it before it has begun.
        served.close()


def _on_signals(interrupts: Interrupts) -> None:
    for number in _SIGNALS:
        signal.signal(number, lambda number, _: interrupts.note(number))


def _follow(events: queue.SimpleQueue[Event]) -> Finished:
    """Show what happens on the live line until the recording has ended."""
    from recorder_app.cli.live import LiveLine
    from recorder_app.pipeline.events import Finished

    line = LiveLine()
    while True:
        event = events.get()
        line.show(event)
        if isinstance(event, Finished):
            line.clear()
            return event


def _tell(finished: Finished, *, json_output: bool) -> int:
    from recorder_app.services.take import exit_code

    result, error = finished.result, finished.error
    if error is not None:
        say(f"{error.message} {error.hint}".strip())
    elif result is None:
        say("Cancelled, nothing was recorded.")
    if json_output:
        write_line(as_json(_outcome(finished)))
    elif result is not None:
        for warning in result.warnings:
            say(warning)
        write_line(result.path)
    if result is not None and result.truncated and error is None:
        return INTERRUPTED
    return exit_code(finished)


def _outcome(finished: Finished) -> dict[str, object]:
    import msgspec

    told: dict[str, object] = msgspec.to_builtins(finished.result) if finished.result else {}
    if finished.error is not None:
        told["error"] = msgspec.to_builtins(finished.error)
    elif finished.result is None:
        told["error"] = {"code": "cancelled", "message": "Cancelled.", "hint": "", "exit_code": 9}
    return told
