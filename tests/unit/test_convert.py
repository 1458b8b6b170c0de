"""Colours come out right, and patches fit seamlessly."""

import numpy as np
import pytest

from recorder_app.media.convert import PlanarCanvas, ticks
from recorder_app.media.frames import Patch
from recorder_app.media.geometry import Rect
from tests.support.recordings import rgb

W, H = 322, 182


@pytest.mark.parametrize("pixel_format", ["yuv420p", "nv12"])
def test_a_picture_put_together_from_patches_equals_one_converted_whole(pixel_format: str) -> None:
    random = np.random.default_rng(1)
    first, second = (random.integers(0, 256, (H, W, 4), np.uint8) for _ in range(2))
    whole, patched = (PlanarCanvas(W, H, pixel_format) for _ in range(2))
    everything = Rect(0, 0, W, H)
    rects = [Rect(0, 0, 34, 20), Rect(300, 100, 22, 82), Rect(32, 18, 100, 2), Rect(2, 40, 320, 60)]
    target = first.copy()
    for rect in rects:
        area = (slice(rect.y, rect.bottom), slice(rect.x, rect.right))
        target[area] = second[area]
    patches = [Patch(r, np.ascontiguousarray(second[r.y : r.bottom, r.x : r.right])) for r in rects]
    whole.apply((Patch(everything, target),))
    patched.apply((Patch(everything, first), *patches))
    a, b = whole.frame(0), patched.frame(0)
    for plane_a, plane_b in zip(a.planes, b.planes, strict=True):
        rows_a = np.frombuffer(bytes(plane_a), np.uint8).reshape(-1, plane_a.line_size)
        rows_b = np.frombuffer(bytes(plane_b), np.uint8).reshape(-1, plane_b.line_size)
        width = plane_a.width * (2 if pixel_format == "nv12" and plane_a.width < W else 1)
        difference = rows_a[:, :width].astype(int) - rows_b[:, :width]
        assert np.abs(difference).max() <= (1 if plane_a.width < W else 0)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "nv12"])
@pytest.mark.parametrize(
    "colour", [(0, 0, 0), (255, 255, 255), (200, 0, 0), (0, 180, 0), (0, 0, 255), (17, 99, 201)]
)
def test_a_colour_comes_back(pixel_format: str, colour: tuple[int, int, int]) -> None:
    red, green, blue = colour
    canvas = PlanarCanvas(64, 64, pixel_format)
    pixels = np.full((64, 64, 4), (blue, green, red, 255), np.uint8)
    canvas.apply((Patch(Rect(0, 0, 64, 64), pixels),))
    seen = rgb(canvas.frame(0)).reshape(-1, 3).astype(int)
    assert np.abs(seen - colour).max() <= 3


def test_limited_range_is_used() -> None:
    canvas = PlanarCanvas(64, 64, "yuv420p")
    canvas.apply((Patch(Rect(0, 0, 64, 64), np.full((64, 64, 4), 255, np.uint8)),))
    assert bytes(canvas.frame(0).planes[0])[0] == 235


def test_ticks_round_to_the_nearest() -> None:
    assert ticks(1_000_000_000) == 90_000
    assert ticks(33_333_333) == 3000
    assert ticks(0) == 0
