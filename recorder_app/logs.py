"""Logging: a rotating file for this user, with secrets and signed addresses blacked out.

Level policy: warning = the user may notice, error = the result is affected.
"""

import logging
import logging.handlers
import os
import re
from pathlib import Path

MAX_BYTES = 1_000_000
BACKUPS = 3
_SECRET = re.compile(
    r"(?i)(\b(?:password|secret|token|signature|access_?key|authorization|x-amz-[a-z-]+)\b"
    r"[\"']?\s*[=:]\s*[\"']?(?:bearer\s+)?)([^\s\"'&,]+)"
)


class Redaction(logging.Filter):
    """Black out the values of secrets in every record that passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        clean = _SECRET.sub(r"\1***", text)
        if clean != text:
            record.msg, record.args = clean, None
        return True


def start(folder: Path, level: int = logging.INFO) -> bool:
    """Send the program's log to a rotating file in `folder`.

    Returns False, and logs nowhere, when the folder cannot be written: a full or read-only home
    must not stop a recording.
    """
    # A log that cannot be written, as on a full disk, is no news for the terminal.
    logging.raiseExceptions = False
    root = logging.getLogger("recorder_app")
    root.setLevel(level)
    root.propagate = False
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "recorder-app.log"
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8"
        )
    except OSError:
        root.addHandler(logging.NullHandler())
        return False
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")
    )
    handler.addFilter(Redaction())
    root.addHandler(handler)
    return True
