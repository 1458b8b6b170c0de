"""Any picture of a recording, exactly, fast enough to be dragged through.

The places of all pictures are read from the packets' heads once, without decoding. A picture is
then decoded from the last one before it that stands alone; pictures on the way are kept, so that
the next one and the ones before cost nothing. What is returned is what an export shows.
"""

from __future__ import annotations

import bisect
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from recorder_app.errors import UnreadableMedia, UnsupportedMedia
from recorder_app.media.probe import open_media, packets, pictures_of
from recorder_app.texts import N_

# Decoded pictures that are kept: some seconds of 1080p, which take 3 MB each.
_KEPT_BYTES = 200_000_000


class PictureReader:
    """Decodes pictures of `path` in any order. A context manager, for one thread at a time.

    Of a long file the first reading takes seconds: `proceed` is called all along, and ends it with
    what it raises. Raises UnreadableMedia, and UnsupportedMedia for a file without pictures.
    """

    def __init__(self, path: Path, proceed: Callable[[], None] | None = None) -> None:
        self.path = path
        self._open = contextlib.ExitStack()
        media = self._open.enter_context(open_media(path))
        found = pictures_of(media)
        if found is None:
            self._open.close()
            raise UnsupportedMedia(N_("{path} holds no pictures."), path=path)
        self._media: InputContainer = media
        self._stream: VideoStream = found
        assert self._stream.time_base is not None
        self._base: Fraction = self._stream.time_base
        self._stream.thread_type = "AUTO"
        stamps = []
        keys = []
        try:
            for packet in packets(media, self._stream):
                if proceed is not None:
                    proceed()
                assert packet.pts is not None
                if not packet.is_discard:
                    stamps.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
        except BaseException:
            self._open.close()
            raise
        # Shown in this order; times are counted in the stream's unit.
        self._stamps = sorted(set(stamps))
        self._keys = sorted(set(keys))
        if not self._stamps:
            self._open.close()
            raise UnreadableMedia(N_("There is no picture in {path}."), path=path)
        self._kept: OrderedDict[int, av.VideoFrame] = OrderedDict()
        self._kept_bytes = 0
        # What is being decoded forward, and the last picture that came out.
        self._coming: Iterator[av.VideoFrame] = iter(())
        self._at: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        self._kept.clear()
        self._open.close()

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._stamps)

    @property
    def stamps(self) -> Sequence[int]:
        """When each picture is shown first, in units of `base` seconds. Never changed."""
        return self._stamps

    @property
    def base(self) -> Fraction:
        return self._base

    def near(self, number: int) -> int:
        """Return the last picture up to `number` that stands alone: it is decoded at once."""
        key = bisect.bisect_right(self._keys, self._stamps[number]) - 1
        if key < 0:
            return number
        return min(bisect.bisect_left(self._stamps, self._keys[key]), number)

    def time(self, number: int) -> Fraction:
        """Return when picture `number`, counted from 0, is shown first, in seconds."""
        return self._stamps[number] * self._base

    def number_at(self, at: Fraction) -> int:
        """Return which picture is shown at a time in seconds; the first one before it begins."""
        # A rounding away from a picture's own time is that time.
        stamp = round(at / self._base)
        return max(0, bisect.bisect_right(self._stamps, stamp) - 1)

    def picture(self, number: int) -> av.VideoFrame:
        """Return picture `number`, counted from 0; where it is damaged, the last one before it.

        It belongs to the reader and is not to be changed. Raises UnreadableMedia, and IndexError
        for a number that there is not.
        """
        stamp = self._stamps[number]
        if stamp in self._kept:
            self._kept.move_to_end(stamp)
            return self._kept[stamp]
        place = bisect.bisect_right(self._keys, stamp)
        for key in reversed(self._keys[:place] or self._keys[:1]):
            found = self._decode(key, stamp)
            if found is not None:
                return found
        raise UnreadableMedia(N_("No picture of {path} can be read there."), path=self.path)

    def _decode(self, key: int, stamp: int) -> av.VideoFrame | None:
        """Decode from `key` on, or from where decoding is, up to `stamp`; return the last one."""
        if self._at is None or not key <= self._at < stamp:
            self._media.seek(key, stream=self._stream, backward=True)
            self._coming, self._at = self._pictures(), None
        found = None
        for frame in self._coming:
            if frame.pts is None:
                continue
            self._keep(frame)
            self._at = frame.pts
            if frame.pts <= stamp:
                found = frame
            if frame.pts >= stamp:
                break
        return found

    def _pictures(self) -> Iterator[av.VideoFrame]:
        """Yield what can be decoded from where the file is, past damaged places."""
        for packet in packets(self._media, self._stream):
            with contextlib.suppress(av.error.InvalidDataError, av.error.ExternalError):
                yield from packet.decode()
        with contextlib.suppress(av.FFmpegError):
            yield from self._stream.codec_context.decode(None)

    def _keep(self, frame: av.VideoFrame) -> None:
        assert frame.pts is not None
        if frame.pts not in self._kept:
            self._kept_bytes += _size(frame)
        self._kept[frame.pts] = frame
        self._kept.move_to_end(frame.pts)
        while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= _size(oldest)


def _size(frame: av.VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
