"""Finding flashes and beeps in a file."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import InputContainer

from recorder_app.errors import UnreadableMedia
from recorder_app.media.sound import SAMPLE_RATE, Samples
from recorder_app.texts import N_

_LIT = 128
# Where a beep begins: codecs spread its edge over some milliseconds, at lower levels.
_ONSET_SHARE = 0.3
_LEAST_LEVEL = 0.02
_QUIET_S = 0.05


def flashes(path: Path) -> list[float]:
    """Return when the picture of `path` turned bright, in seconds. Raises UnreadableMedia."""
    found = []
    was_lit = True
    for at_s, brightness in _brightness(path):
        is_lit = brightness > _LIT
        if is_lit and not was_lit:
            found.append(at_s)
        was_lit = is_lit
    return found


def beeps(path: Path, track: int = 0) -> list[float]:
    """Return when beeps begin in sound track `track`, in seconds. Raises UnreadableMedia."""
    start_s, samples = read_sound(path, track)
    loud = np.abs(samples).max(axis=1)
    threshold = max(_LEAST_LEVEL, float(loud.max(initial=0.0)) * _ONSET_SHARE)
    places = np.flatnonzero(loud > threshold)
    if not len(places):
        return []
    begins = places[np.concatenate([[True], np.diff(places) > _QUIET_S * SAMPLE_RATE])]
    return [start_s + float(place) / SAMPLE_RATE for place in begins]


def read_sound(path: Path, track: int = 0) -> tuple[float, Samples]:
    """Return when sound track `track` begins, in seconds, and its samples at 48 kHz.

    Raises UnreadableMedia.
    """
    parts: list[Samples] = []
    start_s = 0.0
    try:
        with av.open(path) as source:
            assert isinstance(source, InputContainer)
            resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
            for frame in source.decode(audio=track):
                if not parts and frame.pts is not None and frame.time_base is not None:
                    start_s = float(frame.pts * frame.time_base)
                parts += [
                    each.to_ndarray().T.astype(np.float32, copy=False)
                    for each in resampler.resample(frame)
                ]
    except (av.FFmpegError, OSError, IndexError) as error:
        raise _unreadable(path, error) from error
    if not parts:
        return 0.0, np.zeros((0, 1), np.float32)
    return start_s, np.concatenate(parts)


def _brightness(path: Path) -> list[tuple[float, float]]:
    found = []
    try:
        with av.open(path) as source:
            assert isinstance(source, InputContainer)
            for frame in source.decode(video=0):
                plane = frame.planes[0]
                rows = np.frombuffer(cast("memoryview[int]", plane), np.uint8)
                luma = rows.reshape(-1, plane.line_size)[: frame.height, : frame.width]
                assert frame.time is not None
                found.append((frame.time, float(luma.mean())))
    except (av.FFmpegError, OSError, IndexError) as error:
        raise _unreadable(path, error) from error
    return found


def _unreadable(path: Path, error: Exception) -> UnreadableMedia:
    return UnreadableMedia(
        N_("{path} is not a recording that can be played ({reason})."), path=path, reason=error
    )
