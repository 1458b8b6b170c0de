"""The details of several recordings: what they have in common, and changing it in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.library.fields import NameField
from recorder_app.ui.library.labels import WrappedLabel
from recorder_app.ui.library.tag_field import TagField
from recorder_app.ui.library.words import facts_line
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_S, Theme

if TYPE_CHECKING:
    from recorder_app.services.details import Names, Together


class SeveralPage(QWidget):
    """`wanted` carries a field's name and what is to be stored in all of them."""

    wanted = Signal(str, object)
    share_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        set_kind(self.title, "strong")
        self.about = QLabel()
        set_kind(self.about, "muted")
        self.project = NameField(translate(N_("Project")))
        self.tags = TagField()
        self.favourites = QLabel()
        set_kind(self.favourites, "muted")
        self.add = TextButton(translate(N_("Add to favourites")), "star-full")
        self.remove = TextButton(translate(N_("Remove from favourites")), "star")
        self.share = TextButton(translate(N_("Upload…")))
        self.problem = WrappedLabel(kind="warn")
        note = WrappedLabel(
            translate(N_("What you change here is changed in all of them. The rest stays.")),
            "muted",
        )
        column = boxes.column(SPACE_S, self)
        for part in (*(self.title, self.about, note, self.project, self.tags, self.favourites),):
            column.addWidget(part)
        for button in (self.add, self.remove, self.share):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.problem)
        column.addStretch(1)
        self.problem.hide()
        self.project.wanted.connect(lambda text: self.wanted.emit("project", text))
        self.tags.added.connect(lambda name: self.wanted.emit("tags", name))
        self.tags.removed.connect(lambda name: self.wanted.emit("untags", name))
        self.add.clicked.connect(lambda: self.wanted.emit("is_favourite", True))
        self.remove.clicked.connect(lambda: self.wanted.emit("is_favourite", False))
        self.share.clicked.connect(lambda: self.share_asked.emit())

    def show_together(self, found: Together) -> None:
        """Show what they have in common now."""
        count = len(found.ids)
        self.title.setText(translate(N_("{count} recordings"), count=count))
        self.about.setText(facts_line(found.duration_s, found.file_size))
        several = N_("Several values") if found.project is None else N_("No project")
        self.project.set_nothing(translate(several))
        self.project.show_text(found.project or "")
        self.tags.show_tags(found.tags, count)
        mixed = {
            None: N_("Some are favourites"),
            True: N_("All are favourites"),
            False: N_("None is a favourite"),
        }
        self.favourites.setText(translate(mixed[found.is_favourite]))
        self.add.setVisible(found.is_favourite is not True)
        self.remove.setVisible(found.is_favourite is not False)
        self.problem.set_text("")

    def offer(self, names: Names) -> None:
        """Complete fields with these names."""
        self.project.offer(names.projects)
        self.tags.offer(names.tags)

    def commit(self) -> None:
        """Ask for what was typed to be stored."""
        self.project.commit()
        self.tags.commit()

    def forget(self) -> None:
        """Show nothing any more of what was typed for other recordings."""
        self.project.forget()
        self.tags.clear()

    def answered(self, name: str) -> None:
        """What was wanted of a field is stored."""
        if name == "project":
            self.project.answered()

    def refuse(self, name: str, error: RecorderError) -> None:
        """Say why something was not stored."""
        if name == "project":
            self.project.refuse(error)
        elif name == "tags":
            self.tags.refuse(error)
        else:
            self.problem.set_text(f"⚠ {error}")

    def set_theme(self, theme: Theme) -> None:
        self.tags.set_theme(theme)
