"""Moments of a recording as people name them, and edits in such terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, TypeAlias

from recorder_app.edit.timeline import Cut, Operation, Range, Restore, Revert, Trim
from recorder_app.errors import InvalidRequest
from recorder_app.texts import N_


@dataclass(frozen=True, slots=True)
class PictureNumber:
    """The moment at which a picture begins to be shown; the first has number 0."""

    number: int


Time: TypeAlias = "Fraction | PictureNumber"
"""Seconds of the source, or one of its pictures."""


class Times:
    """Turns moments of a file of `length` seconds into seconds; reads it once, if need be."""

    def __init__(self, path: Path, length: Fraction) -> None:
        self.length = length
        self._path = path
        self._pictures: list[Fraction] | None = None

    def seconds(self, time: Time) -> Fraction:
        """Raises InvalidRequest for a picture that there is not, and MediaError."""
        if isinstance(time, Fraction):
            return time
        if self._pictures is None:
            # Only now: seconds need no codecs.
            from recorder_app.media.picture_times import picture_times

            self._pictures = picture_times(self._path)
        count = len(self._pictures)
        if time.number > count:
            raise InvalidRequest(
                N_("{number}f is beyond the last picture: there are {count}."),
                hint=N_("The first one is 0f; {count}f is the end."),
                number=time.number,
                count=count,
            )
        return self.length if time.number == count else self._pictures[time.number]


class Wish(Protocol):
    """An edit as it was asked for."""

    def operation(self, times: Times) -> Operation:
        """Raises InvalidRequest for times that make no sense, and MediaError."""
        ...


@dataclass(frozen=True, slots=True)
class TrimWish:
    """Keep only what lies between; None is the beginning, or the end."""

    start: Time | None = None
    end: Time | None = None

    def operation(self, times: Times) -> Trim:
        start = Fraction(0) if self.start is None else times.seconds(self.start)
        end = times.length if self.end is None else times.seconds(self.end)
        if self.end is None and start >= end:
            raise InvalidRequest(
                N_("The start is beyond the end of the recording, which is {length:.3f} s long."),
                hint=N_("Give times inside the recording."),
                length=float(times.length),
            )
        return Trim(Range(start, end))


@dataclass(frozen=True, slots=True)
class CutWish:
    """Take parts out."""

    parts: Sequence[tuple[Time, Time]]

    def operation(self, times: Times) -> Cut:
        if not self.parts:
            raise InvalidRequest(N_("Nothing to remove was given."))
        return Cut(tuple(_range(times, part) for part in self.parts))


@dataclass(frozen=True, slots=True)
class RestoreWish:
    """Put back what had been cut out of a part."""

    part: tuple[Time, Time]

    def operation(self, times: Times) -> Restore:
        return Restore(_range(times, self.part))


@dataclass(frozen=True, slots=True)
class RevertWish:
    """Keep everything again; what was undone by it can be had back by an undo."""

    def operation(self, _times: Times) -> Revert:
        return Revert()


def _range(times: Times, part: tuple[Time, Time]) -> Range:
    start, end = part
    return Range(times.seconds(start), times.seconds(end))
