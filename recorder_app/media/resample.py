"""Reading sound between its samples, at any and any changing rate.

A device's clock is not ours: to stay in step its samples are read at positions that creep ahead of
or behind their own grid. Libraries that resample give a rate, not a position; here the position of
every sample that comes out is known to a fraction of a sample, which is what sync is made of.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from recorder_app.media.sound import SAMPLE_RATE, Samples

# Half the length of the kernel in samples, at equal rates. Longer is sharper near the upper end of
# hearing and costs in proportion.
_HALF_TAPS = 16
# Positions between two samples that the kernel is tabulated for. The error of taking the nearest
# is below -75 dB up to 10 kHz.
_PHASES = 4096
# The highest frequency kept, as a share of what the lower rate can carry.
_PASS = 0.94
# Kaiser window: 9 keeps aliases below -90 dB.
_BETA = 9.0


class SincReader:
    """A windowed-sinc interpolator over a growing stretch of samples, for one input rate.

    Positions count input samples from the first one pushed. Not thread-safe.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._half, self._table = _kernels(rate)
        # Silence before the beginning and after the end: the outermost samples can be read too.
        self._samples = np.zeros((channels, self._half), np.float32)
        # The position of the first sample held.
        self._first = -self._half
        self.end = 0

    @property
    def readable_end(self) -> int:
        """Up to which position, exclusive, can be read now; the kernel looks ahead."""
        return self.end - self._half

    @property
    def first_readable(self) -> int:
        """From which position on can be read; what lies before was forgotten."""
        return max(0, self._first + self._half)

    def end_here(self) -> None:
        """Let everything pushed be read: nothing follows."""
        self.push(np.zeros((self._half, len(self._samples)), np.float32))

    def push(self, samples: Samples) -> None:
        """Append `samples` of shape (frames, channels)."""
        self._samples = np.concatenate([self._samples, samples.T], axis=1)
        self.end += len(samples)

    def read(self, positions: npt.NDArray[np.float64]) -> Samples:
        """Return the sound at ascending `positions`, and forget what lies before them.

        They lie from ``first_readable`` to before ``readable_end``.
        """
        if not len(positions):
            return np.zeros((0, len(self._samples)), np.float32)
        whole = np.floor(positions)
        phases = ((positions - whole) * _PHASES + 0.5).astype(np.int64)
        starts = whole.astype(np.int64) - (self._half - 1) - self._first
        weights = self._table[phases]
        held = self._samples
        channels, count = held.shape
        taps = 2 * self._half
        # Every stretch of the kernel's length, without copying.
        windows = np.lib.stride_tricks.as_strided(
            held, (channels, count - taps + 1, taps), (*held.strides, held.strides[1])
        )
        out: Samples = np.empty((len(positions), channels), np.float32)
        for channel in range(channels):
            np.einsum("nt,nt->n", windows[channel][starts], weights, out=out[:, channel])
        self._forget(int(starts[-1]))
        return out

    def forget_before(self, position: int) -> None:
        """Forget the samples that only positions before `position` need."""
        position = min(position, self.readable_end)
        self._forget(position - self._half - self._first)

    def _forget(self, count: int) -> None:
        if count > 0:
            self._samples = self._samples[:, count:].copy()
            self._first += count


@functools.lru_cache(maxsize=8)
def _kernels(rate: int) -> tuple[int, Samples]:
    """Return half the kernel's length and one kernel per phase, for reading `rate` at 48 kHz."""
    scale = min(1.0, SAMPLE_RATE / rate) * _PASS
    half = int(np.ceil(_HALF_TAPS * max(1.0, rate / SAMPLE_RATE)))
    fractions = np.arange(_PHASES + 1)[:, np.newaxis] / _PHASES
    at = np.arange(-half + 1, half + 1)[np.newaxis, :] - fractions
    window = np.i0(_BETA * np.sqrt(np.clip(1 - (at / half) ** 2, 0, 1))) / np.i0(_BETA)
    kernels = np.sinc(at * scale) * window
    kernels /= kernels.sum(axis=1, keepdims=True)
    return half, kernels.astype(np.float32)
