"""Making a file of an edit list, with the errors that whoever asked for it shall read."""

from __future__ import annotations

from pathlib import Path

from recorder_app.edit import exporting, presets
from recorder_app.edit.exporting import ExportReport, Proceed
from recorder_app.edit.timeline import EditList
from recorder_app.errors import DiskFull, InvalidRequest, RecorderError
from recorder_app.texts import N_


def check_preset(preset: str, limit_bytes: int | None = None) -> None:
    """Raise InvalidRequest for a preset that there is not, or that keeps to no limit."""
    wanted = presets.load().preset(preset)
    if limit_bytes is not None and not wanted.limit_bytes:
        limited = [name for name, each in presets.load().presets.items() if each.limit_bytes]
        raise InvalidRequest(
            N_("The preset “{preset}” keeps to no size."),
            hint=N_("Choose one of: {known}."),
            preset=preset,
            known=", ".join(limited),
        )


def extension_for(source: Path, preset: str) -> str:
    """Return the extension of what ``render`` makes, "" for a folder.

    Raises InvalidRequest and MediaError.
    """
    return exporting.extension_for(source, preset)


def render(
    source: Path,
    edits: EditList,
    target: Path,
    proceed: Proceed,
    preset: str,
    limit_bytes: int | None = None,
) -> ExportReport:
    """Write what `edits` keep of `source` to `target`, a new file; none is left after an error.

    Raises InvalidRequest, MediaError, EncodingError and StorageError, and what `proceed` raises.
    """
    check_preset(preset, limit_bytes)
    try:
        return exporting.export(source, edits, target, proceed, preset, limit_bytes=limit_bytes)
    except DiskFull as error:
        raise full_disk(target.parent) from error


def told(error: RecorderError | None) -> dict[str, str] | None:
    """Return why more was encoded than the cut needs, as plain data."""
    if error is None:
        return None
    return {"code": error.code, "message": error.message, "hint": error.hint}


def full_disk(folder: Path) -> DiskFull:
    return DiskFull(
        N_("The disk is full: there is no room in {folder}."),
        hint=N_("Nothing was left there. Free some space, or choose another folder."),
        folder=folder,
    )
