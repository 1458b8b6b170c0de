"""The area being chosen, whatever is done to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.capture.base import MIN_SIZE_PX
from recorder_app.media.geometry import Rect
from recorder_app.ui.picker.selection import (
    HANDLES,
    RATIOS,
    Handle,
    Selection,
    parse_size,
    ratio_name,
)

BOUNDS = Rect(-1281, -37, 3201, 1477)
across = st.integers(BOUNDS.x - 50, BOUNDS.right + 50)
down = st.integers(BOUNDS.y - 50, BOUNDS.bottom + 50)
points = st.tuples(across, down)
inner = st.tuples(st.integers(BOUNDS.x, BOUNDS.right - 1), st.integers(BOUNDS.y, BOUNDS.bottom - 1))
steps = st.integers(-4000, 4000)
ratios = st.sampled_from([None, *RATIOS])
selections = st.builds(
    lambda rect, ratio, grain: Selection(rect, BOUNDS, ratio, grain).clamped(),
    st.builds(Rect, across, down, st.integers(0, 5000), st.integers(0, 3000)),
    ratios,
    st.sampled_from([1, 2]),
)
CHANGES = st.one_of(
    st.builds(lambda dx, dy: lambda s: s.moved(dx, dy), steps, steps),
    st.builds(
        lambda h, dx, dy: lambda s: s.resized(h, dx, dy), st.sampled_from(HANDLES), steps, steps
    ),
    st.builds(lambda a, b: lambda s: s.drawn(a, b), points, points),
    st.builds(lambda r: lambda s: s.with_ratio(r), ratios),
    st.builds(lambda w, h: lambda s: s.with_size(w, h), st.integers(1, 9000), st.integers(1, 9000)),
)


@given(selections, st.lists(CHANGES, max_size=8))
def test_it_can_always_be_recorded_as_it_is(
    selection: Selection, changes: list[Callable[[Selection], Selection]]
) -> None:
    for change in changes:
        selection = change(selection)
        rect = selection.rect
        assert BOUNDS.contains(rect)
        assert min(rect.width, rect.height) >= MIN_SIZE_PX
        assert rect.width % selection.grain == rect.height % selection.grain == 0
        if selection.ratio is not None:
            # One side is what the other asks for, as near as whole grains allow.
            wide, high = selection.ratio
            assert abs(rect.height - rect.width * high / wide) <= selection.grain


@given(inner, inner, st.sampled_from([1, 2]))
def test_drawing_holds_both_pixels_but_for_the_odd_one(
    start: tuple[int, int], end: tuple[int, int], grain: int
) -> None:
    rect = Selection(Rect(0, 0, 0, 0), BOUNDS, None, grain, 1 * grain).drawn(start, end).rect
    for (one, other), (low, length) in zip(
        zip(start, end, strict=True), ((rect.x, rect.width), (rect.y, rect.height)), strict=True
    ):
        wanted = abs(one - other) + 1
        assert length == max(grain, wanted // grain * grain)
        if wanted >= grain:
            # The pixel it began at is its corner; only at the other end is one left out.
            assert one in (low, low + length - 1)
            assert low <= one < low + length
            assert low - 1 <= other <= low + length


@given(selections, st.sampled_from(HANDLES), steps, steps)
def test_a_handle_leaves_the_opposite_edges_where_they_are(
    selection: Selection, handle: Handle, dx: int, dy: int
) -> None:
    before, after = selection.rect, selection.resized(handle, dx, dy).rect
    if selection.ratio is None:
        if handle.across <= 0:
            assert after.right == before.right
        if handle.across >= 0:
            assert after.x == before.x
        if handle.down <= 0:
            assert after.bottom == before.bottom
        if handle.down >= 0:
            assert after.y == before.y


@given(selections, st.integers(-300, 300), st.integers(-300, 300))
def test_moving_keeps_the_size(selection: Selection, dx: int, dy: int) -> None:
    moved = selection.moved(dx, dy).rect
    assert (moved.width, moved.height) == (selection.rect.width, selection.rect.height)
    if BOUNDS.contains(selection.rect.moved(dx, dy)):
        assert moved == selection.rect.moved(dx, dy)


@given(selections, st.integers(8, 1600), st.integers(8, 738))
def test_a_typed_size_is_had_exactly_when_it_is_even_and_fits(
    selection: Selection, half_width: int, half_height: int
) -> None:
    size = (2 * half_width, 2 * half_height)
    sized = selection.with_ratio(None).with_size(*size).rect
    assert (sized.width, sized.height) == size


@pytest.mark.parametrize("ratio", RATIOS)
def test_fixed_sizes_keep_or_break_the_lock(ratio: tuple[int, int]) -> None:
    locked = Selection(Rect(0, 0, 320, 320), BOUNDS, ratio).clamped()
    assert locked.with_size(1280, 720).rect == Rect(0, 0, 1280, 720)
    assert locked.with_size(1280, 720).ratio == (ratio if ratio == (16, 9) else None)


def test_the_handle_under_the_pointer_is_the_nearest() -> None:
    selection = Selection(Rect(100, 100, 400, 200), BOUNDS)
    assert selection.handle_at((103, 98), 10) == Handle(-1, -1)
    assert selection.handle_at((300, 305), 10) == Handle(0, 1)
    assert selection.handle_at((500, 200), 10) == Handle(1, 0)
    assert selection.handle_at((300, 200), 10) is None
    assert Selection(Rect(0, 0, 16, 16), BOUNDS).handle_at((1, 1), 10) == Handle(-1, -1)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1280x720", (1280, 720)),
        (" 1280 x 720 ", (1280, 720)),
        ("1280×720", (1280, 720)),
        ("1280 720", (1280, 720)),
        ("1280", None),
        ("0x720", None),
        ("-1x5", None),
        ("wide", None),
        ("", None),
    ],
)
def test_sizes_are_read_as_people_type_them(text: str, size: tuple[int, int] | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ((1280, 720), "16:9"),
        ((854, 480), "16:9"),
        ((1080, 1920), "9:16"),
        ((640, 480), "4:3"),
        ((700, 700), "1:1"),
        ((1000, 618), ""),
    ],
)
def test_known_ratios_have_names(size: tuple[int, int], name: str) -> None:
    assert ratio_name(*size) == name
