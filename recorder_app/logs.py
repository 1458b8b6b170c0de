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
FILE_NAME = "recorder-app.log"
_TAIL_BYTES = 128 * 1024
_NAMES = (
    r"passwo?r?d|passphrase|passwd|secret|token|signature|sig|credentials?|authorization|cookie"
    r"|(?:access|api|private|secret|encryption)[_-]?key(?:[_-]?id)?|x-(?:amz|goog|ms)-[a-z-]+"
)
_VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s"'&,;]+)"""
# Names may be part of longer ones, such as aws_secret_access_key or refresh_token.
_NAMED = re.compile(
    rf"(?i)(\b[\w-]{{0,24}}?(?:{_NAMES})\b[\"']?\s*[=:]\s*)(?:\[[\"'])?"
    rf"(?:(?:bearer|basic|token|aws4-hmac-sha256)\s+)?{_VALUE}"
)
# What is a secret by its own looks: keys of known services, web tokens, passwords in addresses.
_PLAIN = re.compile(
    r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bya29\.[\w-]{10,}|\bsk-[\w-]{20,}"
    r"|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"
    r"|(?i:\bbearer)\s+[\w.~+/=-]{8,}"
)
_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@]*):[^\s/@]+@")


def redacted(text: str) -> str:
    """Return `text` without passwords, keys, tokens and what signs an address."""
    text = _PLAIN.sub("***", text)
    text = _IN_ADDRESS.sub(r"\1:***@", text)
    return _NAMED.sub(r"\1***", text)


class _Formatter(logging.Formatter):
    """Writes no secret, not even one in a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def last_lines(folder: Path, count: int = 200) -> list[str]:
    """Return the last lines of the log in `folder`, redacted; none where it cannot be read."""
    newest = folder / FILE_NAME
    # The newest file may have been begun a moment ago.
    content = _tail(newest)
    if content.count("\n") < count:
        content = _tail(newest.with_name(f"{FILE_NAME}.1")) + content
    return redacted(content).splitlines()[-count:]


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _TAIL_BYTES))
            content = stream.read()
    except OSError:
        return ""
    # The first line is a part of one.
    if size > _TAIL_BYTES:
        content = content.partition(b"\n")[2]
    return content.decode("utf-8", "replace")


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
        path = folder / FILE_NAME
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8"
        )
    except OSError:
        root.addHandler(logging.NullHandler())
        return False
    handler.setFormatter(_Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    return True
