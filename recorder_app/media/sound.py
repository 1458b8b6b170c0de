"""Blocks of sound, and the small arithmetic done on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

# The one rate inside the program and in its files: Opus knows no other of its kind, and sound
# servers run at it by default.
SAMPLE_RATE: Final = 48_000
# What counts as nothing in a level, in dBFS.
SILENCE_DB: Final = -120.0

Samples = npt.NDArray[np.float32]
"""Sound of shape (frames, channels), full scale at 1.0."""

_HALF = math.sqrt(0.5)


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """Samples as a device gave them. `capture_ns` is when the first was captured, by arrival.

    `rate` is what the device claims. `lost` frames were thrown away before this block by whoever
    had no room for them.
    """

    capture_ns: int
    rate: int
    samples: Samples
    lost: int = 0

    @property
    def size_bytes(self) -> int:
        return self.samples.nbytes


@dataclass(frozen=True, slots=True)
class AudioGap:
    """From `capture_ns` on no sound comes, until the next block.

    `is_lost` tells a device that went away from one that sleeps because nothing plays, or that is
    changed for another; `device` is its name for people.
    """

    capture_ns: int
    is_lost: bool
    reason: str = ""
    device: str = ""

    @property
    def size_bytes(self) -> int:
        return 0


def to_channels(samples: Samples, channels: int) -> Samples:
    """Return `samples` with 1 or 2 channels, mixed down by ITU-R BS.775 without clipping.

    Channels come in the order of WAV: front left and right, centre, low frequency (left out), then
    pairs at the back and the sides. A single channel goes to both.
    """
    have = samples.shape[1]
    if have == channels:
        return samples
    if channels == 1:
        mono: Samples = samples.mean(axis=1, keepdims=True, dtype=np.float32)
        return mono
    if have == 1:
        return np.repeat(samples, 2, axis=1)
    weights = np.zeros((have, 2), np.float32)
    weights[0, 0] = weights[1, 1] = 1.0
    if have == 4:
        # Quadraphonic: no centre.
        weights[2, 0] = weights[3, 1] = _HALF
    elif have >= 3:
        weights[2] = _HALF
        first = 4 if have >= 6 else 3
        for index in range(first, have):
            weights[index, (index - first) % 2] = _HALF
    stereo: Samples = samples @ (weights / weights.sum(axis=0).max())
    return stereo


def decibels(amplitude: float) -> float:
    """Return `amplitude` (1.0 is full scale) in dBFS, at least SILENCE_DB."""
    return max(SILENCE_DB, 20 * math.log10(amplitude)) if amplitude > 1e-6 else SILENCE_DB


def amplitude(gain_db: float) -> float:
    """Return the factor that `gain_db` stands for."""
    return float(10 ** (gain_db / 20))


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a stretch of sound was: highest sample and root mean square, in dBFS."""

    peak_db: float = SILENCE_DB
    rms_db: float = SILENCE_DB

    @classmethod
    def of(cls, samples: Samples) -> Level:
        if not samples.size:
            return cls()
        return cls(
            decibels(float(np.abs(samples).max())),
            decibels(math.sqrt(float(np.square(samples).mean(dtype=np.float64)))),
        )
