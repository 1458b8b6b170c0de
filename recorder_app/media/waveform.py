"""How loud each sound track of a recording is, in steps of 10 ms, and the file that keeps it."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.container import InputContainer

from recorder_app.errors import UnreadableMedia
from recorder_app.media.stills import Proceed
from recorder_app.texts import N_

PEAKS_PER_S = 100
# Full scale. 16 bits, so that the quiet is not lost when it is drawn in decibels.
FULL = 65_535
_FORMAT = "fltp"
# How much sound is read between two looks at whether to go on, in seconds.
_PROCEED_EVERY_S = 5.0

Peaks = npt.NDArray[np.uint16]


class _Track:
    """The peaks of one track, as long as what was read of it."""

    def __init__(self) -> None:
        self._peaks = np.zeros(60 * PEAKS_PER_S, np.float32)
        self._length = 0

    def add(self, at_s: float, rate: int, loud: npt.NDArray[np.float32]) -> None:
        """Enter the amplitudes of samples that begin at `at_s`."""
        # In samples, so that blocks follow each other without a step counted twice.
        first = max(0, round(at_s * rate))
        steps = (first + np.arange(len(loud))) * PEAKS_PER_S // rate
        begin, end = int(steps[0]), int(steps[-1]) + 1
        if end > len(self._peaks):
            grown = np.zeros(max(end, 2 * len(self._peaks)), np.float32)
            grown[: self._length] = self._peaks[: self._length]
            self._peaks = grown
        bounds = np.searchsorted(steps, np.arange(begin, end))
        place = self._peaks[begin:end]
        np.maximum(place, np.maximum.reduceat(loud, bounds), out=place)
        self._length = max(self._length, end)

    def peaks(self) -> Peaks:
        exact = np.clip(self._peaks[: self._length], 0.0, 1.0) * FULL
        return np.round(exact).astype(np.uint16)


def measure(path: Path, duration_s: float, proceed: Proceed) -> list[Peaks]:
    """Return the highest amplitude of every 10 ms of every sound track; FULL is full scale.

    No tracks are an empty list. Raises UnreadableMedia.
    """
    try:
        with av.open(path) as source:
            assert isinstance(source, InputContainer)
            streams = source.streams.audio
            tracks = {stream.index: _Track() for stream in streams}
            resamplers = {stream.index: av.AudioResampler(format=_FORMAT) for stream in streams}
            next_s = _PROCEED_EVERY_S
            for packet in source.demux(*streams) if streams else ():
                for frame in packet.decode():
                    if not isinstance(frame, AudioFrame) or frame.time is None:
                        continue
                    at_s = frame.time
                    planar = (
                        [frame]
                        if frame.format.name == _FORMAT
                        else resamplers[packet.stream_index].resample(frame)
                    )
                    for each in planar:
                        samples = each.to_ndarray().astype(np.float32, copy=False)
                        tracks[packet.stream_index].add(
                            at_s, each.sample_rate, np.abs(samples).max(axis=0)
                        )
                    if at_s >= next_s:
                        proceed(min(1.0, at_s / max(duration_s, at_s)))
                        next_s = at_s + _PROCEED_EVERY_S
            return [tracks[index].peaks() for index in sorted(tracks)]
    except (av.FFmpegError, OSError) as error:
        raise UnreadableMedia(
            N_("{path} is not a recording that can be played ({reason})."), path=path, reason=error
        ) from error


def packed(tracks: list[Peaks]) -> bytes:
    """Return the content of a waveform file: NumPy's .npz, an array for each track."""
    target = io.BytesIO()
    arrays = {f"track{number}": peaks for number, peaks in enumerate(tracks)}
    np.savez_compressed(target, allow_pickle=False, **arrays)
    return target.getvalue()


def load(path: Path) -> list[Peaks]:
    """Read a waveform file. Raises OSError or ValueError: then have it made again."""
    with np.load(path, allow_pickle=False) as kept:
        return [kept[f"track{number}"] for number in range(len(kept.files))]
