"""Test patterns with known content and known faults, shipped for the tests and the self-test.

Each picture carries its number as a barcode and flashes once a second, so that a recording can be
checked without knowing anything else about it.
"""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass

import numpy as np

from recorder_app.capture import barcode
from recorder_app.capture.base import MIN_SIZE_PX, SourceInfo, VideoSink
from recorder_app.errors import InvalidRequest, TargetLost
from recorder_app.media.clock import NS_PER_MS, NS_PER_S, Clock
from recorder_app.media.frames import Patch, Pixels, VideoFrame, VideoPing
from recorder_app.media.geometry import Rect
from recorder_app.texts import N_

FLASH_EVERY_NS = NS_PER_S
FLASH_NS = 100 * NS_PER_MS

_NAME = re.compile(r"([a-z]+)(?:@(\d+)x(\d+))?")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a pattern does. Shares are of all pictures, times in nanoseconds."""

    moves: bool = True
    covers_everything: bool = False
    jitter_ns: int = 0
    drop_share: float = 0.0
    gap_every_ns: int = 0
    gap_ns: int = 0
    lost_after_ns: int = 0


SCENARIOS = {
    "pattern": Scenario(),
    "motion": Scenario(covers_everything=True),
    "still": Scenario(moves=False),
    "jitter": Scenario(jitter_ns=8 * NS_PER_MS),
    "drops": Scenario(drop_share=0.1),
    "gaps": Scenario(gap_every_ns=2 * NS_PER_S, gap_ns=700 * NS_PER_MS),
    "lost": Scenario(lost_after_ns=2 * NS_PER_S),
}


class SyntheticSource:
    """A moving pattern on the session's clock; ``NAME`` or ``NAME@WxH``, 1280x720 by default.

    Raises InvalidRequest for a name it does not know.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        match = _NAME.fullmatch(name)
        if match is None or match[1] not in SCENARIOS:
            raise InvalidRequest(
                N_("There is no synthetic source “{name}”."),
                hint=N_("Choose one of {known}, such as pattern or pattern@1920x1080."),
                name=name,
                known=", ".join(SCENARIOS),
            )
        self._scenario = SCENARIOS[match[1]]
        self._width, self._height = int(match[2] or 1280) & ~1, int(match[3] or 720) & ~1
        if min(self._width, self._height) < MIN_SIZE_PX:
            raise InvalidRequest(N_("The pattern “{name}” is too small."), name=name)
        self._name = name
        self._clock = clock
        # Seeded: the same faults at the same pictures in every run.
        self._random = random.Random(20)

    @property
    def bar(self) -> Rect:
        """Where the barcode is: the upper left quarter, on whole 2x2 blocks of every cell."""
        return Rect(0, 0, self._width // 2 & ~15, self._height // 2 & ~7)

    @property
    def flash(self) -> Rect:
        """Where the flash is: the lower right eighth in each direction."""
        width, height = self._width // 8 & ~1, self._height // 8 & ~1
        return Rect(self._width - width, self._height - height, width, height)

    def open(self) -> SourceInfo:
        self._backgrounds = _plaids(self._width, self._height, 8 if self._covers else 1)
        return SourceInfo(self._width, self._height, f"synthetic {self._name}", "synthetic")

    def run(self, sink: VideoSink, stop: threading.Event) -> None:
        """Deliver numbered pictures until `stop`. Raises TargetLost in the scenario "lost"."""
        start_ns = self._clock.now_ns()
        number = 0
        while sink.wait_until_due(stop):
            now_ns = self._clock.now_ns()
            elapsed_ns = now_ns - start_ns
            if self._scenario.lost_after_ns and elapsed_ns > self._scenario.lost_after_ns:
                raise TargetLost(N_("The synthetic target went away."))
            number += 1
            refresh = sink.needs_refresh()
            if not refresh and self._skips(elapsed_ns):
                continue
            jitter_ns = self._random.randint(0, self._scenario.jitter_ns)
            if refresh or self._scenario.moves:
                frame = self._picture(number, now_ns, refresh=refresh)
                sink.push_frame(VideoFrame(now_ns - jitter_ns, self._width, self._height, frame))
            else:
                sink.push_ping(VideoPing(now_ns - jitter_ns))

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _covers(self) -> bool:
        return self._scenario.covers_everything

    def _skips(self, elapsed_ns: int) -> bool:
        if self._random.random() < self._scenario.drop_share:
            return True
        every_ns = self._scenario.gap_every_ns
        return bool(every_ns) and elapsed_ns % every_ns > every_ns - self._scenario.gap_ns

    def _picture(self, number: int, now_ns: int, *, refresh: bool) -> tuple[Patch, ...]:
        background = self._backgrounds[number % len(self._backgrounds)]
        patches = []
        if refresh or self._covers:
            patches.append(Patch(Rect(0, 0, self._width, self._height), background))
        patches.append(Patch(self.bar, draw_barcode(number, self.bar.width, self.bar.height)))
        # By the clock itself: a synthetic sound beeps at the same moment.
        is_lit = now_ns % FLASH_EVERY_NS < FLASH_NS
        level = 255 if is_lit else 0
        flash = np.full((self.flash.height, self.flash.width, 4), level, np.uint8)
        patches.append(Patch(self.flash, flash))
        return tuple(patches)


def draw_barcode(number: int, width: int, height: int) -> Pixels:
    """Return `number` as a BGRX picture; `width` and `height` are multiples of the cell counts."""
    grid = np.array(barcode.cells(number), np.uint8) * 255
    cell = np.ones((height // barcode.ROWS, width // barcode.COLUMNS), np.uint8)
    return np.repeat(np.kron(grid, cell)[:, :, np.newaxis], 4, axis=2)


def _plaids(width: int, height: int, count: int) -> list[Pixels]:
    """Return `count` colourful pictures that differ everywhere."""
    # In bytes from the start, which wrap round at 256: whole pictures of wider numbers would leave
    # large holes in the heap behind.
    across, down = np.arange(width).astype(np.uint8), np.arange(height).astype(np.uint8)
    pictures = []
    for index in range(count):
        picture = np.zeros((height, width, 4), np.uint8)
        picture[:, :, 0] = across + np.uint8(index * 36 % 256)
        picture[:, :, 1] = (down + np.uint8(index * 60 % 256))[:, np.newaxis]
        np.add(across, (down + np.uint8(index * 84 % 256))[:, np.newaxis], out=picture[:, :, 2])
        pictures.append(picture)
    return pictures
