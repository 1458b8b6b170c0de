"""The details of one recording: what it is called, where it is shared, how it was made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.library.copy_row import CopyRow
from recorder_app.ui.library.detail_words import (
    TYPES,
    audit_text,
    facts_of,
    step_text,
    take_facts,
    type_text,
)
from recorder_app.ui.library.fields import ChoiceField, Field, LineField, NameField, TextField
from recorder_app.ui.library.labels import ElidedLabel, WrappedLabel
from recorder_app.ui.library.parts import Chapters, Facts, Health, Lines, Versions
from recorder_app.ui.library.section import Section
from recorder_app.ui.library.tag_field import TagField
from recorder_app.ui.library.words import facts_line, when_text
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS, Theme

if TYPE_CHECKING:
    from recorder_app.services.details import Details, Names

# What is looked at seldom is folded up at first.
_FOLDED = ("session", "history")


class OnePage(QWidget):
    """`wanted` carries a field's name and what is to be stored in it.

    `copy_asked` carries an upload's id, a word of its row and what belongs to it; `share_asked`,
    `trim_asked`, `undo_asked` and `redo_asked` are about the recording that is shown. `opened`
    carries the id of another one, `moment_asked` a time in seconds.
    """

    wanted = Signal(str, object)
    copy_asked = Signal(str, str, object)
    share_asked = Signal()
    trim_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    folder_asked = Signal()
    opened = Signal(str)
    moment_asked = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Details | None = None
        self._rows: dict[str, CopyRow] = {}
        self.title = LineField(translate(N_("Title")), is_title=True)
        self.favourite = IconButton("star", translate(N_("Favourite")))
        self.favourite.setCheckable(True)
        self.about = QLabel()
        set_kind(self.about, "muted")
        self.missing = WrappedLabel(kind="warn")
        self.description = TextField(translate(N_("Description")))
        self.project = NameField(translate(N_("Project")), translate(N_("No project")))
        self.tags = TagField()
        self.type = ChoiceField(
            translate(N_("Type")), [(value, type_text(value)) for value in TYPES]
        )
        self.platform = NameField(translate(N_("Platform")), translate(N_("None")))
        self.content_type = NameField(translate(N_("Kind of content")), translate(N_("None")))
        self.fields: dict[str, Field] = {
            "title": self.title,
            "description": self.description,
            "project": self.project,
            "recording_type": self.type,
            "platform": self.platform,
            "content_type": self.content_type,
        }
        self.sections = {
            "about": Section(translate(N_("About"))),
            "sharing": Section(translate(N_("Sharing"))),
            "chapters": Section(translate(N_("Chapters"))),
            "file": Section(translate(N_("File"))),
            "session": Section(translate(N_("How it was recorded")), is_open=False),
            "versions": Section(translate(N_("Versions"))),
            "edits": Section(translate(N_("Edits"))),
            "history": Section(translate(N_("History")), is_open=False),
        }
        self._make_parts()
        self._lay_out()
        self._connect()

    def show_details(self, found: Details) -> None:
        """Show a recording as it is stored; a field that is being changed stays as it is."""
        is_other = self._shown is None or self._shown.recording.id != found.recording.id
        self._shown = found
        entry = found.recording
        if is_other:
            self._forget()
        self.title.show_text(entry.title)
        self.description.show_text(entry.description)
        self.project.show_text(entry.project or "")
        self.tags.show_tags(dict.fromkeys(entry.tags, 1))
        self.type.show_text(entry.recording_type)
        self.platform.show_text(found.platform)
        self.content_type.show_text(found.content_type)
        self._show_favourite(is_on=entry.is_favourite)
        facts = facts_line(entry.duration_s, entry.file_size)
        self.about.setText(f"{facts} · {when_text(entry.created_at)}")
        self._show_file(found)
        self._show_copies(found)
        self._show_rest(found)

    def offer(self, names: Names) -> None:
        """Complete fields with these names."""
        self.project.offer(names.projects)
        self.tags.offer(names.tags)
        self.platform.offer(names.platforms)
        self.content_type.offer(names.content_types)

    def commit(self) -> None:
        """Ask for everything to be stored that was typed."""
        for field in self.fields.values():
            field.commit()
        self.tags.commit()

    def answered(self, name: str) -> None:
        """What was wanted of a field is stored."""
        if name in self.fields:
            self.fields[name].answered()

    def refuse(self, name: str, error: RecorderError) -> None:
        """Say beside a field why it was not stored."""
        if name == "tags":
            self.tags.refuse(error)
        elif name in self.fields:
            self.fields[name].refuse(error)
        else:
            self.missing.set_text(f"⚠ {error}")
            if self._shown is not None:
                self._show_favourite(is_on=self._shown.recording.is_favourite)

    def row(self, upload_id: str) -> CopyRow | None:
        """Return the row of a copy, if it is shown."""
        return self._rows.get(upload_id)

    @property
    def rows(self) -> list[CopyRow]:
        return list(self._rows.values())

    def set_theme(self, theme: Theme) -> None:
        """Draw all icons in the colours of `theme`; buttons are drawn by the panel."""
        self._theme = theme
        for section in self.sections.values():
            section.set_theme(theme)
        for row in self._rows.values():
            row.set_theme(theme)
        self.tags.set_theme(theme)
        self.health.set_theme(theme)

    def _forget(self) -> None:
        """Show nothing any more of what was about another recording."""
        for field in self.fields.values():
            field.forget()
        self.tags.clear()
        for row in self._rows.values():
            row.hide()
            row.deleteLater()
        self._rows.clear()

    def _show_favourite(self, *, is_on: bool) -> None:
        self.favourite.setChecked(is_on)
        text = N_("Remove from favourites") if is_on else N_("Add to favourites")
        self.favourite.set_meaning("star-full" if is_on else "star", translate(text))

    def _show_file(self, found: Details) -> None:
        entry = found.recording
        self.path.set_text(entry.path)
        self.folder.setEnabled(found.has_file)
        self.facts.show_facts(facts_of(entry))
        gone = N_(
            "The file is not there. If it was moved, drop it into this window, or bring its disk "
            "back."
        )
        self.missing.set_text("" if found.has_file else f"⚠ {translate(gone)}")

    def _show_copies(self, found: Details) -> None:
        shown = {each.id for each in found.copies}
        for left in self._rows.keys() - shown:
            row = self._rows.pop(left)
            row.hide()
            row.deleteLater()
        for place, copy in enumerate(found.copies):
            if copy.id not in self._rows:
                row = self._rows[copy.id] = CopyRow(self._theme)
                row.show_entry(copy)
                row.set_theme(self._theme)
                row.asked.connect(partial(self.copy_asked.emit, copy.id))
                self._copies.insertWidget(place, row)
            self._rows[copy.id].show_entry(copy)
        self.unshared.setVisible(not found.copies)
        self.share.setEnabled(found.has_file)
        self.sections["sharing"].set_count(len(found.copies))

    def _show_rest(self, found: Details) -> None:
        self.chapters.show_chapters(found.chapters)
        self._show_section("chapters", len(found.chapters))
        take = found.take
        self.take.show_facts([] if take is None else take_facts(take))
        self.health.show_events([] if take is None else take.health)
        # Health tells the same as it happened.
        told = {event.message for event in (take.health if take else [])}
        self.warnings.set_text("\n".join(each for each in found.warnings if each not in told))
        self.sections["session"].setVisible(take is not None or bool(found.warnings))
        self.versions.show_versions(found.source, found.versions)
        self._show_section("versions", len(found.versions) + (found.source is not None))
        edits = found.edits
        steps = [] if edits is None else edits.steps
        self.steps.show_lines([(step_text(step), when_text(step.applied_at)) for step in steps])
        self.no_steps.setVisible(not steps)
        self.undo.setVisible(edits is not None and edits.can_undo)
        self.redo.setVisible(edits is not None and edits.can_redo)
        self.trim.setEnabled(found.has_file)
        self.history.show_lines([(audit_text(line), when_text(line.at)) for line in found.history])

    def _show_section(self, name: str, count: int) -> None:
        self.sections[name].setVisible(count > 0)
        self.sections[name].set_count(count)

    def _make_parts(self) -> None:
        self.unshared = WrappedLabel(translate(N_("It is not shared yet.")), "muted")
        self.share = TextButton(translate(N_("Upload…")))
        self.chapters = Chapters()
        self.path = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.folder = TextButton(translate(N_("Show in folder")), "folder")
        self.copy_path = IconButton("copy", translate(N_("Copy path")))
        self.facts, self.take = Facts(), Facts()
        self.health = Health(self._theme)
        self.warnings = WrappedLabel(kind="warn")
        self.versions = Versions()
        self.steps, self.history = Lines(), Lines()
        self.no_steps = WrappedLabel(
            translate(N_("Nothing was edited. Trimming never changes the file.")), "muted"
        )
        self.trim = TextButton(translate(N_("Trim…")))
        self.undo = TextButton(translate(N_("Undo")), "undo")
        self.redo = TextButton(translate(N_("Redo")))

    def _connect(self) -> None:
        for name, field in self.fields.items():
            field.wanted.connect(lambda text, name=name: self.wanted.emit(name, text))
        self.tags.added.connect(lambda name: self.wanted.emit("tags", name))
        self.tags.removed.connect(lambda name: self.wanted.emit("untags", name))
        self.favourite.clicked.connect(lambda is_on: self.wanted.emit("is_favourite", is_on))
        for button, told in (
            (self.share, self.share_asked),
            (self.trim, self.trim_asked),
            (self.undo, self.undo_asked),
            (self.redo, self.redo_asked),
            (self.folder, self.folder_asked),
        ):
            button.clicked.connect(lambda _=False, told=told: told.emit())
        self.copy_path.clicked.connect(self._copy_path)
        self.versions.opened.connect(self.opened)
        self.chapters.chosen.connect(self.moment_asked)

    def _copy_path(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.recording.path)

    def _lay_out(self) -> None:
        head = boxes.row(SPACE_XS)
        head.addWidget(self.title, 1)
        head.addWidget(self.favourite, 0, Qt.AlignmentFlag.AlignTop)
        held = QWidget()
        self._copies = boxes.column(SPACE_M, held)
        contents: dict[str, list[Any]] = {
            "about": [
                *(self.description, self.project, self.tags),
                *(self.type, self.platform, self.content_type),
            ],
            "sharing": [self.unshared, held, _row(self.share)],
            "chapters": [self.chapters],
            "file": [self.path, _row(self.folder, self.copy_path), self.facts],
            "session": [self.health, self.warnings, self.take],
            "versions": [self.versions],
            "edits": [self.no_steps, self.steps, _row(self.trim, self.undo, self.redo)],
            "history": [self.history],
        }
        column = boxes.column(SPACE_XS, self)
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(self.missing)
        column.addSpacing(SPACE_S)
        for name, section in self.sections.items():
            for part in contents[name]:
                section.content.addWidget(part)
            column.addWidget(section)
        column.addStretch(1)


def _row(*parts: QWidget) -> QWidget:
    made = QWidget()
    row = boxes.row(SPACE_XS, made)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return made
