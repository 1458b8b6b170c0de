"""How what is recorded lies in the frame, whose size never changes: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from recorder_app.media.geometry import Rect

_NOTHING = Rect(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Which part of the desktop is seen, and where in the frame. Around it the frame is black.

    `visible` is on the desktop, `shown` in the frame, both in pixels. Where they have the same
    size, pixels are shown as they are; else `visible` is scaled down to `shown`.
    """

    visible: Rect
    shown: Rect

    def __bool__(self) -> bool:
        return bool(self.visible)

    @property
    def is_scaled(self) -> bool:
        size = (self.visible.width, self.visible.height)
        return size != (self.shown.width, self.shown.height)

    def to_frame(self, rect: Rect) -> Rect:
        """Return the seen part of a rectangle of the desktop in the frame, if nothing is scaled."""
        dx, dy = self.shown.x - self.visible.x, self.shown.y - self.visible.y
        return rect.intersection(self.visible).moved(dx, dy)

    def to_desktop(self, rect: Rect) -> Rect:
        """Return what the seen part of a rectangle of the frame shows, if nothing is scaled."""
        dx, dy = self.visible.x - self.shown.x, self.visible.y - self.shown.y
        return rect.intersection(self.shown).moved(dx, dy)


def fitted(place: Rect, frame: Rect, desktop: Rect) -> Letterbox:
    """Return how `place` of the desktop is shown in `frame`, which starts at 0,0 and is even.

    It is centred, never enlarged, and scaled down with its aspect ratio kept where it does not
    fit. What of it is beyond `desktop` stays black in its place.
    """
    # One column or row too many is left out: for a pixel nobody makes a whole text blurred.
    if place.width == frame.width + 1:
        place = Rect(place.x, place.y, frame.width, place.height)
    if place.height == frame.height + 1:
        place = Rect(place.x, place.y, place.width, frame.height)
    visible = place.intersection(desktop)
    if not visible:
        return Letterbox(_NOTHING, _NOTHING)
    width, height = _fitting_size(place, frame)
    # Chroma is shared by 2x2 pixels: on whole blocks the edge to the bars is sharp.
    left, top = (frame.width - width) // 2 & ~1, (frame.height - height) // 2 & ~1

    def across(x: int) -> int:
        return left + _scaled(x - place.x, width, place.width)

    def down(y: int) -> int:
        return top + _scaled(y - place.y, height, place.height)

    x, y = across(visible.x), down(visible.y)
    shown = Rect(x, y, across(visible.right) - x, down(visible.bottom) - y)
    # A sliver that scaling leaves nothing of.
    return Letterbox(visible, shown) if shown else Letterbox(_NOTHING, _NOTHING)


def _fitting_size(place: Rect, frame: Rect) -> tuple[int, int]:
    """Return the size at which `place` is shown: its own, or the largest that fits, even."""
    if place.width <= frame.width and place.height <= frame.height:
        return place.width, place.height
    if place.width * frame.height >= place.height * frame.width:
        return frame.width, max(2, 2 * _scaled(frame.width, place.height, 2 * place.width))
    return max(2, 2 * _scaled(frame.height, place.width, 2 * place.height)), frame.height


def _scaled(number: int, by: int, per: int) -> int:
    """Return `number` times `by` / `per`, rounded to the nearest."""
    return (2 * number * by + per) // (2 * per)
