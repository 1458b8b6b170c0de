"""Parts of the details that are only read: facts, lists of lines, chapters and versions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from recorder_app.texts import N_, clock_text, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.library.labels import ElidedLabel, WrappedLabel
from recorder_app.ui.library.words import short_clock, when_text
from recorder_app.ui.raised import Picture, set_kind
from recorder_app.ui.style import tabular
from recorder_app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS, Theme

if TYPE_CHECKING:
    from recorder_app.services.details import ChapterEntry, HealthEntry, VersionEntry

_NAME_WIDTH = 88
_LONGEST_WORD = 24
_MIDDLE = Qt.TextElideMode.ElideMiddle


class Facts(QWidget):
    """Names and values in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[tuple[str, str]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_M)
        self._grid.setVerticalSpacing(SPACE_XS)
        self._grid.setColumnMinimumWidth(0, _NAME_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these; values that stay are not drawn anew."""
        if list(facts) == self._shown:
            return
        self._shown = list(facts)
        empty(self._grid)
        for place, (name, value) in enumerate(facts):
            label = QLabel(name)
            set_kind(label, "muted")
            # What is one long word is cut; nothing could break it.
            is_word = len(value) > _LONGEST_WORD and " " not in value
            shown = ElidedLabel(value, mode=_MIDDLE) if is_word else WrappedLabel(value)
            shown.setFont(tabular(shown.font()))
            shown.setAccessibleName(f"{name}: {value}")
            self._grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, place, 1)
        self.setVisible(bool(facts))


class Lines(QWidget):
    """Lines of text, each with something small before or after it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[tuple[str, str]] = []
        self._column = boxes.column(SPACE_S, self)

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show texts, and below each in small what belongs to it."""
        if list(lines) == self._shown:
            return
        self._shown = list(lines)
        empty(self._column)
        for text, small in lines:
            line = boxes.column(0)
            line.addWidget(WrappedLabel(text))
            if small:
                line.addWidget(WrappedLabel(small, "muted"))
            self._column.addLayout(line)
        self.setVisible(bool(lines))


class Health(QWidget):
    """What went wrong while it was recorded."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: list[HealthEntry] = []
        self._column = boxes.column(SPACE_XS, self)

    def show_events(self, events: Sequence[HealthEntry]) -> None:
        self._shown = list(events)
        empty(self._column)
        for event in events:
            is_grave = event.severity in ("warning", "danger")
            picture = Picture()
            colour = self._theme.warn if is_grave else self._theme.muted
            picture.show_icon("warning" if is_grave else "info", colour)
            line = boxes.row(SPACE_S)
            line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(WrappedLabel(event.message, "warn" if is_grave else ""), 1)
            self._column.addLayout(line)
        self.setVisible(bool(events))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.show_events(self._shown)


class Chapters(QWidget):
    """Markers and notes with their times; `chosen` carries a time in seconds."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[ChapterEntry] = []
        self._column = boxes.column(0, self)

    def show_chapters(self, chapters: Sequence[ChapterEntry]) -> None:
        if list(chapters) == self._shown:
            return
        self._shown = list(chapters)
        empty(self._column)
        for number, chapter in enumerate(chapters, 1):
            text = chapter.text or translate(N_("Marker {number}"), number=number)
            button = _Moment(chapter.at_s, " ".join(text.split()))
            button.clicked.connect(partial(self.chosen.emit, chapter.at_s))
            self._column.addWidget(button)


class Versions(QWidget):
    """What a recording was made from, and what was made from it; `opened` carries an id."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[VersionEntry | None, list[VersionEntry]] = (None, [])
        self._column = boxes.column(SPACE_S, self)

    def show_versions(self, source: VersionEntry | None, made: Sequence[VersionEntry]) -> None:
        if (source, list(made)) == self._shown:
            return
        self._shown = (source, list(made))
        empty(self._column)
        if source is not None:
            self._add(source, translate(N_("The source of this one")))
        for each in made:
            self._add(each, translate(N_("Made from this one")))

    def _add(self, version: VersionEntry, role: str) -> None:
        text = boxes.column(0)
        text.addWidget(ElidedLabel(version.title))
        about = f"{role} · {short_clock(version.duration_s)} · {when_text(version.created_at)}"
        text.addWidget(ElidedLabel(about, "muted"))
        button = TextButton(translate(N_("Open")))
        button.setAccessibleDescription(version.title)
        button.clicked.connect(lambda: self.opened.emit(version.id))
        line = boxes.row(SPACE_S)
        line.addLayout(text, 1)
        line.addWidget(button)
        self._column.addLayout(line)


class _Moment(QPushButton):
    """A time and what is there; the accelerator's sign means nothing in it."""

    def __init__(self, at_s: float, text: str) -> None:
        super().__init__()
        set_kind(self, "moment")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFont(tabular(self.font()))
        self.setText(f"{clock_text(at_s)}  {text}".replace("&", "&&"))
        self.setToolTip(text)
        self.setAccessibleName(f"{clock_text(at_s)} {text}")


def empty(layout: object) -> None:
    """Take everything out of a layout, what is in its lines too."""
    while (item := layout.takeAt(0)) is not None:  # type: ignore[attr-defined]
        if (inner := item.layout()) is not None:
            empty(inner)
        elif (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
