"""Edit lists as values: what any sequence of operations must leave true."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.edit.timeline import Cut, EditList, Operation, Range, Restore, Trim, operation
from recorder_app.errors import InvalidRequest

LENGTH = Fraction(10)
# Few places, so that ends meet and overlap often.
PLACES = st.integers(0, 40).map(lambda place: Fraction(place, 4))
RANGES = st.tuples(PLACES, PLACES).filter(lambda pair: pair[0] < pair[1]).map(lambda p: Range(*p))
OPERATIONS = st.one_of(RANGES.map(Trim), RANGES.map(lambda part: Cut((part,))), RANGES.map(Restore))
MOMENTS = st.integers(0, 100).map(lambda place: Fraction(place, 10))


def edited(operations: list[Operation]) -> EditList:
    """Return the list after the operations that are possible."""
    edits = EditList.whole(LENGTH)
    for each in operations:
        try:
            edits = each.apply(edits)
        except InvalidRequest:
            continue
    return edits


def is_kept(edits: EditList, at: Fraction) -> bool:
    return any(part.start <= at < part.end for part in edits.kept)


def within(part: Range, at: Fraction) -> bool:
    return part.start <= at < part.end


@given(st.lists(OPERATIONS, max_size=12))
def test_kept_parts_are_in_order_apart_and_inside(operations: list[Operation]) -> None:
    kept = edited(operations).kept
    assert kept
    assert kept[0].start >= 0
    assert kept[-1].end <= LENGTH
    assert all(one.end < other.start for one, other in itertools.pairwise(kept))


@given(st.lists(OPERATIONS, max_size=12))
def test_kept_and_removed_tile_what_the_last_trim_left(operations: list[Operation]) -> None:
    edits = edited(operations)
    for quarter in range(40):
        at = Fraction(quarter, 4) + Fraction(1, 8)
        is_removed = any(within(part, at) for part in edits.removed)
        assert is_kept(edits, at) == (within(edits.bounds, at) and not is_removed)


@given(st.lists(OPERATIONS, max_size=12), MOMENTS)
def test_the_result_s_time_tells_the_source_s(operations: list[Operation], at: Fraction) -> None:
    edits = edited(operations)
    result = edits.result_time(at)
    assert (result is not None) == is_kept(edits, at)
    if result is None:
        return
    assert 0 <= result < edits.kept_length
    # And back, by walking along what is kept.
    left = result
    for part in edits.kept:
        if left < part.length:
            assert part.start + left == at
            return
        left -= part.length
    pytest.fail("it is beyond the end")


@given(st.lists(OPERATIONS, max_size=8), RANGES)
def test_what_is_cut_and_restored_is_there_again(operations: list[Operation], part: Range) -> None:
    edits = edited(operations)
    try:
        cut = Cut((part,)).apply(edits)
    except InvalidRequest:
        return
    restored = Restore(part).apply(cut)
    for quarter in range(40):
        at = Fraction(quarter, 4) + Fraction(1, 8)
        if within(part, at):
            assert not is_kept(cut, at)
            assert is_kept(restored, at) == within(edits.bounds, at)
        else:
            assert is_kept(cut, at) == is_kept(restored, at) == is_kept(edits, at)


@given(st.lists(OPERATIONS, max_size=8), RANGES, RANGES)
def test_a_later_trim_takes_the_place_of_an_earlier_one(
    operations: list[Operation], first: Range, second: Range
) -> None:
    edits = edited(operations)
    try:
        once = Trim(second).apply(edits)
        twice = Trim(second).apply(Trim(first).apply(edits))
    except InvalidRequest:
        return
    assert once == twice


@given(st.lists(OPERATIONS, max_size=12))
def test_what_is_persisted_plays_back(operations: list[Operation]) -> None:
    edits, applied = EditList.whole(LENGTH), []
    for each in operations:
        try:
            edits = each.apply(edits)
        except InvalidRequest:
            continue
        applied.append(operation(each.name, each.to_parameters()))
    assert EditList.of(LENGTH, applied) == edits


@pytest.mark.parametrize(
    ("name", "parameters"), [("speed", {}), ("trim", {}), ("cut", {"parts": [["1"]]})]
)
def test_an_edit_of_a_newer_version_is_refused(name: str, parameters: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest, match="does not know the edit"):
        operation(name, parameters)


def test_times_are_said_as_people_write_them() -> None:
    with pytest.raises(InvalidRequest, match=r"start: 1\.333 s to 0\.5 s\."):
        Range(Fraction(4, 3), Fraction(1, 2))
