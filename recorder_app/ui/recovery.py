"""Takes that were cut short: made whole by a process of its own, and told of."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal

from recorder_app.services.recovery_entry import KEPT, RECOVERED, RecoveryEntry
from recorder_app.shapes import from_json
from recorder_app.system.autostart import program
from recorder_app.texts import N_, clock_text, translate
from recorder_app.ui.notifications import Notifier, Urgency

_log = logging.getLogger(__name__)

_END_MS = 500


class _Told(msgspec.Struct, frozen=True):
    takes: list[RecoveryEntry] = []


class Recovery(QObject):
    """Used on the GUI thread. `recovered` is emitted when a take is in the library that was not.

    `played` and `folder_wanted` carry the path of a take whose notification was clicked.
    """

    recovered = Signal()
    played = Signal(str)
    folder_wanted = Signal(str)

    def __init__(self, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._process: QProcess | None = None
        self._is_wanted = False
        self._paths: dict[str, str] = {}
        notifier.action.connect(self._on_action)

    def look(self) -> None:
        """Look for takes that were cut short since this was done last."""
        if self._process is not None:
            self._is_wanted = True
            return
        self._is_wanted = False
        command = [*program(), "recover", "--for-app", "--json"]
        process = self._process = QProcess(self)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        process.start(command[0], command[1:])

    def close(self) -> None:
        """End it; what it was doing is done anew the next time."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(_END_MS)

    def _failed(self, error: QProcess.ProcessError) -> None:
        # All others are followed by the end of the process.
        if error is QProcess.ProcessError.FailedToStart:
            self._ended(-1)

    def _ended(self, code: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.deleteLater()
        try:
            takes = from_json(bytes(process.readAllStandardOutput().data()), _Told).takes
        except msgspec.MsgspecError:
            # It has written into its log what it could not do; the next start looks again.
            _log.warning("takes that were cut short were not looked for code=%s", code)
            takes = []
        for take in takes:
            self._tell(take)
        if any(take.state == RECOVERED for take in takes):
            self.recovered.emit()
        if self._is_wanted:
            self.look()

    def _tell(self, take: RecoveryEntry) -> None:
        _log.info("take was cut short state=%s path=%s", take.state, take.path)
        key = f"recovered {take.path}"
        name = Path(take.path).stem
        if take.state == RECOVERED:
            title = translate(N_("A recording that was cut short is whole again"))
            body = f"{name}\n{clock_text(take.duration_s)}"
            actions = [
                ("default", translate(N_("Play"))),
                ("play", translate(N_("Play"))),
                ("folder", translate(N_("Show in folder"))),
            ]
        elif take.state == KEPT:
            title = translate(N_("A recording was cut short and is left as it is"))
            body = f"{name}\n{take.reason}"
            actions = [("folder", translate(N_("Show in folder")))]
        else:
            return
        self._paths[key] = take.path
        urgency: Urgency = "normal" if take.state == RECOVERED else "critical"
        self._notifier.notify(key, title, body, actions, urgency)

    def _on_action(self, key: str, action: str) -> None:
        if (path := self._paths.get(key)) is not None:
            (self.folder_wanted if action == "folder" else self.played).emit(path)
