"""Making a file of what an edit list keeps, the cheapest way that is exact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from recorder_app.edit.smartcut import smart_cut
from recorder_app.edit.timeline import EditList
from recorder_app.errors import RecorderError
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import open_media

ORIGINAL = "original"

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What came of an export. `copied` and `encoded` count pictures, `length` is in seconds.

    `reason` says why everything was encoded where copying had been asked for; `damaged` counts
    packets of the source that could not be decoded.
    """

    length: Fraction
    copied: int = 0
    encoded: int = 0
    damaged: int = 0
    reason: RecorderError | None = None


def export(source: Path, edits: EditList, target: Path, proceed: Proceed) -> ExportReport:
    """Write what `edits` keep of `source` to `target`, a new file.

    After an error, also one that `proceed` raised, there is no `target`. Raises MediaError,
    EncodingError and StorageError.
    """
    file = RecordingFile(target)
    try:
        report = smart_cut(source, edits, file, proceed)
    except BaseException:
        file.discard()
        raise
    return ExportReport(report.length, report.copied, report.encoded, report.damaged)


def extension_for(source: Path) -> str:
    """Return the extension, without a dot, of what ``export`` makes of `source`."""
    with open_media(source) as media:
        if media.format.name.startswith("matroska"):
            return "webm" if source.suffix.lower() == ".webm" else "mkv"
    return "mp4"
