"""Rectangles: what capture and conversion rely on."""

from hypothesis import given
from hypothesis import strategies as st

from recorder_app.media.geometry import Rect, bounds, merged

rects = st.builds(
    Rect, st.integers(-50, 200), st.integers(-50, 200), st.integers(0, 90), st.integers(0, 90)
)
FRAME = Rect(0, 0, 160, 120)


def points(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x, rect.right) for y in range(rect.y, rect.bottom)}


@given(rects, rects)
def test_intersection_holds_the_common_pixels(a: Rect, b: Rect) -> None:
    assert points(a.intersection(b)) == points(a) & points(b)


@given(rects, rects)
def test_union_is_around_both(a: Rect, b: Rect) -> None:
    both = a.union(b)
    assert points(a) | points(b) <= points(both)


@given(rects)
def test_even_cover_holds_every_pixel_on_whole_blocks_within_the_frame(rect: Rect) -> None:
    cover = rect.even_cover(FRAME)
    if cover:
        assert all(number % 2 == 0 for number in (cover.x, cover.y, cover.width, cover.height))
    assert points(rect) & points(FRAME) <= points(cover) <= points(FRAME)


@given(st.lists(rects, max_size=12), st.integers(1, 6))
def test_merged_covers_everything_with_few_rectangles(parts: list[Rect], most: int) -> None:
    joined = merged(parts, most)
    assert len(joined) <= most
    wanted: set[tuple[int, int]] = set().union(*map(points, parts))
    assert wanted <= set().union(*map(points, joined))


def test_distant_changes_are_not_joined() -> None:
    clock, cursor = Rect(0, 0, 100, 40), Rect(3000, 2000, 20, 20)
    assert set(merged([clock, cursor], 6)) == {clock, cursor}
    assert bounds([clock, cursor]) == Rect(0, 0, 3020, 2020)


def test_odd_sizes_lose_the_last_column_and_row() -> None:
    assert Rect(101, 57, 641, 361).even_size() == Rect(101, 57, 640, 360)
