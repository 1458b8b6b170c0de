"""Which picture is shown when, and where a cut can be: between two pictures."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

# What a waveform can show, and finer than anybody hears a cut to be off.
_SOUND_STEP = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class PictureTimes:
    """`stamps` are the times of the pictures in units of `base` seconds, in order.

    An edge is where a cut can be: edge n is where picture n begins, the first one is 0, and the
    last one, whose number is how many pictures there are, the end.
    """

    stamps: Sequence[int]
    base: Fraction
    length: Fraction

    @classmethod
    def of_sound(cls, length: Fraction) -> Self:
        """Return the times of a recording without pictures: one for each hundredth of a second."""
        return cls(range(max(1, math.ceil(length / _SOUND_STEP))), _SOUND_STEP, length)

    @property
    def count(self) -> int:
        return len(self.stamps)

    def number_at(self, at: Fraction) -> int:
        """Return which picture is shown at a time in seconds; the first one before it begins."""
        stamp = round(at / self.base)
        return max(0, bisect.bisect_right(self.stamps, stamp) - 1)

    def time(self, edge: int) -> Fraction:
        """Return where an edge is, in seconds."""
        if edge <= 0:
            return Fraction(0)
        if edge >= self.count:
            return self.length
        return min(self.stamps[edge] * self.base, self.length)

    def nearest_edge(self, at: Fraction) -> int:
        """Return the edge nearest to a time in seconds."""
        place = bisect.bisect_left(self.stamps, at / self.base)
        around = range(max(0, place - 1), min(self.count, place + 1) + 1)
        return min(around, key=lambda edge: abs(self.time(edge) - at))
