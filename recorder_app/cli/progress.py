"""A line on the terminal that shows how far a command is."""

from __future__ import annotations

import shutil
import sys
import time

from recorder_app.cli.output import visible, write

_ERASE = "\r\x1b[2K"
_EVERY_S = 0.1


class TimeLeft:
    """How long something goes on, by how long it took so far."""

    # Before that the first figures jump about.
    _KNOWN_AFTER_S = 1.0

    def __init__(self) -> None:
        self._began: tuple[float, float] | None = None

    def text(self, share: float) -> str:
        """Return the share that is done, 0 to 1, and the time left as soon as that is known."""
        now_s = time.monotonic()
        if self._began is None or share < self._began[1]:
            self._began = now_s, share
        began_s, first = self._began
        if now_s - began_s < self._KNOWN_AFTER_S or share <= first:
            return f"{share:4.0%}"
        left_s = (now_s - began_s) * (1 - share) / (share - first)
        minutes, seconds = divmod(round(left_s), 60)
        return f"{share:4.0%}  {minutes}:{seconds:02} left"


class ProgressLine:
    """Rewritten in place on a terminal; nothing where there is none."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._shown_s = 0.0
        self._is_there = False

    def show(self, text: str) -> None:
        now_s = time.monotonic()
        if self._is_terminal and now_s - self._shown_s >= _EVERY_S:
            # A line that wraps could not be erased.
            write(_ERASE + visible(text)[: shutil.get_terminal_size().columns - 1], err=True)
            self._shown_s, self._is_there = now_s, True

    def clear(self) -> None:
        """Take the line away, before anything else is written."""
        if self._is_there:
            write(_ERASE, err=True)
        self._shown_s, self._is_there = 0.0, False
