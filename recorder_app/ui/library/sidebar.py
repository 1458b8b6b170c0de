"""The places of the library with how much is in each; recordings are dropped onto some."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QIcon
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from recorder_app.services.browsing import Overview
from recorder_app.texts import N_, translate
from recorder_app.ui import icons
from recorder_app.ui.library import places
from recorder_app.ui.library.model import IDS_FORMAT
from recorder_app.ui.library.places import Place
from recorder_app.ui.tokens import Theme

_PLACE = Qt.ItemDataRole.UserRole
_LISTS = (
    places.ALL,
    places.RECENT_ONES,
    places.FAVOURITES,
    places.NOT_SHARED,
    places.UNFINISHED,
    places.GONE,
)
# Longer lists are folded at first.
_UNFOLDED = 12
_DROPS = (places.PROJECT, places.TAG, places.FAVOURITES, places.TRASH)


class Sidebar(QTreeWidget):
    """`chosen` carries a Place, `dropped` a Place and the ids that were dropped onto it."""

    chosen = Signal(object)
    dropped = Signal(object, list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._items: dict[Place, QTreeWidgetItem] = {}
        self._was_filled: set[str] = set()
        self.setAccessibleName(translate(N_("Places")))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setIndentation(16)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setMinimumWidth(152)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(24)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for kind in _LISTS:
            self._add(Place(kind))
        self._projects = self._group(translate(N_("Projects")), "folder")
        self._tags = self._group(translate(N_("Tags")), "tag")
        self._add(Place(places.TRASH))
        self.setCurrentItem(self._items[Place()])
        self.currentItemChanged.connect(self._tell)
        self.itemClicked.connect(self._fold)
        self._draw_icons()

    @property
    def place(self) -> Place:
        """Where somebody looks."""
        item = self.currentItem()
        place = None if item is None else item.data(0, _PLACE)
        return place if isinstance(place, Place) else Place()

    def choose(self, place: Place) -> None:
        """Look there."""
        self.setCurrentItem(self._items.get(place, self._items[Place()]))

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        self._draw_icons()

    def show_counts(self, found: Overview) -> None:
        """Show how much there is."""
        counts = found.counts
        for kind, number in (
            (places.ALL, counts.all),
            (places.RECENT_ONES, counts.recent),
            (places.FAVOURITES, counts.favourites),
            (places.NOT_SHARED, counts.not_shared),
            (places.UNFINISHED, found.unfinished),
            (places.GONE, counts.missing),
            (places.TRASH, counts.trash),
        ):
            self._show_number(self._items[Place(kind)], number)
        self._show_group(self._projects, places.PROJECT, found.projects)
        self._show_group(self._tags, places.TAG, found.tags)

    def _add(self, place: Place, parent: QTreeWidgetItem | None = None) -> QTreeWidgetItem:
        item = QTreeWidgetItem([place.title, ""])
        item.setData(0, _PLACE, place)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._items[place] = item
        if parent is None:
            self.addTopLevelItem(item)
        return item

    def _group(self, title: str, icon: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title, ""])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.setData(1, _PLACE, icon)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addTopLevelItem(item)
        item.setExpanded(True)
        return item

    def _show_group(self, group: QTreeWidgetItem, kind: str, found: list[tuple[str, int]]) -> None:
        wanted = [Place(kind, name) for name, _ in found]
        if kind not in self._was_filled and found:
            self._was_filled.add(kind)
            group.setExpanded(len(found) <= _UNFOLDED)
        children = [group.child(row) for row in range(group.childCount())]
        shown = [child.data(0, _PLACE) for child in children if child is not None]
        if wanted != shown:
            current = self.place
            self.blockSignals(True)
            for place in shown:
                self._items.pop(place, None)
            group.takeChildren()
            group.addChildren([self._add(place, group) for place in wanted])
            self.choose(current)
            self.blockSignals(False)
            if self.place != current:
                # It is gone, with its last recording perhaps.
                self.chosen.emit(self.place)
        for place, (_, number) in zip(wanted, found, strict=True):
            self._show_number(self._items[place], number)
        # Folded and unfolded by its sign.
        sign = "▾" if group.isExpanded() else "▸"
        group.setText(1, sign if found else "")

    def _show_number(self, item: QTreeWidgetItem, number: int) -> None:
        count = self.locale().toString(number)
        text = count if number else ""
        if item.text(1) != text:
            item.setText(1, text)
            place: Place = item.data(0, _PLACE)
            said = translate(N_("{place}, 1 recording"), place=place.title)
            if number != 1:
                said = translate(N_("{place}, {count} recordings"), place=place.title, count=count)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, said)
        item.setToolTip(0, item.text(0))

    def _draw_icons(self) -> None:
        for place, item in self._items.items():
            if not place.name:
                item.setIcon(0, self._icon(places.ICONS[place.kind]))
        for group in (self._projects, self._tags):
            item_icon = str(group.data(1, _PLACE))
            group.setIcon(0, self._icon(item_icon))

    def _icon(self, name: str) -> QIcon:
        """Return an icon that can be seen on the ground of what is chosen as well."""
        made = icons.icon(name, self._theme.muted, 16)
        for scale in (1.0, 2.0):
            chosen = icons.pixmap(name, self._theme.on_accent, 16, scale)
            made.addPixmap(chosen, QIcon.Mode.Selected)
        return made

    def _tell(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        if item is not None and isinstance(item.data(0, _PLACE), Place):
            self.chosen.emit(item.data(0, _PLACE))

    def _fold(self, item: QTreeWidgetItem, _column: int) -> None:
        if item in (self._projects, self._tags) and item.childCount():
            item.setExpanded(not item.isExpanded())
            item.setText(1, "▾" if item.isExpanded() else "▸")

    # Recordings that are dropped.

    def _target(self, at: QPoint) -> Place | None:
        item = self.itemAt(at)
        place = None if item is None else item.data(0, _PLACE)
        return place if isinstance(place, Place) and place.kind in _DROPS else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(IDS_FORMAT):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        at = event.position().toPoint()
        if event.mimeData().hasFormat(IDS_FORMAT) and self._target(at) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        place = self._target(event.position().toPoint())
        if place is None or not event.mimeData().hasFormat(IDS_FORMAT):
            event.ignore()
            return
        ids = bytes(event.mimeData().data(IDS_FORMAT).data()).decode().split("\n")
        event.acceptProposedAction()
        self.dropped.emit(place, ids)
