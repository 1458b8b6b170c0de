"""Recordings in the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recorder_app import faults
from recorder_app.capture.base import VideoSource
from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.media.clock import Clock, VirtualClock
from recorder_app.pipeline.events import (
    Event,
    Finished,
    HealthEvent,
    RecordingResult,
    StateChanged,
    Statistics,
)
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.pipeline.session import RecordingSession

LIMIT_S = 60


class Take:
    """A session with its events."""

    def __init__(self, output: Path, name: str, clock: Clock, **choices: Any) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()
        source = choices.pop("source", None) or SyntheticSource(name, clock)
        self.source: VideoSource = source
        plan: dict[str, Any] = {"profile": "webm", "quality": "medium", "fps": 30} | choices
        self.plan = RecordingPlan(source=source, output=output, **plan)
        self.session = RecordingSession(self.plan, clock=clock, on_event=self._note)

    def _note(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[Event], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(wanted, self.events)), LIMIT_S)

    def wait_for_pictures(self, count: int) -> None:
        self.wait_for(lambda e: isinstance(e, Statistics) and e.frames_encoded >= count)

    def states(self) -> list[str]:
        return [event.state.value for event in self.events if isinstance(event, StateChanged)]

    def health(self) -> list[str]:
        return [event.code for event in self.events if isinstance(event, HealthEvent)]

    def finish(self, limit_s: float = LIMIT_S) -> Finished:
        finished = self.session.wait(limit_s)
        assert finished is not None
        return finished

    def run(self, limit_s: float = LIMIT_S) -> RecordingResult:
        self.session.start()
        finished = self.finish(limit_s)
        assert finished.error is None, finished.error
        assert finished.result is not None
        return finished.result


def virtual(output: Path, name: str, **choices: Any) -> Take:
    return Take(output, name, VirtualClock(1), **choices)


def set_fault(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Break this process where `text` says (see recorder_app/faults.py)."""
    monkeypatch.setattr(faults, "_faults", faults._parse(text))
