"""Which pictures a filmstrip shows, and where: a grid that does not move as it is scrolled."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from recorder_app.ui.editor.picture_times import PictureTimes
from recorder_app.ui.editor.timeline_scale import TimelineScale


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture of the strip. Pixels; where `is_exact` is not set, one shortly before does."""

    number: int
    left: float
    width: float
    is_exact: bool


# Cells this far apart may show the nearest picture before that stands alone.
_COARSE_S = 3.0


def cells(scale: TimelineScale, times: PictureTimes, least_width: float) -> Iterator[Cell]:
    """Yield the cells that are seen, from left to right, each at least `least_width` wide."""
    # Powers of two, so that most pictures stay in use from one zoom to the next.
    step_s = 2.0 ** math.ceil(math.log2(least_width / scale.px_per_s))
    picture_s = scale.length_s / max(1, times.count)
    if step_s <= picture_s * 1.01:
        yield from _each_picture(scale, times)
        return
    width = step_s * scale.px_per_s
    first = max(0, math.floor(scale.offset_s / step_s))
    last = math.ceil(min(scale.offset_s + scale.seen_s, scale.length_s) / step_s)
    for place in range(first, max(last, first + 1)):
        at = Fraction(place) * Fraction(step_s)
        yield Cell(times.number_at(at), scale.x_of(at), width, step_s < _COARSE_S)


def _each_picture(scale: TimelineScale, times: PictureTimes) -> Iterator[Cell]:
    # Times are rounded: rather one too many, which is not seen.
    number = max(0, times.number_at(scale.time_at(0)) - 1)
    while number < times.count:
        left, right = scale.x_of(times.time(number)), scale.x_of(times.time(number + 1))
        if left > scale.width:
            return
        yield Cell(number, left, right - left, is_exact=True)
        number += 1
