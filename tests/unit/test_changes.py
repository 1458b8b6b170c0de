"""Applying what the tracker lets through always gives the true picture."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder_app.capture.changes import BAND_ROWS, ChangeTracker
from recorder_app.media.frames import Patch, Pixels
from recorder_app.media.geometry import Rect

W, H = 48, 100
edits = st.lists(
    st.tuples(
        st.integers(0, W // 2 - 1),
        st.integers(0, H // 2 - 1),
        st.integers(1, W // 2),
        st.integers(1, H // 2),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=8,
)


def paste(picture: Pixels, patches: tuple[Patch, ...]) -> None:
    for patch in patches:
        rect = patch.rect
        picture[rect.y : rect.bottom, rect.x : rect.right] = patch.pixels


@given(edits)
@settings(deadline=None)
def test_patches_rebuild_the_screen(changes: list[tuple[int, int, int, int, int, bool]]) -> None:
    screen = np.zeros((H, W, 4), np.uint8)
    tracker, rebuilt = ChangeTracker(W, H), np.full((H, W, 4), 9, np.uint8)
    paste(rebuilt, tracker.whole(screen.copy()))
    for x, y, width, height, level, look_at_all in changes:
        rect = Rect(x * 2, y * 2, width * 2, height * 2).intersection(Rect(0, 0, W, H))
        before = screen.copy()
        screen[rect.y : rect.bottom, rect.x : rect.right] = level
        if look_at_all:
            patches = tracker.whole(screen.copy())
        else:
            cut = screen[rect.y : rect.bottom, rect.x : rect.right].copy()
            patches = tracker.parts([Patch(rect, cut)])
        assert bool(patches) == (not np.array_equal(before, screen))
        paste(rebuilt, patches)
        assert np.array_equal(rebuilt, screen)


def test_an_unchanged_picture_gives_no_patch() -> None:
    tracker, picture = ChangeTracker(W, H), np.ones((H, W, 4), np.uint8)
    assert len(tracker.whole(picture)) == 1
    assert tracker.whole(picture.copy()) == ()
    tracker.reset()
    assert len(tracker.whole(picture.copy())) == 1


def test_one_changed_pixel_gives_its_band_only() -> None:
    tracker, picture = ChangeTracker(W, 10 * BAND_ROWS), np.zeros((10 * BAND_ROWS, W, 4), np.uint8)
    tracker.whole(picture)
    changed = picture.copy()
    changed[BAND_ROWS + 3, 5, 1] = 1
    (patch,) = tracker.whole(changed)
    assert patch.rect == Rect(0, BAND_ROWS, W, BAND_ROWS)


def test_pixels_that_were_given_away_are_never_written_to() -> None:
    tracker, given_away = ChangeTracker(W, H), np.zeros((H, W, 4), np.uint8)
    tracker.whole(given_away)
    tracker.parts([Patch(Rect(0, 0, 4, 4), np.full((4, 4, 4), 7, np.uint8))])
    assert not given_away.any()


def test_a_repeat_is_the_last_picture() -> None:
    tracker, picture = ChangeTracker(W, H), np.full((H, W, 4), 5, np.uint8)
    assert not tracker.repeat()[0].pixels.any()
    tracker.whole(picture)
    (patch,) = tracker.repeat()
    assert np.array_equal(patch.pixels, picture)
