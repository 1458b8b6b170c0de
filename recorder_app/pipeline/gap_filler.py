"""One unbroken stretch of sound out of pieces, with silence where there is none."""

from __future__ import annotations

from collections import deque

import numpy as np

from recorder_app.media.sound import SAMPLE_RATE, Samples

# Edges of a piece fade over 5 ms: shorter clicks, longer eats into words.
FADE_FRAMES = SAMPLE_RATE // 200
_FADE_IN = np.sin(np.linspace(0, np.pi / 2, FADE_FRAMES, dtype=np.float32))[:, np.newaxis] ** 2


class GapFiller:
    """Puts pieces at their places on the file's grid of samples and is read without holes.

    Places are numbers of samples from the start of the file. Every piece begins and ends with a
    short fade, for which its last 5 ms are held back until it goes on or ends. Pure; not
    thread-safe.
    """

    def __init__(self, channels: int) -> None:
        self.channels = channels
        # Before `start` everything has been taken, before `end` everything is there.
        self.start = 0
        self.end = 0
        self._pieces: deque[Samples] = deque()
        self._held: Samples | None = None
        self._to_fade_in = 0

    @property
    def is_open(self) -> bool:
        """Whether a piece has begun and not ended."""
        return self._held is not None

    @property
    def next(self) -> int:
        """The place of the next sample of the open piece."""
        return self.end + (len(self._held) if self._held is not None else 0)

    def begin(self, place: int) -> None:
        """Begin a piece at `place`, which is not before ``next``; silence is put before it."""
        self.finish()
        assert place >= self.end
        self._append(np.zeros((place - self.end, self.channels), np.float32))
        self._held = np.zeros((0, self.channels), np.float32)
        self._to_fade_in = FADE_FRAMES

    def add(self, samples: Samples) -> None:
        """Append `samples` to the open piece."""
        assert self._held is not None
        if self._to_fade_in and len(samples):
            samples = samples.copy()
            first = FADE_FRAMES - self._to_fade_in
            count = min(self._to_fade_in, len(samples))
            samples[:count] *= _FADE_IN[first : first + count]
            self._to_fade_in -= count
        held = np.concatenate([self._held, samples])
        ready = max(0, len(held) - FADE_FRAMES)
        self._append(held[:ready])
        self._held = held[ready:]

    def finish(self) -> None:
        """End the open piece, if there is one."""
        if self._held is None:
            return
        held, self._held = self._held, None
        count = len(held)
        if count:
            self._append(held * _FADE_IN[::-1][FADE_FRAMES - count :])

    def take(self, until: int) -> Samples:
        """Return everything from ``start`` to before `until`, with silence for what is missing.

        What comes later for these places is too late: a piece that was overtaken is cut off.
        """
        wanted = until - self.start
        if until > self.end:
            self.finish()
        parts = []
        have = 0
        while self._pieces and have < wanted:
            piece = self._pieces.popleft()
            if len(piece) > wanted - have:
                self._pieces.appendleft(piece[wanted - have :])
                piece = piece[: wanted - have]
            parts.append(piece)
            have += len(piece)
        if have < wanted:
            parts.append(np.zeros((wanted - have, self.channels), np.float32))
        self.start = until
        self.end = max(self.end, until)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _append(self, samples: Samples) -> None:
        if len(samples):
            self._pieces.append(samples)
            self.end += len(samples)
