"""What is told of a recording whose file is gone, wherever it is wanted."""

from __future__ import annotations

from pathlib import Path

from recorder_app.errors import UnreadableMedia
from recorder_app.texts import N_


def missing_file(path: Path) -> UnreadableMedia:
    """Return the error for a recording's file that is not where it was."""
    return UnreadableMedia(
        N_("The file {path} is not there."),
        hint=N_(
            "Put it back, or import it from where it is now. On the command line, "
            "“recorder-app library check --files” finds what was moved."
        ),
        path=path,
    )
