"""Takes as the app makes them: one at a time, each in a process of its own, one kept warm.

The processes know everything; this follows what they say and says what people want. A process
that this app, or one before it that was killed, has started is found again by its socket.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from recorder_app.errors import InternalError, InvalidStateError, RecorderError
from recorder_app.pipeline import outcome
from recorder_app.pipeline.events import (
    ErrorReport,
    Finished,
    HealthEvent,
    Marked,
    RecordingState,
    Severity,
    StateChanged,
    Statistics,
)
from recorder_app.services.take_messages import Reply, Snapshot
from recorder_app.settings import RecordingSettings
from recorder_app.shapes import from_json
from recorder_app.texts import N_, translate
from recorder_app.ui.take_link import TakeLink, running_takes
from recorder_app.ui.take_view import AppState, TakeView

_log = logging.getLogger(__name__)

_STATES = {
    RecordingState.IDLE: AppState.IDLE,
    RecordingState.PREPARING: AppState.PREPARING,
    RecordingState.COUNTDOWN: AppState.COUNTDOWN,
    RecordingState.RECORDING: AppState.RECORDING,
    RecordingState.PAUSED: AppState.PAUSED,
    RecordingState.STOPPING: AppState.FINISHING,
}
# A warning is shown this long; danger stays.
_WARNING_MS = 15_000
# A new process is made warm once the machine is done with the last take.
_WARM_AFTER_MS = 1500


class Note(msgspec.Struct, frozen=True):
    """What the app lets a take's process keep for the next app: where its windows belong."""

    kind: str
    rect: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class TakeRequest:
    """What to record. `rect` in device pixels is where, as far as that is known.

    After `split_s` seconds, or `split_bytes`, it goes on in a new file; 0 for never.
    """

    settings: RecordingSettings
    kind: str
    rect: tuple[int, int, int, int] | None = None
    split_s: float = 0.0
    split_bytes: int = 0


class Recorder(QObject):
    """Starts and follows takes. Used on the GUI thread; nothing waits.

    `changed` carries a TakeView, `finished` a Finished, `failed` an ErrorReport, and `entered` the
    id of a recording that is in the library now; `cut_short` says that the process of a take died.
    What is asked of a take returns an id, with which `replied` comes when it is done, with the
    ErrorReport when it was refused.
    """

    changed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    entered = Signal(str)
    cut_short = Signal()
    replied = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = TakeView()
        self._take: TakeLink | None = None
        self._warm: TakeLink | None = None
        # Takes that have ended, whose processes enter them into the library.
        self._entering: list[TakeLink] = []
        self._request: TakeRequest | None = None
        self._starting_id = 0
        self._is_restarting = False
        # The process of the next part, until it records; and how long the parts before it are.
        self._next: TakeLink | None = None
        self._before_s = 0.0
        self._calm = QTimer(self, singleShot=True, interval=_WARNING_MS)
        self._calm.timeout.connect(lambda: self._show(warning=None))
        self._warm_later = QTimer(self, singleShot=True, interval=_WARM_AFTER_MS)
        self._warm_later.timeout.connect(self.warm_up)

    def begin(self) -> None:
        """Look for takes that go on from before this app; keep a process warm."""
        for link in running_takes():
            link.setParent(self)
            link.message.connect(lambda message, link=link: self._find(link, message))
            link.open()
        self._warm_later.start()

    def warm_up(self) -> None:
        """Have a process ready, unless there is one."""
        if self._warm is None:
            self._warm = TakeLink.start_process(self)
            if self._warm is not None:
                self._warm.lost.connect(self._cool)

    def start(self, request: TakeRequest) -> None:
        """Begin a take. Raises InvalidStateError while there is one, InternalError without help."""
        if self._take is not None:
            raise InvalidStateError(self.view.state.value, "start")
        self.warm_up()
        # The next one only when this is over.
        self._warm_later.stop()
        link, self._warm = self._warm, None
        if link is None:
            raise InternalError(
                N_("The recording process could not be started."),
                hint=N_(
                    "Restart Recorder; on the command line, “recorder-app doctor” shows what works "
                    "here."
                ),
            )
        link.lost.disconnect(self._cool)
        self._request = request
        self._follow(link)
        self._show_new(TakeView(state=AppState.PREPARING, rect=request.rect))
        self._before_s = 0.0
        self._starting_id = self._send_start(link, request)

    def stop(self) -> int:
        return self._send("stop")

    def pause(self) -> int:
        return self._send("pause")

    def resume(self) -> int:
        return self._send("resume")

    def mark(self, text: str = "") -> int:
        return self._send("mark", text=text)

    def mute(self, is_muted: bool) -> int:
        return self._send("mute" if is_muted else "unmute")

    def skip_countdown(self) -> int:
        return self._send("begin")

    def cancel(self) -> int:
        self._is_restarting = False
        return self._send("cancel")

    def restart(self) -> None:
        """Throw this take away and begin it anew."""
        self._is_restarting = self._request is not None
        self._send("cancel")

    def close(self) -> None:
        """Let the processes go; a take goes on."""
        self._warm_later.stop()
        self._calm.stop()
        links = [self._warm, self._take, *self._entering]
        self._warm = self._take = None
        self._entering = []
        for link in links:
            if link is not None:
                link.close()

    def _send(self, command: str, **details: object) -> int:
        if self._take is None:
            raise InvalidStateError(self.view.state.value, command)
        return self._take.send(command, **details)

    @staticmethod
    def _send_start(link: TakeLink, request: TakeRequest) -> int:
        return link.send(
            "start",
            settings=msgspec.to_builtins(request.settings),
            stored_names=True,
            note=msgspec.to_builtins(Note(request.kind, request.rect)),
        )

    def _find(self, link: TakeLink, message: object) -> None:
        """Take in the first words of a process that was there before this app."""
        if not isinstance(message, Snapshot):
            return
        link.message.disconnect()
        is_live = message.state in _STATES and message.state is not RecordingState.IDLE
        if is_live and self._take is None:
            _log.info("take found again pid=%s", message.pid)
            self._follow(link)
            self._heard(message)
        elif message.state is RecordingState.IDLE and self._warm is None:
            self._warm = link
            link.lost.connect(self._cool)
        else:
            link.close()

    def _follow(self, link: TakeLink) -> None:
        self._take = link
        link.message.connect(self._heard)
        link.lost.connect(self._gone)

    def _cool(self) -> None:
        self._warm = None

    def _heard(self, message: object) -> None:
        match message:
            case Snapshot():
                self._catch_up(message)
            case StateChanged(state, seconds_left) if state in _STATES:
                self._show(state=_STATES[state], seconds_left=seconds_left or 0)
            case Statistics():
                self._show(
                    elapsed_s=self._before_s + message.elapsed_s,
                    size_bytes=message.size_bytes,
                    sounds=tuple(message.sounds),
                )
                if self._is_part_full(message):
                    self._begin_part(message.elapsed_s)
            case HealthEvent():
                self._warn(message)
            case Marked():
                self._show(markers=self.view.markers + 1)
            case Reply(number, error):
                if error is not None:
                    self._refused(number, error)
                self.replied.emit(number, error)
            case Finished():
                self._end(message)

    def _catch_up(self, now: Snapshot) -> None:
        if now.state is RecordingState.IDLE:
            # It waits for the start that is on its way.
            return
        rect = self.view.rect
        try:
            note = from_json(now.note, Note | None)
            rect = note.rect if note is not None else rect
        except msgspec.MsgspecError:
            _log.warning("note of a take not understood")
        grave = [each for each in now.health if each.severity is Severity.DANGER]
        self._show(
            state=_STATES.get(now.state, AppState.FINISHING),
            seconds_left=now.seconds_left,
            elapsed_s=now.statistics.elapsed_s,
            size_bytes=now.statistics.size_bytes,
            sounds=tuple(now.statistics.sounds),
            markers=now.markers,
            is_muted=now.is_muted,
            rect=rect,
            warning=grave[-1] if grave else self.view.warning,
        )

    def _warn(self, event: HealthEvent) -> None:
        if event.severity is Severity.DANGER:
            self._calm.stop()
            self._show(warning=event)
        elif self.view.warning is None or self.view.warning.severity is not Severity.DANGER:
            self._show(warning=event)
            self._calm.start()

    # Parts. The next one records before the one before it stops: nothing is missing in between.

    def _is_part_full(self, now: Statistics) -> bool:
        request = self._request
        if request is None or self._next is not None or self.view.state is not AppState.RECORDING:
            return False
        return bool(
            (request.split_s and now.elapsed_s >= request.split_s)
            or (request.split_bytes and now.size_bytes >= request.split_bytes)
        )

    def _begin_part(self, elapsed_s: float) -> None:
        self.warm_up()
        link, self._warm = self._warm, None
        if link is None or self._request is None:
            return
        link.lost.disconnect(self._cool)
        self._next = link
        settings = msgspec.structs.replace(self._request.settings, delay=0)
        if settings.duration is not None:
            # It is the whole that is limited.
            left_s = max(0.5, settings.duration - elapsed_s)
            settings = msgspec.structs.replace(settings, duration=left_s)
        self._request = replace(self._request, settings=settings)
        link.message.connect(self._part_heard)
        link.lost.connect(self._part_failed)
        self._send_start(link, self._request)

    def _part_heard(self, message: object) -> None:
        match message:
            case Reply(error=error) if error is not None:
                self._part_failed()
            case StateChanged(RecordingState.RECORDING) if self._next is not None:
                self._change_parts(self._next)

    def _part_failed(self) -> None:
        """The new file could not be begun: all goes on in the one there is."""
        link, self._next = self._next, None
        if link is None:
            return
        link.close()
        self._request = (
            None if self._request is None else replace(self._request, split_s=0.0, split_bytes=0)
        )
        text = translate(N_("No new file could be begun; the recording goes on in the same one."))
        self._warn(HealthEvent("not_split", Severity.WARNING, text))

    def _change_parts(self, link: TakeLink) -> None:
        before, self._next = self._take, None
        if before is None:
            # It ended meanwhile, and so does this.
            link.message.disconnect()
            link.send("cancel")
            return
        link.message.disconnect(self._part_heard)
        link.lost.disconnect(self._part_failed)
        before.message.disconnect(self._heard)
        before.lost.disconnect(self._gone)
        before.message.connect(self._old_part_heard)
        before.lost.connect(before.deleteLater)
        before.send("stop")
        self._before_s = self.view.elapsed_s
        self._follow(link)
        if self.view.is_muted:
            link.send("mute")

    def _old_part_heard(self, message: object) -> None:
        if isinstance(message, Finished) and message.result is not None:
            self.entered.emit(message.result.recording_id)

    def _refused(self, number: int, error: ErrorReport) -> None:
        if number == self._starting_id and self.view.state is AppState.PREPARING:
            # The process waits for a better request; that one was wrong.
            link, self._take = self._take, None
            if link is not None:
                link.lost.disconnect(self._gone)
                link.close()
            self._rest()
            self.failed.emit(error)
        else:
            _log.info("command refused id=%s error=%s", number, error.message)

    def _end(self, message: Finished) -> None:
        self._let_enter(message)
        self._rest()
        is_restarting, self._is_restarting = self._is_restarting, False
        if message.error is not None and message.result is None:
            self.failed.emit(message.error)
            return
        self.finished.emit(message)
        is_cancelled = message.state is RecordingState.CANCELLED
        if is_restarting and is_cancelled and self._take is None and self._request is not None:
            try:
                self.start(self._request)
            except RecorderError as error:
                self.failed.emit(outcome.report(error))

    def _let_enter(self, ended: Finished) -> None:
        """Leave the process to itself: the next take need not wait for its end."""
        link, self._take = self._take, None
        if link is None:
            return
        link.message.disconnect(self._heard)
        link.lost.disconnect(self._gone)
        self._entering.append(link)

        def entered() -> None:
            self._entering.remove(link)
            if ended.result is not None:
                self.entered.emit(ended.result.recording_id)

        link.lost.connect(entered)

    def _gone(self) -> None:
        """The process has ended without a result."""
        self._take = None
        self._is_restarting = False
        self._rest()
        lost = InternalError(
            N_("The recording ended unexpectedly."),
            hint=N_("What was recorded until then is kept and will be in the library."),
        )
        self.failed.emit(outcome.report(lost))
        self.cut_short.emit()

    def _rest(self) -> None:
        self._calm.stop()
        if self._next is not None:
            self._next.message.disconnect()
            self._next.lost.disconnect()
            self._next.send("cancel")
            self._next = None
        self._show_new(TakeView())
        self._warm_later.start()

    def _show(self, **values: object) -> None:
        self._show_new(replace(self.view, **values))  # type: ignore[arg-type]

    def _show_new(self, view: TakeView) -> None:
        if view != self.view:
            self.view = view
            self.changed.emit(view)
