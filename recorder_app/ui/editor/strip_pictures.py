"""The pictures of the filmstrip: those that were made, and which one is wanted next."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtGui import QImage, QPixmap

from recorder_app.ui.editor import filmstrip, timeline_painting
from recorder_app.ui.editor.filmstrip import Cell
from recorder_app.ui.editor.picture_times import PictureTimes
from recorder_app.ui.editor.timeline_painting import Look

_KEPT = 400

_Key = tuple[int, bool]


class StripPictures:
    """Used on the GUI thread. Until there are better ones, `stand_ins`, side by side, are drawn."""

    def __init__(self) -> None:
        self.stand_ins = QPixmap()
        self._made: OrderedDict[_Key, QPixmap] = OrderedDict()
        self._unreadable: set[_Key] = set()
        # How many the strip shows.
        self._seen = 0
        self._asked: _Key | None = None

    def clear(self) -> None:
        """Forget all: it is about another recording."""
        self.stand_ins = QPixmap()
        self._made.clear()
        self._unreadable.clear()
        self._asked = None

    def make_anew(self) -> None:
        """Have all made again, as they are of another size now."""
        self._made.clear()

    def add(self, cell: Cell, image: QImage) -> None:
        self._made[_key(cell)] = QPixmap.fromImage(image)
        # What is seen is never thrown away: it would be asked for again and again.
        while len(self._made) > max(_KEPT, 2 * self._seen):
            self._made.popitem(last=False)
        self._asked = None

    def leave_out(self, cell: Cell) -> None:
        """Ask no more for a picture that cannot be read; the others still come."""
        self._unreadable.add(_key(cell))
        self._asked = None

    def paint(self, look: Look, times: PictureTimes | None, least_width: float) -> Cell | None:
        """Draw the strip; return what is to be made for it and was not asked for yet."""
        timeline_painting.strip_ground(look)
        if times is None:
            timeline_painting.hover_strip(look, self.stand_ins)
            return None
        missing: Cell | None = None
        cells = list(filmstrip.cells(look.scale, times, least_width))
        self._seen = len(cells)
        for cell in cells:
            key = _key(cell)
            pixmap = self._made.get(key) or self._made.get((cell.number, True))
            if pixmap is None:
                if key not in self._unreadable:
                    missing = missing or cell
                timeline_painting.stand_in(look, cell, times, self.stand_ins)
            else:
                if key in self._made:
                    self._made.move_to_end(key)
                timeline_painting.picture(look, cell, pixmap)
        if missing is None or self._asked == _key(missing):
            return None
        self._asked = _key(missing)
        return missing


def _key(cell: Cell) -> _Key:
    return cell.number, cell.is_exact
