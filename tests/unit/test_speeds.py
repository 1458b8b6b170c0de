"""How fast something goes is told over the last ten seconds, and not before it can be known."""

from __future__ import annotations

from recorder_app.services.speeds import Speed


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_speed_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    speed = Speed(clock)
    assert speed.note(0) is None
    clock.now_s += 0.2
    assert speed.note(10) is None
    for done in range(100, 2100, 100):
        clock.now_s += 1
        told = speed.note(done)
    assert told == 100
    for _ in range(12):
        clock.now_s += 1
        told = speed.note(2000)
    assert told == 0


def test_what_begins_anew_is_measured_anew() -> None:
    clock = Clock()
    speed = Speed(clock)
    speed.note(1000)
    clock.now_s += 5
    assert speed.note(0) is None
    clock.now_s += 2
    assert speed.note(20) == 10
