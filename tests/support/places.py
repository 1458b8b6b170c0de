"""Layouts of monitors as desktops have them: factors mixed, left of, above, negative corners."""

from __future__ import annotations

from recorder_app.media.geometry import Rect
from recorder_app.ui.picker.layout import NamedPlace, QtScreen, ScreenPlace, placed

Monitor = tuple[str, Rect, float]

LAYOUTS: dict[str, list[Monitor]] = {
    "one": [("A", Rect(0, 0, 1920, 1080), 1.0)],
    "one-scaled": [("A", Rect(0, 0, 1366, 768), 1.5)],
    "side-by-side": [("A", Rect(0, 0, 1280, 1080), 1.0), ("B", Rect(1280, 0, 640, 1080), 2.0)],
    "quarter-and-half": [
        ("A", Rect(0, 0, 1920, 1200), 1.25),
        ("B", Rect(1920, 120, 1366, 768), 1.5),
    ],
    "left-of": [("A", Rect(0, 0, 2560, 1440), 1.5), ("B", Rect(-1920, 360, 1920, 1080), 1.0)],
    "above": [("A", Rect(0, 0, 1920, 1080), 1.0), ("B", Rect(-320, -1440, 2560, 1440), 2.0)],
    "three": [
        ("A", Rect(1080, 420, 1920, 1080), 1.25),
        ("B", Rect(0, 0, 1080, 1920), 1.0),
        ("C", Rect(3000, 0, 3840, 2160), 2.0),
    ],
    "odd-and-negative": [
        ("A", Rect(-1367, -769, 1367, 769), 1.25),
        ("B", Rect(0, 0, 1921, 1081), 1.5),
    ],
}


def places_of(monitors: list[Monitor]) -> list[ScreenPlace]:
    """Return the screens as Qt describes such monitors: native corners, sizes divided."""
    screens = [
        QtScreen(
            name,
            Rect(rect.x, rect.y, round(rect.width / scale), round(rect.height / scale)),
            scale,
        )
        for name, rect, scale in monitors
    ]
    named = [
        NamedPlace(name, rect, f"monitor:{number}")
        for number, (name, rect, _) in enumerate(monitors, start=1)
    ]
    return placed(screens, named)
