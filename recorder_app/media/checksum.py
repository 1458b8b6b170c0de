"""What tells a file from others whatever its name is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from recorder_app.errors import UnreadableMedia
from recorder_app.texts import N_


def checksum(path: Path) -> str:
    """Return the SHA-256 of the file's content in hexadecimal. Raises UnreadableMedia."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableMedia(
            N_("{path} cannot be read ({reason})."),
            path=path,
            reason=error.strerror or type(error).__name__,
        ) from error
