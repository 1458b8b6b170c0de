"""Media time through pauses."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from recorder_app.media.clock import PauseMap, VirtualClock

spans = st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 1000)), max_size=6)


@given(st.integers(0, 10_000), spans)
def test_media_time_grows_without_a_jump_through_pauses(
    start: int, run_and_pause: list[tuple[int, int]]
) -> None:
    time = PauseMap(start)
    now, recorded = start, 0
    for run, pause in run_and_pause:
        assert time.media_ns(now) == recorded
        now += run
        recorded += run
        time.pause(now)
        assert time.elapsed_ns(now + pause) == recorded
        assert time.media_ns(now + pause) is None
        now += pause
        time.resume(now)
        assert time.media_ns(now) == recorded
    assert time.elapsed_ns(now + 5) == recorded + 5


def test_a_late_stamp_from_before_a_pause_keeps_its_time() -> None:
    time = PauseMap(100)
    time.pause(200)
    time.resume(300)
    assert time.media_ns(150) == 50
    assert time.media_ns(250) is None
    assert time.media_ns(350) == 150
    assert time.media_ns(99) is None
    assert time.pauses == [(100, 100)]


def test_pausing_twice_and_resuming_twice_change_nothing() -> None:
    time = PauseMap(0)
    time.pause(10)
    time.pause(20)
    time.resume(30)
    time.resume(40)
    assert time.pauses == [(10, 20)]


def test_the_virtual_clock_jumps_and_never_goes_back() -> None:
    clock, wake = VirtualClock(5), threading.Event()
    assert not clock.wait_until(50, wake)
    assert not clock.wait_until(20, wake)
    assert clock.now_ns() == 50
    wake.set()
    assert clock.wait_until(60, wake)
