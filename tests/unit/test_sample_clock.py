"""The line through arrival stamps, and the guard before it, on arrays of stamps."""

from __future__ import annotations

import random

import pytest

from recorder_app.pipeline.sample_clock import SampleClock, TimestampGuard

BLOCK = 1024


def fed(
    *, seconds: float, rate: int = 48000, drift: float = 0.0, jitter_s: float = 0.0, seed: int = 1
) -> SampleClock:
    """Return a clock that saw a device which began at 100 s and is `drift` too slow."""
    chance = random.Random(seed)
    clock = SampleClock(rate)
    for number in range(int(seconds * rate / BLOCK)):
        position = number * BLOCK
        truth_s = 100 + position / rate * (1 + drift)
        clock.add(position, truth_s + chance.random() * jitter_s)
    return clock


@pytest.mark.parametrize("drift", [0.0, 0.001, -0.001, 0.0001])
def test_the_line_finds_rate_and_time_of_a_device(drift: float) -> None:
    clock = fed(seconds=30, drift=drift)
    last = 29 * 48000
    assert clock.drift == pytest.approx(drift, abs=2e-6)
    assert clock.capture_s(last) == pytest.approx(100 + 29 * (1 + drift), abs=1e-4)


@pytest.mark.parametrize("drift", [0.0, 0.001, -0.001])
def test_late_arrivals_do_not_count(drift: float) -> None:
    clock = fed(seconds=30, drift=drift, jitter_s=0.02)
    # The earliest of some twenty blocks is about a millisecond late.
    error_s = clock.capture_s(29 * 48000) - (100 + 29 * (1 + drift))
    assert 0 <= error_s < 0.003


def test_the_first_stamp_is_worth_no_more_than_others() -> None:
    clock = SampleClock(48000)
    clock.add(0, 100.04)
    for number in range(1, 10):
        clock.add(number * BLOCK, 100 + number * BLOCK / 48000)
    assert clock.capture_s(0) == pytest.approx(100, abs=1e-6)


def test_position_and_time_are_inverse() -> None:
    clock = fed(seconds=20, drift=0.001, jitter_s=0.005)
    assert clock.position(clock.capture_s(123456)) == pytest.approx(123456, abs=1e-3)


def test_the_line_follows_a_clock_that_changes() -> None:
    clock = SampleClock(48000)
    now_s = 100.0
    for number in range(int(60 * 48000 / BLOCK)):
        clock.add(number * BLOCK, now_s)
        now_s += BLOCK / 48000 * (1.0002 if number > 1400 else 1.0)
    assert clock.drift == pytest.approx(0.0002, abs=1e-5)


def test_no_line_is_laid_through_nonsense() -> None:
    clock = SampleClock(48000)
    for number in range(300):
        clock.add(number * BLOCK, 100 + number * 1.0)
    assert abs(clock.drift) <= 0.005


def test_a_late_stamp_is_doubted_and_forgotten() -> None:
    guard = TimestampGuard()
    assert not guard.check(10.0, 10.2, 0.02)
    assert guard.is_doubtful
    assert not guard.check(10.02, 10.02, 0.02)
    assert not guard.is_doubtful


def test_stamps_that_stay_away_are_a_jump() -> None:
    guard = TimestampGuard()
    told = [guard.check(10 + n * 0.02, 10.7 + n * 0.02, 0.02) for n in range(5)]
    assert told == [False, False, False, False, True]
    assert not guard.is_doubtful


def test_one_stamp_of_a_long_block_is_no_jump() -> None:
    guard = TimestampGuard()
    for number in range(50):
        late_s = 0.06 if number % 10 == 5 else 0.0
        assert not guard.check(10 + number * 0.17, 10 + number * 0.17 + late_s, 0.17)


def test_wild_stamps_are_no_jump() -> None:
    guard = TimestampGuard()
    for number in range(100):
        off_s = 0.1 if number % 2 else 0.4
        assert not guard.check(10 + number * 0.02, 10 + number * 0.02 + off_s, 0.02)


def test_within_fifty_milliseconds_nothing_is_doubted() -> None:
    guard = TimestampGuard()
    assert not guard.check(10.0, 10.049, 0.02)
    assert not guard.is_doubtful
    assert not guard.check(10.0, 9.951, 0.02)
    assert not guard.is_doubtful
