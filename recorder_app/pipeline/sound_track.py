"""A sound track of the file: lanes in, one stream of packets out."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from recorder_app.capture.base import SoundSource
from recorder_app.errors import Cancelled
from recorder_app.media.clock import NS_PER_MS, NS_PER_S, Clock
from recorder_app.media.sound import SAMPLE_RATE, AudioBlock, AudioGap, Level, Samples
from recorder_app.pipeline.media_time import MediaTime
from recorder_app.pipeline.mixer import PeakLimiter, mix
from recorder_app.pipeline.queues import BoundedQueue
from recorder_app.pipeline.sound_encoder import SoundEncoder
from recorder_app.pipeline.sound_lane import SoundLane
from recorder_app.texts import N_

# How long a device that was there is waited for. Longer than any scheduling hiccup and a Bluetooth
# burst; the track stands still for that long before it goes on with silence.
_GRACE_NS = 1000 * NS_PER_MS
# How far behind a track stays while a device is away, so that its first words are not too late:
# their place in time is known only after a while (see SoundLane).
_ABSENT_LAG_NS = 400 * NS_PER_MS
# Sound is worked on in batches of so much: less often is cheaper, and costs a crash as much more.
_BATCH_S = 0.1
# After this long the end is written with what has come.
_FINISH_S = 2.0
_RAMP_FRAMES = SAMPLE_RATE // 200
_LEVEL_FRAMES = SAMPLE_RATE // 5

KIND_NAMES = {"microphone": N_("Microphone"), "system": N_("System sound")}


@dataclass(frozen=True, slots=True)
class LaneMessage:
    """What a source says, on its way to the track."""

    lane: int
    content: AudioBlock | AudioGap

    @property
    def size_bytes(self) -> int:
        return self.content.size_bytes


class LaneSink:
    """What a sound source talks to. Called by the source's thread; never blocks in real time."""

    def __init__(self, queue: BoundedQueue[LaneMessage], lane: int, clock: Clock) -> None:
        self._queue = queue
        self._lane = lane
        self._is_realtime = clock.is_realtime
        self._lost = 0
        self.has_sound = threading.Event()

    def push_block(self, block: AudioBlock) -> None:
        self.has_sound.set()
        if self._lost:
            block = AudioBlock(block.capture_ns, block.rate, block.samples, block.lost + self._lost)
        message = LaneMessage(self._lane, block)
        if not self._is_realtime:
            self._put(message)
        elif self._queue.offer(message):
            self._lost = 0
        else:
            # Half a minute waits already: the disk stands still. Counted with the next block.
            self._lost += len(block.samples)

    def push_gap(self, gap: AudioGap) -> None:
        self._queue.put_last(LaneMessage(self._lane, gap))

    def _put(self, message: LaneMessage) -> None:
        try:
            self._queue.put(message)
        except Cancelled:
            # The track has ended; its sources are about to be stopped.
            self._lost += 1


@dataclass(slots=True)
class Lane:
    """A lane and what is done with its sound; `kind` is microphone or system."""

    kind: str
    source: SoundSource
    sound: SoundLane
    is_optional: bool = False
    gain: float = 1.0
    lag_ns: int = 0
    is_muted: bool = False
    is_absent: bool = False
    level: Level = field(default_factory=Level)
    loudest: Level = field(default_factory=Level)
    applied: float = 0.0
    measured: list[Samples] = field(default_factory=list)


class SoundTrack:
    """Mixes its lanes and encodes the sum. ``run`` is the body of its thread.

    It never waits for a lane for longer than a second, and writes silence for one that does
    not come. Ends once ``finish`` was called and everything before the end is written.
    """

    def __init__(
        self,
        name: str,
        queue: BoundedQueue[LaneMessage],
        lanes: Sequence[Lane],
        encoder: SoundEncoder,
        time: MediaTime,
        clock: Clock,
    ) -> None:
        self.name = name
        self.queue = queue
        self.lanes = lanes
        self.encoder = encoder
        self.has_failed = False
        self._time = time
        self._clock = clock
        self._limiter = PeakLimiter(encoder.channels)
        self._taken = 0
        self._end: int | None = None
        self._deadline_s = 0.0
        self._is_finishing = threading.Event()
        for lane in lanes:
            lane.applied = lane.gain

    def run(self) -> None:
        try:
            self._run()
        except Cancelled:
            raise
        except BaseException:
            self.has_failed = True
            raise
        finally:
            # Nobody will take what still comes: let no source wait for room.
            self.queue.abort()
            self.encoder.forward_end()

    def _run(self) -> None:
        while self._end is None or self._taken < self._end:
            # Before the queue is looked at: what was captured until now is in it or on its way.
            now_ns = self._clock.now_ns()
            for message in self.queue.get_all(_BATCH_S):
                sound = self.lanes[message.lane].sound
                if isinstance(message.content, AudioGap):
                    sound.gap(message.content)
                else:
                    sound.push(message.content)
            for lane in self.lanes:
                lane.sound.produce()
            self._advance(now_ns)
            if self._clock.is_realtime:
                self._is_finishing.wait(_BATCH_S)
        self.encoder.encode(self._limiter.flush())
        self.encoder.flush()

    def finish(self, end_ns: int) -> None:
        """Have the track end at media time `end_ns`. Thread-safe."""
        self._deadline_s = time.monotonic() + _FINISH_S
        self._end = _place(end_ns)
        self._is_finishing.set()

    def _advance(self, now_ns: int) -> None:
        if not self._time.is_started:
            return
        until = min(self._horizon(lane, now_ns) for lane in self.lanes)
        # A sound that was moved later is there before its time; the end may come first.
        until = min(until, _place(self._time.reached_ns(now_ns)))
        if self._end is not None:
            until = self._end if time.monotonic() > self._deadline_s else min(until, self._end)
        if until <= self._taken:
            return
        sounds = [self._shaped(lane, lane.sound.take(until)) for lane in self.lanes]
        self._taken = until
        if until == self._end:
            # The end is a cut like any other.
            sounds = [_faded_out(each) for each in sounds]
        self.encoder.encode(self._limiter.push(mix(sounds, [1.0] * len(sounds))))

    def _horizon(self, lane: Lane, now_ns: int) -> int:
        """Return up to which place the track may go on as far as `lane` is concerned."""
        health = lane.sound.health
        ready = lane.sound.ready
        patience = _place(self._time.reached_ns(now_ns - _GRACE_NS - lane.lag_ns))
        if health.is_lost or health.is_asleep or ready < patience:
            lane.is_absent = True
        elif lane.sound.is_open:
            lane.is_absent = False
        if not lane.is_absent:
            return ready
        return max(ready, _place(self._time.reached_ns(now_ns - _ABSENT_LAG_NS - lane.lag_ns)))

    def _shaped(self, lane: Lane, samples: Samples) -> Samples:
        """Return the lane's sound with its gain, which changes without a click."""
        wanted = 0.0 if lane.is_muted else lane.gain
        if wanted != lane.applied:
            gains = np.full(len(samples), wanted, np.float32)
            count = min(_RAMP_FRAMES, len(samples))
            gains[:count] = np.linspace(lane.applied, wanted, count, dtype=np.float32)
            samples = samples * gains[:, np.newaxis]
            lane.applied = wanted
        elif wanted != 1.0:
            samples = samples * np.float32(wanted)
        lane.measured.append(samples)
        if sum(map(len, lane.measured)) >= _LEVEL_FRAMES:
            lane.level = Level.of(np.concatenate(lane.measured))
            lane.measured.clear()
            if lane.level.peak_db > lane.loudest.peak_db:
                lane.loudest = lane.level
        return samples


def _faded_out(samples: Samples) -> Samples:
    count = min(_RAMP_FRAMES, len(samples))
    ramp = np.linspace(1, 0, count, dtype=np.float32)[:, np.newaxis]
    return np.concatenate([samples[: len(samples) - count], samples[len(samples) - count :] * ramp])


def _place(media_ns: int) -> int:
    return round(media_ns * SAMPLE_RATE / NS_PER_S)
