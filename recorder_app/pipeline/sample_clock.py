"""When was a sample captured? A line through arrival stamps, and a guard before it.

Stamps say when a block arrived. Arrival is late by chance, never early, so that the truth is the
lower edge of the stamps: the earliest arrival in each short stretch. A line through those edges
gives the device's true rate and the capture time of any sample to a fraction of a millisecond. The
first stamps are worth no more than others. All pure arithmetic, in seconds; not thread-safe.
"""

from __future__ import annotations

from collections import deque

import numpy as np

# Stretch in which the earliest arrival counts. It must hold several blocks: a server hands over its
# own periods in our fragments, and their ends fall together only now and then (PipeWire: 0.32 s).
_EDGE_S = 0.4
# How much of the past the line is laid through: long enough to even out jitter, short enough to
# follow a clock that changes with temperature or by the server's own resampling.
_FIT_S = 12.0
_LEAST_EDGES = 4
# No clock is farther off; a line that says so was laid through nonsense.
_MOST_SLOPE = 0.005
# A stamp this far off the line is no jitter: sound was lost, or something stood still.
HARD_S = 0.05
# For how long stamps must agree with each other, off the line, before they are believed.
_CONFIRM_S = 0.1
_CONFIRM_STAMPS = 3


class SampleClock:
    """Maps positions in a device's stream (samples) to capture time (seconds).

    `rate` is what the device claims, in samples a second; `drift` is what is known of it already.
    """

    def __init__(self, rate: int, drift: float = 0.0) -> None:
        self.rate = rate
        # (seconds by the device, how much later by our clock) of the earliest arrivals.
        self._edges: deque[tuple[float, float]] = deque()
        self._open: tuple[float, float, float] | None = None
        self._offset_s = 0.0
        self._slope = drift
        self._pivot_s = 0.0
        self._has_stamp = False

    @property
    def has_stamp(self) -> bool:
        return self._has_stamp

    @property
    def drift(self) -> float:
        """How much slower the device runs than our clock, as a share: 0.001 is 1 ms a second."""
        return self._slope

    def add(self, position: int, capture_s: float) -> None:
        """Note that the sample at `position` was captured at `capture_s` or a little earlier."""
        device_s = position / self.rate
        late_s = capture_s - device_s
        if self._open is None or device_s - self._open[0] >= _EDGE_S:
            if self._open is not None:
                self._edges.append(self._open[1:])
                while self._edges[-1][0] - self._edges[0][0] > _FIT_S:
                    self._edges.popleft()
            self._open = (device_s, device_s, late_s)
        elif late_s - self._slope * (device_s - self._open[1]) < self._open[2]:
            self._open = (self._open[0], device_s, late_s)
        else:
            return
        self._has_stamp = True
        self._fit()

    def capture_s(self, position: float) -> float:
        """Return when the sample at `position` was captured."""
        device_s = position / self.rate
        return device_s + self._offset_s + self._slope * (device_s - self._pivot_s)

    def position(self, capture_s: float) -> float:
        """Return the position that was captured at `capture_s`."""
        late_s = capture_s - self._offset_s - self._pivot_s
        return (self._pivot_s + late_s / (1 + self._slope)) * self.rate

    def _fit(self) -> None:
        assert self._open is not None
        if len(self._edges) < _LEAST_EDGES:
            # Too few for a line: the earliest arrival of all.
            edges = [*self._edges, self._open[1:]]
            self._pivot_s, self._offset_s = min(
                edges, key=lambda edge: edge[1] - self._slope * edge[0]
            )
            return
        points = np.array(self._edges)
        at, late = points[:, 0], points[:, 1]
        centre = at.mean()
        spread = at - centre
        slope = float((spread * (late - late.mean())).sum() / (spread**2).sum())
        self._slope = min(max(slope, -_MOST_SLOPE), _MOST_SLOPE)
        self._pivot_s = float(centre)
        self._offset_s = float(late.mean())


class TimestampGuard:
    """Tells jitter from a jump.

    A stamp more than 50 ms off what the line says is doubted. It is believed once the stamps after
    it, two at least, keep the same distance for a tenth of a second; stamps that return to the line
    were only late.
    """

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._count = 0
        self._off_s = 0.0

    @property
    def is_doubtful(self) -> bool:
        """Whether the last stamps were far off, and nothing is decided yet."""
        return self._since_s is not None

    def check(self, expected_s: float, stamp_s: float, duration_s: float) -> bool:
        """Look at the stamp of a block of `duration_s`; return whether it is a jump by now."""
        off_s = stamp_s - expected_s
        if abs(off_s) <= HARD_S:
            self._since_s = None
            return False
        if self._since_s is None or abs(off_s - self._off_s) > HARD_S:
            self._since_s, self._off_s, self._count = 0.0, off_s, 0
        self._since_s += duration_s
        self._count += 1
        if self._since_s < _CONFIRM_S or self._count < _CONFIRM_STAMPS:
            return False
        self._since_s = None
        return True
