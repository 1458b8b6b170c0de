"""Screens as people see them and as they are recorded: places in one and in the other, without Qt.

Qt leaves the corner of a screen in device pixels and divides only its size by the scale factor, so
places of two screens cannot be reckoned with each other. What is chosen is therefore kept in device
pixels of the desktop, and each screen translates for itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recorder_app.media.geometry import Rect, bounds
from recorder_app.ui.picker.selection import Point

# Dividing by a factor and multiplying with it again may end a hair below the pixel.
_HAIR = 1e-3


@dataclass(frozen=True, slots=True)
class ScreenPlace:
    """A screen: its device pixels on the desktop, where Qt says that it is, and their ratio.

    `target` is what the recorder calls it.
    """

    name: str
    device: Rect
    logical: Rect
    scale: float
    target: str = ""

    def to_device(self, x: float, y: float) -> Point:
        """Return the device pixel at a place relative to this screen's upper left corner."""
        return (
            self.device.x + math.floor(x * self.scale + _HAIR),
            self.device.y + math.floor(y * self.scale + _HAIR),
        )

    def to_local(self, x: int, y: int) -> tuple[float, float]:
        """Return where the corner of a device pixel is on this screen."""
        return (x - self.device.x) / self.scale, (y - self.device.y) / self.scale

    def inside(self, rect: Rect) -> Rect:
        """Return a rectangle of the desktop relative to this screen, still in device pixels."""
        return rect.moved(-self.device.x, -self.device.y)


@dataclass(frozen=True, slots=True)
class QtScreen:
    """What Qt says of a screen."""

    name: str
    logical: Rect
    scale: float


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """What the recorder says of a monitor."""

    name: str
    device: Rect
    target: str


def placed(screens: Iterable[QtScreen], monitors: Sequence[NamedPlace]) -> list[ScreenPlace]:
    """Return Qt's screens with the device pixels that the recorder knows them by.

    Where names differ the monitor that covers most of the screen is taken.
    """
    places = []
    for screen in screens:
        guess = Rect(
            screen.logical.x,
            screen.logical.y,
            round(screen.logical.width * screen.scale),
            round(screen.logical.height * screen.scale),
        )
        found = next((one for one in monitors if one.name == screen.name), None)
        if found is None:
            found = max(
                (one for one in monitors if one.device.intersection(guess)),
                key=lambda one: one.device.intersection(guess).area_px,
                default=NamedPlace(screen.name, guess, ""),
            )
        places.append(
            ScreenPlace(screen.name, found.device, screen.logical, screen.scale, found.target)
        )
    return places


def desktop_bounds(places: Iterable[ScreenPlace]) -> Rect:
    """Return the device pixels around all screens."""
    return bounds(place.device for place in places)


def main_place(places: Sequence[ScreenPlace], rect: Rect) -> ScreenPlace:
    """Return the screen that shows most of `rect`, the first where none does."""
    return max(places, key=lambda place: place.device.intersection(rect).area_px)


def place_of(places: Sequence[ScreenPlace], point: Point) -> ScreenPlace | None:
    """Return the screen that a device pixel is on, None between screens."""
    pixel = Rect(*point, 1, 1)
    return next((place for place in places if place.device.contains(pixel)), None)


def label_corner(area: Rect, size: tuple[int, int], screen: Rect, gap: int) -> Point:
    """Return where a label goes: above `area`, or within it where there is no room above."""
    width, height = size
    above = area.y - gap - height
    y = above if above >= screen.y else area.y + gap
    return _between(area.x, screen.x, screen.right - width), _between(
        y, screen.y, screen.bottom - height
    )


def strip_corner(area: Rect, size: tuple[int, int], screen: Rect, gap: int, label: int) -> Point:
    """Return where the controls go: below `area`, above its label, or within it at its bottom."""
    width, height = size
    x = _between(area.x + (area.width - width) // 2, screen.x, screen.right - width)
    if area.bottom + gap + height <= screen.bottom:
        return x, area.bottom + gap
    above = area.y - label - 2 * gap - height
    if above >= screen.y:
        return x, above
    return x, _between(
        min(area.bottom, screen.bottom) - gap - height, screen.y, screen.bottom - height
    )


def beside(point: Point, size: tuple[int, int], screen: Rect, gap: int) -> Point:
    """Return where something goes beside the pointer: right below it, else on its other sides."""
    width, height = size
    x = point[0] + gap if point[0] + gap + width <= screen.right else point[0] - gap - width
    y = point[1] + gap if point[1] + gap + height <= screen.bottom else point[1] - gap - height
    return x, y


def _between(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))
