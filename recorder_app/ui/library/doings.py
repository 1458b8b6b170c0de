"""From a click in the window to what is done, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QMimeData, QObject, QUrl
from PySide6.QtGui import QGuiApplication

from recorder_app.services.browsing import CardEntry
from recorder_app.texts import N_, size_text, translate
from recorder_app.ui import folders
from recorder_app.ui.library import places
from recorder_app.ui.library.menu import Chosen, NamePopup, Verbs
from recorder_app.ui.library.places import Place

if TYPE_CHECKING:
    from recorder_app.services.importing import ImportEntry
    from recorder_app.ui.library.window import LibraryWindow

# As services.importing names them, which is not loaded for this.
_IMPORT_STATES = {
    "imported": N_("{count} imported"),
    "found": N_("{count} found again"),
    "known": N_("{count} here already"),
    "refused": N_("{count} not imported"),
}


class Doings(QObject):
    """Belongs to its window."""

    def __init__(self, window: LibraryWindow) -> None:
        super().__init__(window)
        self._window = window
        self._undoable: list[str] = []
        self._is_playing = ""
        self.verbs = Verbs(
            play=self.play,
            trim=lambda: self._with_one(lambda card: window.trim(card.id)),
            rename=window.recordings.rename,
            copy_file=self.copy_files,
            copy_link=lambda: self._with_one(self._copy_link),
            share=lambda: self._with_all(window.share_requested.emit),
            show_in_folder=lambda: self._with_one(self._show_in_folder),
            favourite=lambda is_on: self._with_all(
                lambda ids: window.deeds.mark_favourite(ids, is_on)
            ),
            assign=lambda name: self._with_all(lambda ids: window.deeds.assign(ids, name)),
            tag=lambda name, is_on: self._with_all(
                lambda ids: window.deeds.tag(ids, name, is_on=is_on)
            ),
            export=lambda preset: self._with_all(lambda ids: window.deeds.export(ids, preset)),
            delete=lambda: self._with_all(window.deeds.delete),
            restore=lambda: self._with_all(window.deeds.restore),
            erase=lambda: self._with_all(self._ask_erase),
            name_project=self._name_project,
            name_tag=self._name_tag,
        )
        deeds = window.deeds
        deeds.deleted.connect(self._deleted)
        deeds.restored.connect(self._restored)
        deeds.erased.connect(self._erased)
        deeds.exporting.connect(self._exporting)
        deeds.linked.connect(self._linked)
        deeds.import_moved.connect(self._import_moved)
        deeds.import_ended.connect(self._import_ended)

    def chosen(self) -> Chosen:
        """Return what is chosen, as the menus need it."""
        window = self._window
        cards = window.recordings.chosen_cards()
        found = window.overview
        # Of very many only how many matters here.
        ids = [card.id for card in cards] + [""] * (window.recordings.chosen_count - len(cards))
        return Chosen(
            ids,
            cards,
            window.is_in_trash,
            [] if found is None else [name for name, _ in found.projects],
            [] if found is None else [name for name, _ in found.tags],
        )

    # Watching.

    def play_row(self, row: int) -> None:
        """Play a recording, if its file is there."""
        card = self._window.model.card(row)
        if card is not None:
            self._play(card)

    def play(self) -> None:
        """Play the one that is chosen."""
        self._with_one(self._play)

    def play_at(self, recording_id: str, at_s: float) -> None:
        """Show a moment of a recording, which is opened where another is."""
        window = self._window
        player = window.panels.player
        if player is not None and player.recording_id == recording_id:
            player.seek(at_s)
            return
        row = window.model.rows_of([recording_id]).get(recording_id, -1)
        card = window.model.card(row)
        if card is not None:
            self._play(card, at_s)

    def _play(self, card: CardEntry, at_s: float = 0.0) -> None:
        if not card.is_deleted:
            self._window.deeds.with_file(card, partial(self._start, card, at_s))

    def _start(self, card: CardEntry, at_s: float) -> None:
        window = self._window
        if window.panels.player is None or not window.make_side():
            window.play_requested.emit(card.id, card.path)
            return
        self._is_playing = card.id
        window.deeds.fetch_markers(card.path, partial(self._open_player, card, at_s))

    def _open_player(self, card: CardEntry, at_s: float, markers: list[tuple[float, str]]) -> None:
        if self._is_playing == card.id:
            self._window.panels.play(card.id, card.path, markers, at_s)

    # Handing on.

    def copy_files(self) -> None:
        """Put the files of the chosen recordings on the clipboard."""
        cards = self._window.recordings.chosen_cards()
        if len(cards) == self._window.recordings.chosen_count:
            mime = QMimeData()
            mime.setUrls([QUrl.fromLocalFile(card.path) for card in cards])
            self._copied(mime, len(cards))
            return
        # Where many are chosen, those out of sight are looked up first.
        self._say(translate(N_("Looking up the files…")))
        self._with_all(lambda ids: self._window.deeds.fetch_files(ids, self._copy_looked_up))

    def _copy_looked_up(self, addresses: list[bytes]) -> None:
        mime = QMimeData()
        mime.setData("text/uri-list", QByteArray(b"\r\n".join(addresses)))
        self._copied(mime, len(addresses))

    def _copied(self, mime: QMimeData, count: int) -> None:
        if not count:
            return
        QGuiApplication.clipboard().setMimeData(mime)
        if count == 1:
            self._say(translate(N_("File copied.")))
        else:
            number = self._window.locale().toString(count)
            self._say(translate(N_("{count} files copied."), count=number))

    def _copy_link(self, card: CardEntry) -> None:
        self._say(translate(N_("Making the link…")))
        self._window.deeds.fetch_link(card.id)

    def _linked(self, link: str) -> None:
        QGuiApplication.clipboard().setText(link)
        self._say(translate(N_("Link copied.")))

    def _show_in_folder(self, card: CardEntry) -> None:
        self._window.deeds.with_file(card, partial(folders.show_in_folder, card.path))

    def _exporting(self, count: int) -> None:
        if count == 1:
            self._say(translate(N_("The export is queued. Its result appears here.")))
        else:
            self._say(translate(N_("{count} exports are queued."), count=count))

    # Sorting into places.

    def dropped(self, place: Place, ids: Sequence[str]) -> None:
        """Recordings were dropped onto an entry of the sidebar."""
        deeds = self._window.deeds
        match place.kind:
            case places.PROJECT:
                deeds.assign(ids, place.name)
            case places.TAG:
                deeds.tag(ids, place.name)
            case places.FAVOURITES:
                deeds.mark_favourite(ids, True)
            case places.TRASH:
                deeds.delete(ids)

    def _name_project(self) -> None:
        known = self.chosen().projects
        self._ask_name(translate(N_("Put into project")), known, self.verbs.assign)

    def _name_tag(self) -> None:
        known = self.chosen().tags
        title = translate(N_("Add a tag"))
        self._ask_name(title, known, lambda name: self.verbs.tag(name, True))

    def _ask_name(self, title: str, known: Sequence[str], do: Callable[[str], None]) -> None:
        popup = NamePopup(title, known, self._window)
        popup.named.connect(do)
        popup.open_over(self._window)

    # Deleting.

    def delete_key(self) -> None:
        """Delete what is chosen; in the trash, for good."""
        self.verbs.erase() if self._window.is_in_trash else self.verbs.delete()

    def undo(self) -> None:
        """Bring back what was deleted last."""
        if self._undoable:
            self._window.notice.hide()
            self._window.deeds.restore(self._undoable)

    def _deleted(self, ids: list[str]) -> None:
        self._undoable = ids
        text = translate(N_("1 recording is in the trash."))
        if len(ids) != 1:
            text = translate(N_("{count} recordings are in the trash."), count=self._number(ids))
        self._window.notice.tell(text, [(translate(N_("Undo")), "", self.undo)])

    def _restored(self, ids: list[str]) -> None:
        # Only now: what could not be brought back can be tried again.
        back = set(ids)
        self._undoable = [each for each in self._undoable if each not in back]
        if len(ids) == 1:
            self._say(translate(N_("1 recording is back.")))
        else:
            self._say(translate(N_("{count} recordings are back."), count=self._number(ids)))

    def _ask_erase(self, ids: list[str]) -> None:
        text = translate(N_("Delete this recording and its file for good?"))
        if len(ids) != 1:
            text = translate(
                N_("Delete {count} recordings and their files for good?"), count=self._number(ids)
            )
        self._window.notice.tell(
            text,
            [
                (translate(N_("Keep")), "", self._window.recordings.take_focus),
                (translate(N_("Delete for good")), "rec", partial(self._window.deeds.erase, ids)),
            ],
            asks=True,
        )

    def _erased(self, report: Any) -> None:
        freed = size_text(report.freed_bytes)
        problems = [
            f"{entry.title}: {entry.problem}" for entry in report.recordings if entry.problem
        ]
        self._undoable = []
        text = translate(N_("Deleted for good. {size} are free again."), size=freed)
        if problems:
            text = translate(N_("Some files could not be deleted. They are still in the trash."))
        self._window.notice.tell(text, is_grave=bool(problems), details="\n".join(problems))

    # Importing.

    def bring_in(self, given: Sequence[Path]) -> None:
        """Enter files that were dropped."""
        # What becomes of them is told beside the recordings.
        self._window.panels.close_editor()
        self._tell_import(translate(N_("Looking at the files…")))
        self._window.deeds.bring_in(given)

    def _import_moved(self, number: int, count: int, path: str) -> None:
        text = N_("Importing {number} of {count}: {name}")
        self._tell_import(translate(text, number=number, count=count, name=Path(path).name))

    def _tell_import(self, text: str) -> None:
        stop = (translate(N_("Stop")), "", self._window.deeds.stop_import)
        self._window.notice.tell(text, [stop], stays=True)

    def _import_ended(self, entries: list[ImportEntry]) -> None:
        parts = []
        for state, text in _IMPORT_STATES.items():
            count = sum(entry.state == state for entry in entries)
            if count:
                parts.append(translate(text, count=count))
        refused = [
            f"{entry.error.message} {entry.error.hint}".strip()
            for entry in entries
            if entry.error is not None
        ]
        text = ", ".join(parts) or translate(N_("There was nothing to import."))
        self._window.notice.tell(text, is_grave=bool(refused), details="\n".join(refused))

    # What is chosen.

    def _with_one(self, do: Callable[[CardEntry], object]) -> None:
        cards = self._window.recordings.chosen_cards()
        if len(cards) == 1:
            do(cards[0])

    def _with_all(self, do: Callable[[list[str]], object]) -> None:
        if self._window.recordings.chosen_count:
            self._window.recordings.with_chosen(lambda ids: _discard(do(ids)))

    def _say(self, text: str) -> None:
        self._window.notice.tell(text)

    def _number(self, ids: Sequence[str]) -> str:
        return self._window.locale().toString(len(ids))


def _discard(_result: object) -> None:
    pass
