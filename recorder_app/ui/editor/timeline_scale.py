"""Which part of a recording is seen, and how large: seconds to pixels and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

# A single picture at 30 a second is then 60 pixels wide.
MOST_PX_PER_S = 1800.0


@dataclass(frozen=True, slots=True)
class TimelineScale:
    """`width` pixels show from `offset_s` on. The most that can be seen is all, `length_s`.

    Times of edges are given as fractions, for which pixels are exact enough.
    """

    length_s: float
    width: float
    px_per_s: float
    offset_s: float = 0.0

    @classmethod
    def fit(cls, length_s: float, width: float) -> Self:
        """Return the scale that shows all."""
        return cls(length_s, width, width / length_s)

    @property
    def least_px_per_s(self) -> float:
        return self.width / self.length_s

    @property
    def most_px_per_s(self) -> float:
        return max(MOST_PX_PER_S, self.least_px_per_s)

    @property
    def seen_s(self) -> float:
        """How many seconds are seen."""
        return self.width / self.px_per_s

    def x_of(self, at: Fraction | float) -> float:
        return (float(at) - self.offset_s) * self.px_per_s

    def time_at(self, x: float) -> Fraction:
        """Return the time at a place, inside the recording, in seconds."""
        at = Fraction(self.offset_s + x / self.px_per_s).limit_denominator(1_000_000)
        return min(max(Fraction(0), at), Fraction(self.length_s).limit_denominator(1_000_000))

    def zoomed(self, px_per_s: float, around_x: float) -> Self:
        """Return another zoom, in which the time at `around_x` stays where it is."""
        at = self.offset_s + around_x / self.px_per_s
        wanted = min(max(px_per_s, self.least_px_per_s), self.most_px_per_s)
        return replace(self, px_per_s=wanted, offset_s=at - around_x / wanted).inside()

    def scrolled(self, px: float) -> Self:
        return replace(self, offset_s=self.offset_s + px / self.px_per_s).inside()

    def resized(self, width: float) -> Self:
        """Return it for another width: all stays seen if it was, else the zoom stays."""
        if self.px_per_s <= self.least_px_per_s * 1.0001:
            return type(self).fit(self.length_s, width)
        wider = replace(self, width=width)
        return replace(wider, px_per_s=max(self.px_per_s, wider.least_px_per_s)).inside()

    def showing(self, at: Fraction | float) -> Self:
        """Return it scrolled as little as needed for a time to be seen."""
        x = self.x_of(at)
        if x < 0 or x > self.width:
            # Some room ahead, so that it does not scroll at every step.
            goal = self.width * (0.1 if x > self.width else 0.9)
            return self.scrolled(x - goal)
        return self

    @property
    def zoom(self) -> float:
        """How far it is zoomed in, 0 to 1, as a slider shows it: each step looks the same."""
        least, most = self.least_px_per_s, self.most_px_per_s
        if most <= least:
            return 0.0
        return _log_share(self.px_per_s, least, most)

    def with_zoom(self, zoom: float, around_x: float) -> Self:
        least, most = self.least_px_per_s, self.most_px_per_s
        return self.zoomed(least * (most / least) ** zoom, around_x)

    def inside(self) -> Self:
        last = max(0.0, self.length_s - self.seen_s)
        return replace(self, offset_s=min(max(0.0, self.offset_s), last))


def _log_share(value: float, least: float, most: float) -> float:
    return math.log(value / least) / math.log(most / least)
