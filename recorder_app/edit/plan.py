"""What becomes of each group of pictures: copied as it is, or encoded anew.

Pure arithmetic on times. A picture is shown from its own time until the next one's, so that a part
that begins between two shows the first of them, for less long; a part's pictures are those that are
shown in it.

Property: the spans of all groups tile the kept parts exactly, in order, but for `TOLERANCE`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from recorder_app.edit.timeline import Range

# The coarsest unit of time that files count in. Whoever names a picture by its time, which was
# rounded to this, means that picture and not the end of the one before.
TOLERANCE = Fraction(1, 1000)


class Treatment(enum.Enum):
    """COPY takes packets as they are, ENCODE decodes and encodes the pictures again."""

    COPY = "copy"
    ENCODE = "encode"


@dataclass(frozen=True, slots=True)
class Placed:
    """A kept part of the source and where it begins in the result, in seconds."""

    part: Range
    at: Fraction

    def result_time(self, source_time: Fraction) -> Fraction:
        return self.at + source_time - self.part.start


@dataclass(frozen=True, slots=True)
class Span:
    """The pictures of a group that are shown from `start` to before `end` of the source."""

    treatment: Treatment
    start: Fraction
    end: Fraction
    placed: Placed


def place(kept: Sequence[Range]) -> tuple[Placed, ...]:
    """Return where each kept part begins in the result, one after the other."""
    placed, at = [], Fraction(0)
    for part in kept:
        placed.append(Placed(part, at))
        at += part.length
    return tuple(placed)


def spans(
    placed: Sequence[Placed], start: Fraction, end: Fraction, *, is_in_order: bool
) -> Iterator[Span]:
    """Yield what becomes of the group shown from `start` to before `end`.

    Only a group from its beginning on can be copied; up to a place inside it, only when its
    pictures are shown `is_in_order` of their packets.
    """
    for each in placed:
        first, last = max(each.part.start, start), min(each.part.end, end)
        if last - first <= TOLERANCE:
            continue
        is_copied = first - start <= TOLERANCE and (end - last <= TOLERANCE or is_in_order)
        yield Span(Treatment.COPY if is_copied else Treatment.ENCODE, first, last, each)


def is_shown(at: Fraction, until: Fraction, span: Span) -> bool:
    """Return whether a picture that the source shows from `at` to before `until` is of `span`."""
    return until - span.start > TOLERANCE and span.end - at > TOLERANCE
