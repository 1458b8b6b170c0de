"""How what is recorded lies in a frame of fixed size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.capture.letterbox import fitted
from recorder_app.media.geometry import Rect

FRAME = Rect(0, 0, 640, 360)
DESKTOP = Rect(0, 0, 1920, 1080)

places = st.builds(
    Rect,
    st.integers(-900, 2000),
    st.integers(-900, 1200),
    st.integers(1, 2500),
    st.integers(1, 1400),
)


def size(rect: Rect) -> tuple[int, int]:
    return rect.width, rect.height


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Rect(200, 150, 640, 360), FRAME),
        # Smaller: centred on whole blocks, at its own size.
        (Rect(200, 150, 400, 240), Rect(120, 60, 400, 240)),
        (Rect(200, 150, 635, 357), Rect(2, 0, 635, 357)),
        (Rect(200, 150, 12, 10), Rect(314, 174, 12, 10)),
        # Larger in one direction or both: scaled down, aspect ratio kept.
        (Rect(200, 150, 960, 540), FRAME),
        (Rect(0, 0, 1280, 540), Rect(0, 44, 640, 270)),
        (Rect(0, 0, 320, 540), Rect(212, 0, 214, 360)),
        (Rect(0, 0, 1900, 5), Rect(0, 178, 640, 2)),
    ],
)
def test_it_is_centred_and_never_enlarged(place: Rect, shown: Rect) -> None:
    view = fitted(place, FRAME, DESKTOP)
    assert (view.visible, view.shown) == (place, shown)
    assert view.is_scaled == (size(place) != size(shown))


def test_one_odd_column_or_row_is_left_out_rather_than_scaled() -> None:
    view = fitted(Rect(7, 9, 641, 361), FRAME, DESKTOP)
    assert (view.visible, view.shown) == (Rect(7, 9, 640, 360), FRAME)
    assert not fitted(Rect(7, 9, 641, 361), FRAME, DESKTOP).is_scaled
    assert fitted(Rect(7, 9, 642, 360), FRAME, DESKTOP).is_scaled


def test_what_is_beyond_the_desktop_is_black_in_its_place() -> None:
    view = fitted(Rect(-100, 900, 400, 240), FRAME, DESKTOP)
    assert (view.visible, view.shown) == (Rect(0, 900, 300, 180), Rect(220, 60, 300, 180))
    scaled = fitted(Rect(-480, 0, 960, 540), FRAME, DESKTOP)
    assert (scaled.visible, scaled.shown) == (Rect(0, 0, 480, 540), Rect(320, 0, 320, 360))


@pytest.mark.parametrize("place", [Rect(50, 50, 0, 0), Rect(1920, 0, 300, 300), Rect(-9, -9, 9, 9)])
def test_hidden_and_beyond_the_desktop_there_is_nothing(place: Rect) -> None:
    view = fitted(place, FRAME, DESKTOP)
    assert not view
    assert view == fitted(Rect(0, 0, 0, 0), FRAME, DESKTOP)


@given(places)
def test_whatever_is_shown_lies_in_the_frame_in_its_own_shape(place: Rect) -> None:
    view = fitted(place, FRAME, DESKTOP)
    if not view:
        return
    assert view.shown
    assert FRAME.contains(view.shown)
    assert DESKTOP.contains(view.visible)
    assert place.contains(view.visible)
    assert view.shown.width <= view.visible.width + 1
    scale = min(1, 640 / place.width, 360 / place.height)
    # Rounded to whole blocks, and to a pixel at an edge of the desktop.
    assert abs(view.shown.width - view.visible.width * scale) <= 2
    assert abs(view.shown.height - view.visible.height * scale) <= 2 or view.shown.height == 2


@given(places, places)
def test_frame_and_desktop_are_the_same_pixels_where_nothing_is_scaled(
    place: Rect, changed: Rect
) -> None:
    view = fitted(place, FRAME, DESKTOP)
    if not view or view.is_scaled:
        return
    part = view.to_frame(changed)
    seen = changed.intersection(view.visible)
    assert size(part) == size(seen)
    if part:
        assert view.shown.contains(part)
        assert view.to_desktop(part) == seen
    assert view.to_desktop(FRAME) == view.visible
