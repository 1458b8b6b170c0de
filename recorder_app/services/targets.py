"""What there is to record, with the words that name it on the command line."""

from __future__ import annotations

import os

import msgspec

from recorder_app.capture.base import Window
from recorder_app.capture.desktop import Desktop, open_desktop
from recorder_app.capture.desktop_session import require_screen
from recorder_app.errors import SourceUnavailable
from recorder_app.media.geometry import Rect


class TargetEntry(msgspec.Struct, frozen=True):
    """A monitor or a window; `target` is what ``record --target`` takes. Physical pixels."""

    target: str
    name: str
    x: int
    y: int
    width: int
    height: int
    is_primary: bool = False


class TargetList(msgspec.Struct, frozen=True):
    monitors: list[TargetEntry]
    windows: list[TargetEntry]


def list_targets() -> TargetList:
    """Return the monitors and windows of this session. Raises CaptureError."""
    require_screen()
    desktop = open_desktop()
    try:
        return TargetList(_monitors(desktop), [_window(window) for window in _windows(desktop)])
    finally:
        desktop.close()


def list_offers() -> TargetList:
    """Return what a person can point at: monitors, and windows with those in front first.

    Windows of this process are left out. Raises CaptureError.
    """
    require_screen()
    desktop = open_desktop()
    try:
        shown = [window for window in _windows(desktop) if window.pid != os.getpid()]
        return TargetList(_monitors(desktop), [_window(window) for window in reversed(shown)])
    finally:
        desktop.close()


def _monitors(desktop: Desktop) -> list[TargetEntry]:
    return [
        _entry(f"monitor:{number}", monitor.name, monitor.rect, monitor.is_primary)
        for number, monitor in enumerate(desktop.monitors(), start=1)
    ]


def _windows(desktop: Desktop) -> list[Window]:
    try:
        return [window for window in desktop.windows() if window.rect]
    except SourceUnavailable:
        # Windows cannot be listed on this system; its monitors still can.
        return []


def _window(window: Window) -> TargetEntry:
    return _entry(f"window:{window.id:#x}", window.title, window.rect)


def _entry(target: str, name: str, rect: Rect, is_primary: bool = False) -> TargetEntry:
    return TargetEntry(target, name, rect.x, rect.y, rect.width, rect.height, is_primary)
