"""What to keep of a recording: an immutable edit list, and the operations that make one of another.

Times are seconds of the source, as exact fractions: the source is never changed, so they mean the
same whatever was edited before. ``EditList.of`` plays persisted operations back.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar, Protocol, Self

from recorder_app.errors import InvalidRequest
from recorder_app.texts import N_

# What a file says of its length is rounded to milliseconds, and a picture's end is not always
# known: who names the end as a person read it somewhere means the end.
_END_ROUNDING = Fraction(1, 10)


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """From `start` to before `end`, in seconds."""

    start: Fraction
    end: Fraction

    def __post_init__(self) -> None:
        if self.start < 0:
            raise InvalidRequest(
                N_("A time cannot be before the beginning: {start} s."), start=_shown(self.start)
            )
        if self.end <= self.start:
            raise InvalidRequest(
                N_("The end must come after the start: {start} s to {end} s."),
                hint=N_("Give the earlier time first."),
                start=_shown(self.start),
                end=_shown(self.end),
            )

    @property
    def length(self) -> Fraction:
        return self.end - self.start

    def to_parameters(self) -> list[str]:
        return [str(self.start), str(self.end)]

    @classmethod
    def from_parameters(cls, pair: Sequence[str]) -> Self:
        start, end = pair
        return cls(Fraction(start), Fraction(end))


@dataclass(frozen=True, slots=True)
class EditList:
    """Which parts of a source of `length` seconds are kept: those in `bounds`, without `removed`.

    `removed` is in order and does not overlap. Without operations all is kept.
    """

    length: Fraction
    bounds: Range
    removed: tuple[Range, ...] = ()

    @classmethod
    def whole(cls, length: Fraction) -> Self:
        """Return the list that keeps everything. Raises InvalidRequest for an empty source."""
        return cls(length, Range(Fraction(0), length))

    @classmethod
    def of(cls, length: Fraction, operations: Iterable[Operation]) -> EditList:
        """Return what `operations` make of a source. Raises InvalidRequest."""
        edited: EditList = cls.whole(length)
        for operation in operations:
            edited = operation.apply(edited)
        return edited

    @property
    def kept(self) -> tuple[Range, ...]:
        """The parts that are kept, in order, at least one; parts that touch are one."""
        kept, start = [], self.bounds.start
        for cut in self.removed:
            if cut.start >= self.bounds.end:
                break
            if cut.start > start:
                kept.append(Range(start, cut.start))
            start = max(start, cut.end)
        if start < self.bounds.end:
            kept.append(Range(start, self.bounds.end))
        return tuple(kept)

    @property
    def kept_length(self) -> Fraction:
        """How long the result is, in seconds."""
        return sum((part.length for part in self.kept), Fraction(0))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is taken away."""
        return self.kept == (Range(Fraction(0), self.length),)

    def result_time(self, at: Fraction) -> Fraction | None:
        """Return where the source's moment `at` is in the result; None when it was taken away."""
        before = Fraction(0)
        for part in self.kept:
            if part.start <= at < part.end:
                return before + at - part.start
            before += part.length
        return None

    def checked(self) -> Self:
        """Return this list if anything is left. Raises InvalidRequest."""
        if not self.kept:
            raise InvalidRequest(
                N_("Nothing of the recording would be left."),
                hint=N_("Keep at least one part of it."),
            )
        return self

    def within(self, wanted: Range) -> Range:
        """Return `wanted`, ending at the end at the latest. Raises InvalidRequest beyond it."""
        if wanted.start >= self.length or wanted.end > self.length + _END_ROUNDING:
            raise InvalidRequest(
                N_("{end} s is beyond the end of the recording, which is {length} s long."),
                hint=N_("Give times inside the recording."),
                end=_shown(max(wanted.start, wanted.end)),
                length=_shown(self.length),
            )
        return Range(wanted.start, min(wanted.end, self.length))


class Operation(Protocol):
    """One step of editing; `name` and ``to_parameters`` are what is persisted of it."""

    name: ClassVar[str]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The parts of the source that it is about."""
        ...

    def apply(self, edited: EditList) -> EditList:
        """Return the list after this step. Raises InvalidRequest when it makes no sense."""
        ...

    def to_parameters(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Trim:
    """Keep only what lies in `bounds`; a later one takes its place."""

    bounds: Range
    name: ClassVar[str] = "trim"

    @property
    def ranges(self) -> tuple[Range, ...]:
        return (self.bounds,)

    def apply(self, edited: EditList) -> EditList:
        return replace(edited, bounds=edited.within(self.bounds)).checked()

    def to_parameters(self) -> dict[str, Any]:
        return {"bounds": self.bounds.to_parameters()}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        return cls(Range.from_parameters(parameters["bounds"]))


@dataclass(frozen=True, slots=True)
class Cut:
    """Take parts out. Raises InvalidRequest where two of them overlap: one is a mistake."""

    parts: tuple[Range, ...] = field(default=())
    name: ClassVar[str] = "cut"

    def __post_init__(self) -> None:
        ordered = sorted(self.parts)
        for one, other in itertools.pairwise(ordered):
            if other.start < one.end:
                raise InvalidRequest(
                    N_("Two parts to remove overlap: {one} and {other} s."),
                    hint=N_("Give parts that do not overlap, or one that covers both."),
                    one=f"{_shown(one.start)}-{_shown(one.end)}",
                    other=f"{_shown(other.start)}-{_shown(other.end)}",
                )

    @property
    def ranges(self) -> tuple[Range, ...]:
        return self.parts

    def apply(self, edited: EditList) -> EditList:
        parts = [*edited.removed, *(edited.within(part) for part in self.parts)]
        return replace(edited, removed=_united(parts)).checked()

    def to_parameters(self) -> dict[str, Any]:
        return {"parts": [part.to_parameters() for part in self.parts]}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        return cls(tuple(Range.from_parameters(part) for part in parameters["parts"]))


@dataclass(frozen=True, slots=True)
class Restore:
    """Put back what lies in `part`, as far as it had been cut out."""

    part: Range
    name: ClassVar[str] = "restore"

    @property
    def ranges(self) -> tuple[Range, ...]:
        return (self.part,)

    def apply(self, edited: EditList) -> EditList:
        part = edited.within(self.part)
        rest = []
        for cut in edited.removed:
            if cut.start < part.start:
                rest.append(Range(cut.start, min(cut.end, part.start)))
            if cut.end > part.end:
                rest.append(Range(max(cut.start, part.end), cut.end))
        return replace(edited, removed=tuple(rest))

    def to_parameters(self) -> dict[str, Any]:
        return {"part": self.part.to_parameters()}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        return cls(Range.from_parameters(parameters["part"]))


@dataclass(frozen=True, slots=True)
class Revert:
    """Keep everything again, whatever was edited before."""

    name: ClassVar[str] = "revert"

    @property
    def ranges(self) -> tuple[Range, ...]:
        return ()

    def apply(self, edited: EditList) -> EditList:
        return EditList.whole(edited.length)

    def to_parameters(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_parameters(cls, _parameters: Mapping[str, Any]) -> Self:
        return cls()


_OPERATIONS: Mapping[str, type[Trim | Cut | Restore | Revert]] = {
    each.name: each for each in (Trim, Cut, Restore, Revert)
}


def operation(name: str, parameters: Mapping[str, Any]) -> Operation:
    """Return a persisted operation. Raises InvalidRequest for one that is not known here."""
    try:
        return _OPERATIONS[name].from_parameters(parameters)
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidRequest(
            N_("This program does not know the edit “{name}”."),
            hint=N_("A newer version of it made the edit: update, or undo the edit there."),
            name=name,
        ) from error


def _shown(time: Fraction) -> str:
    """Return seconds as people write them, to the millisecond."""
    return f"{float(time):.3f}".rstrip("0").rstrip(".")


def _united(parts: Iterable[Range]) -> tuple[Range, ...]:
    """Return `parts` in order, those that overlap or touch as one."""
    united: list[Range] = []
    for part in sorted(parts):
        if united and part.start <= united[-1].end:
            united[-1] = Range(united[-1].start, max(united[-1].end, part.end))
        else:
            united.append(part)
    return tuple(united)
