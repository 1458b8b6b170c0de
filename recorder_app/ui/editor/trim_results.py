"""What is made of a recording that was edited: versions at once, exports by the queue."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from recorder_app.errors import Cancelled, LibraryError
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.export_entries import ExportEntry, ExportWish
from recorder_app.services.jobs import JobEntry
from recorder_app.texts import N_, clock_text, size_text, translate
from recorder_app.ui import folders
from recorder_app.ui.background import Background
from recorder_app.ui.editor.export_dialog import ExportDialog
from recorder_app.ui.editor.work_line import WorkLine
from recorder_app.ui.tokens import Theme

_LOOK_MS = 300
# A minute and more, each look waiting for the library too.
_MOST_FAILED_LOOKS = 200


class TrimResults(QObject):
    """One piece of work at a time, told in `line`; it goes on when the page is left."""

    version_made = Signal(str)
    version_opened = Signal(str)
    work_queued = Signal()
    failed = Signal(object)
    busy_changed = Signal(bool)
    _proceeded = Signal(float)

    def __init__(self, line: WorkLine, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._line, self._theme, self._window = line, theme, parent
        self._making = Background(self, "make-version")
        self._asking = Background(self, "export-job")
        self._stop = threading.Event()
        self._job_id = ""
        self._is_cancelled = False
        self._failed_looks = 0
        self._name = ""
        self._target = Path()
        self._is_busy = False
        self.dialog: ExportDialog | None = None
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look.timeout.connect(self._ask)
        self._proceeded.connect(self._show_progress)
        line.cancelled.connect(self._cancel)

    @property
    def is_busy(self) -> bool:
        return self._is_busy

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def save_version(self, recording_id: str) -> None:
        """Make a new recording of what is kept."""
        if self._is_busy:
            return
        self._begin(translate(N_("Saving a version…")))
        self._stop = stop = threading.Event()

        def work() -> ExportEntry:
            # Loads the codecs and the library, in the background thread.
            from recorder_app.services import trim_work

            return trim_work.save_version(recording_id, stop, self._proceeded.emit)

        self._making.run(work, self._saved, self._failed)

    def choose_export(self, recording_id: str, source: Path, *, has_pictures: bool) -> None:
        """Ask what to make of what is kept, and where it goes; nothing while it is asked."""
        if self._is_busy or self.dialog is not None:
            return
        self.dialog = dialog = ExportDialog(
            recording_id, source, self._theme, self._window, has_pictures=has_pictures
        )
        dialog.chosen.connect(lambda wish: self.export(recording_id, wish))
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def export(self, recording_id: str, wish: ExportWish) -> None:
        """Queue an export, and tell how far it is."""
        if self._is_busy or wish.output is None:
            return
        self._name, self._target = wish.output.name, wish.output
        self._begin(translate(N_("Exporting {name}…"), name=self._name))

        def work() -> str:
            from recorder_app.services import trim_work

            return trim_work.queue_export(recording_id, wish)

        self._asking.run(work, self._queued, self._failed)

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _begin(self, text: str) -> None:
        self._is_cancelled = False
        self._failed_looks = 0
        self._set_busy(True)
        self._line.begin(text)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busy_changed.emit(is_busy)

    def _show_progress(self, share: float) -> None:
        if self._is_busy:
            self._line.progress(share)

    def _cancel(self) -> None:
        self._stop.set()
        self._is_cancelled = True
        # Before it is queued there is nothing to be cancelled.
        if self._job_id:
            self._ask()

    def _saved(self, entry: ExportEntry) -> None:
        self._set_busy(False)
        told = translate(
            N_("Saved as “{title}” · {length} · {size}"),
            title=entry.title,
            length=clock_text(entry.length_s),
            size=size_text(entry.size_bytes),
        )
        if entry.reason:
            told = f"{told}\n{entry.reason.get('message', '')}"
        self._line.done(told, translate(N_("Open it")), lambda: self.version_opened.emit(entry.id))
        self.version_made.emit(entry.id)

    def _queued(self, job_id: str) -> None:
        self._job_id = job_id
        if self._is_cancelled:
            self._ask()
            return
        self.work_queued.emit()
        self._look.start()

    def _ask(self) -> None:
        """Look how far the export is, or cancel it where that is wished."""
        job_id, is_cancelled = self._job_id, self._is_cancelled
        if not job_id:
            return
        self._look.stop()

        def work() -> JobEntry:
            from recorder_app.services import trim_work

            ask = trim_work.cancel_export if is_cancelled else trim_work.export_job
            return ask(job_id)

        def done(job: JobEntry) -> None:
            if is_cancelled:
                # Asked for once: it ends when it is where it can.
                self._is_cancelled = False
            self._show_job(job)

        self._asking.run(work, done, self._look_again)

    def _look_again(self, error: Exception) -> None:
        # The library could not be read: that says nothing about the export, which goes on.
        self._failed_looks += 1
        if isinstance(error, LibraryError) and self._failed_looks < _MOST_FAILED_LOOKS:
            self._look.start()
        else:
            self._failed(error)

    def _show_job(self, job: JobEntry) -> None:
        if job.id != self._job_id:
            return
        from recorder_app.services import trim_work

        self._failed_looks = 0
        if not trim_work.ended(job):
            self._line.progress(job.progress)
            self._look.start()
            return
        self._job_id = ""
        self._set_busy(False)
        error = trim_work.failure_of(job)
        if error is not None:
            self._line.fail(error)
            self.failed.emit(error)
        elif job.result is None:
            self._line.say(translate(N_("The export was cancelled. Nothing was written.")))
        else:
            path = Path(str(job.result.get("path", self._target)))
            told = translate(
                N_("Exported to {name} · {size}"),
                name=path.name,
                size=size_text(int(job.result.get("size_bytes", 0))),
            )
            self._line.done(
                told, translate(N_("Show in folder")), lambda: folders.show_in_folder(path)
            )

    def _failed(self, error: Exception) -> None:
        self._job_id = ""
        self._set_busy(False)
        told = as_recorder_error(error)
        if isinstance(told, Cancelled):
            self._line.say(translate(N_("Cancelled. No version was made.")))
            return
        self._line.fail(told)
        self.failed.emit(told)
