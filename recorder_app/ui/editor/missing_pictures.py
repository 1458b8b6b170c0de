"""Why a recording shows no pictures, told so that a person knows what to do."""

from __future__ import annotations

from pathlib import Path

from recorder_app.errors import RecorderError, UnreadableMedia, UnsupportedMedia
from recorder_app.texts import N_


def reason(error: RecorderError, path: Path) -> RecorderError:
    """Return `error`, which came of reading `path`, or what lies behind it."""
    if isinstance(error, UnreadableMedia) and not path.exists():
        return UnreadableMedia(
            N_("The file {path} is not there."),
            hint=N_("If it was moved, drop it into this window: it is recognised."),
            path=path,
        )
    if isinstance(error, UnsupportedMedia):
        return UnsupportedMedia(
            N_("This recording has sound and no pictures."),
            hint=N_(
                "What is trimmed here is found by its pictures. On the command line, "
                "“recorder-app export --preset sound” makes a new file of the sound."
            ),
            path=path,
        )
    return error
