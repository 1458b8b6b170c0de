"""What happens with a recording that has ended: its card, and what the card's buttons do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from recorder_app import paths
from recorder_app.pipeline.events import Finished, RecordingResult
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.texts import N_, clock_text, size_text, translate
from recorder_app.ui import folders
from recorder_app.ui.background import Background
from recorder_app.ui.notifications import Notifier
from recorder_app.ui.result_card import CardContent, ResultCard
from recorder_app.ui.sharing import Sharing
from recorder_app.ui.take_windows import screen_under_pointer
from recorder_app.ui.tokens import Theme
from recorder_app.ui.upload_words import state_text
from recorder_app.ui.worker import Worker

_log = logging.getLogger(__name__)

# How many recordings the menu offers.
_RECENT = 5
_POSTER = "poster.jpg"
# Its first pictures are made within seconds; uploads may keep the worker busy for long.
_POSTER_EVERY_MS = 300
_POSTER_LOOKS = 100


class Results(QObject):
    """`recent_changed` carries titles and paths, `trim_requested` an id, `failed` a RecorderError.

    `entered_changed` is emitted when there is a recording more.
    """

    recent_changed = Signal(list)
    entered_changed = Signal()
    trim_requested = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        background: Background,
        notifier: Notifier,
        worker: Worker,
        sharing: Sharing,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.reduced_motion = False
        self.card_s = 12
        self.notifies = True
        self.last: RecordingResult | None = None
        self._background = background
        self._notifier = notifier
        self._card: ResultCard | None = None
        self._worker, self._sharing = worker, sharing
        self._poster_looks = 0
        self._poster = QTimer(self, interval=_POSTER_EVERY_MS)
        self._poster.timeout.connect(self._look_for_poster)
        notifier.action.connect(self._on_action)
        sharing.said.connect(self._say)
        sharing.followed.connect(lambda _: self._show_upload())

    def show(self, finished: Finished) -> None:
        """Tell of a recording that has ended well, or before its time."""
        result = finished.result
        if result is None:
            return
        self.last = result
        notes = tuple(dict.fromkeys(result.warnings))
        if finished.error is not None:
            notes = (f"{finished.error.message} {finished.error.hint}".strip(), *notes)
        if self.card_s > 0:
            self._show_card(result, notes)
        elif self.notifies:
            self._notify(result)

    def make_room(self) -> None:
        """Take the card off the screen, which is about to be recorded."""
        if self._card is not None:
            self._card.close()

    def entered(self, recording_id: str) -> None:
        """A recording is in the library: have its pictures made."""
        _log.info("recording entered id=%s", recording_id)
        self._sharing.entered(recording_id)
        self.recovered()

    def recovered(self) -> None:
        """There are recordings more, which nobody has just made: nothing is uploaded by itself."""
        self._worker.wake()
        self.entered_changed.emit()
        self.refresh_recent()

    def share_latest(self) -> None:
        """Put the link of the latest recording on the clipboard."""

        def done(recording_id: str | None) -> None:
            if recording_id is not None:
                self._sharing.share(recording_id)

        self._background.run(_latest, done, self._tell)

    def refresh_recent(self) -> None:
        """Ask for the latest recordings, and what the one on the card is called by now."""
        self._background.run(_recent, self.recent_changed.emit)
        card = self._card
        if card is not None:
            recording_id = card.content.recording_id
            self._background.run(lambda: _title(recording_id), self._show_title(card))

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        if self._card is not None:
            self._card.set_theme(theme)

    def close(self) -> None:
        """Take the card away."""
        if self._card is not None:
            self._card.close()

    def play(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def _look_for_poster(self) -> None:
        card = self._card
        self._poster_looks -= 1
        if card is None or self._poster_looks <= 0:
            self._poster.stop()
        if card is None:
            return
        poster = paths.preview_folder(card.content.recording_id) / _POSTER
        if poster.exists():
            self._poster.stop()
            card.set_poster(poster)

    def _show_title(self, card: ResultCard) -> Callable[[str], None]:
        def show(title: str) -> None:
            # It may be gone, or about another one by now; and not in the library yet.
            if card is self._card and title:
                card.title.show_title(title)

        return show

    def _say(self, recording_id: str, text: str) -> None:
        if self._card is not None and self._card.content.recording_id == recording_id:
            self._card.say(text)

    def _show_upload(self) -> None:
        card, known = self._card, self._sharing.known
        if card is None or known is None:
            return
        names = sorted(known.destinations, key=lambda each: not each.is_default)
        card.set_destinations([each.name for each in names])
        copies = self._sharing.of_recording(card.content.recording_id)
        parts = [f"{each.destination}: {state_text(each)}" for each in copies]
        card.show_upload(" · ".join(parts))

    def _show_card(self, result: RecordingResult, notes: tuple[str, ...]) -> None:
        if self._card is not None:
            self._card.close()
        content = CardContent(
            recording_id=result.recording_id,
            title=Path(result.path).stem,
            path=result.path,
            poster=None,
            duration_s=result.duration_s,
            size_bytes=result.size_bytes,
            notes=notes,
            is_truncated=result.truncated,
        )
        card = ResultCard(content, self.theme, self.reduced_motion, stays_ms=self.card_s * 1000)
        card.play_requested.connect(lambda: self.play(result.path))
        card.folder_requested.connect(lambda: folders.show_in_folder(result.path))
        card.share_requested.connect(lambda name: self._sharing.share(result.recording_id, name))
        card.trim_requested.connect(lambda: self._trim(card))
        card.copy_requested.connect(lambda: self._copy(card))
        card.renamed.connect(lambda title: self._rename(card, title))
        card.delete_requested.connect(lambda: self._delete(result.recording_id))
        card.undo_requested.connect(lambda: self._undo(result.recording_id))
        card.closed.connect(lambda: self._closed(card))
        self._card = card
        card.place(screen_under_pointer().availableGeometry())
        card.show()
        self._poster_looks = _POSTER_LOOKS
        self._poster.start()
        self._show_upload()
        # Of destinations that were added meanwhile as well.
        self._sharing.look()

    def _trim(self, card: ResultCard) -> None:
        card.close()
        self.trim_requested.emit(card.content.recording_id)

    def _closed(self, card: ResultCard) -> None:
        if self._card is card:
            self._card = None
        card.deleteLater()

    def _notify(self, result: RecordingResult) -> None:
        title = translate(N_("Recording saved"))
        body = (
            f"{Path(result.path).stem}\n"
            f"{clock_text(result.duration_s)} · {size_text(result.size_bytes)}"
        )
        actions = [
            ("default", translate(N_("Play"))),
            ("play", translate(N_("Play"))),
            ("link", translate(N_("Copy link"))),
            ("folder", translate(N_("Show in folder"))),
        ]
        self._notifier.notify("saved", title, body, actions)

    def _on_action(self, key: str, action: str) -> None:
        if key != "saved" or self.last is None:
            return
        if action == "folder":
            folders.show_in_folder(self.last.path)
        elif action == "link":
            self._sharing.share(self.last.recording_id)
        else:
            self.play(self.last.path)

    def _copy(self, card: ResultCard) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(card.content.path)])
        QGuiApplication.clipboard().setMimeData(mime)
        card.say(translate(N_("File copied")))

    def _rename(self, card: ResultCard, title: str) -> None:
        recording_id = card.content.recording_id
        self._background.run(
            lambda: _rename(recording_id, title), lambda _: self.refresh_recent(), self._tell
        )

    def _delete(self, recording_id: str) -> None:
        self._background.run(
            lambda: _delete(recording_id), lambda _: self.refresh_recent(), self._tell
        )

    def _undo(self, recording_id: str) -> None:
        self._background.run(
            lambda: _restore(recording_id), lambda _: self.refresh_recent(), self._tell
        )

    def _tell(self, error: Exception) -> None:
        self.failed.emit(as_recorder_error(error))


# The library's packages are loaded in the background thread, with the first of these calls.


def _recent() -> list[tuple[str, str]]:
    from recorder_app.library.listing import Filter, Order
    from recorder_app.services.finding import list_recordings

    found, _ = list_recordings(Filter(), Order.DATE, _RECENT, 0)
    return [(each.title, each.path) for each in found]


def _title(recording_id: str) -> str:
    from recorder_app.library.listing import Filter, Order
    from recorder_app.services.finding import list_recordings

    found, _ = list_recordings(Filter(ids=(recording_id,)), Order.DATE, 1, 0)
    return found[0].title if found else ""


def _latest() -> str | None:
    from recorder_app.library.listing import Filter, Order
    from recorder_app.services.finding import list_recordings

    found, _ = list_recordings(Filter(), Order.DATE, 1, 0)
    return found[0].id if found else None


def _rename(recording_id: str, title: str) -> None:
    from recorder_app.services import catalogue

    catalogue.edit(recording_id, catalogue.Changes(title=title))


def _delete(recording_id: str) -> None:
    from recorder_app.services import catalogue

    catalogue.delete([recording_id])


def _restore(recording_id: str) -> None:
    from recorder_app.services import catalogue

    catalogue.restore([recording_id])
