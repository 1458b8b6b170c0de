"""Making pictures fit an encoder: turned upright, scaled down, of even size and known colours."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
from av.filter import Graph
from av.video.reformatter import ColorRange, Colorspace

# What is not tagged is taken as players take it: as HD from this height on.
_HD_HEIGHT_PX = 720
_TURNS = {90: ("transpose=cclock",), 180: ("hflip", "vflip"), 270: ("transpose=clock",)}
# AVCOL_SPC_UNSPECIFIED: PyAV's names are those of the scaler, which knows no such value.
_UNSPECIFIED = 2
_RGB = ("rgb", "bgr", "gbr", "pal8", "argb", "abgr", "0rgb", "0bgr")


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of pictures as they are seen, in pixels."""

    width: int
    height: int

    def within(self, max_width: int, max_height: int) -> Shape:
        """Return the even size that fits the limits, which turn with the picture; 0 is none.

        What is small enough loses at most a row and a column.
        """
        longest, shortest = max(max_width, max_height), min(max_width, max_height)
        if max_width < max_height and self.width < self.height:
            longest, shortest = shortest, longest
        scale = Fraction(1)
        if longest:
            scale = min(scale, Fraction(longest, max(self.width, self.height)))
            scale = min(scale, Fraction(shortest, min(self.width, self.height)))
        if scale == 1:
            return Shape(max(2, self.width // 2 * 2), max(2, self.height // 2 * 2))
        return Shape(_even(self.width * scale), _even(self.height * scale))


def upright(frame: av.VideoFrame, sample_aspect_ratio: Fraction | None) -> Shape:
    """Return the size in which `frame` is to be seen, turned and with square pixels."""
    ratio = sample_aspect_ratio or Fraction(1)
    width = round(frame.width * ratio) if ratio > 0 else frame.width
    if _rotation(frame) in (90, 270):
        return Shape(frame.height, width)
    return Shape(width, frame.height)


class Fitter:
    """Makes pictures of `shape` and `pixel_format`, in BT.709 limited range. Used by one thread."""

    def __init__(self, shape: Shape, pixel_format: str) -> None:
        self._shape, self._format = shape, pixel_format
        self._graph: Graph | None = None
        self._key: tuple[object, ...] = ()

    def fitted(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return `frame` as wanted; the same one where it is that already."""
        rotation = _rotation(frame)
        key = (
            frame.width,
            frame.height,
            frame.format.name,
            rotation,
            frame.colorspace,
            frame.color_range,
        )
        if self._is_right(frame, rotation):
            return frame
        if key != self._key:
            self._graph, self._key = self._built(frame, rotation), key
        assert self._graph is not None
        # Only order matters to the graph; its clock is not that of any file.
        frame.pts = None
        self._graph.push(frame)
        fitted = self._graph.pull()
        assert isinstance(fitted, av.VideoFrame)
        return fitted

    def _is_right(self, frame: av.VideoFrame, rotation: int) -> bool:
        return (
            rotation == 0
            and (frame.width, frame.height) == (self._shape.width, self._shape.height)
            and frame.format.name == self._format
            and frame.colorspace == Colorspace.ITU709
            and frame.color_range == ColorRange.MPEG
        )

    def _built(self, frame: av.VideoFrame, rotation: int) -> Graph:
        steps: list[tuple[str, str]] = []
        for step in _TURNS.get(rotation, ()):
            name, _, arguments = step.partition("=")
            steps.append((name, arguments))
        width, height = frame.width, frame.height
        if rotation in (90, 270):
            width, height = height, width
        odd = (self._shape.width, self._shape.height) == (width // 2 * 2, height // 2 * 2)
        if odd and (width, height) != (self._shape.width, self._shape.height):
            # Letters stay sharp: a column less, and nothing scaled.
            steps.append(("crop", f"{self._shape.width}:{self._shape.height}:0:0:exact=1"))
        steps.append(("scale", self._scaling(frame)))
        steps.append(("format", self._format))
        steps.append(("setsar", "1"))
        graph = Graph()
        last = graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=Fraction(1, 1000),
        )
        for name, arguments in steps:
            following = graph.add(name, arguments)
            last.link_to(following)
            last = following
        last.link_to(graph.add("buffersink"))
        graph.configure()
        return graph

    def _scaling(self, frame: av.VideoFrame) -> str:
        # Each pixel counts with its area: thin strokes get paler, none is lost.
        options = [f"{self._shape.width}:{self._shape.height}:flags=area+accurate_rnd"]
        if not frame.format.name.startswith(_RGB):
            if int(frame.colorspace) == _UNSPECIFIED:
                guess = "bt709" if frame.height >= _HD_HEIGHT_PX else "bt601"
                options.append(f"in_color_matrix={guess}")
            if frame.color_range == ColorRange.UNSPECIFIED:
                full = frame.format.name.startswith("yuvj")
                options.append(f"in_range={'full' if full else 'limited'}")
        if not self._format.startswith(_RGB):
            options.append("out_color_matrix=bt709:out_range=limited")
        return ":".join(options)


def _rotation(frame: av.VideoFrame) -> int:
    """Return how far a picture is to be turned against the clock: 0, 90, 180 or 270 degrees."""
    return round(frame.rotation / 90) % 4 * 90


def _even(size: Fraction) -> int:
    return max(2, round(size / 2) * 2)
