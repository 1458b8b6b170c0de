"""Who does which kind of work (``kinds``)."""

from __future__ import annotations

from collections.abc import Mapping

from recorder_app.jobs import exports, previews
from recorder_app.jobs.context import Handler

TASKS: Mapping[str, Handler] = {
    "export": exports.make_export,
    "poster": previews.make_poster,
    "strip": previews.make_strip,
    "waveform": previews.make_waveform,
    "checksum": previews.make_checksum,
}
