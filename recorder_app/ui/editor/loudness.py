"""The waveform as a timeline draws it: one height for each pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recorder_app.media.waveform import FULL, PEAKS_PER_S, Peaks
from recorder_app.ui.editor.timeline_scale import TimelineScale

# What is this quiet is drawn as silence.
_LEAST_DB = -60.0


def mixed(tracks: Sequence[Peaks]) -> Peaks:
    """Return the loudest of all tracks at each moment."""
    longest = max((len(track) for track in tracks), default=0)
    loudest = np.zeros(longest, np.uint16)
    for track in tracks:
        np.maximum(loudest[: len(track)], track, out=loudest[: len(track)])
    return loudest


def heights(peaks: Peaks, scale: TimelineScale) -> npt.NDArray[np.float64]:
    """Return the loudness at each pixel that is seen, 0 to 1, in even steps of decibels."""
    columns = np.zeros(max(0, round(scale.width)), np.float64)
    if not len(peaks) or not len(columns):
        return columns
    edges = scale.offset_s + np.arange(len(columns) + 1) / scale.px_per_s
    places = np.floor(edges * PEAKS_PER_S).astype(int)
    first, ends = places[:-1], np.maximum(places[1:], places[:-1] + 1)
    is_there = first < len(peaks)
    loudest = np.zeros(len(columns), np.uint16)
    for place in np.flatnonzero(is_there):
        loudest[place] = peaks[first[place] : ends[place]].max()
    with np.errstate(divide="ignore"):
        level = 20 * np.log10(loudest / FULL)
    return np.clip(1 - level / _LEAST_DB, 0.0, 1.0)
