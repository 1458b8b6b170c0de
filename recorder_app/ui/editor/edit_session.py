"""The edits of the recording that is open: shown at once, and kept in the library behind that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from recorder_app.edit.timeline import Operation
from recorder_app.errors import RecorderError
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.ui.background import Background

if TYPE_CHECKING:
    from recorder_app.services.edit_state import EditState
    from recorder_app.services.edit_times import Times

# The first change of a day waits for the library to be backed up.
_FINISH_LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class _Exactly:
    """An edit whose times are known already."""

    step: Operation

    def operation(self, _times: Times) -> Operation:
        return self.step


class _Reload:
    """Reads how a recording is edited; not tried again."""

    def __call__(self, recording_id: str) -> EditState:
        return _state_of(recording_id)


class EditSession(QObject):
    """`opened` and `changed` carry an EditState, `failed` a RecorderError."""

    opened = Signal(object)
    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self, "edits")
        self._generation = 0
        self._waiting = 0
        self._failures = 0
        self.state: EditState | None = None
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self.finish)

    @property
    def is_idle(self) -> bool:
        """Whether all edits are in the library."""
        return self._waiting == 0

    def open(self, recording_id: str) -> None:
        """Read how a recording is edited."""
        self.close()
        generation = self._generation

        def found(state: EditState) -> None:
            if generation == self._generation:
                self.state = state
                self.opened.emit(state)

        self._background.run(lambda: _state_of(recording_id), found, self._tell)

    def close(self) -> None:
        """Forget the recording. What was edited is still kept."""
        self._generation += 1
        self._waiting = 0
        self.state = None

    def when_kept(self, then: Callable[[], None]) -> None:
        """Call `then` when every edit so far is in the library; not if one of them failed."""
        failures = self._failures

        def done(_: None) -> None:
            if failures == self._failures:
                then()

        # Behind the edits in the same queue, and so are the answers.
        self._background.run(lambda: None, done)

    def finish(self) -> None:
        """Wait, some seconds at most, for what was edited to be in the library.

        The program's end does so; an edit that takes longer is lost.
        """
        self._background.finish(_FINISH_LIMIT_S)

    def apply(self, step: Operation) -> None:
        """Edit; what makes no sense is told and changes nothing."""
        if self.state is None:
            return
        try:
            edits = step.apply(self.state.edits)
        except RecorderError as error:
            self.failed.emit(error)
            return
        if edits == self.state.edits:
            return
        self._show(replace(self.state, edits=edits, can_undo=True, can_redo=False))
        self._run(lambda recording_id: _apply(recording_id, step))

    def undo(self) -> None:
        self._run(_undo)

    def redo(self) -> None:
        self._run(_redo)

    def _run(self, work: Callable[[str], EditState]) -> None:
        if self.state is None:
            return
        recording_id, generation = self.state.recording_id, self._generation
        self._waiting += 1

        def done(state: EditState) -> None:
            if generation == self._generation:
                self._waiting -= 1
                # With more on the way, what is shown is newer.
                if not self._waiting:
                    self._show(state)

        def failed(error: Exception) -> None:
            self._failures += 1
            self._tell(error)
            if generation == self._generation:
                self._waiting -= 1
                if not self._waiting and not isinstance(work, _Reload):
                    # Back to what is kept.
                    self._run(_Reload())

        self._background.run(lambda: work(recording_id), done, failed)

    def _show(self, state: EditState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)

    def _tell(self, error: Exception) -> None:
        self.failed.emit(as_recorder_error(error))


# The library's packages are loaded in the background thread, with the first of these calls.


def _state_of(recording_id: str) -> EditState:
    from recorder_app.services import edit_state

    return edit_state.state_of(recording_id)


def _apply(recording_id: str, step: Operation) -> EditState:
    from recorder_app.services import edit_state

    return edit_state.apply(recording_id, _Exactly(step))


def _undo(recording_id: str) -> EditState:
    from recorder_app.services import edit_state

    return edit_state.undo(recording_id)


def _redo(recording_id: str) -> EditState:
    from recorder_app.services import edit_state

    return edit_state.redo(recording_id)
