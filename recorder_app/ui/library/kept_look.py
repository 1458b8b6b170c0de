"""How the library window was left, and the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter

from recorder_app.library.listing import Order
from recorder_app.ui.library.places import View
from recorder_app.ui.library.top_bar import GRID, LIST
from recorder_app.ui.placing import kept_place
from recorder_app.ui.remembered import LibraryLook

if TYPE_CHECKING:
    from recorder_app.ui.library.window import LibraryWindow

# What the window manager draws around a window, roughly.
_FRAME = QSize(24, 56)


def put_back(window: LibraryWindow, splitter: QSplitter, look: LibraryLook) -> View:
    """Give `window` its place, its columns and its look; return what it is to show."""
    screens = [(each.name(), each.availableGeometry()) for each in QGuiApplication.screens()]
    if look.place is not None:
        wanted = QRect(*look.place)
        found = kept_place(wanted, screens)
        window.resize(wanted.size() if found is None else found.size())
        if found is not None:
            window.move(found.topLeft())
    elif window.screen() is not None:
        # At its first start it may be larger than a screen where all is drawn twice as large.
        room = window.screen().availableGeometry().size() - _FRAME
        window.resize(window.size().boundedTo(room).expandedTo(window.minimumSize()))
    if look.is_maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)
    window.show_look(look.look)
    window.bar.details.setChecked(look.shows_details)
    splitter.setSizes([look.sidebar_width, 10_000, look.details_width])
    order = next((one for one in Order if one.value == look.order), None)
    return View(order=order, is_reversed=look.is_reversed)


def look_of(
    window: LibraryWindow, splitter: QSplitter, shown: View, before: LibraryLook
) -> LibraryLook:
    """Return how `window` looks, which shows `shown`; `before` is how it was left the last time."""
    sizes = splitter.sizes()
    at, size = window.pos(), window.size()
    is_maximized = window.isMaximized()
    place = (at.x(), at.y(), size.width(), size.height())
    return LibraryLook(
        # Where it goes when it is maximised no more.
        place=before.place if is_maximized else place,
        is_maximized=is_maximized,
        look=GRID if window.recordings.view is window.recordings.grid else LIST,
        order="" if shown.order is None else shown.order.value,
        is_reversed=shown.is_reversed,
        sidebar_width=sizes[0],
        details_width=sizes[2] or before.details_width,
        shows_details=window.bar.details.isChecked(),
    )
