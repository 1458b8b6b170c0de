"""From the screen's BGRX to the encoder's planar picture, only where it changed."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from recorder_app.media.frames import Patch, Pixels
from recorder_app.media.geometry import Rect

# Every time stamp of a recording counts these ticks: 90 kHz is the customary media clock, fine
# enough for any frame rate and exact for 24, 25, 30, 50 and 60.
TICKS_PER_S = 90_000
TIME_BASE = Fraction(1, TICKS_PER_S)

# Averages each 2x2 block for chroma and looks at nothing outside it, so that a picture put
# together from patches equals one converted whole, to within 1 of 255. Point sampling is a third
# cheaper and frays coloured text; the bilinear and bicubic filters reach over a patch's edge.
# ACCURATE_RND would make it exact and costs 3.5 ms more for a whole 1920x1080 picture in nv12,
# where this takes 4.7.
_FILTER = Interpolation.AREA
# The scaler takes the wrong rows for chroma when there is only one row of it.
_LEAST_ROWS = 4


class PlanarCanvas:
    """The current picture in `pixel_format` (yuv420p or nv12), BT.709 limited range.

    Keeps one picture and converts only the patches of each frame into it. An encoder copies what
    it is given before ``encode`` returns, so the same memory serves every frame. Used by one
    thread.
    """

    def __init__(self, width: int, height: int, pixel_format: str) -> None:
        self._whole = Rect(0, 0, width, height)
        self._format = pixel_format
        # A scaler is kept for each of the two kinds of work: it is rebuilt when the size changes.
        self._whole_scaler = VideoReformatter()
        self._patch_scaler = VideoReformatter()
        self._picture = self._convert(np.zeros((height, width, 4), np.uint8), self._whole_scaler)

    def apply(self, patches: tuple[Patch, ...]) -> None:
        """Bring the picture up to date with `patches`, in order."""
        for patch in patches:
            if patch.rect == self._whole:
                self._picture = self._convert(patch.pixels, self._whole_scaler)
            else:
                self._paste(patch)

    def frame(self, media_ns: int) -> av.VideoFrame:
        """Return the picture stamped with `media_ns`; valid until the next `apply`."""
        self._picture.pts = ticks(media_ns)
        self._picture.time_base = TIME_BASE
        return self._picture

    def _convert(self, pixels: Pixels, scaler: VideoReformatter) -> av.VideoFrame:
        # The fourth byte is padding on a screen; read as alpha it is dropped all the same.
        source = av.VideoFrame.from_numpy_buffer(pixels, "bgra")
        return scaler.reformat(
            source,
            format=self._format,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_FILTER,
            threads=1,
        )

    def _paste(self, patch: Patch) -> None:
        rect, pixels = patch.rect, patch.pixels
        if rect.height < _LEAST_ROWS:
            pixels = np.concatenate([pixels, pixels])
        small = self._convert(pixels, self._patch_scaler)
        for index, (target, source) in enumerate(
            zip(self._picture.planes, small.planes, strict=True)
        ):
            # Bytes a sample and the subsampling of this plane: luma, then chroma (nv12 holds
            # both chroma samples side by side, so a row has as many bytes as luma).
            step = 1 if index == 0 else 2
            x, y, height = rect.x // step, rect.y // step, rect.height // step
            width = rect.width // step
            if index and self._format == "nv12":
                x, width = rect.x, rect.width
            _rows(target)[y : y + height, x : x + width] = _rows(source)[:height, :width]


def _rows(plane: av.video.plane.VideoPlane) -> Pixels:
    # A plane is a buffer, which its type does not say.
    data = np.frombuffer(cast("memoryview[int]", plane), np.uint8)
    return data[: plane.line_size * plane.height].reshape(plane.height, plane.line_size)


def ticks(media_ns: int) -> int:
    """Return `media_ns` in ticks of the recording's time base, rounded to the nearest."""
    return (media_ns * TICKS_PER_S + 500_000_000) // 1_000_000_000
