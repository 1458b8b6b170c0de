"""Where the bar and the frame stand: never in the picture, always on a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from recorder_app.ui.placing import (
    Area,
    bar_place,
    card_place,
    frame_edges,
    kept_place,
    logical_area,
    middle_place,
)

FULL_HD = [("A", QRect(0, 0, 1920, 1080))]
TWO = [*FULL_HD, ("B", QRect(1920, 0, 1280, 1024))]
BAR = QSize(360, 44)

_SIDES = st.integers(400, 4000)


@st.composite
def layouts(draw: st.DrawFn) -> list[tuple[str, QRect]]:
    """Screens beside or below each other, with gaps and steps; also left of or above zero."""
    x, y, screens = draw(st.integers(-3000, 0)), draw(st.integers(-2000, 0)), []
    for number in range(draw(st.integers(1, 3))):
        width, height = draw(_SIDES), draw(_SIDES)
        screens.append((str(number), QRect(x, y, width, height)))
        if draw(st.booleans()):
            x, y = x + width, y + draw(st.integers(-300, 300))
        else:
            x, y = x + draw(st.integers(-300, 300)), y + height
    return screens


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[tuple[str, QRect]], Area]:
    """A layout and an area that touches it somewhere."""
    screens = draw(layouts())
    _, on = draw(st.sampled_from(screens))
    left = draw(st.integers(on.left() - 50, on.right()))
    top = draw(st.integers(on.top() - 50, on.bottom()))
    return screens, (left, top, draw(st.integers(1, 5000)), draw(st.integers(1, 5000)))


@given(cases(), st.integers(100, 399), st.integers(30, 200))
def test_the_bar_is_on_a_screen_and_never_in_the_picture(
    case: tuple[list[tuple[str, QRect]], Area], width: int, height: int
) -> None:
    screens, area = case
    place = bar_place(QSize(width, height), area, screens)
    if place is not None:
        bar = QRect(place, QSize(width, height))
        assert not bar.intersects(QRect(*area))
        assert any(rect.contains(bar) for _, rect in screens)


@given(cases(), st.integers(100, 399), st.integers(30, 200))
def test_the_bar_is_shown_where_a_whole_screen_or_a_broad_side_is_free(
    case: tuple[list[tuple[str, QRect]], Area], width: int, height: int
) -> None:
    screens, area = case
    taken = QRect(*area)
    room = height + 12
    is_free = any(not rect.intersects(taken) for _, rect in screens) or (
        len(screens) == 1
        and (
            screens[0][1].bottom() - taken.bottom() >= room
            or taken.top() - screens[0][1].top() >= room
        )
    )
    if is_free:
        assert bar_place(QSize(width, height), area, screens) is not None


def test_below_is_preferred_then_above_then_beside() -> None:
    assert bar_place(BAR, (100, 100, 800, 600), FULL_HD) == QPoint(319, 712)
    above = bar_place(BAR, (100, 400, 800, 680), FULL_HD)
    assert above == QPoint(319, 400 - 12 - 44)
    beside = bar_place(BAR, (0, 0, 1280, 1080), FULL_HD)
    assert beside is not None
    assert beside.x() == 1292
    left = bar_place(BAR, (640, 0, 1280, 1080), FULL_HD)
    assert left is not None
    assert left.x() == 640 - 12 - 360


def test_it_stands_below_the_area_even_at_the_border_of_the_screen() -> None:
    place = bar_place(BAR, (0, 0, 100, 100), FULL_HD)
    assert place == QPoint(0, 112)


def test_a_whole_screen_sends_it_to_the_other_and_a_single_one_hides_it() -> None:
    whole = (0, 0, 1920, 1080)
    other = bar_place(BAR, whole, TWO)
    assert other is not None
    assert TWO[1][1].contains(QRect(other, BAR))
    assert bar_place(BAR, whole, FULL_HD) is None
    assert bar_place(BAR, (0, 0, 3200, 1080), TWO) is None
    assert bar_place(BAR, None, []) is None


def test_an_area_that_is_on_no_screen_leaves_room() -> None:
    assert bar_place(BAR, (0, -500, 4000, 100), FULL_HD) is not None


def test_a_mirrored_screen_is_no_other_place() -> None:
    mirrored = [*FULL_HD, ("mirror", QRect(0, 0, 1920, 1080))]
    assert bar_place(BAR, (0, 0, 1920, 1080), mirrored) is None


def test_without_an_area_it_is_at_the_bottom_of_the_first_screen() -> None:
    assert bar_place(BAR, None, TWO) == QPoint(779, 1020)


@given(cases(), st.integers(1, 5))
def test_the_frame_is_around_the_area_and_never_in_it(
    case: tuple[list[tuple[str, QRect]], Area], thickness: int
) -> None:
    screens, area = case
    desktop, inside = screens[0][1], QRect(*area)
    edges = frame_edges(inside, thickness, desktop)
    assert len(edges) <= 4
    for number, edge in enumerate(edges):
        assert desktop.contains(edge)
        assert not edge.intersects(inside)
        assert not any(edge.intersects(other) for other in edges[number + 1 :])


def test_the_frame_is_whole_inside_the_desktop_and_left_out_at_its_end() -> None:
    desktop = QRect(0, 0, 200, 100)
    edges = frame_edges(QRect(10, 10, 50, 40), 3, desktop)
    assert sum(edge.width() * edge.height() for edge in edges) == 56 * 46 - 50 * 40
    assert frame_edges(desktop, 3, desktop) == []
    assert frame_edges(QRect(0, 0, 200, 50), 3, desktop) == [QRect(0, 50, 200, 3)]


@given(layouts(), st.integers(-4000, 4000), st.integers(-4000, 4000))
def test_at_scale_one_both_units_are_the_same(
    screens: list[tuple[str, QRect]], left: int, top: int
) -> None:
    on_screens = QRect(screens[0][1]).intersected(QRect(left, top, 640, 480))
    got = logical_area((left, top, 640, 480), [(screens[0][1], 1.0)])
    assert got == on_screens or (got.isEmpty() and on_screens.isEmpty())


def test_device_pixels_become_logical_ones_and_are_never_undercut() -> None:
    assert logical_area((100, 50, 641, 480), [(QRect(0, 0, 960, 540), 2.0)]) == QRect(
        50, 25, 321, 240
    )
    # The second screen begins at 1920 in both units.
    screens = [(QRect(0, 0, 1920, 1080), 1.0), (QRect(1920, 0, 1280, 720), 1.5)]
    assert logical_area((1920, 0, 1920, 1080), screens) == QRect(1920, 0, 1280, 720)
    assert logical_area((2070, 30, 300, 150), screens) == QRect(2020, 20, 200, 100)


@given(st.integers(10, 500), st.integers(10, 500), layouts())
def test_cards_and_countdowns_are_inside(
    width: int, height: int, screens: list[tuple[str, QRect]]
) -> None:
    size = QSize(min(width, 380), min(height, 380))
    for _, rect in screens:
        assert rect.contains(QRect(card_place(size, rect), size))
        assert rect.contains(QRect(middle_place(size, rect), size))
    corner = QRect(card_place(size, screens[0][1]), size)
    assert screens[0][1].right() - corner.right() == 16
    assert screens[0][1].bottom() - corner.bottom() == 16


def test_a_window_comes_back_where_it_was_left() -> None:
    screens = [("A", QRect(0, 0, 1280, 700)), ("B", QRect(1280, 0, 800, 600))]
    for left, comes in (
        (QRect(100, 50, 760, 560), QRect(100, 50, 760, 560)),
        # Partly off the screen: wholly on it.
        (QRect(900, 400, 760, 560), QRect(520, 140, 760, 560)),
        (QRect(-50, -20, 300, 300), QRect(0, 0, 300, 300)),
        # Larger than the screen has become.
        (QRect(1300, 10, 900, 900), QRect(1280, 0, 800, 600)),
        # Its screen is gone.
        (QRect(3000, 10, 760, 560), None),
    ):
        assert kept_place(left, screens) == comes
    assert kept_place(QRect(0, 0, 10, 10), []) is None
