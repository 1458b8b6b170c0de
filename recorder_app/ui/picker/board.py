"""What is being chosen, and what the pointer and the keys do to it. Device pixels, without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from recorder_app.capture.base import MIN_SIZE_PX
from recorder_app.media.geometry import Rect
from recorder_app.ui.picker.layout import ScreenPlace, desktop_bounds, main_place
from recorder_app.ui.picker.selection import Handle, Point, Ratio, Selection

Mode = Literal["area", "window", "screen", "screenshot"]
Kind = Literal["region", "window", "monitor"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A window or a monitor that can be taken by a click."""

    kind: Kind
    target: str
    title: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Drag:
    """A button held down: where, what was chosen before, and the last place of the pointer."""

    what: Literal["draw", "move", "resize"]
    press: Point
    before: Selection | None
    last: Point
    handle: Handle | None = None
    is_moved: bool = False


class Board:
    """The state of an open picker. `windows` are front to back."""

    def __init__(
        self,
        mode: Mode,
        places: Sequence[ScreenPlace],
        last_area: Rect | None = None,
        windows: Sequence[Offer] = (),
    ) -> None:
        self.mode = mode
        self.places = tuple(places)
        self.bounds = desktop_bounds(places)
        self.hovered: Offer | None = None
        self.pointer: Point | None = None
        self.drag: Drag | None = None
        self.is_space_held = False
        self._taken: Offer | None = None
        # A screenshot may have any size; a picture of a recording has an even one.
        grain, least = (1, 1) if mode == "screenshot" else (2, MIN_SIZE_PX)
        self._blank = Selection(Rect(0, 0, 0, 0), self.bounds, None, grain, least)
        self.selection: Selection | None = None
        self._windows = tuple(windows)
        # The area there is when areas are drawn again.
        self._kept: Selection | None = None
        if last_area is not None and last_area.intersection(self.bounds):
            self._kept = replace(self._blank, rect=last_area).clamped()
        if self.draws:
            self.selection = self._kept

    @property
    def draws(self) -> bool:
        """Whether areas can be drawn; else a window or a monitor is pointed at."""
        return self.mode in ("area", "screenshot")

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What can be taken by a click, front to back."""
        if self.mode != "screen":
            return self._windows
        # A number that is not known for sure could be another monitor's; its pixels are its own.
        return tuple(
            Offer("monitor", place.target or f"region:{place.device}", place.name, place.device)
            for place in self.places
        )

    @property
    def ratio(self) -> Ratio | None:
        return (self.selection or self._blank).ratio

    @property
    def taken(self) -> Offer | None:
        """The window whose place the area is, until it is changed."""
        if self._taken is None or self.selection is None:
            return None
        return self._taken if self.selection == self._around(self._taken) else None

    def set_windows(self, windows: Sequence[Offer]) -> None:
        """Offer these from now on."""
        self._windows = tuple(windows)
        self._hover()

    def set_mode(self, mode: Mode) -> None:
        """Have something else pointed at; an area is kept for when areas are drawn again."""
        if mode == self.mode:
            return
        self.abandon_drag()
        if self.draws:
            self._kept = self.selection
        self.mode = mode
        self.selection = self._kept if self.draws else None
        self._hover()

    def is_grip(self, point: Point, reach: int) -> Handle | Literal["inside"] | None:
        """Return what a press there would take: a handle, the area itself, or nothing of it."""
        if self.selection is None:
            return None
        handle = self.selection.handle_at(point, reach)
        if handle is not None:
            return handle
        # An area over everything cannot be moved, so what is pressed begins a new one.
        is_whole = self.selection.rect == self.bounds
        return "inside" if self.selection.holds(point) and not is_whole else None

    def press(self, point: Point, reach: int) -> None:
        """Take what is there; `reach` is how near a handle must be."""
        self.point_at(point)
        if not self.draws:
            return
        grip = self.is_grip(point, reach)
        if grip == "inside":
            self.drag = Drag("move", point, self.selection, point)
        elif grip is None:
            self.drag = Drag("draw", point, self.selection, point)
        else:
            self.drag = Drag("resize", point, self.selection, point, grip)

    def point_at(self, point: Point | None, slop: int = 0) -> None:
        """Have the pointer at a pixel; what is dragged follows once it is `slop` away."""
        self.pointer = point
        if self.drag is None:
            self._hover()
        elif point is not None:
            self._follow(self.drag, point, slop)

    def release(self) -> bool:
        """Let go; return whether that settles what to record."""
        drag, self.drag = self.drag, None
        if not self.draws:
            return self.hovered is not None
        if drag is not None and drag.what == "draw" and not drag.is_moved:
            self._hover()
            if self.hovered is not None:
                self.take(self.hovered)
        self._hover()
        return False

    def abandon_drag(self) -> bool:
        """Put back what was before the button was pressed; return whether one was."""
        drag, self.drag = self.drag, None
        if drag is not None:
            self.selection = drag.before
        return drag is not None

    def take(self, offer: Offer) -> None:
        """Choose a window's place as the area."""
        self.selection = self._around(offer)
        self._taken = offer

    def clear(self) -> None:
        """Choose nothing."""
        if self.selection is not None:
            self._blank = replace(self._blank, ratio=self.selection.ratio)
        self.selection = self.drag = None
        self._hover()

    def nudge(self, dx: int, dy: int, step: int, *, resize: bool) -> None:
        """Do what an arrow key does: move or resize the area, or go on to the next offer."""
        if not self.draws:
            self._next_offer(dx + dy)
        elif self.selection is None:
            self.begin()
        elif resize:
            step = max(step, self.selection.grain)
            self.selection = self.selection.resized(Handle(abs(dx), abs(dy)), dx * step, dy * step)
        else:
            self.selection = self.selection.moved(dx * step, dy * step)

    def begin(self) -> None:
        """Choose the middle half of the screen that the pointer is on, to go on from."""
        pointed = Rect(*(self.pointer or (self.bounds.x, self.bounds.y)), 1, 1)
        screen = main_place(self.places, pointed).device
        width, height = screen.width // 2, screen.height // 2
        middle = Rect(screen.x + width // 2, screen.y + height // 2, width, height)
        self.selection = replace(self._blank, rect=middle).clamped()

    def set_ratio(self, ratio: Ratio | None) -> None:
        """Lock the sides of the area to each other, or let them go."""
        self._blank = replace(self._blank, ratio=ratio)
        if self.selection is not None:
            self.selection = self.selection.with_ratio(ratio)

    def set_size(self, width: int, height: int) -> None:
        """Give the area that size, as near as it can be had."""
        if self.selection is None:
            self.begin()
        assert self.selection is not None
        self.selection = self.selection.with_size(width, height)
        self._blank = replace(self._blank, ratio=self.selection.ratio)

    def chosen(self) -> Offer | None:
        """Return what would be recorded now: a window, a monitor, or an area as an offer."""
        if self.taken is not None:
            return self.taken
        if self.selection is not None:
            return Offer("region", f"region:{self.selection.rect}", "", self.selection.rect)
        return self.hovered

    def _around(self, offer: Offer) -> Selection:
        free = replace(self._blank, ratio=None)
        return replace(free, rect=offer.rect.intersection(self.bounds)).clamped()

    def _hover(self) -> None:
        self.hovered = None
        if self.pointer is None or (self.selection and self.selection.holds(self.pointer)):
            return
        pixel = Rect(*self.pointer, 1, 1)
        self.hovered = next((one for one in self.offers if one.rect.contains(pixel)), None)

    def _next_offer(self, step: int) -> None:
        if not self.offers:
            return
        at = self.offers.index(self.hovered) + step if self.hovered in self.offers else 0
        self.hovered = self.offers[at % len(self.offers)]

    def _follow(self, drag: Drag, point: Point, slop: int) -> None:
        dx, dy = point[0] - drag.press[0], point[1] - drag.press[1]
        if not drag.is_moved and max(abs(dx), abs(dy)) < slop:
            return
        drag = replace(drag, is_moved=True)
        if drag.what == "draw":
            if self.is_space_held:
                # The pixel it began at goes along, so the area keeps its size.
                back = (
                    drag.press[0] + point[0] - drag.last[0],
                    drag.press[1] + point[1] - drag.last[1],
                )
                drag = replace(drag, press=back)
            blank = replace(self._blank, ratio=self.ratio)
            self.selection = blank.drawn(drag.press, point)
        elif drag.before is not None and drag.what == "move":
            self.selection = drag.before.moved(dx, dy)
        elif drag.before is not None and drag.handle is not None:
            self.selection = drag.before.resized(drag.handle, dx, dy)
        self.hovered = None
        self.drag = replace(drag, last=point)
