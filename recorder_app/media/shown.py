"""Pictures as they are shown: RGB, upright, no larger than the place for them.

One way for all that shows pictures, so that one that stands still looks as it did when it moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from recorder_app.media import stills
from recorder_app.media.frames import Pixels

# The formats of other decoders that can be taken over, by FFmpeg's names.
FORMATS = frozenset(
    {"yuv420p", "yuv422p", "nv12", "nv21", "p010le", "yuv420p10le", "gray", "bgra", "rgba"}
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture that another decoder made. `planes` are their bytes, and the bytes of a line.

    `format` is one of FORMATS; `turn` is how far it is to be turned clockwise, in degrees. Where
    `is_bt709` is None the file does not tell.
    """

    format: str
    width: int
    height: int
    planes: Sequence[tuple[memoryview, int]]
    is_full_range: bool = False
    is_bt709: bool | None = None
    turn: int = 0


class Converter:
    """Makes pictures of one file what is shown of them. For one thread at a time."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def decoded(self, picture: Decoded, room: tuple[int, int]) -> Pixels:
        """Return a picture of another decoder as RGB; `room` is in device pixels."""
        frame = av.VideoFrame(picture.width, picture.height, picture.format)
        for plane, (source, line) in zip(frame.planes, picture.planes, strict=False):
            to = np.frombuffer(cast("memoryview[int]", plane), np.uint8)
            to = to[: plane.line_size * plane.height].reshape(plane.height, plane.line_size)
            rows = np.frombuffer(source, np.uint8)[: line * plane.height]
            rows = rows.reshape(plane.height, line)
            used = min(line, plane.line_size)
            to[:, :used] = rows[:, :used]
        if picture.is_bt709 is not None:
            frame.colorspace = Colorspace.ITU709 if picture.is_bt709 else Colorspace.ITU601
        frame.color_range = ColorRange.JPEG if picture.is_full_range else ColorRange.MPEG
        return self._turned(frame, room, -picture.turn)

    def frame(self, frame: av.VideoFrame, room: tuple[int, int]) -> Pixels:
        """Return a picture of our own reader as RGB; `room` is in device pixels."""
        return self._turned(frame, room, round(frame.rotation))

    def _turned(self, frame: av.VideoFrame, room: tuple[int, int], turn: int) -> Pixels:
        quarters = round(turn / 90) % 4
        wide, high = room[::-1] if quarters % 2 else room
        width, height = fitted(frame.width, frame.height, wide, high)
        picture = stills.rgb(self._scaler, frame, width, height)
        return np.ascontiguousarray(np.rot90(picture, quarters))


def fitted(width: int, height: int, wide: int, high: int) -> tuple[int, int]:
    """Return the size of a picture that fits into a place and is not enlarged."""
    share = min(1.0, wide / width, high / height)
    return max(2, round(width * share)), max(2, round(height * share))
