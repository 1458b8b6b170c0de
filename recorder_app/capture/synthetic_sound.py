"""Sound with known content and known faults, the companion of the test pattern.

The beep of a second begins when the picture's flash does, so that a recording of both shows how far
they are apart.
"""

from __future__ import annotations

import functools
import random
import re
import threading
from dataclasses import dataclass

import numpy as np

from recorder_app.capture.base import SoundInfo, SoundSink
from recorder_app.capture.synthetic import FLASH_EVERY_NS
from recorder_app.errors import InvalidRequest
from recorder_app.media.clock import NS_PER_MS, NS_PER_S, Clock
from recorder_app.media.sound import SAMPLE_RATE, AudioBlock, AudioGap, Samples
from recorder_app.texts import N_

TONE_HZ = 1000
BEEP_NS = 50 * NS_PER_MS
LEVEL = 0.5
_BLOCK_NS = 20 * NS_PER_MS

_NAME = re.compile(r"([a-z]+)(?:-([a-z]+))?(?:@(\d+)(?:x(\d+))?)?")
_CONTENTS = ("beep", "tone", "noise", "silence", "loud")
# Noise repeats itself after so many samples: what is off by less than that is seen.
_NOISE_SAMPLES = 7 * SAMPLE_RATE + 1


@dataclass(frozen=True, slots=True)
class SoundFault:
    """What goes wrong. `drift` is how much too fast the device runs; times in nanoseconds."""

    drift: float = 0.0
    jitter_ns: int = 0
    drop_share: float = 0.0
    gap_every_ns: int = 0
    gap_ns: int = 0
    is_lost: bool = False


FAULTS = {
    "fast": SoundFault(drift=0.001),
    "slow": SoundFault(drift=-0.001),
    "jitter": SoundFault(jitter_ns=15 * NS_PER_MS),
    "drops": SoundFault(drop_share=0.02),
    "gaps": SoundFault(gap_every_ns=5 * NS_PER_S, gap_ns=700 * NS_PER_MS),
    "unplugged": SoundFault(gap_every_ns=4 * NS_PER_S, gap_ns=NS_PER_S, is_lost=True),
}


class SyntheticSound:
    """``CONTENT[-FAULT][@RATE[xCHANNELS]]`` such as ``beep``, ``tone-fast`` or ``beep@44100x1``.

    Raises InvalidRequest for a name it does not know.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        match = _NAME.fullmatch(name)
        if match is None or match[1] not in _CONTENTS or (match[2] or "fast") not in FAULTS:
            raise InvalidRequest(
                N_("There is no synthetic sound “{name}”."),
                hint=N_("Choose one of {known}, such as beep or tone-fast@44100x1."),
                name=name,
                known=", ".join(_CONTENTS),
            )
        self._content = match[1]
        self._fault = FAULTS[match[2]] if match[2] else SoundFault()
        self._rate, self._channels = int(match[3] or SAMPLE_RATE), int(match[4] or 2)
        if not (8000 <= self._rate <= 192_000 and 1 <= self._channels <= 8):
            raise InvalidRequest(N_("The sound “{name}” is not possible."), name=name)
        self.description = f"synthetic {name}"
        self._clock = clock
        # Seeded: the same faults at the same blocks in every run.
        self._random = random.Random(20)

    def open(self) -> SoundInfo:
        return SoundInfo(self.description, min(2, self._channels), "synthetic")

    def run(self, sink: SoundSink, stop: threading.Event) -> None:
        fault = self._fault
        start_ns = self._clock.now_ns()
        # What the device really delivers in a second of our clock.
        real_rate = self._rate * (1 + fault.drift)
        count = self._rate * _BLOCK_NS // NS_PER_S
        position = lost = 0
        while True:
            at_ns = start_ns + position / real_rate * NS_PER_S
            position += count
            arrival_ns = start_ns + round(position / real_rate * NS_PER_S)
            if self._clock.wait_until(arrival_ns, stop):
                return
            if fault.gap_every_ns and (arrival_ns - start_ns) % fault.gap_every_ns > (
                fault.gap_every_ns - fault.gap_ns
            ):
                if fault.is_lost:
                    sink.push_gap(AudioGap(arrival_ns, is_lost=True, reason="It was unplugged."))
                continue
            if self._random.random() < fault.drop_share:
                lost += count
                continue
            late_ns = self._random.randint(0, fault.jitter_ns)
            stamp_ns = arrival_ns + late_ns - count * NS_PER_S // self._rate
            times_ns = at_ns + np.arange(count) * (NS_PER_S / real_rate)
            sink.push_block(AudioBlock(stamp_ns, self._rate, self._samples(times_ns), lost))
            lost = 0

    def close(self) -> None:
        """Nothing is held."""

    def _samples(self, times_ns: np.ndarray) -> Samples:
        within_ns = times_ns % FLASH_EVERY_NS
        wave = np.sin(2 * np.pi * TONE_HZ / NS_PER_S * within_ns)
        if self._content == "silence":
            wave = np.zeros(len(times_ns))
        elif self._content == "beep":
            wave *= within_ns < BEEP_NS
        elif self._content == "noise":
            wave = _noise()[np.rint(times_ns * SAMPLE_RATE / NS_PER_S).astype(int) % _NOISE_SAMPLES]
        elif self._content == "loud":
            wave = np.clip(wave * 4, -2, 2)
        mono = (wave * LEVEL).astype(np.float32)
        return np.repeat(mono[:, np.newaxis], self._channels, axis=1)


@functools.cache
def _noise() -> np.ndarray:
    """Return noise that codecs keep: the same in every run, without its highest pitches."""
    wave = np.random.default_rng(20).uniform(-1.0, 1.0, _NOISE_SAMPLES)
    return np.convolve(wave, np.ones(8) / 4, mode="same")
