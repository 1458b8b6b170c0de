"""Places on screens of any factor and device pixels of the desktop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.media.geometry import Rect
from recorder_app.ui.picker.board import Board
from recorder_app.ui.picker.layout import (
    NamedPlace,
    QtScreen,
    ScreenPlace,
    beside,
    desktop_bounds,
    label_corner,
    main_place,
    place_of,
    placed,
    strip_corner,
)
from tests.support.places import LAYOUTS, Monitor, places_of

EVERY = pytest.mark.parametrize("monitors", LAYOUTS.values(), ids=LAYOUTS)
SCREEN = Rect(0, 0, 1920, 1080)


@given(st.sampled_from(list(LAYOUTS.values())), st.data())
def test_a_device_pixel_comes_back_from_every_screen(
    monitors: list[Monitor], data: st.DataObject
) -> None:
    places = places_of(monitors)
    whole = desktop_bounds(places)
    x = data.draw(st.integers(whole.x, whole.right - 1))
    y = data.draw(st.integers(whole.y, whole.bottom - 1))
    # Beyond its own edges too: a drag goes on from the screen where it began.
    for place in places:
        assert place.to_device(*place.to_local(x, y)) == (x, y)


def drawn(place: ScreenPlace, places: list[ScreenPlace], start: Rect, end: Rect) -> Rect:
    """Return what is drawn from one pixel to another by places on one screen."""
    board = Board("area", places)
    board.press(place.to_device(*place.to_local(start.x, start.y)), 10)
    board.point_at(place.to_device(*place.to_local(end.x, end.y)), 4)
    board.release()
    assert board.selection is not None
    return board.selection.rect


@EVERY
def test_the_area_drawn_is_the_area_recorded(monitors: list[Monitor]) -> None:
    places = places_of(monitors)
    for place in places:
        device = place.device
        area = Rect(device.x + 101, device.y + 57, 442, 362)
        last = Rect(area.right - 1, area.bottom - 1, 1, 1)
        assert drawn(place, places, area, last) == area
        assert drawn(place, places, last, area) == area
        corner = Rect(device.right - 1, device.bottom - 1, 1, 1)
        if place.device == desktop_bounds(places) and device == device.even_size():
            assert drawn(place, places, device, corner) == device


@EVERY
def test_a_drag_may_end_on_another_screen(monitors: list[Monitor]) -> None:
    places = places_of(monitors)
    for place in places:
        for other in places:
            start, end = place.device, other.device
            area = Rect(start.x + 20, start.y + 20, 1, 1).union(
                Rect(end.x + 413, end.y + 231, 1, 1)
            )
            one, two = area, Rect(area.right - 1, area.bottom - 1, 1, 1)
            rect = drawn(place, places, one, two)
            assert rect == area.even_size()


@EVERY
def test_screens_are_known_by_name_else_by_place(monitors: list[Monitor]) -> None:
    places = places_of(monitors)
    strange = [
        NamedPlace(f"monitor {number}", rect, f"monitor:{number}")
        for number, (_, rect, _) in enumerate(monitors, start=1)
    ]
    screens = [QtScreen(place.name, place.logical, place.scale) for place in places]
    assert placed(screens, strange) == places
    for alone, place in zip(placed(screens, []), places, strict=True):
        # Without a list a size may be a rounding off, never the corner.
        assert (alone.device.x, alone.device.y) == (place.device.x, place.device.y)
        assert abs(alone.device.width - place.device.width) <= 1


@EVERY
def test_every_pixel_has_its_screen(monitors: list[Monitor]) -> None:
    places = places_of(monitors)
    for place in places:
        assert place_of(places, (place.device.x, place.device.y)) is place
        assert place_of(places, (place.device.right - 1, place.device.bottom - 1)) is place
        assert main_place(places, place.device) is place
    assert place_of(places, (99_999, 0)) is None


areas = st.builds(
    lambda x, y, w, h: Rect(x, y, w, h).intersection(SCREEN),
    st.integers(0, 1900),
    st.integers(0, 1060),
    st.integers(20, 1920),
    st.integers(20, 1080),
)


@given(areas)
def test_label_and_controls_are_on_the_screen_and_apart(area: Rect) -> None:
    label_size, strip_size = (200, 25), (420, 50)
    label = Rect(*label_corner(area, label_size, SCREEN, 12), *label_size)
    strip = Rect(*strip_corner(area, strip_size, SCREEN, 12, label_size[1]), *strip_size)
    assert SCREEN.contains(label)
    assert SCREEN.contains(strip)
    if area.height >= 120:
        assert not label.intersection(strip)


@given(st.integers(0, 1919), st.integers(0, 1079))
def test_the_magnifier_is_on_the_screen_and_not_under_the_pointer(x: int, y: int) -> None:
    lens = Rect(*beside((x, y), (122, 147), SCREEN, 24), 122, 147)
    assert SCREEN.contains(lens)
    assert not lens.contains(Rect(x, y, 1, 1))
