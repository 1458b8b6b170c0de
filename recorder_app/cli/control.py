"""``start``, ``stop`` and the like: commands for the app, or for a take it left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recorder_app.cli.output import as_json, write_line
from recorder_app.texts import clock_text, size_text

if TYPE_CHECKING:
    from recorder_app.services.remote import Status

_JSON = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
# What may be chosen to record; the last three open the picker, where there is no last area.
_KINDS = ("screen", "last_area", "area", "window")


@click.command()
@click.argument("kind", type=click.Choice(_KINDS), default="screen")
@_JSON
def start(*, kind: str, json_output: bool) -> int:
    """Have the app record the screen under the pointer, or what KIND names.

    Ends when the recording runs; with area and window as soon as there is something to pick.
    """
    return _send("start", json_output, kind)


@click.command()
@_JSON
def stop(*, json_output: bool) -> int:
    """Stop the recording; print the file's path when it is whole."""
    return _send("stop", json_output)


@click.command()
@_JSON
def pause(*, json_output: bool) -> int:
    """Pause the recording; a second time goes on."""
    return _send("pause", json_output)


@click.command()
@_JSON
def resume(*, json_output: bool) -> int:
    """Go on with a paused recording."""
    return _send("resume", json_output)


@click.command()
@_JSON
def toggle(*, json_output: bool) -> int:
    """Stop, or record what was recorded last: for a key of the desktop's own settings."""
    return _send("toggle", json_output)


@click.command()
@click.argument("job", required=False)
@_JSON
def cancel(*, job: str | None, json_output: bool) -> int:
    """End the recording and keep nothing; or cancel the background JOB of that id."""
    if job is None:
        return _send("cancel", json_output)
    from recorder_app.cli.jobs import cancel_job

    return cancel_job(job, json_output=json_output)


@click.command()
@click.argument("text", default="")
@_JSON
def mark(*, text: str, json_output: bool) -> int:
    """Mark this moment of the recording; TEXT becomes the name of the chapter."""
    return _send("mark", json_output, text)


@click.command()
@_JSON
def mute(*, json_output: bool) -> int:
    """Mute the microphone, or unmute it."""
    return _send("mute", json_output)


@click.command()
@_JSON
def status(*, json_output: bool) -> int:
    """Tell whether something is recorded, for how long, and what came of the last."""
    return _send("status", json_output)


@click.command("quit")
@click.option("--finish", is_flag=True, help="Save a recording that runs without asking.")
@_JSON
def quit_(*, finish: bool, json_output: bool) -> int:
    """End the app; while it records, it asks whether to save the recording and quit."""
    from recorder_app.services.remote import quit_app

    return _print("quit", quit_app(finishes=finish), json_output)


def _send(command: str, json_output: bool, text: str = "") -> int:
    from recorder_app.services.remote import send

    return _print(command, send(command, text=text), json_output)


def _print(command: str, now: Status, json_output: bool) -> int:
    if json_output:
        write_line(as_json(now))
        return 0
    parts = [now.state]
    if now.elapsed_s:
        parts += [clock_text(now.elapsed_s), size_text(now.size_bytes)]
    if now.is_muted:
        parts.append("muted")
    write_line("  ".join(parts))
    if now.warning:
        write_line(now.warning)
    if now.path and command in ("stop", "toggle", "status", "quit"):
        write_line(now.path)
    return 0
