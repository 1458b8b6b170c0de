"""One device's sound on its way into a track: placed, kept in step, and without holes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recorder_app.media.clock import NS_PER_S, Segment
from recorder_app.media.resample import SincReader
from recorder_app.media.sound import SAMPLE_RATE, AudioBlock, AudioGap, Samples, to_channels
from recorder_app.pipeline.drift import DriftCorrector
from recorder_app.pipeline.gap_filler import GapFiller
from recorder_app.pipeline.media_time import MediaTime
from recorder_app.pipeline.sample_clock import HARD_S, SampleClock, TimestampGuard

# Sound kept from before the first picture, whose moment is known only once it was taken.
_LEAD_S = 2.0
# A piece begins only when so much of its device's time has been seen: no stamp alone is believed.
# Nothing is lost by that, the samples wait.
_SETTLE_S = 0.15
# Most that is read between two looks at the line: the controller needs to look often.
_STEP_S = 0.1
# Less is the rounding of two neighbouring pieces.
_LATE_FRAMES = SAMPLE_RATE // 100
# Samples from this value on were cut off by the device.
_CLIPPED = 0.999


class SoundFilter(Protocol):
    """Something sound goes through that gives as much out as was put in, if later."""

    def push(self, samples: Samples) -> Samples: ...

    def flush(self) -> Samples:
        """Return what is still inside; nothing is pushed after it."""
        ...


@dataclass(slots=True)
class LaneHealth:
    """What the input of a lane was like so far. Frames are counted at the device's rate.

    `zero_s` is for how long nothing but exact zeros have come, up to now.
    """

    frames: int = 0
    frames_lost: int = 0
    clipped: int = 0
    zero_s: float = 0.0
    jumps: int = 0
    losses: int = 0
    returns: int = 0
    is_lost: bool = False
    is_asleep: bool = False
    asleep_since_ns: int | None = None
    reason: str = ""
    lost_device: str = ""
    last_block_ns: int | None = None
    drift: float = 0.0
    error_s: float = 0.0


class SoundLane:
    """Turns the blocks of one source into samples on the file's grid.

    A stretch of samples that belongs together is read at positions that a PI controller keeps
    where the fitted line says. A pause, a gap or a jump of more than 50 ms ends the piece and
    begins another at the right place. Used by the track's thread.
    """

    def __init__(
        self,
        time: MediaTime,
        channels: int,
        *,
        offset_ns: int = 0,
        make_filter: Callable[[], SoundFilter] | None = None,
    ) -> None:
        self._time = time
        self._channels = channels
        self._offset_ns = offset_ns
        self._make_filter = make_filter
        self._filter: SoundFilter | None = None
        self._filler = GapFiller(channels)
        self._guard = TimestampGuard()
        self._corrector = DriftCorrector()
        self._clock: SampleClock | None = None
        self._doubted: list[AudioBlock] = []
        # Positions count the device's samples since its clock was begun; the reader holds a
        # stretch of them without a break, from `_first` on.
        self._pushed = 0
        self._reader: SincReader | None = None
        self._first = 0
        self._is_ending = False
        self._unread = 0
        # Of the open piece: its segment, the next place in the file and where it is read from.
        self._segment: Segment | None = None
        self._place = 0
        self._position = 0.0
        self.health = LaneHealth()

    @property
    def ready(self) -> int:
        """Up to which place the sound is final."""
        return self._filler.end

    @property
    def is_open(self) -> bool:
        return self._filler.is_open

    def push(self, block: AudioBlock) -> None:
        """Take the next block in; sound is made of it now or by the next ``produce``."""
        self._note(block)
        block = AudioBlock(
            block.capture_ns + self._offset_ns,
            block.rate,
            to_channels(block.samples, self._channels),
            block.lost,
        )
        if self._clock is None or self._clock.rate != block.rate:
            self._break_off()
            self._clock = SampleClock(block.rate)
            self._corrector = DriftCorrector()
        elif block.lost:
            self._accept_doubted()
            self._end_stretch()
            self._pushed += block.lost
        if self._is_doubtful(block):
            self._doubted.append(block)
            return
        self._accept_doubted()
        self._accept(block)
        self._unread += len(block.samples)
        if self._unread >= _STEP_S * block.rate:
            self.produce()

    def gap(self, gap: AudioGap) -> None:
        """Take in that the device sends nothing from now on."""
        health = self.health
        if gap.is_lost and not health.is_lost:
            health.losses += 1
            health.lost_device, health.reason = gap.device, gap.reason
        if gap.is_lost:
            health.asleep_since_ns = None
        elif health.asleep_since_ns is None:
            health.asleep_since_ns = gap.capture_ns
        health.is_lost, health.is_asleep = gap.is_lost, not gap.is_lost
        self._break_off()

    def produce(self) -> None:
        """Read as far as there are samples and time to place them."""
        self._unread = 0
        if self._reader is None:
            return
        while (self._segment is not None or self._begin_piece()) and self._read_on():
            pass

    def take(self, until: int) -> Samples:
        """Return the sound up to place `until`; silence where there is none."""
        return self._filler.take(until)

    def finish(self) -> None:
        """Bring out everything that is held back."""
        self._break_off()

    # Stretches: samples without a break.

    def _is_doubtful(self, block: AudioBlock) -> bool:
        """Whether to wait what the next stamps say; begins anew where they said a jump."""
        assert self._clock is not None
        if not self._clock.has_stamp:
            return False
        position = self._pushed + sum(len(each.samples) for each in self._doubted)
        expected_s = self._clock.capture_s(position)
        stamp_s = block.capture_ns / NS_PER_S
        if self._guard.check(expected_s, stamp_s, len(block.samples) / block.rate):
            self.health.jumps += 1
            self._end_stretch()
            self._clock = SampleClock(block.rate, self._clock.drift)
            self._pushed = 0
            return False
        return self._guard.is_doubtful

    def _accept_doubted(self) -> None:
        for block in self._doubted:
            self._accept(block)
        self._doubted.clear()

    def _accept(self, block: AudioBlock) -> None:
        assert self._clock is not None
        if self._reader is None:
            self._reader = SincReader(block.rate, self._channels)
            self._first = self._pushed
        self._clock.add(self._pushed, block.capture_ns / NS_PER_S)
        self.health.drift = self._clock.drift
        self._reader.push(block.samples)
        self._pushed += len(block.samples)

    def _end_stretch(self) -> None:
        """Bring out the end of the stretch, which waits for samples that will not come."""
        if self._reader is None:
            return
        self._reader.end_here()
        self._is_ending = True
        self.produce()
        self._is_ending = False
        self._end_piece()
        self._reader = None

    def _break_off(self) -> None:
        if self._clock is not None:
            self._accept_doubted()
            self._end_stretch()
        self._clock = None
        self._pushed = 0

    # Pieces: what of a stretch stands in the file without a break.

    def _is_settled(self) -> bool:
        assert self._clock is not None
        return self._is_ending or self._pushed >= _SETTLE_S * self._clock.rate

    def _begin_piece(self) -> bool:
        """Begin a piece in the first segment that has samples; return whether there is one."""
        assert self._reader is not None
        assert self._clock is not None
        if not self._is_settled():
            return False
        readable_end = self._reader.readable_end
        have_s = self._clock.capture_s(self._first + self._reader.first_readable)
        for segment in self._time.segments:
            media_s = segment.media_ns / NS_PER_S
            media_s += max(0.0, have_s - segment.start_ns / NS_PER_S)
            rightful = math.ceil(media_s * SAMPLE_RATE)
            place = max(self._filler.next, rightful)
            if segment.end_ns is not None and place >= _end_of(segment):
                continue
            position = self._position_of(place, segment)
            if place - rightful > _LATE_FRAMES:
                # Silence was written in its place before it came.
                late = min(position, readable_end) - self._reader.first_readable
                self.health.frames_lost += max(0, round(late))
            if position >= readable_end:
                self._reader.forget_before(readable_end)
                return False
            self._segment, self._place = segment, place
            self._position = max(position, self._reader.first_readable)
            self._filler.begin(place)
            self._filter = self._make_filter() if self._make_filter else None
            return True
        # Nothing asks for these samples: a pause, or the time before the first picture.
        lead = 0 if self._time.is_started else round(_LEAD_S * self._clock.rate)
        self._reader.forget_before(readable_end - lead)
        return False

    def _read_on(self) -> bool:
        """Read what can be read of the open piece; return whether the piece has ended."""
        assert self._reader is not None
        assert self._clock is not None
        if not self._filler.is_open:
            # The track did not wait for us: go on at the right place.
            self._end_piece()
            return True
        segment = self._segment = self._current_segment()
        error_s = (self._position - self._position_of(self._place, segment)) / self._clock.rate
        self.health.error_s = error_s
        if abs(error_s) > HARD_S:
            self.health.jumps += 1
            self._end_piece()
            return True
        step = self._clock.rate / SAMPLE_RATE
        count = max(0, math.ceil((self._reader.readable_end - self._position) / step))
        step *= 1 - self._corrector.update(error_s, count / SAMPLE_RATE)
        positions = self._position + step * np.arange(count + 1, dtype=np.float64)
        positions = positions[positions < self._reader.readable_end]
        if segment.end_ns is not None:
            positions = positions[: max(0, _end_of(segment) - self._place)]
        if len(positions):
            samples = self._reader.read(positions)
            self._filler.add(samples if self._filter is None else self._filter.push(samples))
            self._place += len(positions)
            self._position = float(positions[-1] + step)
        if segment.end_ns is not None and self._place >= _end_of(segment):
            self._end_piece()
            return True
        return False

    def _end_piece(self) -> None:
        if self._filter is not None and self._filler.is_open:
            self._filler.add(self._filter.flush())
        self._filler.finish()
        self._segment = self._filter = None

    def _current_segment(self) -> Segment:
        """Return the open piece's segment as it is now: it may have ended meanwhile."""
        assert self._segment is not None
        if self._segment.end_ns is not None:
            return self._segment
        start_ns = self._segment.start_ns
        return next(each for each in self._time.segments if each.start_ns == start_ns)

    def _position_of(self, place: int, segment: Segment) -> float:
        """Return which sample of the reader belongs at `place`."""
        assert self._clock is not None
        media_s = place / SAMPLE_RATE - segment.media_ns / NS_PER_S
        return self._clock.position(segment.start_ns / NS_PER_S + media_s) - self._first

    # Health.

    def _note(self, block: AudioBlock) -> None:
        health = self.health
        if health.is_lost:
            health.returns += 1
        health.is_lost = health.is_asleep = False
        health.asleep_since_ns = None
        health.last_block_ns = block.capture_ns
        health.frames += len(block.samples)
        health.frames_lost += block.lost
        if not len(block.samples):
            return
        peak = max(float(block.samples.max()), -float(block.samples.min()))
        if peak == 0.0:
            health.zero_s += len(block.samples) / block.rate
            return
        health.zero_s = 0.0
        if peak >= _CLIPPED:
            cut = np.abs(block.samples).max(axis=1) >= _CLIPPED
            # Three in a row: a tall wave may touch the limit, but does not rest there.
            health.clipped += int(np.count_nonzero(cut[2:] & cut[1:-1] & cut[:-2]))


def _end_of(segment: Segment) -> int:
    """Return the place at which `segment`, which has ended, ends."""
    assert segment.end_ns is not None
    end_ns = segment.media_ns + segment.end_ns - segment.start_ns
    return round(end_ns * SAMPLE_RATE / NS_PER_S)
