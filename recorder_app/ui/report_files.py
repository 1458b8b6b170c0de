"""Reports of crashes: text files in the log folder that a person can read and send."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import sys
from datetime import datetime
from pathlib import Path

import PySide6

from recorder_app import __version__, logs

KEPT = 10
_PATTERN = "crash-*.txt"
HARD_CRASH = "hard-crash.log"


def facts() -> str:
    """Return what a report says of the program and the system."""
    python = ".".join(map(str, sys.version_info[:3]))
    return "\n".join(
        (
            f"recorder-app {__version__}",
            f"{platform.platform()}, Python {python}, Qt {PySide6.__version__}",
        )
    )


def details(folder: Path, lines: int = 40) -> str:
    """Return what to send with a problem: version, platform and the end of the log."""
    return _without_home("\n".join((facts(), "", *logs.last_lines(folder, lines))))


def write(folder: Path, traceback_text: str, now: datetime | None = None) -> Path:
    """Write a report to `folder`, for this user's eyes only, and return its path.

    Only the newest are kept. Raises OSError.
    """
    now = now or datetime.now()
    text = "\n".join(
        (
            facts(),
            f"{now:%Y-%m-%d %H:%M:%S}",
            "",
            logs.redacted(traceback_text).rstrip(),
            "",
            "The end of the log:",
            *logs.last_lines(folder),
            "",
        )
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path, descriptor = _new_file(folder, now)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(_without_home(text))
    _forget_old(folder)
    return path


def take_hard_crash(folder: Path) -> Path | None:
    """Make a report of what the last run left when it died, or return None if it did not."""
    left = folder / HARD_CRASH
    try:
        trace = left.read_text(encoding="utf-8", errors="replace")
        when = datetime.fromtimestamp(left.stat().st_mtime)
        if not trace.strip():
            return None
        path = write(folder, trace, when)
        left.unlink()
    except OSError:
        return None
    return path


def _new_file(folder: Path, now: datetime) -> tuple[Path, int]:
    for number in range(1, 100):
        suffix = "" if number == 1 else f"-{number:02}"
        path = folder / f"crash-{now:%Y%m%d-%H%M%S}{suffix}.txt"
        with contextlib.suppress(FileExistsError):
            return path, os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    raise FileExistsError(folder)


def _forget_old(folder: Path) -> None:
    for path in sorted(folder.glob(_PATTERN), reverse=True)[KEPT:]:
        with contextlib.suppress(OSError):
            path.unlink()


def _without_home(text: str) -> str:
    """Return `text` without the name that is in the home folder's path."""
    home = str(Path("~").expanduser())
    return text if len(home) < 2 else re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
