"""What is done with recordings from the window: in the background, one after another."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Signal

from recorder_app.errors import StorageError, UnreadableMedia
from recorder_app.library import media_rows
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services import browsing
from recorder_app.services.browsing import CardEntry
from recorder_app.texts import N_
from recorder_app.ui.background import Background
from recorder_app.ui.library.access import Access

if TYPE_CHECKING:
    from recorder_app.services.importing import ImportEntry

_log = logging.getLogger(__name__)

# Of very many so many at a time, so that other writers get their turn.
_AT_ONCE = 500

# The services are loaded with the first of these calls, in the background: the codecs come with
# them, and the window opens without.


class Deeds(QObject):
    """Used on the GUI thread. `changed` says that the library did, `work_added` that there is work
    for the queue, `failed` carries a RecorderError and what tries the same again, None where that
    makes no sense.

    `deleted` carries the ids that are in the trash now, `erased` a report, `exporting` how many,
    `linked` a link, `import_moved` the number of a file, how many there are, and its path, and
    `import_ended` what became of each.
    """

    changed = Signal()
    work_added = Signal()
    failed = Signal(object, object)
    deleted = Signal(list)
    restored = Signal(list)
    erased = Signal(object)
    exporting = Signal(int)
    linked = Signal(str)
    import_moved = Signal(int, int, str)
    import_ended = Signal(list)

    def __init__(self, access: Access, parent: QObject) -> None:
        super().__init__(parent)
        self._access = access
        # Reading large files takes long; nothing else shall wait for it.
        self._importer = Background(self, "library-import")
        # A server may have to be asked for a link.
        self._linker = Background(self, "library-links")
        self._stop_import = threading.Event()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is done."""
        return self._access.is_idle and self._importer.is_idle and self._linker.is_idle

    def finish(self, limit_s: float = 2.0) -> None:
        """Wait for what was asked so far: for the end of the program."""
        self._access.deeds.finish(limit_s)

    def rename(self, recording_id: str, title: str) -> None:
        self._edit([recording_id], title=title)

    def mark_favourite(self, ids: Sequence[str], is_favourite: bool) -> None:
        self._edit(ids, is_favourite=is_favourite)

    def assign(self, ids: Sequence[str], project: str) -> None:
        """Put recordings into a project, or with no name out of theirs."""
        self._edit(ids, project=project)

    def tag(self, ids: Sequence[str], name: str, *, is_on: bool = True) -> None:
        """Give recordings a tag, or take it away."""
        self._edit(ids, **{"tags" if is_on else "untags": (name,)})

    def delete(self, ids: Sequence[str]) -> None:
        """Put recordings into the trash."""

        def some(part: list[str]) -> None:
            from recorder_app.services import catalogue

            catalogue.delete(part)

        self._in_parts(ids, some, self.deleted.emit)

    def restore(self, ids: Sequence[str]) -> None:
        """Take recordings out of the trash."""

        def some(part: list[str]) -> None:
            from recorder_app.services import catalogue

            catalogue.restore(part)

        self._in_parts(ids, some, self.restored.emit)

    def erase(self, ids: Sequence[str]) -> None:
        """Delete recordings and their files for good."""
        wanted = list(ids)

        def work() -> Any:
            from recorder_app.services import removing

            return removing.erase(wanted)

        def done(report: Any) -> None:
            self.erased.emit(report)
            if report.remote_copies_queued:
                self.work_added.emit()

        self._do(work, done)

    def export(self, ids: Sequence[str], preset: str) -> None:
        """Hand in an export of each as a new version."""
        wanted, left = list(ids), list(ids)

        def work() -> int:
            from recorder_app.services import versions
            from recorder_app.services.export_entries import ExportWish

            database = self._access.database()
            for each in wanted:
                versions.hand_in(database, each, ExportWish(preset))
                # What is handed in is not handed in again.
                left.remove(each)
            return len(wanted)

        def done(count: int) -> None:
            self.exporting.emit(count)
            self.work_added.emit()

        def fail(error: Exception) -> None:
            if len(left) < len(wanted):
                self.work_added.emit()
            self._fail(error, lambda: self.export(left, preset))

        self._do(work, done, fail)

    def fetch_link(self, recording_id: str) -> None:
        """Ask for a link that works; `linked` tells it."""

        def work() -> str:
            from recorder_app.services import links

            return links.link(self._access.database(), recording_id).text

        def fail(error: Exception) -> None:
            self._fail(error, lambda: self.fetch_link(recording_id))

        self._linker.run(work, self.linked.emit, fail)

    def with_file(self, card: CardEntry, done: Callable[[], None]) -> None:
        """Call `done` if the file is there; else tell that it is gone, and note it."""

        def work() -> None:
            is_there = os.path.isfile(card.path)
            if is_there == (card.status == media_rows.MISSING):
                self._note_file(card.id)
            if not is_there:
                raise UnreadableMedia(
                    N_("The file {path} is not there."),
                    hint=N_("If it was moved, drop it into this window: it is recognised."),
                    path=card.path,
                )

        self._access.deeds.run(work, lambda _: done(), self._fail)

    def look_for_file(self, recording_id: str) -> None:
        """Note whether the file is there, for who opens it and tells of it otherwise."""
        self._access.deeds.run(lambda: self._note_file(recording_id), lambda _: None)

    def _note_file(self, recording_id: str) -> None:
        """In the background. What cannot be noted now is noted the next time."""
        from recorder_app.services import missing

        try:
            missing.note_whether_there(self._access.database(), recording_id)
        except StorageError as error:
            _log.warning("file not noted recording=%s error=%s", recording_id, error)

    def fetch_markers(self, path: str, done: Callable[[list[tuple[float, str]]], None]) -> None:
        """Call `done` with the marks that were set while it was recorded, by seconds."""

        def work() -> list[tuple[float, str]]:
            from recorder_app.services import notes

            return notes.markers(Path(path))

        self._access.deeds.run(work, done, self._fail)

    def fetch_files(self, ids: Sequence[str], done: Callable[[list[bytes]], None]) -> None:
        """Call `done` with the files of recordings as encoded addresses, in the order of `ids`.

        Recordings that are gone are left out.
        """
        wanted = list(ids)

        def work() -> list[bytes]:
            with self._access.database().read() as session:
                found = media_rows.paths(session, wanted)
            there = (found[each] for each in wanted if each in found)
            # Of very many this takes longer than to look them up.
            return [bytes(QUrl.fromLocalFile(path).toEncoded().data()) for path in there]

        self._access.deeds.run(work, done, self._fail)

    # Importing.

    def bring_in(self, given: Sequence[Path]) -> None:
        """Enter files, and those below folders; they stay where they are."""
        if self._stop_import.is_set():
            # Those that were stopped stay so.
            self._stop_import = threading.Event()
        stop, entries = self._stop_import, list["ImportEntry"]()

        def work() -> list[ImportEntry]:
            from recorder_app.services import importing

            moved = self.import_moved
            for entry in importing.import_files(
                self._access.database(), given, on_progress=lambda *at: moved.emit(*at)
            ):
                entries.append(entry)
                if stop.is_set():
                    break
            return entries

        def fail(error: Exception) -> None:
            # Those before it are in, and their work is to be done.
            self._brought_in(entries)
            # Those are known then, and passed by.
            self._fail(error, lambda: self.bring_in(given))

        self._importer.run(work, self._brought_in, fail)

    def stop_import(self) -> None:
        """Import no more after the file that is being read; what is in stays."""
        self._stop_import.set()

    def _brought_in(self, entries: list[ImportEntry]) -> None:
        self.changed.emit()
        if any(entry.jobs for entry in entries):
            self.work_added.emit()
        self.import_ended.emit(entries)

    def _in_parts(
        self,
        ids: Sequence[str],
        some: Callable[[list[str]], None],
        done: Callable[[list[str]], None],
    ) -> None:
        """Do something with those that are there; `done` gets what was done, even if not all."""
        wanted, ready = list(ids), list[str]()

        def work() -> None:
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                there = browsing.still_there(self._access.database(), part)
                if there:
                    some(there)
                ready.extend(there)

        def end(_: object = None) -> None:
            self.changed.emit()
            if ready:
                done(ready)

        def fail(error: Exception) -> None:
            end()
            done_already = set(ready)
            left = [each for each in wanted if each not in done_already]
            self._fail(error, lambda: self._in_parts(left, some, done))

        self._access.deeds.run(work, end, fail)

    def _edit(self, ids: Sequence[str], **changes: Any) -> None:
        wanted = list(ids)

        def work() -> None:
            from recorder_app.services import catalogue

            catalogue.edit_all(wanted, catalogue.Changes(**changes))

        def fail(error: Exception) -> None:
            self._fail(error, lambda: self._edit(wanted, **changes))

        self._do(work, lambda _: None, fail)

    def _do(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        fail: Callable[[Exception], None] | None = None,
    ) -> None:
        def after(result: Any) -> None:
            self.changed.emit()
            done(result)

        self._access.deeds.run(work, after, fail or self._fail)

    def _fail(self, error: Exception, again: Callable[[], None] | None = None) -> None:
        told = as_recorder_error(error)
        # A library gets free, and a disk room; everything else would fail again.
        may_help = isinstance(told, StorageError)
        self.failed.emit(told, again if may_help else None)
        # Some of many may have been changed.
        self.changed.emit()
