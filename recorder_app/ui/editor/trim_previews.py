"""What is known of a recording before it is edited: its markers, waveform, a few small pictures."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from recorder_app import paths
from recorder_app.errors import Cancelled
from recorder_app.media import waveform
from recorder_app.media.waveform import Peaks
from recorder_app.texts import N_
from recorder_app.ui.background import Background
from recorder_app.ui.editor import loudness
from recorder_app.ui.editor.timeline_markers import Markers

_log = logging.getLogger(__name__)

_STRIP, _WAVEFORM = "strip.jpg", "waveform.npz"


class TrimPreviews(QObject):
    """`peaks_found` carries Peaks, `strip_found` a QImage of pictures side by side, `markers_found`
    Markers.

    What is not there is made, or left out where it cannot be.
    """

    peaks_found = Signal(object)
    strip_found = Signal(QImage)
    markers_found = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self, "edit-previews")
        self._generation = 0

    def open(self, recording_id: str, path: Path, length_s: float) -> None:
        """Look for what there is of a recording."""
        self._generation += 1
        generation = self._generation
        folder = paths.preview_folder(recording_id)

        def is_wanted() -> bool:
            return generation == self._generation

        def proceed(_share: float) -> None:
            if not is_wanted():
                raise Cancelled(N_("Another recording is edited."))

        def strip(found: QImage) -> None:
            if is_wanted() and not found.isNull():
                self.strip_found.emit(found)

        def peaks(found: Peaks) -> None:
            if is_wanted():
                self.peaks_found.emit(found)

        def marked(found: Markers) -> None:
            if is_wanted():
                self.markers_found.emit(found)

        def none(error: Exception) -> None:
            # Without its sound the timeline has pictures alone.
            if not isinstance(error, Cancelled):
                _log.warning("no waveform recording=%s error=%s", recording_id, error)

        self._background.run(lambda: QImage(str(folder / _STRIP)), strip)
        self._background.run(lambda: _markers(path), marked)

        def measured() -> Peaks:
            try:
                return loudness.mixed(waveform.load(folder / _WAVEFORM))
            except (OSError, ValueError):
                return loudness.mixed(waveform.measure(path, length_s, proceed))

        self._background.run(measured, peaks, none)

    def close(self) -> None:
        """Look no further."""
        self._generation += 1


def _markers(path: Path) -> Markers:
    # Loads the library's packages, in the background thread.
    from recorder_app.services import notes

    return Markers(notes.markers(path))
