"""A few seconds of sound with the settings of a recording, and how they sound."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import numpy as np

from recorder_app.capture import playback
from recorder_app.errors import Cancelled, InvalidRequest, RecorderError, SourceUnavailable
from recorder_app.media.clock import NS_PER_MS, Clock, SystemClock
from recorder_app.media.denoise import Denoiser
from recorder_app.media.sound import SAMPLE_RATE, AudioBlock, AudioGap, Level, Samples, amplitude
from recorder_app.pipeline.media_time import MediaTime
from recorder_app.pipeline.mixer import PeakLimiter, mix
from recorder_app.pipeline.sound_graph import OpenedSound, open_sounds
from recorder_app.pipeline.sound_lane import SoundLane
from recorder_app.services.preferences import recording_settings
from recorder_app.services.recording import sounds_of
from recorder_app.settings import RecordingSettings
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_

TEST_S = 3.0

# How long the last samples may be under way.
_LATE_S = 0.5
_LOOK_S = 0.05
_CHANNELS = 2

OnLevel = Callable[[float, float], None]
"""Gets the peak of the last moment in dBFS, and how many seconds are left."""


class StoredSoundTest:
    """Records with the settings that `store` has then, and plays."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    def record(self, on_level: OnLevel, stop: threading.Event) -> Samples:
        """As :func:`record_sound`."""
        return record_sound(recording_settings(self._store.current, {}), on_level, stop)

    def play(self, samples: Samples, on_level: OnLevel, stop: threading.Event) -> None:
        """As :func:`play_sound`."""
        play_sound(samples, on_level, stop)


def record_sound(
    settings: RecordingSettings, on_level: OnLevel, stop: threading.Event, seconds: float = TEST_S
) -> Samples:
    """Return `seconds` of the chosen microphone and system sound, mixed as a recording has them.

    Raises SourceUnavailable when a device is missing or goes away meanwhile, InvalidRequest when
    no sound is chosen, Cancelled after `stop`. It waits, so it is not for the GUI thread.
    """
    clock = SystemClock()
    opened, _ = open_sounds(list(sounds_of(settings, clock, has_screen=True)))
    problem: RecorderError | None = next((each.error for each in opened if each.error), None)
    if not opened:
        problem = InvalidRequest(
            N_("There is no sound to record."),
            hint=N_("Choose a microphone, or switch system sound on."),
        )
    if problem is not None:
        for sound in opened:
            sound.plan.source.close()
        raise problem
    return _Recording(opened, settings, clock).run(on_level, stop, seconds)


def play_sound(samples: Samples, on_level: OnLevel, stop: threading.Event) -> None:
    """Play what was recorded to its end, or until `stop`.

    Raises SourceUnavailable when there are no speakers. It waits.
    """

    def tell(at: int) -> None:
        now = samples[at : at + round(_LOOK_S * SAMPLE_RATE)]
        on_level(Level.of(now).peak_db, (len(samples) - at) / SAMPLE_RATE)

    playback.play(samples, stop, tell)


class _Source:
    """One sound and its thread. What it says is taken in by the thread that records."""

    def __init__(
        self, sound: OpenedSound, settings: RecordingSettings, time: MediaTime, clock: Clock
    ) -> None:
        self._source, self._clock = sound.plan.source, clock
        self.gain = amplitude(sound.plan.gain_db)
        make_filter = (lambda: Denoiser(_CHANNELS)) if sound.plan.denoise else None
        offset_ns = round(settings.sound_offset * NS_PER_MS)
        self.lane = SoundLane(time, _CHANNELS, offset_ns=offset_ns, make_filter=make_filter)
        self.said: queue.SimpleQueue[AudioBlock | AudioGap] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sound-test", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Have it end; one that does not in time closes its device itself."""
        self._stop.set()
        self._thread.join(_LATE_S)
        if not self._thread.is_alive():
            self._source.close()

    def push_block(self, block: AudioBlock) -> None:
        self.said.put(block)

    def push_gap(self, gap: AudioGap) -> None:
        self.said.put(gap)

    def take_in(self) -> float:
        """Put what came where it belongs; return its peak. Raises SourceUnavailable."""
        peak = 0.0
        while not self.said.empty():
            said = self.said.get()
            if isinstance(said, AudioBlock):
                self.lane.push(said)
                if len(said.samples):
                    peak = max(peak, float(np.abs(said.samples).max()))
            else:
                self.lane.gap(said)
                if said.is_lost:
                    raise SourceUnavailable(
                        "{reason}",
                        hint=N_("Plug it in again, or choose another, and try again."),
                        reason=said.reason or said.device,
                    )
        return peak * self.gain

    def _run(self) -> None:
        try:
            self._source.run(self, self._stop)
        except SourceUnavailable as error:
            device = self._source.description
            self.push_gap(AudioGap(self._clock.now_ns(), True, error.message, device))


class _Recording:
    def __init__(
        self, opened: list[OpenedSound], settings: RecordingSettings, clock: Clock
    ) -> None:
        self._time = MediaTime()
        self._clock = clock
        self._sources = [_Source(each, settings, self._time, clock) for each in opened]

    def run(self, on_level: OnLevel, stop: threading.Event, seconds: float) -> Samples:
        frames = round(seconds * SAMPLE_RATE)
        for source in self._sources:
            source.start()
        self._time.start(self._clock.now_ns())
        until = time.monotonic() + seconds
        try:
            while (left := until - time.monotonic()) > -_LATE_S and not self._has(frames):
                if stop.wait(_LOOK_S):
                    raise Cancelled(N_("It was cancelled."))
                peaks = [source.take_in() for source in self._sources]
                on_level(Level.of(np.array([max(peaks)], np.float32)).peak_db, max(0.0, left))
        finally:
            for source in self._sources:
                source.end()
        return self._mixed(frames)

    def _has(self, frames: int) -> bool:
        for source in self._sources:
            source.lane.produce()
        return all(source.lane.ready >= frames for source in self._sources)

    def _mixed(self, frames: int) -> Samples:
        sounds = []
        for source in self._sources:
            source.lane.finish()
            sounds.append(source.lane.take(frames))
        limiter = PeakLimiter(_CHANNELS)
        mixed = mix(sounds, [source.gain for source in self._sources])
        return np.concatenate([limiter.push(mixed), limiter.flush()])
