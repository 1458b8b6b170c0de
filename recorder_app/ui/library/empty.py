"""What stands where recordings would be: why there are none, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.library import places
from recorder_app.ui.library.places import View
from recorder_app.ui.raised import Picture, set_kind
from recorder_app.ui.tokens import SPACE_S, SPACE_XL, Theme

_PICTURE = 48
_WIDTH = 380

_WHY = {
    places.RECENT_ONES: N_("Recordings of the last 30 days appear here."),
    places.FAVOURITES: N_("Mark a recording with the star to find it here."),
    places.NOT_SHARED: N_("Every recording is uploaded."),
    places.UNFINISHED: N_("No upload or export is under way, and none has failed."),
    places.GONE: N_("All files are where they were."),
    places.TRASH: N_("Deleted recordings stay here until they are deleted for good."),
    places.PROJECT: N_("Drag recordings onto a project to put them into it."),
    places.TAG: N_("Drag recordings onto a tag to give it to them."),
}


class EmptyPage(QWidget):
    """`record_requested` and `everything_requested` are what its button asks for."""

    record_requested = Signal()
    everything_requested = Signal()
    unfiltered_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = "film"
        self.shortcut = ""
        self._picture = Picture(_PICTURE)
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._title.setWordWrap(True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        set_kind(self._title, "strong")
        self._text = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setFixedWidth(_WIDTH)
        self._title.setFixedWidth(_WIDTH)
        self._record = TextButton(translate(N_("Record")), "record", "primary")
        self._everything = TextButton(translate(N_("Search in all recordings")), "search")
        self._unfiltered = TextButton(translate(N_("Remove filters")), "filter")
        self._record.clicked.connect(self.record_requested)
        self._everything.clicked.connect(self.everything_requested)
        self._unfiltered.clicked.connect(self.unfiltered_requested)
        column = boxes.column(SPACE_S, self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        for widget in (self._picture, self._title, self._text):
            column.addWidget(widget, 0, middle)
        column.addSpacing(SPACE_S)
        for button in (self._record, self._everything, self._unfiltered):
            column.addWidget(button, 0, middle)
        column.addStretch(3)

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._title.text()} {self._text.text()}".strip()

    def explain(self, view: View, *, is_narrowed: bool) -> None:
        """Say why nothing is there."""
        is_first = view.place.kind == places.ALL and not view.text.strip() and not is_narrowed
        self._record.setVisible(is_first)
        self._unfiltered.setVisible(is_narrowed)
        elsewhere = view.place.kind != places.ALL and bool(view.text.strip())
        self._everything.setVisible(elsewhere)
        if is_first:
            self._say("film", translate(N_("No recordings yet")), self._how())
        elif view.text.strip():
            text = translate(N_("Nothing found for “{text}”"), text=view.text.strip())
            hint = N_("Looked in titles, tags, projects, descriptions and words said.")
            if elsewhere:
                hint = N_("Only “{place}” was searched.")
            self._say("search", text, translate(hint, place=view.place.title))
        elif is_narrowed:
            self._say("filter", translate(N_("Nothing matches the filters")), view.place.title)
        else:
            why = translate(_WHY.get(view.place.kind, ""))
            title = translate(N_("Nothing in “{place}”"), place=view.place.title)
            self._say(places.ICONS[view.place.kind], title, why)

    def take_focus(self) -> None:
        """Put the keyboard on its button."""
        for button in (self._record, self._everything, self._unfiltered):
            if button.isVisibleTo(self):
                button.setFocus()
                return

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        self._picture.show_icon(self._icon, theme.muted)
        for button in (self._record, self._everything, self._unfiltered):
            button.set_theme(theme)

    def _how(self) -> str:
        if self.shortcut:
            return translate(
                N_("Press {shortcut}, or drop video files here to add them."),
                shortcut=self.shortcut,
            )
        return translate(N_("Press Record, or drop video files here to add them."))

    def _say(self, icon: str, title: str, text: str) -> None:
        self._icon = icon
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(self.text)
        self.set_theme(self._theme)
