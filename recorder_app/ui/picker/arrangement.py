"""Where things go on one screen of the picker. Device pixels relative to the screen's corner."""

from __future__ import annotations

from recorder_app.media.geometry import Rect
from recorder_app.ui import tokens
from recorder_app.ui.picker import words
from recorder_app.ui.picker.board import Board, Offer
from recorder_app.ui.picker.drawing import HANDLE_PX, Pen
from recorder_app.ui.picker.layout import (
    ScreenPlace,
    beside,
    label_corner,
    main_place,
    place_of,
    strip_corner,
)
from recorder_app.ui.picker.selection import Point

_REACH_PX = 10


class Arrangement:
    """Arranges what belongs to `board` on the screen `place`; sizes are those of `pen`."""

    def __init__(self, place: ScreenPlace, board: Board, pen: Pen) -> None:
        self.screen = Rect(0, 0, place.device.width, place.device.height)
        self.reach = pen.px(_REACH_PX)
        self._place = place
        self._board = board
        self._pen = pen

    def limits(self, offer: Offer) -> Rect:
        """Return what the outline of an offer must not leave."""
        return self._place.inside(offer.rect if offer.kind == "monitor" else self._board.bounds)

    def label(self, text: str) -> Rect | None:
        """Return where the label is, None when it is on another screen or there is none."""
        offer = self._board.chosen()
        if offer is None:
            return None
        # Above the area, so on the screen that its upper edge is on.
        corner = place_of(self._board.places, (offer.rect.x, offer.rect.y))
        if (corner or main_place(self._board.places, offer.rect)) is not self._place:
            return None
        size = self._pen.label_size(text)
        gap = self._pen.px(tokens.SPACE_S)
        # Handles stand on the line.
        gap += self._pen.px(HANDLE_PX) // 2 if offer is not self._board.hovered else 0
        area = self._place.inside(offer.rect)
        return Rect(*label_corner(area, size, self._inner(), gap), *size)

    def strip(self, size: tuple[int, int], text: str) -> Point:
        """Return where controls of that size go: beside the area and its label, else below all."""
        if self._board.selection is None:
            width, height = size
            bottom = self.screen.bottom - self._pen.px(tokens.SPACE_XL)
            return (self.screen.width - width) // 2, bottom - height
        area = self._place.inside(self._board.selection.rect).intersection(self.screen)
        label = self._pen.label_size(text)[1]
        return strip_corner(area, size, self._inner(), self._pen.px(tokens.SPACE_M), label)

    def hint_text(self, text: str) -> str:
        """Return the hint in as many lines as it needs here."""
        room = self.screen.width - 2 * self._pen.px(tokens.SPACE_L)
        return self._pen.broken(text, words.BREAK, room)

    def hint(self, text: str, lift: int = 0) -> Rect | None:
        """Return where the hint is: in the middle, `lift` above its place at the bottom."""
        if not text:
            return None
        width, height = self._pen.label_size(text)
        bottom = self.screen.bottom - self._pen.px(tokens.SPACE_XL) - lift
        return Rect((self.screen.width - width) // 2, bottom - height, width, height)

    def lens(self) -> Rect | None:
        """Return where the magnifier is, None while nothing is drawn or it is elsewhere."""
        board, pointer = self._board, self._board.pointer
        if not board.draws or pointer is None:
            return None
        if not self._place.device.contains(Rect(*pointer, 1, 1)):
            return None
        is_moving = board.drag is not None and board.drag.what == "move"
        if is_moving or (board.drag is None and board.is_grip(pointer, self.reach) == "inside"):
            return None
        size = self._pen.magnifier_size()
        at = self._place.inside(Rect(*pointer, 1, 1))
        corner = beside((at.x, at.y), size, self.screen, self._pen.px(tokens.SPACE_XL))
        return Rect(*corner, *size)

    def extents(self, text: str, hint: str, lift: int) -> list[Rect]:
        """Return all places that something is drawn at, with their edges."""
        board, margin = self._board, self._pen.px(HANDLE_PX)
        rects = [
            Rect(one.x - margin, one.y - margin, one.width + 2 * margin, one.height + 2 * margin)
            for one in (
                self._place.inside(board.selection.rect) if board.selection else None,
                self._place.inside(board.hovered.rect) if board.hovered else None,
                self.label(text),
                self.lens(),
                self.hint(hint, lift),
            )
            if one is not None
        ]
        return [rect.intersection(self.screen) for rect in rects]

    def _inner(self) -> Rect:
        """Return the screen but for a margin that nothing to read or press is on."""
        margin = self._pen.px(tokens.SPACE_S)
        width, height = self.screen.width - 2 * margin, self.screen.height - 2 * margin
        return Rect(margin, margin, width, height)
