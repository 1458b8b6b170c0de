"""Choosing what to export: a preset, about how large it will be, and where it goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QStandardPaths, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLabel, QWidget

from recorder_app.edit import presets
from recorder_app.jobs.rendering import extension_for
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.export_entries import ExportWish
from recorder_app.texts import N_, clock_text, size_text, translate
from recorder_app.ui import boxes, buttons, marks
from recorder_app.ui.background import Background
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.tokens import SPACE_L, SPACE_S, Theme

# So long nothing is chosen anew before it is estimated.
_SETTLED_MS = 150
_WIDE_PX = 460

# What a person calls the presets, and what each is for.
_WORDS = {
    "original": (
        N_("Like the recording"),
        N_("Copies what is there: quick, and nothing is lost."),
    ),
    "share": (
        N_("To share (MP4)"),
        N_("Plays in every browser, on every phone and in every chat."),
    ),
    "archive": (N_("To keep (small)"), N_("The smallest file for the quality; takes longest.")),
    "chat": (N_("For a chat (up to 10 MB)"), N_("As good as fits into 10 MB.")),
    "gif": (N_("Animation (GIF)"), N_("Plays everywhere, without sound; for some seconds.")),
    "webp": (N_("Animation (WebP)"), N_("Smaller and better than GIF, without sound.")),
    "sound": (N_("Sound only"), N_("What was said, as it is in the recording.")),
    "stills": (N_("Single pictures (PNG)"), N_("A folder of pictures, one for every few seconds.")),
}

# What can be made of sound alone.
_OF_SOUND = ("original", "sound")


class ExportDialog(QDialog):
    """`chosen` carries an ExportWish, `failed` a RecorderError."""

    chosen = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        recording_id: str,
        source: Path,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        has_pictures: bool = True,
    ) -> None:
        super().__init__(parent)
        self._recording_id, self._source = recording_id, source
        self._background = Background(self, "export-estimate")
        self._extension = source.suffix.removeprefix(".")
        self._files: QFileDialog | None = None
        self.setWindowTitle(translate(N_("Export")))
        self.setMinimumWidth(_WIDE_PX)
        self.setStyleSheet(marks.SHEET)
        self.preset = _Choice()
        self.preset.setAccessibleName(translate(N_("Preset")))
        for name, preset in presets.load().presets.items():
            if not has_pictures and preset.kind not in _OF_SOUND:
                continue
            self.preset.addItem(translate(_WORDS[name][0]) if name in _WORDS else name, name)
        self.about = QLabel()
        self.about.setProperty("kind", "muted")
        self.about.setWordWrap(True)
        self.estimate = QLabel()
        self.choose = TextButton(translate(N_("Choose a file…")), "folder", kind="primary")
        self.choose.setDefault(True)
        self.cancel = TextButton(translate(N_("Cancel")))
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._work_out)
        self.preset.currentIndexChanged.connect(self._changed)
        self.choose.clicked.connect(self._choose_file)
        self.cancel.clicked.connect(self.reject)
        self._lay_out()
        buttons.set_theme(self, theme)
        self._changed()

    @property
    def name(self) -> str:
        """Which preset is chosen."""
        return str(self.preset.currentData())

    def _lay_out(self) -> None:
        column = boxes.column(SPACE_S, self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        label = QLabel(translate(N_("&What to make")))
        label.setBuddy(self.preset)
        for each in (label, self.preset, self.about, self.estimate):
            column.addWidget(each)
        column.addSpacing(SPACE_S)
        row = boxes.row(SPACE_S)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.choose)
        column.addLayout(row)

    def _changed(self) -> None:
        self.about.setText(translate(_WORDS[self.name][1]) if self.name in _WORDS else "")
        self.estimate.setText(translate(N_("Working out the size…")))
        self.choose.setEnabled(False)
        self._settled.start()

    def _work_out(self) -> None:
        name, recording_id, source = self.name, self._recording_id, self._source

        def work() -> tuple[str, str]:
            from recorder_app.services import trim_work

            about = trim_work.estimate(recording_id, ExportWish(name))
            text = translate(
                N_("About {size} · {length}"),
                size=size_text(about.bytes_about),
                length=clock_text(about.length_s),
            )
            return text, extension_for(source, name)

        def done(found: tuple[str, str]) -> None:
            if name == self.name:
                text, self._extension = found
                self.estimate.setText(text)
                self.choose.setEnabled(True)

        def failed(error: Exception) -> None:
            told = as_recorder_error(error)
            if name == self.name:
                self.estimate.setText(f"{told.message} {told.hint}".strip())
            self.failed.emit(told)

        self._background.run(work, done, failed)

    def _choose_file(self) -> None:
        place = QStandardPaths.StandardLocation.MoviesLocation
        folder = Path(QStandardPaths.writableLocation(place) or Path.home())
        suffix = f".{self._extension}" if self._extension else ""
        proposed = folder / f"{self._source.stem} ({self.name}){suffix}"
        self._files = files = QFileDialog(self, translate(N_("Export to")))
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setFileMode(QFileDialog.FileMode.AnyFile)
        files.setDirectory(str(folder))
        files.selectFile(proposed.name)
        if suffix:
            files.setDefaultSuffix(self._extension)
            files.setNameFilter(f"*{suffix}")
        files.fileSelected.connect(self._take_file)
        files.open()

    def _take_file(self, path: str) -> None:
        self.accept()
        # The file dialog has asked whether to replace what is there.
        self.chosen.emit(ExportWish(self.name, output=Path(path), overwrite=bool(self._extension)))


class _Choice(QComboBox):
    """A box with the arrow of the settings."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        marks.draw_arrow(self, QPointF(self.width() - marks.ARROW_WIDTH / 2, self.height() / 2))
