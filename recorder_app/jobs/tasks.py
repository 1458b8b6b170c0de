"""Who does which kind of work (``kinds``)."""

from __future__ import annotations

from collections.abc import Mapping

from recorder_app.jobs import copies, exports, previews, shares
from recorder_app.jobs.context import Handler
from recorder_app.library.uploads import ALIGN, FOLLOW, REMOTE_DELETE, UPLOAD

TASKS: Mapping[str, Handler] = {
    "export": exports.make_export,
    "poster": previews.make_poster,
    "strip": previews.make_strip,
    "waveform": previews.make_waveform,
    "checksum": previews.make_checksum,
    UPLOAD: shares.upload,
    FOLLOW: copies.follow,
    REMOTE_DELETE: copies.remove,
    ALIGN: copies.align,
}
