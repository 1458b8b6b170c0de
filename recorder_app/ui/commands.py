"""What the command line and the shortcuts may ask of the app, and the answers to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from recorder_app.errors import Cancelled, InvalidRequest
from recorder_app.pipeline.events import ErrorReport, Finished, RecordingResult
from recorder_app.services.remote import FINISH, RemoteError, Status
from recorder_app.services.take_messages import TakeCommand
from recorder_app.texts import N_
from recorder_app.ui.command_server import Answer
from recorder_app.ui.take_view import AppState, TakeView

if TYPE_CHECKING:
    from recorder_app.ui.application import App

# What is answered when the take has got there, not before.
_UNTIL_LIVE, _UNTIL_ENDED = ("start", "last_area"), ("stop", "cancel")


class Commands:
    """Carries commands out. Used on the GUI thread."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._starting: list[Answer] = []
        self._ending: list[Answer] = []
        self._replying: dict[int, Answer] = {}

    def obey(self, command: TakeCommand, answer: Answer) -> None:
        """Carry out what the command line asks for. Raises RecorderError when it cannot be."""
        name = command.command
        was_taking = self._app.recorder.view.state.is_taking
        if name == "quit":
            self._quit(command.text, answer)
            return
        if name == "toggle":
            name = "stop" if was_taking else "start"
            command_text = self._app.last_kind
        else:
            command_text = command.text
        number = self.do(name, command_text)
        is_taking = self._app.recorder.view.state.is_taking
        if name in _UNTIL_ENDED and was_taking:
            self._ending.append(answer)
        elif name in _UNTIL_LIVE and is_taking:
            self._starting.append(answer)
        elif number is not None:
            self._replying[number] = answer
        else:
            # Something is picked first, or it was done at once.
            answer(self._status())

    def do(self, name: str, text: str = "") -> int | None:
        """Carry a command out; return the id of what a take will reply. Raises RecorderError."""
        app, recorder, view = self._app, self._app.recorder, self._app.recorder.view
        actions: dict[str, Callable[[], object]] = {
            "status": lambda: None,
            "start": lambda: app.record(text or "screen"),
            "area": lambda: app.record("area"),
            "last_area": lambda: app.record("last_area"),
            "toggle": app.toggle,
            "stop": recorder.stop,
            "pause": recorder.resume if view.state is AppState.PAUSED else recorder.pause,
            "resume": recorder.resume,
            "cancel": recorder.cancel,
            "ask_cancel": app.ask_cancel,
            "mark": lambda: recorder.mark(text),
            "mute": lambda: recorder.mute(not view.is_muted),
            "unmute": lambda: recorder.mute(False),
            "screenshot": app.screenshot,
            "raise": app.show_running,
            "copy": lambda: QGuiApplication.clipboard().setText(text),
        }
        if name not in actions:
            raise InvalidRequest(
                N_("Recorder does not know the command “{name}”."),
                hint=N_("It may be of another version: quit it and start it again."),
                name=name,
            )
        asked = actions[name]()
        return asked if isinstance(asked, int) else None

    def _quit(self, how: str, answer: Answer) -> None:
        """End the app; it is answered when a take is saved, or when somebody kept it going."""
        if not self._app.quit(asks=how != FINISH):
            raise Cancelled(
                N_("The recording goes on."),
                hint=N_("“recorder-app quit --finish” saves it and quits without asking."),
            )
        if self._app.recorder.view.state.is_taking:
            self._ending.append(answer)
        else:
            answer(Status(app=False, state="quit"))

    def follow(self, view: TakeView) -> None:
        """Answer those who wait for a take to run."""
        if view.state.is_live:
            self._answer(self._starting, self._status())

    def reply(self, number: int, report: ErrorReport | None) -> None:
        """Answer who asked the take for that."""
        answer = self._replying.pop(number, None)
        if answer is not None:
            answer(RemoteError(report) if report is not None else self._status())

    def end(self, finished: Finished) -> None:
        """Answer everybody: the take has ended."""
        status = self._status(finished.state.value, finished.result)
        self._answer_all(status)

    def fail(self, report: ErrorReport) -> bool:
        """Tell everybody who waits that it went wrong; return whether there was anybody."""
        has_listeners = bool(self._starting or self._ending or self._replying)
        self._answer_all(RemoteError(report))
        return has_listeners

    def _answer_all(self, how: Status | RemoteError) -> None:
        self._ending += self._replying.values()
        self._replying.clear()
        self._answer(self._starting, how)
        self._answer(self._ending, how)

    @staticmethod
    def _answer(waiting: list[Answer], how: Status | RemoteError) -> None:
        answers = list(waiting)
        waiting.clear()
        for answer in answers:
            answer(how)

    def _status(self, state: str = "", result: RecordingResult | None = None) -> Status:
        app, view = self._app, self._app.recorder.view
        if state:
            return Status(
                app=True,
                state=state,
                elapsed_s=result.duration_s if result is not None else 0.0,
                size_bytes=result.size_bytes if result is not None else 0,
                target=app.last_target,
                path=result.path if result is not None else "",
                recording_id=result.recording_id if result is not None else "",
            )
        last = app.results.last if not view.state.is_taking else None
        return Status(
            app=True,
            state=view.state.value,
            elapsed_s=view.elapsed_s,
            size_bytes=view.size_bytes,
            target=app.last_target,
            path=last.path if last is not None else "",
            recording_id=last.recording_id if last is not None else "",
            is_muted=view.is_muted,
            markers=view.markers,
            warning=view.warning.message if view.warning is not None else "",
        )
