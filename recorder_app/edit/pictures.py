"""The pictures that an edit list keeps, decoded in a thread of their own, at their new times.

::

    source --packets--> decoder --> limit of the rate --> Fitter --queue--> who encodes them
              \\------> SoundTrack (a thread for each)

The same rules as in ``plan``: a picture is shown until the next one's time, and a part begins with
the one that is shown there. What is held in memory does not grow with the length.
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import Self

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from recorder_app.edit.fitting import Fitter
from recorder_app.edit.groups import time_of
from recorder_app.edit.plan import TOLERANCE, Placed
from recorder_app.edit.smartcut import seek, stretches
from recorder_app.edit.timeline import Range
from recorder_app.edit.tracks import SoundTrack
from recorder_app.media.probe import MediaPacket, MediaStream, packets

# Of 1920x1080 in yuv420p they take 25 MB; fewer, and one side waits for the other's slow pictures.
_MOST_WAITING = 8
# A picture may come by this share of the interval too early: times of files are rounded.
_SLACK = Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the result, shown from `at` (in seconds) until the next one."""

    at: Fraction
    frame: av.VideoFrame


class RateLimit:
    """Leaves out pictures that come faster than `most_fps`, never the one a scene comes to rest on.

    Times must grow. None lets all pass.
    """

    def __init__(self, most_fps: Fraction | None) -> None:
        self._interval = 1 / most_fps if most_fps else Fraction(0)
        self._due = Fraction(-1)

    def first_of_part(self, at: Fraction) -> None:
        """Count on from a picture of `at`, which a part begins with, later perhaps."""
        self._due = at + self._interval

    def time_for(self, at: Fraction, until: Fraction) -> Fraction | None:
        """Return when to show the picture of `at` to `until`; None leaves it out."""
        if not self._interval:
            return at
        slack = self._interval * _SLACK
        if at < self._due - slack:
            if until < self._due + slack:
                return None
            at = self._due
        self._due = max(self._due, at) + self._interval
        return at


class PictureReader:
    """A context manager over the pictures of `placed` parts; iterate it in one thread.

    Packets of `sounds`, by the index of their streams, are handed on as they are met. Iterating
    raises what went wrong in the thread. `damaged` counts packets that could not be decoded.
    """

    def __init__(
        self,
        media: InputContainer,
        video: VideoStream,
        placed: Sequence[Placed],
        fitter: Fitter | None = None,
        most_fps: Fraction | None = None,
        sounds: Mapping[int, SoundTrack] | None = None,
    ) -> None:
        self._media, self._video, self._placed = media, video, placed
        self._fitter, self._limit = fitter, RateLimit(most_fps)
        self._sounds = sounds or {}
        self.damaged = 0
        self._waiting: collections.deque[Shown] = collections.deque()
        self._changed = threading.Condition()
        self._is_stopped = self._is_done = False
        self._error: BaseException | None = None
        # Of the source: the last picture that went into the result, by which none comes twice.
        self._last = Fraction(-1)
        self._part: Placed | None = None
        self._thread = threading.Thread(target=self._run, name="read-pictures", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        self._thread.join()

    def __iter__(self) -> Iterator[Shown]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_done)
                if not self._waiting:
                    if self._error is not None:
                        raise self._error
                    return
                shown = self._waiting.popleft()
                self._changed.notify_all()
            yield shown

    def _run(self) -> None:
        try:
            decode_in_threads(self._video)
            for stretch in stretches(self._placed):
                self._read(stretch)
        except _Stopped:
            pass
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._is_done = True
                self._changed.notify_all()

    def _read(self, stretch: Range) -> None:
        for sound in self._sounds.values():
            # Moving the source resets its decoders.
            sound.settle()
        seek(self._media, self._video, stretch.start)
        previous: tuple[Fraction, av.VideoFrame] | None = None
        for time, frame in self._decoded(stretch):
            if previous is not None and time > previous[0]:
                self._show(previous[0], time, previous[1])
            if previous is None or time > previous[0]:
                previous = time, frame
        if previous is not None:
            # The last picture of a file is shown until the end of what is kept.
            self._show(previous[0], max(previous[0] + 2 * TOLERANCE, stretch.end), previous[1])

    def _decoded(self, stretch: Range) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Yield the pictures of a stretch in order, and hand on its sound."""
        streams: list[MediaStream] = [self._video]
        streams += [each for each in self._media.streams.audio if each.index in self._sounds]
        behind = {each.index for each in streams}
        time = Fraction(-1)
        for packet in packets(self._media, *streams):
            self._check()
            index = packet.stream_index
            if index in self._sounds:
                self._sounds[index].put(packet)
                if time_of(packet) >= stretch.end:
                    behind.discard(index)
            elif index in behind:
                for frame in self._decode(packet):
                    time = self._time(frame, time)
                    yield time, frame
                if time >= stretch.end:
                    behind.discard(index)
            if not behind:
                return
        if self._video.index in behind:
            for frame in self._decode(None):
                time = self._time(frame, time)
                yield time, frame

    def _decode(self, packet: MediaPacket | None) -> list[av.VideoFrame]:
        try:
            return list(self._video.codec_context.decode(packet))
        except av.error.EOFError:
            return []
        except (av.error.InvalidDataError, av.error.ExternalError):
            self.damaged += 1
            return []

    def _time(self, frame: av.VideoFrame, last: Fraction) -> Fraction:
        if frame.pts is None or frame.time_base is None:
            # A stream that tells no times goes at its rate.
            return last + 1 / Fraction(self._video.guessed_rate or 25)
        return frame.pts * frame.time_base

    def _show(self, at: Fraction, until: Fraction, frame: av.VideoFrame) -> None:
        for each in self._placed:
            first, last = max(at, each.part.start), min(until, each.part.end)
            if last - first <= TOLERANCE or at <= self._last:
                continue
            wanted = self._limited(each, at, first, last)
            if wanted is None:
                continue
            self._last = at
            self._put(Shown(wanted, self._fitter.fitted(frame) if self._fitter else frame))

    def _limited(
        self, placed: Placed, at: Fraction, first: Fraction, last: Fraction
    ) -> Fraction | None:
        """Return when in the result a picture of `at` is shown, of which a part has `first` on."""
        if placed is self._part:
            return self._limit.time_for(placed.result_time(first), placed.result_time(last))
        self._part = placed
        self._limit.first_of_part(placed.result_time(at))
        return placed.result_time(first)

    def _put(self, shown: Shown) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < _MOST_WAITING or self._is_stopped)
            self._waiting.append(shown)
            self._changed.notify_all()
        self._check()

    def _check(self) -> None:
        if self._is_stopped:
            raise _Stopped


def decode_in_threads(video: VideoStream) -> None:
    """Let the decoder use all cores; it has to be said before it is opened."""
    if not video.codec_context.is_open:
        video.codec_context.thread_type = "AUTO"


class _Stopped(Exception):
    """Nobody wants further pictures."""
