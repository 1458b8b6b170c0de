"""What a person asked to record: parsing, finding it, and following it while it moves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recorder_app.capture.base import MIN_SIZE_PX, Monitor, Window
from recorder_app.capture.desktop import Desktop
from recorder_app.errors import InvalidRegionError, InvalidRequest, SourceUnavailable, TargetLost
from recorder_app.media.geometry import Rect
from recorder_app.texts import N_


@dataclass(frozen=True, slots=True)
class MonitorTarget:
    """One monitor; `number` counts from 1 in the order ``targets`` prints."""

    number: int


@dataclass(frozen=True, slots=True)
class DesktopTarget:
    """All monitors in one picture."""


@dataclass(frozen=True, slots=True)
class RegionTarget:
    rect: Rect


@dataclass(frozen=True, slots=True)
class WindowTarget:
    """A window by its number (decimal or 0x...) or by its title or a part of it."""

    query: str


@dataclass(frozen=True, slots=True)
class SyntheticTarget:
    """A test pattern of the package's own."""

    name: str


ScreenTarget = MonitorTarget | DesktopTarget | RegionTarget | WindowTarget
Target = ScreenTarget | SyntheticTarget

_REGION = re.compile(r"(-?\d+),(-?\d+),(\d+)x(\d+)")


def parse_target(text: str) -> Target:
    """Read ``monitor:N``, ``all``, ``region:X,Y,WxH``, ``window:ID-or-title``, ``synthetic:NAME``.

    Raises InvalidRequest or InvalidRegionError.
    """
    kind, _, rest = text.partition(":")
    if text == "all":
        return DesktopTarget()
    if kind == "monitor" and rest.isdecimal() and int(rest) >= 1:
        return MonitorTarget(int(rest))
    if kind == "window" and rest:
        return WindowTarget(rest)
    if kind == "synthetic" and rest:
        return SyntheticTarget(rest)
    if kind == "region" and (match := _REGION.fullmatch(rest)):
        rect = Rect(*map(int, match.groups()))
        require_size(rect)
        return RegionTarget(rect)
    raise InvalidRequest(
        N_("“{text}” is not something to record."),
        hint=N_(
            "Use monitor:N, all, region:X,Y,WxH or window:TITLE; on the command line, "
            "“recorder-app targets” lists them."
        ),
        text=text,
    )


def require_size(rect: Rect) -> None:
    """Raise InvalidRegionError for an area that is too small to encode."""
    if min(rect.width, rect.height) < MIN_SIZE_PX:
        raise InvalidRegionError(
            N_("The area {rect} is too small."),
            hint=N_("Choose at least {minimum} x {minimum} pixels."),
            rect=rect,
            minimum=MIN_SIZE_PX,
        )


class TargetLocator:
    """Finds a target on a desktop and says where it is now. Used by one thread at a time."""

    def __init__(self, desktop: Desktop, target: ScreenTarget) -> None:
        self._desktop = desktop
        self._target = target
        self._monitor: Monitor | None = None
        self._window: Window | None = None

    @property
    def moves(self) -> bool:
        """Whether the place must be asked for before every picture."""
        return isinstance(self._target, WindowTarget)

    def find(self) -> tuple[Rect, str]:
        """Return the target's place and a description.

        Raises InvalidRequest, InvalidRegionError or SourceUnavailable.
        """
        match self._target:
            case MonitorTarget(number):
                self._monitor = self._find_monitor(number)
                return self._monitor.rect, f"monitor {self._monitor.name}"
            case DesktopTarget():
                return self._desktop.desktop_rect(), "all monitors"
            case RegionTarget(rect):
                self._require_on_desktop(rect)
                return rect, f"region {rect}"
            case WindowTarget(query):
                self._window = self._find_window(query)
                require_size(self._window.rect)
                return self._window.rect, f"window {self._window.title}"

    def locate(self) -> Rect:
        """Return where the target is now; empty while a window is hidden.

        Raises TargetLost when it is gone.
        """
        if self._window is not None:
            rect = self._desktop.window_rect(self._window.id)
            if rect is None:
                raise _lost(N_("The window “{name}” was closed."), self._window.title)
            return rect
        if self._monitor is not None:
            for monitor in self._desktop.monitors():
                if monitor.name == self._monitor.name:
                    return monitor.rect
            raise _lost(N_("The monitor {name} was unplugged or switched off."), self._monitor.name)
        if isinstance(self._target, RegionTarget):
            if not self._target.rect.intersection(self._desktop.desktop_rect()):
                raise _lost(N_("The area {name} is no longer on a screen."), self._target.rect)
            return self._target.rect
        return self._desktop.desktop_rect()

    def _find_monitor(self, number: int) -> Monitor:
        monitors = self._desktop.monitors()
        if number > len(monitors):
            raise InvalidRequest(
                N_("There is no monitor {number}; this desktop has {count}."),
                hint=N_(
                    "Choose another; on the command line, “recorder-app targets” lists the "
                    "monitors."
                ),
                number=number,
                count=len(monitors),
            )
        return monitors[number - 1]

    def _find_window(self, query: str) -> Window:
        windows = self._desktop.windows()
        found = []
        if match := re.fullmatch(r"0x([0-9a-f]+)|([0-9]+)", query, re.IGNORECASE):
            number = int(match[1], 16) if match[1] else int(match[2])
            found = [window for window in windows if window.id == number]
        found = found or [w for w in windows if w.title == query]
        found = found or [w for w in windows if query.casefold() in w.title.casefold()]
        if not found:
            raise InvalidRequest(
                N_("There is no window “{query}”."),
                hint=N_(
                    "Choose another; on the command line, “recorder-app targets” lists the windows "
                    "with their numbers."
                ),
                query=query,
            )
        if len(found) > 1:
            raise InvalidRequest(
                N_("Several windows match “{query}”: {ids}."),
                hint=N_("Name one by its number, such as window:{first}."),
                query=query,
                ids=", ".join(f"{window.id:#x} {window.title}" for window in found),
                first=f"{found[0].id:#x}",
            )
        if not found[0].rect:
            raise SourceUnavailable(
                N_("The window “{title}” is hidden or minimised."),
                hint=N_("Bring it to the screen and try again."),
                title=found[0].title,
            )
        return found[0]

    def _require_on_desktop(self, rect: Rect) -> None:
        whole = self._desktop.desktop_rect()
        on_monitor = any(monitor.rect.intersection(rect) for monitor in self._desktop.monitors())
        if not whole.contains(rect) or not on_monitor:
            raise InvalidRegionError(
                N_("The area {rect} is not on the desktop, which is {whole}."),
                hint=N_("Choose an area within the desktop."),
                rect=rect,
                whole=whole,
            )


def _lost(message: str, name: object) -> TargetLost:
    return TargetLost(message, hint=N_("What was recorded so far is kept."), name=name)
