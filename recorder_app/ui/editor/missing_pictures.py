"""Why a recording shows no pictures, told so that a person knows what to do."""

from __future__ import annotations

from pathlib import Path

from recorder_app.errors import RecorderError, UnreadableMedia
from recorder_app.texts import N_


def reason(error: RecorderError, path: Path) -> RecorderError:
    """Return `error`, which came of reading `path`, or what lies behind it."""
    if isinstance(error, UnreadableMedia) and not path.exists():
        return UnreadableMedia(
            N_("The file {path} is not there."),
            hint=N_("If it was moved, drop it into this window: it is recognised."),
            path=path,
        )
    return error
