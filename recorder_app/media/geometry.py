"""Rectangles in physical pixels, and the arithmetic that capture and conversion share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# What a grab of its own costs, in pixels copied: a round trip is about 0.1 ms. Too small and many
# little changes cost a round trip each; too large and quiet parts between them are copied again.
_ROUND_TRIP_PX = 64_000


@dataclass(frozen=True, slots=True, order=True)
class Rect:
    """A rectangle; `x` and `y` may be negative, an empty one has no width or no height."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.x},{self.y},{self.width}x{self.height}"

    def __bool__(self) -> bool:
        return self.width > 0 and self.height > 0

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def area_px(self) -> int:
        return self.width * self.height if self else 0

    def moved(self, dx: int, dy: int) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def intersection(self, other: Rect) -> Rect:
        """Return the common part, which may be empty."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Rect(
            x,
            y,
            max(0, min(self.right, other.right) - x),
            max(0, min(self.bottom, other.bottom) - y),
        )

    def union(self, other: Rect) -> Rect:
        """Return the smallest rectangle around both; an empty one adds nothing."""
        if not self or not other:
            return self or other
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def contains(self, other: Rect) -> bool:
        return self.intersection(other) == other

    def even_size(self) -> Rect:
        """Return it without its odd last column and row: 4:2:0 pictures have even sizes."""
        return Rect(self.x, self.y, self.width & ~1, self.height & ~1)

    def even_cover(self, frame: Rect) -> Rect:
        """Return the smallest rectangle around it on whole 2x2 blocks, within `frame`.

        `frame` starts at 0,0 and has an even size; chroma is shared by 2x2 pixels.
        """
        x, y = self.x & ~1, self.y & ~1
        right, bottom = (self.right + 1) & ~1, (self.bottom + 1) & ~1
        return Rect(x, y, right - x, bottom - y).intersection(frame)


def bounds(rects: Iterable[Rect]) -> Rect:
    """Return the smallest rectangle around all of `rects`, empty for none."""
    whole = Rect(0, 0, 0, 0)
    for rect in rects:
        whole = whole.union(rect)
    return whole


def merged(rects: Iterable[Rect], most: int) -> list[Rect]:
    """Return at most `most` rectangles that cover `rects`.

    Two are joined where one grab around both is cheaper than one for each.
    """
    pending = sorted(rect for rect in rects if rect)
    done: list[Rect] = []
    while pending:
        rect = pending.pop()
        for index, other in enumerate(done):
            joined = rect.union(other)
            if joined.area_px <= rect.area_px + other.area_px + _ROUND_TRIP_PX:
                del done[index]
                pending.append(joined)
                break
        else:
            done.append(rect)
    return done if len(done) <= most else [bounds(done)]
