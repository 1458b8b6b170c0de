"""Scaling down: colours stay, strokes stay, edges lie where they belong."""

import numpy as np
import pytest

from recorder_app.media.scale import Downscaler

COLOURS = [(0, 0, 0), (255, 255, 255), (0, 0, 200), (255, 0, 0), (155, 99, 17), (16, 16, 16)]


@pytest.mark.parametrize("size", [(640, 360), (638, 358), (214, 360), (959, 539)])
def test_colours_and_edges_stay(size: tuple[int, int]) -> None:
    width, height = size
    picture = np.zeros((540, 960, 4), np.uint8)
    for index, colour in enumerate(COLOURS):
        picture[:, 160 * index : 160 * (index + 1), :3] = colour
    small = Downscaler().scaled(picture, width, height)
    assert small.shape == (height, width, 4)
    for index, colour in enumerate(COLOURS):
        left, right = (round(width * edge / 6) for edge in (index, index + 1))
        inside = small[:, left + 2 : right - 2, :3].astype(int)
        assert np.abs(inside - colour).max() <= 3, colour


def test_a_stroke_of_one_pixel_is_never_lost() -> None:
    picture = np.full((540, 960, 4), 255, np.uint8)
    picture[:, ::10, :3] = 0
    small = Downscaler().scaled(picture, 320, 180)[:, :, 1].astype(int)
    # All of the ink is there, evenly: strokes are ten thirds of a pixel apart.
    assert small.mean() == pytest.approx(255 * 0.9, abs=6)
    assert all(small[:, left : left + 4].min() < 210 for left in range(316))


@pytest.mark.parametrize(
    ("before", "after"), [((1, 2000), (2, 640)), ((2000, 1), (360, 2)), ((17, 641), (10, 639))]
)
def test_slivers_are_scaled_too(before: tuple[int, int], after: tuple[int, int]) -> None:
    small = Downscaler().scaled(np.full((*before, 4), 200, np.uint8), after[1], after[0])
    assert small.shape == (*after, 4)
    assert np.abs(small[:, :, :3].astype(int) - 200).max() <= 3
