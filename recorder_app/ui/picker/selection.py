"""The area being chosen: arithmetic in device pixels of the whole desktop, without Qt."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from recorder_app.capture.base import MIN_SIZE_PX
from recorder_app.media.geometry import Rect

Point = tuple[int, int]
"""A device pixel of the desktop."""

Ratio = tuple[int, int]

RATIOS: tuple[Ratio, ...] = ((16, 9), (4, 3), (1, 1), (9, 16))
SIZES: tuple[tuple[int, int], ...] = ((1920, 1080), (1280, 720), (1080, 1080), (1080, 1920))

# Sizes beside a named ratio by less than this, such as 854 x 480, go by its name.
_NAMED_WITHIN = 0.005

_SIZE = re.compile(r"\s*(\d{1,5})\s*(?:[x×*,:]|\s)\s*(\d{1,5})\s*", re.IGNORECASE)


class Handle(NamedTuple):
    """Which edges are taken: -1 is the left or upper one, 1 the right or lower one, 0 neither."""

    across: int
    down: int


HANDLES = tuple(Handle(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y)


@dataclass(frozen=True, slots=True)
class Selection:
    """An area within `bounds`. Its width and height are whole numbers of `grain`.

    The recorder cuts odd last rows and columns off, so an even grain makes the area that is drawn
    the one that is recorded. Where a `ratio` cannot be met by such sizes the nearest is taken.
    """

    rect: Rect
    bounds: Rect
    ratio: Ratio | None = None
    grain: int = 2
    least: int = MIN_SIZE_PX

    def clamped(self) -> Selection:
        """Return it with a size that can be recorded, moved to where it is within the bounds."""
        return self._sized(self.rect.width, self.rect.height, self.rect.x, self.rect.y)

    def drawn(self, start: Point, end: Point) -> Selection:
        """Return the area from one pixel to another, both within it."""
        (x0, y0), (x1, y1) = self._inside(start), self._inside(end)
        fixed_x = x0 + 1 if x1 < x0 else x0
        fixed_y = y0 + 1 if y1 < y0 else y0
        width, height = self._fitted(
            *self._led(abs(x1 - x0) + 1, abs(y1 - y0) + 1),
            fixed_x - self.bounds.x if x1 < x0 else self.bounds.right - fixed_x,
            fixed_y - self.bounds.y if y1 < y0 else self.bounds.bottom - fixed_y,
        )
        x = fixed_x - width if x1 < x0 else fixed_x
        y = fixed_y - height if y1 < y0 else fixed_y
        return self._within(Rect(x, y, width, height))

    def moved(self, dx: int, dy: int) -> Selection:
        """Return it moved, as far as the bounds allow."""
        return self._within(self.rect.moved(dx, dy))

    def resized(self, handle: Handle, dx: int, dy: int) -> Selection:
        """Return it with the edges of `handle` moved; the opposite ones stay."""
        rect = self.rect
        width = rect.width + handle.across * dx
        height = rect.height + handle.down * dy
        if self.ratio is not None:
            if handle.across and handle.down:
                width, height = self._led(width, height)
            elif handle.across:
                height = self._height_for(width)
            else:
                width = self._width_for(height)
        width, height = self._fitted(
            width,
            height,
            rect.right - self.bounds.x if handle.across < 0 else self.bounds.right - rect.x,
            rect.bottom - self.bounds.y if handle.down < 0 else self.bounds.bottom - rect.y,
        )
        x = rect.right - width if handle.across < 0 else rect.x
        y = rect.bottom - height if handle.down < 0 else rect.y
        return self._within(Rect(x, y, width, height))

    def with_size(self, width: int, height: int) -> Selection:
        """Return it with that size from the same corner; a ratio that it breaks is let go."""
        fits = self.ratio is not None and is_ratio((width, height), self.ratio)
        free = self if fits else replace(self, ratio=None)
        return free._sized(width, height, self.rect.x, self.rect.y, exactly=True)

    def with_ratio(self, ratio: Ratio | None) -> Selection:
        """Return it with that ratio, around the same middle."""
        locked = replace(self, ratio=ratio)
        rect = self.rect
        if ratio is None or not rect:
            return locked
        width, height = locked._fitted(
            rect.width, locked._height_for(rect.width), self.bounds.width, self.bounds.height
        )
        x = rect.x + (rect.width - width) // 2
        y = rect.y + (rect.height - height) // 2
        return locked._within(Rect(x, y, width, height))

    def handle_at(self, point: Point, reach: int) -> Handle | None:
        """Return the handle that is at most `reach` pixels from `point`, the nearest."""
        near = [
            (max(abs(point[0] - x), abs(point[1] - y)), handle)
            for handle, (x, y) in self.handles()
            if max(abs(point[0] - x), abs(point[1] - y)) <= reach
        ]
        return min(near)[1] if near else None

    def handles(self) -> list[tuple[Handle, Point]]:
        """Return where the eight handles are: corners and middles of edges."""
        rect = self.rect
        columns = {-1: rect.x, 0: rect.x + rect.width // 2, 1: rect.right}
        rows = {-1: rect.y, 0: rect.y + rect.height // 2, 1: rect.bottom}
        return [(handle, (columns[handle.across], rows[handle.down])) for handle in HANDLES]

    def holds(self, point: Point) -> bool:
        """Return whether the pixel is within it."""
        return self.rect.contains(Rect(*point, 1, 1))

    def _sized(self, width: int, height: int, x: int, y: int, exactly: bool = False) -> Selection:
        if not exactly:
            width, height = self._led(width, height)
        fitted = self._fitted(width, height, self.bounds.width, self.bounds.height)
        return self._within(Rect(x, y, *fitted))

    def _led(self, width: int, height: int) -> tuple[int, int]:
        """Return a size of the locked ratio; the edge that goes further leads."""
        if self.ratio is None:
            return width, height
        width = max(width, self._width_for(height))
        return width, self._height_for(width)

    def _width_for(self, height: int) -> int:
        return round(height * self.ratio[0] / self.ratio[1]) if self.ratio else height

    def _height_for(self, width: int) -> int:
        return round(width * self.ratio[1] / self.ratio[0]) if self.ratio else width

    def _fitted(self, width: int, height: int, room_x: int, room_y: int) -> tuple[int, int]:
        """Return the nearest size allowed that takes no more room than there is, if possible."""
        # At the very edge there is less room than the smallest area needs: it is moved then.
        most_x = max(self._floor(min(room_x, self.bounds.width)), self.least)
        most_y = max(self._floor(min(room_y, self.bounds.height)), self.least)
        if self.ratio is None:
            return (
                max(self.least, min(most_x, self._floor(width))),
                max(self.least, min(most_y, self._floor(height))),
            )
        across, down = self.ratio
        width = min(width, most_x, most_y * across // down)
        width = max(self._floor(width), self._ceil(max(self.least, self.least * across / down)))
        height = round(width * down / across / self.grain) * self.grain
        return width, max(self.least, min(height, self._floor(self.bounds.height)))

    def _within(self, rect: Rect) -> Selection:
        x = max(self.bounds.x, min(rect.x, self.bounds.right - rect.width))
        y = max(self.bounds.y, min(rect.y, self.bounds.bottom - rect.height))
        return replace(self, rect=Rect(x, y, rect.width, rect.height))

    def _inside(self, point: Point) -> Point:
        return (
            max(self.bounds.x, min(point[0], self.bounds.right - 1)),
            max(self.bounds.y, min(point[1], self.bounds.bottom - 1)),
        )

    def _floor(self, length: int) -> int:
        return length // self.grain * self.grain

    def _ceil(self, length: float) -> int:
        return math.ceil(length / self.grain) * self.grain


def is_ratio(size: tuple[int, int], ratio: Ratio) -> bool:
    """Return whether a size goes by the name of that ratio."""
    across, down = ratio
    return abs(size[0] * down / (size[1] * across) - 1) < _NAMED_WITHIN


def ratio_name(width: int, height: int) -> str:
    """Return the name of a ratio that people know, such as 16:9; empty for any other."""
    for across, down in (*RATIOS, (3, 2), (2, 3), (3, 4), (16, 10), (10, 16), (21, 9)):
        if is_ratio((width, height), (across, down)):
            return f"{across}:{down}"
    return ""


def parse_size(text: str) -> tuple[int, int] | None:
    """Read a size as people type it, such as 1280x720; None where it is not one."""
    match = _SIZE.fullmatch(text)
    return (int(match[1]), int(match[2])) if match and int(match[1]) and int(match[2]) else None
