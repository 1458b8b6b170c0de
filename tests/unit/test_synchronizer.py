"""Capture time to media time: heartbeats, pauses, drops, limits."""

import itertools
import threading

import numpy as np
import pytest

from recorder_app.media.clock import NS_PER_MS, NS_PER_S, VirtualClock
from recorder_app.media.frames import End, Patch, TimedFrame, VideoFrame, VideoPing
from recorder_app.media.geometry import Rect
from recorder_app.pipeline.queues import BoundedQueue
from recorder_app.pipeline.synchronizer import HEARTBEAT_NS, VideoSynchronizer

PERIOD = NS_PER_S // 30
START = 7 * NS_PER_S


class RealtimeClock(VirtualClock):
    """A clock set by hand that a full queue does not stop."""

    is_realtime = True


def whole(at_ns: int) -> VideoFrame:
    patch = Patch(Rect(0, 0, 4, 4), np.zeros((4, 4, 4), np.uint8))
    return VideoFrame(at_ns, 4, 4, (patch,))


def part(at_ns: int, x: int) -> VideoFrame:
    patch = Patch(Rect(x, 0, 2, 2), np.zeros((2, 2, 4), np.uint8))
    return VideoFrame(at_ns, 4, 4, (patch,))


class Bench:
    """A synchronizer with a hand-set clock and a queue to look into."""

    def __init__(self, room: int = 1000, *, constant: bool = False, limit_ns: int | None = None):
        self.queue: BoundedQueue[TimedFrame] = BoundedQueue(room, 10**9)
        self.clock = RealtimeClock(START)
        self.limits = 0
        self.sync = VideoSynchronizer(
            self.queue,
            self.clock,
            fps=30,
            constant_frame_rate=constant,
            limit_ns=limit_ns,
            on_limit=self.count_limit,
        )

    def count_limit(self) -> None:
        self.limits += 1

    def take(self) -> list[TimedFrame]:
        frames = []
        while len(self.queue):
            item = self.queue.get()
            if not isinstance(item, End):
                frames.append(item)
        return frames


def test_media_time_starts_at_the_first_picture() -> None:
    bench = Bench()
    bench.sync.push_frame(whole(START))
    bench.sync.push_frame(part(START + PERIOD, 0))
    assert [frame.media_ns for frame in bench.take()] == [0, PERIOD]


def test_a_still_screen_gets_a_heartbeat_and_nothing_else() -> None:
    bench = Bench()
    bench.sync.push_frame(whole(START))
    for number in range(1, 91):
        bench.sync.push_ping(VideoPing(START + number * PERIOD))
    times = [frame.media_ns for frame in bench.take()]
    assert 9 <= len(times) <= 10
    assert max(b - a for a, b in itertools.pairwise(times)) < HEARTBEAT_NS + PERIOD
    assert bench.sync.frames_unchanged == 90


def test_a_pause_is_cut_out_and_the_picture_fetched_anew() -> None:
    bench = Bench()
    bench.sync.push_frame(whole(START))
    assert not bench.sync.needs_refresh()
    bench.sync.pause(START + NS_PER_S)
    bench.sync.push_frame(part(START + 2 * NS_PER_S, 0))
    bench.sync.resume(START + 10 * NS_PER_S)
    assert bench.sync.needs_refresh()
    bench.sync.push_frame(whole(START + 10 * NS_PER_S + 5))
    assert [frame.media_ns for frame in bench.take()] == [0, NS_PER_S + 5]
    bench.clock.wait_until(START + 11 * NS_PER_S, threading.Event())
    assert bench.sync.elapsed_ns() == 2 * NS_PER_S


def test_a_source_waits_through_a_pause_until_resumed_or_stopped() -> None:
    bench = Bench()
    bench.sync.pause(START)
    answers: list[bool] = []
    stop = threading.Event()
    thread = threading.Thread(target=lambda: answers.append(bench.sync.wait_until_due(stop)))
    thread.start()
    stop.set()
    bench.sync.release()
    thread.join(5)
    assert answers == [False]


def test_what_a_full_queue_refuses_is_counted_and_comes_with_the_next_picture() -> None:
    bench = Bench(room=1)
    bench.sync.push_frame(whole(START))
    bench.sync.push_frame(part(START + PERIOD, 0))
    bench.sync.push_frame(part(START + 2 * PERIOD, 2))
    assert bench.sync.frames_dropped == 2
    bench.take()
    bench.sync.push_ping(VideoPing(START + 3 * PERIOD))
    (frame,) = bench.take()
    assert [patch.rect.x for patch in frame.patches] == [0, 2]
    assert frame.media_ns == 3 * PERIOD


def test_what_is_carried_over_is_bounded() -> None:
    bench = Bench(room=1)
    bench.sync.push_frame(whole(START))
    for number in range(1, 200):
        bench.sync.push_frame(part(START + number * PERIOD, 0))
    assert bench.sync.needs_refresh()
    bench.take()
    bench.sync.push_ping(VideoPing(START + 300 * PERIOD))
    assert sum(len(frame.patches) for frame in bench.take()) <= 20


def test_a_full_queue_slows_the_source_down() -> None:
    bench = Bench(room=4)
    stop = threading.Event()
    waits = []
    for number in range(8):
        before = bench.clock.now_ns()
        bench.sync.wait_until_due(stop)
        waits.append(bench.clock.now_ns() - before)
        bench.sync.push_frame(part(bench.clock.now_ns(), 0) if number else whole(START))
    assert waits[1] == PERIOD
    assert waits[-1] > PERIOD * 3 // 2


def test_stamps_that_stand_still_or_go_back_still_grow() -> None:
    bench = Bench()
    for at_ns in (START, START, START - 0, START + 5):
        bench.sync.push_frame(whole(at_ns))
    times = [frame.media_ns for frame in bench.take()]
    assert times == sorted(set(times))
    assert all(b - a >= NS_PER_MS for a, b in itertools.pairwise(times))


def test_the_end_is_where_it_was_asked_for() -> None:
    bench = Bench()
    bench.sync.push_frame(whole(START))
    bench.sync.finish(3 * NS_PER_S)
    bench.sync.finish(4 * NS_PER_S)
    times = [frame.media_ns for frame in bench.take()]
    assert times == [0, 3 * NS_PER_S - PERIOD]
    bench.sync.push_frame(whole(START + NS_PER_S))
    assert not bench.take()


def test_nothing_comes_after_the_limit_which_is_told_once() -> None:
    bench = Bench(limit_ns=NS_PER_S)
    for number in range(60):
        bench.sync.push_frame(whole(START + number * PERIOD))
    assert bench.limits == 1
    assert max(frame.media_ns for frame in bench.take()) < NS_PER_S
    assert bench.sync.elapsed_ns() <= NS_PER_S


def test_a_constant_rate_fills_every_slot_once() -> None:
    bench = Bench(constant=True)
    for at_ms in (0, 30, 35, 180, 400):
        bench.sync.push_frame(whole(START + at_ms * NS_PER_MS))
    bench.sync.push_ping(VideoPing(START + 600 * NS_PER_MS))
    slots = [round(frame.media_ns / PERIOD) for frame in bench.take()]
    assert slots == list(range(19))


@pytest.mark.parametrize("late_ms", [0, 20, 500])
def test_lateness_does_not_add_up(late_ms: int) -> None:
    bench = Bench()
    stop = threading.Event()
    bench.sync.wait_until_due(stop)
    for number in range(30):
        bench.sync.wait_until_due(stop)
        if number == 10:
            bench.clock.wait_until(bench.clock.now_ns() + late_ms * NS_PER_MS, stop)
    elapsed = bench.clock.now_ns() - START
    expected = 30 * PERIOD + (late_ms * NS_PER_MS if late_ms > 33 else 0)
    assert abs(elapsed - expected) < 2 * PERIOD


def test_a_picture_taken_in_a_pause_does_not_start_the_recording() -> None:
    bench = Bench()
    bench.sync.pause(START)
    bench.sync.push_frame(whole(START + 5))
    assert bench.sync.elapsed_ns() == 0
    bench.sync.resume(START + NS_PER_S)
    bench.sync.push_frame(whole(START + NS_PER_S))
    assert [frame.media_ns for frame in bench.take()] == [0]
