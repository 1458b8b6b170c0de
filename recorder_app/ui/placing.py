"""Where windows go beside what is recorded. Pure arithmetic on rectangles of one unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QPoint, QRect, QSize

Area = tuple[int, int, int, int]
Screens = Sequence[tuple[str, QRect]]

# Between the recorded area and what stands beside it: comfortable, or clear of the frame only.
_GAPS = (12, 4)
_EDGE = 16


def bar_place(size: QSize, area: Area | None, screens: Screens) -> QPoint | None:
    """Return where a bar of `size` stands outside `area`, None if it would be in the picture.

    Below it, above it, beside it, else on another screen. Without an area at the bottom of the
    first screen.
    """
    rects = [rect for _, rect in screens]
    if area is None:
        return next(_at_bottom(size, rects), None)
    taken = QRect(*area)
    rects.sort(key=lambda rect: -_common(rect, taken))
    places = _candidates(size, taken, rects)
    return next((one for one in places if is_free(QRect(one, size), area, screens)), None)


def is_free(window: QRect, area: Area | None, screens: Screens) -> bool:
    """Whether `window` is on a screen and outside `area`."""
    is_outside = area is None or not window.intersects(QRect(*area))
    return is_outside and any(rect.contains(window) for _, rect in screens)


def kept_place(place: QRect, screens: Screens) -> QRect | None:
    """Return where a window goes that was left at `place`: wholly on the screen it is most on.

    None when that screen is gone.
    """
    screen = max((rect for _, rect in screens), key=lambda rect: _common(rect, place), default=None)
    if screen is None or _common(screen, place) == 0:
        return None
    size = place.size().boundedTo(screen.size())
    left = max(screen.left(), min(place.left(), screen.right() + 1 - size.width()))
    top = max(screen.top(), min(place.top(), screen.bottom() + 1 - size.height()))
    return QRect(QPoint(left, top), size)


def frame_edges(area: QRect, thickness: int, desktop: QRect) -> list[QRect]:
    """Return the edges of a frame just outside `area`, without those that are off `desktop`."""
    outer = area.adjusted(-thickness, -thickness, thickness, thickness)
    edges = (
        QRect(outer.left(), outer.top(), outer.width(), thickness),
        QRect(outer.left(), area.bottom() + 1, outer.width(), thickness),
        QRect(outer.left(), area.top(), thickness, area.height()),
        QRect(area.right() + 1, area.top(), thickness, area.height()),
    )
    return [part for edge in edges if not (part := edge.intersected(desktop)).isEmpty()]


def logical_area(area: Area, screens: Iterable[tuple[QRect, float]]) -> QRect:
    """Return an area of device pixels in the units of windows.

    `screens` are logical, with their scale. A screen keeps its top left corner in both units.
    """
    device = QRect(*area)
    whole = QRect()
    for rect, scale in screens:
        origin = rect.topLeft()
        on_it = QRect(origin, QSize(round(rect.width() * scale), round(rect.height() * scale)))
        part = device.intersected(on_it)
        if part.isEmpty():
            continue
        # Outwards, so that what is recorded is never undercut.
        left = origin.x() + int((part.left() - origin.x()) / scale)
        top = origin.y() + int((part.top() - origin.y()) / scale)
        right = origin.x() - int(-(part.right() + 1 - origin.x()) // scale)
        bottom = origin.y() - int(-(part.bottom() + 1 - origin.y()) // scale)
        whole = whole.united(QRect(left, top, right - left, bottom - top))
    return whole


def card_place(size: QSize, screen: QRect) -> QPoint:
    """Return the bottom right corner of `screen` for a card of `size`."""
    return QPoint(
        screen.right() + 1 - size.width() - _EDGE, screen.bottom() + 1 - size.height() - _EDGE
    )


def middle_place(size: QSize, around: QRect) -> QPoint:
    """Return where something of `size` is in the middle of `around`."""
    return around.center() - QPoint(size.width() // 2, size.height() // 2)


def _candidates(size: QSize, taken: QRect, rects: Sequence[QRect]) -> Iterator[QPoint]:
    middle_x = taken.center().x() - size.width() // 2
    middle_y = taken.center().y() - size.height() // 2
    for gap in _GAPS:
        for rect in rects[:1]:
            x = _held(middle_x, rect.left(), rect.right() + 1 - size.width())
            y = _held(middle_y, rect.top(), rect.bottom() + 1 - size.height())
            yield QPoint(x, taken.bottom() + 1 + gap)
            yield QPoint(x, taken.top() - gap - size.height())
            yield QPoint(taken.right() + 1 + gap, y)
            yield QPoint(taken.left() - gap - size.width(), y)
    yield from _at_bottom(size, [*rects[1:], *rects[:1]])
    for rect in rects[1:]:
        yield QPoint(rect.center().x() - size.width() // 2, rect.top() + _EDGE)


def _at_bottom(size: QSize, rects: Iterable[QRect]) -> Iterator[QPoint]:
    for rect in rects:
        x = rect.center().x() - size.width() // 2
        yield QPoint(x, rect.bottom() + 1 - size.height() - _EDGE)


def _common(one: QRect, other: QRect) -> int:
    both = one.intersected(other)
    return 0 if both.isEmpty() else both.width() * both.height()


def _held(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
