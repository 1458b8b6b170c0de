"""What can be done with the chosen recordings: as a menu, and as buttons below the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QCompleter, QFrame, QLabel, QLineEdit, QMenu, QSizePolicy, QWidget

from recorder_app.services.browsing import CardEntry
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, icons
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS, Theme

# So wide the buttons have words.
_ROOMY = 700
# What every preset makes that can be a version in the library.
PRESETS = (
    ("original", N_("As it is")),
    ("share", N_("To share: plays everywhere")),
    ("archive", N_("To keep: small")),
    ("chat", N_("For chats: under 10 MB")),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The recordings that are chosen: all their ids, and the cards of those that are known."""

    ids: Sequence[str]
    cards: Sequence[CardEntry]
    is_in_trash: bool = False
    projects: Sequence[str] = ()
    tags: Sequence[str] = ()

    @property
    def one(self) -> CardEntry | None:
        """The only one, if it is one."""
        return self.cards[0] if len(self.ids) == 1 and self.cards else None


@dataclass(slots=True)
class Verbs:
    """What is done when something is picked; the window says how."""

    play: Callable[[], None]
    trim: Callable[[], None]
    rename: Callable[[], None]
    copy_file: Callable[[], None]
    copy_link: Callable[[], None]
    share: Callable[[], None]
    show_in_folder: Callable[[], None]
    favourite: Callable[[bool], None]
    assign: Callable[[str], None]
    tag: Callable[[str, bool], None]
    export: Callable[[str], None]
    delete: Callable[[], None]
    restore: Callable[[], None]
    erase: Callable[[], None]
    name_project: Callable[[], None] = field(default=lambda: None)
    name_tag: Callable[[], None] = field(default=lambda: None)


def context_menu(parent: QWidget, chosen: Chosen, verbs: Verbs, theme: Theme) -> QMenu:
    """Return everything that can be done with what is chosen."""
    menu = QMenu(parent)
    menu.setAccessibleName(translate(N_("Actions")))

    def add(title: str, icon: str, do: Callable[[], None], keys: str = "") -> QAction:
        action = menu.addAction(icons.icon(icon, theme.text, 16), translate(title))
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda: do())
        return action

    if chosen.is_in_trash:
        add(N_("Restore"), "undo", verbs.restore)
        menu.addSeparator()
        add(N_("Delete for good…"), "trash", verbs.erase, "Del")
        return menu
    one = chosen.one
    if one is not None:
        add(N_("Play"), "play", verbs.play, "Return")
        add(N_("Trim"), "scissors", verbs.trim)
        menu.addSeparator()
        add(N_("Rename"), "pencil", verbs.rename, "F2")
    is_favourite = bool(chosen.cards) and all(card.is_favourite for card in chosen.cards)
    title = N_("Remove from favourites") if is_favourite else N_("Add to favourites")
    add(title, "star", partial(verbs.favourite, not is_favourite))
    menu.addMenu(project_menu(menu, chosen, verbs, theme))
    menu.addMenu(tag_menu(menu, chosen, verbs, theme))
    menu.addSeparator()
    add(N_("Copy file") if one else N_("Copy files"), "copy", verbs.copy_file, "Ctrl+C")
    if one is not None and one.links:
        add(N_("Copy link"), "link", verbs.copy_link)
    add(N_("Upload…"), "upload", verbs.share)
    menu.addMenu(export_menu(menu, verbs, theme))
    if one is not None:
        add(N_("Show in folder"), "folder", verbs.show_in_folder)
    menu.addSeparator()
    add(N_("Delete"), "trash", verbs.delete, "Del")
    return menu


def project_menu(parent: QWidget, chosen: Chosen, verbs: Verbs, theme: Theme) -> QMenu:
    """Return the projects, and a new one."""
    menu = _menu(parent, N_("Project"), "folder", theme)
    own = {card.project for card in chosen.cards}
    for name in chosen.projects:
        action = menu.addAction(_shown(name))
        action.setCheckable(True)
        action.setChecked(own == {name})
        action.triggered.connect(partial(_call, verbs.assign, name))
    if chosen.projects:
        menu.addSeparator()
    menu.addAction(translate(N_("New project…"))).triggered.connect(lambda: verbs.name_project())
    if any(own):
        none = menu.addAction(translate(N_("No project")))
        none.triggered.connect(partial(_call, verbs.assign, ""))
    return menu


def tag_menu(parent: QWidget, chosen: Chosen, verbs: Verbs, theme: Theme) -> QMenu:
    """Return the tags, those checked that all of the recordings have, and a new one."""
    menu = _menu(parent, N_("Tags"), "tag", theme)
    for name in chosen.tags:
        action = menu.addAction(_shown(name))
        action.setCheckable(True)
        action.setChecked(bool(chosen.cards) and all(name in card.tags for card in chosen.cards))
        action.triggered.connect(partial(verbs.tag, name))
    if chosen.tags:
        menu.addSeparator()
    menu.addAction(translate(N_("New tag…"))).triggered.connect(lambda: verbs.name_tag())
    return menu


def export_menu(parent: QWidget, verbs: Verbs, theme: Theme) -> QMenu:
    """Return the presets that make a version."""
    menu = _menu(parent, N_("Export"), "export", theme)
    for preset, title in PRESETS:
        action = menu.addAction(translate(title))
        action.triggered.connect(partial(_call, verbs.export, preset))
    return menu


def _menu(parent: QWidget, title: str, icon: str, theme: Theme) -> QMenu:
    menu = QMenu(translate(title), parent)
    menu.setAccessibleName(translate(title))
    menu.setIcon(icons.icon(icon, theme.text, 16))
    menu.setStyleSheet("QMenu { menu-scrollable: 1; }")
    return menu


def _shown(name: str) -> str:
    # An ampersand would underline the next letter.
    return name.replace("&", "&&")


def _call(do: Callable[[str], None], name: str, _checked: bool = False) -> None:
    do(name)


class BulkBar(QFrame):
    """How many are chosen and what can be done with all of them."""

    cleared = Signal()

    def __init__(self, verbs: Verbs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verbs, self._theme = verbs, theme
        self._chosen = Chosen((), ())
        self.setProperty("kind", "raised")
        self._count = QLabel()
        set_kind(self._count, "strong")
        self._count.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._tag = self._button(N_("Tag"), "tag", lambda: self._open(tag_menu, self._tag))
        self._project = self._button(
            N_("Project"), "folder", lambda: self._open(project_menu, self._project)
        )
        self._favourite = self._button(N_("Favourite"), "star", self._mark)
        self._export = self._button(N_("Export"), "export", self._open_export)
        self._upload = self._button(N_("Upload"), "upload", lambda: verbs.share())
        self._delete = self._button(N_("Delete"), "trash", lambda: verbs.delete())
        self._restore = self._button(N_("Restore"), "undo", lambda: verbs.restore())
        self._erase = self._button(N_("Delete for good…"), "trash", lambda: verbs.erase())
        self._clear = IconButton("close", translate(N_("Choose none")))
        self._clear.clicked.connect(self.cleared)
        row = boxes.row(SPACE_XS, self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        row.addWidget(self._count, 1)
        self._usual = (
            self._tag,
            self._project,
            self._favourite,
            self._export,
            self._upload,
            self._delete,
        )
        self._in_trash = (self._restore, self._erase)
        for button in (*self._usual, *self._in_trash, self._clear):
            row.addWidget(button)
        self.set_theme(theme)
        self.hide()

    def show_chosen(self, chosen: Chosen, count: int) -> None:
        """Show it for `count` recordings, more than one, of which `chosen` are known."""
        self._chosen = chosen
        for button in self._usual:
            button.setVisible(not chosen.is_in_trash)
        for button in self._in_trash:
            button.setVisible(chosen.is_in_trash)
        self._count.setText(translate(N_("{count} selected"), count=self.locale().toString(count)))
        self.setAccessibleName(self._count.text())
        self.setVisible(count > 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        for button in (*self._usual, *self._in_trash, self._clear):
            button.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the words out where there is no room for them."""
        super().resizeEvent(event)
        has_room = event.size().width() >= _ROOMY
        for button in (*self._usual, *self._in_trash):
            style = Qt.ToolButtonStyle
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if has_room else style.ToolButtonIconOnly
            )

    def _button(self, title: str, icon: str, do: Callable[[], None]) -> IconButton:
        button = IconButton(icon, translate(title))
        button.setText(translate(title))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda: do())
        return button

    def _mark(self) -> None:
        cards = self._chosen.cards
        self._verbs.favourite(not (cards and all(card.is_favourite for card in cards)))

    def _open(
        self, make: Callable[[QWidget, Chosen, Verbs, Theme], QMenu], button: QWidget
    ) -> None:
        self._pop_up(make(self, self._chosen, self._verbs, self._theme), button)

    def _open_export(self) -> None:
        self._pop_up(export_menu(self, self._verbs, self._theme), self._export)

    def _pop_up(self, menu: QMenu, button: QWidget) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))


class NamePopup(QFrame):
    """Asks for the name of a project or tag, offering those there are. `named` carries it."""

    named = Signal(str)

    def __init__(self, title: str, known: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("kind", "raised")
        self.setAccessibleName(title)
        self._edit = QLineEdit()
        self._edit.setAccessibleName(title)
        self._edit.setMinimumWidth(220)
        completer = QCompleter(list(known), self._edit)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        self._edit.setCompleter(completer)
        self._edit.returnPressed.connect(self._take)
        add = TextButton(translate(N_("Add")), kind="primary")
        add.clicked.connect(self._take)
        label = QLabel(title)
        set_kind(label, "strong")
        row = boxes.row(SPACE_S)
        row.addWidget(self._edit, 1)
        row.addWidget(add)
        column = boxes.column(SPACE_S, self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.addWidget(label)
        column.addLayout(row)

    def open_over(self, window: QWidget) -> None:
        """Open it in the middle of `window`."""
        self.adjustSize()
        self.move(window.mapToGlobal(window.rect().center()) - self.rect().center())
        self.show()
        self._edit.setFocus()

    def _take(self) -> None:
        name = self._edit.text().strip()
        if name:
            self.named.emit(name)
        self.close()
