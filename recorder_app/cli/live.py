"""The line on the terminal that shows a recording going on."""

from __future__ import annotations

import shutil
import sys

from recorder_app.cli.output import write
from recorder_app.pipeline.events import (
    Event,
    HealthEvent,
    Marked,
    RecordingState,
    SoundStatistics,
    StateChanged,
    Statistics,
)
from recorder_app.texts import clock_text

_NAMES = {"microphone": "mic", "system": "sys"}
_HEIGHTS = "▁▂▃▄▅▆▇█"
_ERASE = "\r\x1b[2K"


class LiveLine:
    """One line of stderr, rewritten in place on a terminal; only warnings where there is none.

    A terminal that goes away ends the line, never the recording.
    """

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._state = RecordingState.IDLE

    def show(self, event: Event) -> None:
        match event:
            case StateChanged(state, seconds_left):
                self._state = state
                if state is RecordingState.COUNTDOWN:
                    self._rewrite(f"Recording starts in {seconds_left} s")
                elif state is RecordingState.STOPPING:
                    self._rewrite("Finishing the file ...")
            case Statistics() if self._state is not RecordingState.STOPPING:
                self._rewrite(_line(self._state, event))
            case HealthEvent():
                self._note(f"! {event.message}")
            case Marked():
                self._note(f"Marker at {clock_text(event.at_s)}")

    def clear(self) -> None:
        self._rewrite("")

    def _rewrite(self, text: str) -> None:
        if self._is_terminal:
            # A line that wraps could not be erased.
            write(_ERASE + text[: shutil.get_terminal_size().columns - 1], err=True)

    def _note(self, text: str) -> None:
        write((_ERASE if self._is_terminal else "") + text + "\n", err=True)


def _meter(sound: SoundStatistics) -> str:
    """Return the level as one sign of eight heights, each 6 dB."""
    if sound.is_lost:
        return "gone"
    if sound.is_muted:
        return "muted"
    height = int((sound.peak_db + 6 * len(_HEIGHTS)) / 6)
    return _HEIGHTS[min(max(height, 0), len(_HEIGHTS) - 1)]


def _line(state: RecordingState, now: Statistics) -> str:
    sign = "❚❚ paused" if state is RecordingState.PAUSED else "● recording"
    parts = [
        f"{sign}  {clock_text(now.elapsed_s)}",
        f"{now.size_bytes / 1e6:.1f} MB",
        f"{now.frames_dropped} dropped",
    ]
    parts += [f"{_NAMES.get(each.kind, each.kind)} {_meter(each)}" for each in now.sounds]
    if now.free_bytes is not None:
        parts.append(f"{now.free_bytes / 1e9:.0f} GB free")
    return "  ".join(parts)
