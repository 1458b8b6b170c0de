"""Several sounds in one track, without clipping."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from recorder_app.media.sound import SAMPLE_RATE, Samples

# The limiter looks at stretches of 5 ms, one ahead.
_STRETCH = SAMPLE_RATE // 200
_CEILING = 0.98
# How fast it lets go again, per stretch: from silence to full in half a second.
_RELEASE = 0.01


def mix(sounds: Sequence[Samples], gains: Sequence[float]) -> Samples:
    """Return the sum of equally long `sounds`, each times its gain; it may exceed full scale."""
    if len(sounds) == 1 and gains[0] == 1.0:
        return sounds[0]
    total = np.zeros_like(sounds[0])
    for sound, gain in zip(sounds, gains, strict=True):
        total += sound * np.float32(gain)
    return total


class PeakLimiter:
    """Turns down what would clip, a moment before it comes. Pure; not thread-safe.

    What goes in comes out complete and unshifted, 5 to 10 ms later.
    """

    def __init__(self, channels: int) -> None:
        self._waiting = np.zeros((0, channels), np.float32)
        # The gain at the start of what waits.
        self._gain = 1.0

    def push(self, samples: Samples) -> Samples:
        """Take `samples` in and return what is ready."""
        waiting = np.concatenate([self._waiting, samples])
        count = max(0, len(waiting) // _STRETCH - 1)
        ready, self._waiting = np.split(waiting, [count * _STRETCH])
        return self._limited(ready, self._need(self._waiting[:_STRETCH]))

    def flush(self) -> Samples:
        """Return the rest."""
        rest, self._waiting = self._waiting, self._waiting[:0]
        padding = -len(rest) % _STRETCH
        padded = np.pad(rest, ((0, padding), (0, 0)))
        return self._limited(padded, 1.0)[: len(rest)]

    def _limited(self, samples: Samples, next_need: float) -> Samples:
        if not len(samples):
            return samples
        stretches = samples.reshape(-1, _STRETCH, samples.shape[1])
        peaks = np.abs(stretches).max(axis=(1, 2))
        if self._gain == 1.0 and peaks.max() <= _CEILING and next_need == 1.0:
            return samples
        needs = [*np.minimum(1.0, _CEILING / np.maximum(peaks, _CEILING)).tolist(), next_need]
        limited = stretches.copy()
        # If the sound is too loud from its first sample there was no room for a ramp.
        gain = min(self._gain, needs[0])
        for index, (need, following) in enumerate(itertools.pairwise(needs)):
            target = min(gain + _RELEASE, need, following, 1.0)
            ramp = np.linspace(gain, target, _STRETCH, endpoint=False, dtype=np.float32)
            limited[index] *= ramp[:, np.newaxis]
            gain = target
        self._gain = gain
        return limited.reshape(samples.shape)

    @staticmethod
    def _need(samples: Samples) -> float:
        peak = float(np.abs(samples).max()) if len(samples) else 0.0
        return min(1.0, _CEILING / max(peak, _CEILING))
