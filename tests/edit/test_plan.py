"""The plan of a cut: spans tile what is kept; nothing is copied that needs what is not there."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from recorder_app.edit.plan import TOLERANCE, Treatment, is_shown, place, spans
from recorder_app.edit.timeline import Range

LENGTH = 20_000
moments = st.integers(0, LENGTH).map(lambda ms: Fraction(ms, 1000))


@st.composite
def parts(draw: st.DrawFn) -> list[Range]:
    times = sorted(draw(st.sets(moments, min_size=2, max_size=10)))
    pairs = zip(times[::2], times[1::2], strict=False)
    return [Range(start, end) for start, end in pairs]


@st.composite
def groups(draw: st.DrawFn) -> list[tuple[Fraction, Fraction]]:
    """Groups without a gap between them, over all the length."""
    edges = sorted(draw(st.sets(moments, max_size=12)) | {Fraction(0), Fraction(LENGTH, 1000)})
    return list(itertools.pairwise(edges))


@given(parts(), groups(), st.booleans())
def test_spans_tile_what_is_kept(
    kept: list[Range], groups: list[tuple[Fraction, Fraction]], is_in_order: bool
) -> None:
    placed = place(kept)
    found = [
        span for start, end in groups for span in spans(placed, start, end, is_in_order=is_in_order)
    ]
    for each in placed:
        at = each.part.start
        for span in (span for span in found if span.placed is each):
            # What is shorter than times are exact is left out.
            assert 0 <= span.start - at <= TOLERANCE
            at = span.end
        assert 0 <= each.part.end - at <= TOLERANCE


@given(parts(), groups(), st.booleans())
def test_only_whole_groups_and_their_beginnings_are_copied(
    kept: list[Range], groups: list[tuple[Fraction, Fraction]], is_in_order: bool
) -> None:
    for start, end in groups:
        for span in spans(place(kept), start, end, is_in_order=is_in_order):
            if span.treatment is Treatment.COPY:
                assert span.start - start <= TOLERANCE
                assert is_in_order or end - span.end <= TOLERANCE
            else:
                assert span.start - start > TOLERANCE or not is_in_order


@given(parts())
def test_each_part_follows_the_one_before(kept: list[Range]) -> None:
    at = Fraction(0)
    for placed, part in zip(place(kept), kept, strict=True):
        assert placed.result_time(part.start) == at
        at = placed.result_time(part.end)


def test_a_picture_is_shown_until_the_next() -> None:
    (span,) = spans(
        place([Range(Fraction(1), Fraction(2))]), Fraction(0), Fraction(9), is_in_order=True
    )
    assert is_shown(Fraction(0), Fraction(3, 2), span)
    assert is_shown(Fraction(3, 2), Fraction(5), span)
    assert not is_shown(Fraction(0), Fraction(1), span)
    assert not is_shown(Fraction(2), Fraction(3), span)
    # Named by a time that was rounded to milliseconds.
    assert not is_shown(Fraction(0), Fraction("1.0004"), span)
    assert not is_shown(Fraction("1.9996"), Fraction(3), span)
