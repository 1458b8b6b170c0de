"""Playing a result that is not made yet: the kept parts of the source, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from recorder_app.edit.timeline import Range


@dataclass(frozen=True, slots=True)
class Leap:
    """Where to play on instead; None is the end of the result."""

    to: Fraction | None


def start_of(kept: Sequence[Range], at: Fraction) -> Fraction:
    """Return where playing begins that is asked for at `at`: there, or with what is kept next.

    From the end on it begins anew.
    """
    for part in kept:
        if at < part.end:
            return max(at, part.start)
    return kept[0].start


def leap_at(kept: Sequence[Range], at: Fraction) -> Leap | None:
    """Return where to leap from `at`, a moment being played; None to play on."""
    for part in kept:
        if at < part.start:
            return Leap(part.start)
        if at < part.end:
            return None
    return Leap(None)


def earlier(kept: Sequence[Range], at: Fraction, by: Fraction) -> Fraction:
    """Return the moment of the source that is played `by` seconds before `at`, or the first one."""
    for part in reversed(kept):
        if part.start < at:
            end = min(at, part.end)
            if end - by >= part.start:
                return end - by
            by -= end - part.start
    return kept[0].start


def before(kept: Sequence[Range], at: Fraction) -> Fraction:
    """Return how much of the result comes before a moment of the source, in seconds."""
    return sum(
        (min(at, part.end) - part.start for part in kept if part.start < at), start=Fraction(0)
    )
