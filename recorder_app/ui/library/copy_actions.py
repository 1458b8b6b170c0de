"""What is done with copies elsewhere: links on the clipboard, views, pausing, taking them back."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.watching import LibraryWatch
from recorder_app.texts import N_, translate
from recorder_app.ui.background import Background
from recorder_app.ui.library import details_work as work
from recorder_app.ui.library.copy_row import (
    FIRST,
    LINK,
    OPEN,
    PAUSE,
    RESUME,
    UNSHARE,
    VIEWS,
    CopyRow,
)
from recorder_app.ui.library.detail_words import audience_text
from recorder_app.ui.library.words import when_text

if TYPE_CHECKING:
    from recorder_app.services.links import AudienceEntry, LinkEntry
    from recorder_app.services.uploads import UploadEntry


class CopyActions(QObject):
    """Does what rows ask for, and tells the row what came of it, if it is still there.

    `changed` carries the recording a copy is of, `unshared` those whose copies were taken back.
    What may ask a server has a thread of its own: the library's answers do not wait for it.
    """

    failed = Signal(object)
    work_queued = Signal()
    unshared = Signal(list)
    changed = Signal(str)

    def __init__(
        self,
        background: Background,
        watch: LibraryWatch,
        row: Callable[[str], CopyRow | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._background, self._watch = background, watch
        self._calls = Background(self, "links")
        self._calls_watch = LibraryWatch()
        self._row = row

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for is done."""
        return self._calls.is_idle

    def do(self, upload_id: str, word: str, argument: object) -> None:
        """Do what `word` says with a copy."""
        row = self._row(upload_id)
        entry = None if row is None else row.entry
        if entry is None:
            return
        if word in (LINK, OPEN):
            done = self._copied if word == LINK else self._open
            wanted = argument if isinstance(argument, str | int) else None
            self._say(entry, translate(N_("Making the link…")))
            self._call(
                entry,
                functools.partial(work.link, recording_id=entry.recording_id, wanted=wanted),
                done,
            )
        elif word == VIEWS:
            self._say(entry, translate(N_("Asking…")))
            self._call(
                entry,
                functools.partial(work.audience, recording_id=entry.recording_id),
                self._tell_views,
            )
        elif word == UNSHARE:
            self._call(
                entry,
                functools.partial(work.unshare, recording_id=entry.recording_id),
                self._taken_back,
            )
        elif entry.job_id is not None:
            step = {PAUSE: work.pause, RESUME: work.resume, FIRST: work.put_first}[word]
            self._background.run(
                functools.partial(step, self._watch, entry.job_id),
                lambda _: self._stepped(entry, is_queued=word == RESUME),
                functools.partial(self._fail, entry),
            )

    def _call(
        self,
        entry: UploadEntry,
        asked: Callable[..., object],
        done: Callable[[UploadEntry, Any], None],
    ) -> None:
        self._calls.run(
            functools.partial(asked, self._calls_watch, destination=entry.destination),
            functools.partial(done, entry),
            functools.partial(self._fail, entry),
        )

    def _copied(self, entry: UploadEntry, found: LinkEntry) -> None:
        # Also when another recording is shown by now: it was asked for to be pasted.
        QGuiApplication.clipboard().setText(found.text)
        if found.expires_at is None:
            self._say(entry, translate(N_("Copied.")))
        else:
            ends = when_text(found.expires_at)
            self._say(entry, translate(N_("Copied. The link ends {when}."), when=ends))
            self.changed.emit(entry.recording_id)

    def _open(self, entry: UploadEntry, found: LinkEntry) -> None:
        self._say(entry, "")
        QDesktopServices.openUrl(QUrl(found.text))

    def _tell_views(self, entry: UploadEntry, found: AudienceEntry | None) -> None:
        self._say(entry, audience_text(found))

    def _taken_back(self, entry: UploadEntry, _nothing: object) -> None:
        self.unshared.emit([entry.recording_id])
        self.work_queued.emit()
        self.changed.emit(entry.recording_id)

    def _stepped(self, entry: UploadEntry, *, is_queued: bool) -> None:
        if is_queued:
            self.work_queued.emit()
        self.changed.emit(entry.recording_id)

    def _say(self, entry: UploadEntry, text: str) -> None:
        row = self._row(entry.id)
        if row is not None:
            row.say(text)

    def _fail(self, entry: UploadEntry, error: Exception) -> None:
        told = as_recorder_error(error)
        row = self._row(entry.id)
        if row is None:
            self.failed.emit(told)
        else:
            row.refuse(str(told))
