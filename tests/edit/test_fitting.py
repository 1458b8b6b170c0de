"""How large and how many pictures an export has."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.edit.fitting import Shape
from recorder_app.edit.limited import plan_limited
from recorder_app.edit.pictures import RateLimit
from recorder_app.edit.presets import load
from recorder_app.edit.render import Look
from recorder_app.errors import InvalidRequest

SIZES = st.integers(2, 8000)


@pytest.mark.parametrize(
    ("size", "limits", "fitted"),
    [
        ((1920, 1080), (1920, 1080), (1920, 1080)),
        ((1281, 721), (1920, 1080), (1280, 720)),
        ((3840, 2160), (1920, 1080), (1920, 1080)),
        ((2160, 3840), (1920, 1080), (1080, 1920)),
        ((3440, 1440), (1920, 1080), (1920, 804)),
        ((641, 361), (0, 0), (640, 360)),
    ],
)
def test_pictures_fit(
    size: tuple[int, int], limits: tuple[int, int], fitted: tuple[int, int]
) -> None:
    assert Shape(*size).within(*limits) == Shape(*fitted)


@given(SIZES, SIZES)
def test_every_size_is_even_and_small_enough(width: int, height: int) -> None:
    fitted = Shape(width, height).within(1920, 1080)
    assert fitted.width % 2 == fitted.height % 2 == 0
    assert max(fitted.width, fitted.height) <= 1920
    assert min(fitted.width, fitted.height) <= 1080
    assert fitted.width >= 2 <= fitted.height


def shown(times: list[Fraction], most_fps: int) -> list[Fraction]:
    limit = RateLimit(Fraction(most_fps))
    pairs = itertools.pairwise([*times, times[-1] + 10])
    found = [limit.time_for(at, until) for at, until in pairs]
    return [at for at in found if at is not None]


@pytest.mark.parametrize(("rate", "most", "left"), [(60, 30, 30), (30, 30, 30), (120, 60, 60)])
@pytest.mark.parametrize("is_rounded", [False, True])
def test_a_rate_is_halved_evenly(rate: int, most: int, left: int, is_rounded: bool) -> None:
    times = [Fraction(number, rate) for number in range(rate * 2)]
    if is_rounded:
        times = [Fraction(round(at * 1000), 1000) for at in times]
    # The last stays however soon it comes: what follows is shown no picture of its own.
    assert len(shown(times, most)) in (left * 2, left * 2 + 1)


def test_the_picture_that_a_scene_rests_on_is_shown() -> None:
    burst = [Fraction(number, 1000) for number in (0, 5, 10, 15)]
    assert shown(burst, 10) == [0, Fraction(1, 10)]


@given(st.lists(st.integers(1, 300), min_size=2, max_size=80), st.integers(5, 60))
def test_no_more_pictures_than_the_limit(gaps_ms: list[int], most: int) -> None:
    times = [Fraction(at, 1000) for at in itertools.accumulate(gaps_ms)]
    found = shown(times, most)
    assert found == sorted(found)
    # Each may come by a quarter too early.
    assert len(found) <= (found[-1] - found[0]) * most + 2
    late = Fraction(5, 4 * most)
    assert all(any(0 <= at - time <= late for time in times) for at in found)


@given(st.integers(200_000, 50_000_000), st.integers(1, 1200), st.integers(0, 2))
def test_a_plan_spends_no_more_than_there_is(limit: int, seconds: int, sounds: int) -> None:
    look = Look(Shape(2560, 1440), Fraction(60))
    try:
        plan = plan_limited(load().preset("chat"), look, Fraction(seconds), sounds, limit)
    except InvalidRequest:
        assert limit / seconds < 20_000
        return
    spent = (plan.video_rate + sounds * plan.sound.bit_rate) / 8 * seconds
    assert spent < limit
    assert plan.fps <= 30
