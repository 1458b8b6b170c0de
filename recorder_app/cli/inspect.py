"""``targets``, ``devices`` and ``doctor``: what there is to record, and what works here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write_line

if TYPE_CHECKING:
    from recorder_app.services.devices import DeviceEntry


@click.command()
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def targets(*, json_output: bool) -> int:
    """List the monitors and windows that can be recorded."""
    from recorder_app.services.targets import list_targets

    listed = list_targets()
    if json_output:
        write_line(as_json(listed))
        return 0
    for entry in [*listed.monitors, *listed.windows]:
        place = f"{entry.width}x{entry.height} at {entry.x},{entry.y}"
        primary = ", primary" if entry.is_primary else ""
        write_line(f"{entry.target:<20} {entry.name} ({place}{primary})")
    write_line(f"{'all':<20} all monitors in one picture")
    return 0


@click.command()
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def devices(*, json_output: bool) -> int:
    """List microphones and system sound with how loud they are now."""
    from recorder_app.services.devices import list_devices

    listed = list_devices()
    if json_output:
        write_line(as_json(listed))
        return 0
    columns = [max((len(each.name) for each in listed.devices), default=0), len("microphone"), 7]
    for entry in listed.devices:
        cells = zip((entry.name, entry.kind, _level(entry)), columns, strict=True)
        default = ", default" if entry.is_default else ""
        problem = f": {entry.problem}" if entry.problem else ""
        first = "  ".join(text.ljust(width) for text, width in cells)
        write_line(f"{first}  {entry.description}{default}{problem}")
    if listed.problem:
        say(listed.problem)
    return 0


def _level(entry: DeviceEntry) -> str:
    if not entry.works:
        return "no"
    if entry.is_muted:
        return "muted"
    return "silent" if entry.is_silent else f"{entry.peak_db:.0f} dB"


@click.command()
@click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")
def doctor(*, json_output: bool) -> int:
    """Try everything a recording needs; exit 1 if recording cannot work."""
    from recorder_app.services.doctor import diagnose

    diagnosis = diagnose()
    if json_output:
        write_line(as_json(diagnosis))
    else:
        write_line(f"Recorder {diagnosis.version}, {diagnosis.system}, {diagnosis.libraries}")
        for check in diagnosis.checks:
            sign = "ok" if check.works else ("FAILS" if check.required else "no")
            hint = f" {check.hint}" if check.hint else ""
            write_line(f"{sign:<6} {check.name:<26} {check.detail}{hint}")
        verdict = "works" if diagnosis.can_record else "cannot work: see the lines marked FAILS"
        write_line(f"Recording {verdict}.")
    return 0 if diagnosis.can_record else 1
