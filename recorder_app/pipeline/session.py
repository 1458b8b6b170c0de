"""One take from the first check to the finished file, owned by one thread."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

from recorder_app.errors import (
    CaptureError,
    InvalidRequest,
    InvalidStateError,
    RecorderError,
    SourceUnavailable,
    StorageError,
)
from recorder_app.media.clock import NS_PER_S, Clock, SystemClock
from recorder_app.pipeline import outcome
from recorder_app.pipeline.events import (
    TRANSITIONS,
    Event,
    Finished,
    HealthEvent,
    Marked,
    RecordingState,
    Severity,
    StateChanged,
)
from recorder_app.pipeline.graph import RecordingGraph
from recorder_app.pipeline.health import HealthMonitor, stalled
from recorder_app.pipeline.inbox import COMMANDS, Command, Message, Notice, StageEnded
from recorder_app.pipeline.journal import Journal
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.pipeline.preparation import prepare
from recorder_app.pipeline.sound_graph import SOUND_SOURCE, SOUND_TRACK
from recorder_app.pipeline.sound_health import SoundHealthMonitor
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.system.memory import release_free_memory
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# How often statistics are told and health is looked at.
_TICK_S = 0.5
# A picture that has not come after this long will not come.
_FIRST_PICTURE_S = 10.0
# Stopping may take as long as it makes progress; without any for this long it is given up, and
# the file keeps what it has.
_DRAIN_STALL_S = 10.0
_ABORT_JOIN_S = 2.0
# How often free memory is given back; each time costs some milliseconds.
_TRIM_EVERY_NS = 20 * NS_PER_S

_State = RecordingState


class _Leave(Exception):
    """Unwinds the session's thread to its end: `state` is the one to end in."""

    def __init__(self, state: RecordingState) -> None:
        super().__init__(state)
        self.state = state


class RecordingSession:
    """Records one take by `plan`.

    The command methods may be called from any thread; each returns when the command was carried
    out and raises InvalidStateError when the state does not allow it. `on_event` is called in the
    session's thread and must neither block nor raise. The result comes once, as the last event
    and from ``wait``.
    """

    def __init__(
        self,
        plan: RecordingPlan,
        *,
        clock: Clock | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self._plan = plan
        self._clock = clock or SystemClock()
        # Stalls are a matter of real time, whatever clock the pictures go by.
        self._real_time = SystemClock()
        self._on_event = on_event or (lambda _: None)
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)
        self._state = _State.IDLE
        self._finished: Finished | None = None
        self._done = threading.Event()
        self._graph: RecordingGraph | None = None
        self._journal: Journal | None = None
        self._error: RecorderError | None = None
        self._warnings: list[str] = []
        self._is_aborted = False
        self._should_begin = False
        self._trimmed_ns = self._real_time.now_ns()

    # Called from any thread.

    @property
    def state(self) -> RecordingState:
        return self._state

    def start(self) -> None:
        """Begin to prepare, count down and record. Raises InvalidStateError the second time."""
        if self._thread.ident is not None:
            raise InvalidStateError(self._state.value, "start")
        self._thread.start()

    def begin(self) -> None:
        """Cut the countdown short."""
        self._command("begin")

    def pause(self) -> None:
        self._command("pause")

    def resume(self) -> None:
        self._command("resume")

    def mark(self, text: str = "") -> None:
        """Set a marker here; it becomes a chapter of the file."""
        self._command("mark", text)

    def stop(self) -> None:
        """End the recording and finish the file; ``wait`` for the result."""
        self._command("stop")

    def cancel(self) -> None:
        """End the recording and leave nothing behind."""
        self._command("cancel")

    def abort(self) -> None:
        """Give up at once, also while stopping; the file keeps what it has."""
        self._command("abort")

    def request(self, name: str, text: str = "") -> Future[None]:
        """Ask for a command by name without waiting; the future holds its outcome.

        Safe in a signal handler. What is asked for before ``start`` is looked at after it.
        """
        command = Command(name, text)
        if name not in COMMANDS or self._done.is_set():
            command.reply.set_exception(InvalidStateError(self._state.value, name))
            return command.reply
        self._inbox.put(command)
        if self._done.is_set():
            # It ended between the look and the put.
            self._refuse_late_commands()
        return command.reply

    def wait(self, timeout_s: float | None = None) -> Finished | None:
        """Wait for the end and return the outcome; None when the time is up first."""
        self._done.wait(timeout_s)
        return self._finished

    def _command(self, name: str, text: str = "") -> None:
        if self._thread.ident is None:
            raise InvalidStateError(self._state.value, name)
        self.request(name, text).result()

    # The session's thread.

    def _run(self) -> None:
        try:
            self._conclude(self._take())
        except BaseException as error:
            # Whatever happens, there is a result: who waits for it must not wait for ever.
            self._error = as_recorder_error(error)
            self._state = _State.FAILED
            self._finished = Finished(_State.FAILED, None, outcome.report(self._error))
            self._emit(self._finished)
        finally:
            self._done.set()
            self._refuse_late_commands()
            self._close_source()

    def _take(self) -> RecordingState:
        """Prepare, record and drain; return the state to end in."""
        try:
            try:
                self._prepare()
                self._count_down()
                self._record()
            except _Leave:
                raise
            except BaseException as error:
                self._error = self._error or as_recorder_error(error)
                if self._graph is None or not self._graph.has_started:
                    return _State.FAILED
            # After a failure too: what is queued was recorded.
            self._drain()
        except _Leave as leave:
            return leave.state
        return _State.FINISHED

    def _close_source(self) -> None:
        if self._graph is not None and self._graph.is_running:
            # A thread that hangs inside the source: closing under its feet would crash.
            _log.warning("source left open: its thread has not ended")
            return
        try:
            self._plan.source.close()
            if self._graph is not None:
                self._graph.sound.close()
            else:
                for sound in self._plan.sounds:
                    sound.source.close()
        except RecorderError as error:
            _log.warning("source not closed error=%s", error)

    def _prepare(self) -> None:
        self._enter(_State.PREPARING)
        prepared = prepare(
            self._plan,
            self._clock,
            on_started=lambda: self._inbox.put(Notice("started")),
            on_limit=lambda: self._inbox.put(Notice("limit")),
            on_end=lambda name, error: self._inbox.put(StageEnded(name, error)),
        )
        self._graph, self._journal = prepared.graph, prepared.journal
        self._prepared = prepared
        self._warnings.extend(prepared.warnings)
        for event in prepared.health:
            self._tell(event)
        while not self._inbox.empty():
            # What came meanwhile: a recording that was stopped already is not begun.
            self._take_message(0)
        self._graph.sound.start()

    def _count_down(self) -> None:
        for seconds_left in range(self._plan.delay_s, 0, -1):
            self._enter(_State.COUNTDOWN, seconds_left)
            until_ns = self._real_time.now_ns() + NS_PER_S
            while (left_ns := until_ns - self._real_time.now_ns()) > 0:
                self._take_message(left_ns / NS_PER_S)
                if self._should_begin:
                    return

    def _record(self) -> None:
        assert self._graph is not None
        self._monitor = HealthMonitor(self._plan, self._graph)
        self._sound_monitor = SoundHealthMonitor(self._graph.sound.tracks, self._clock)
        self._has_picture = False
        self._should_stop = False
        self._enter(_State.RECORDING)
        self._graph.start()
        started_ns = next_tick_ns = self._real_time.now_ns()
        while not self._should_stop:
            next_tick_ns += round(_TICK_S * NS_PER_S)
            while not self._should_stop and (left := next_tick_ns - self._real_time.now_ns()) > 0:
                self._take_message(left / NS_PER_S)
            self._tick()
            waited_ns = self._real_time.now_ns() - started_ns
            if self._state is _State.PAUSED:
                started_ns = self._real_time.now_ns()
            elif not self._has_picture and waited_ns > _FIRST_PICTURE_S * NS_PER_S:
                raise SourceUnavailable(
                    N_("No picture came from {source}."),
                    hint=N_("On the command line, “recorder-app doctor” shows what works here."),
                    source=self._graph.info.description,
                )

    def _drain(self) -> None:
        """Let every stage finish what it has, as long as something moves."""
        assert self._graph is not None
        graph = self._graph
        end_ns = graph.synchronizer.elapsed_ns()
        self._enter(_State.STOPPING)
        if self._journal is not None:
            markers = [(marker.at_s, marker.text) for marker in self._journal.entry.markers]
            graph.muxer.set_chapters(markers)
        graph.stop_source()
        graph.synchronizer.finish(end_ns)
        graph.sound.finish(end_ns)
        progress, moved_ns = graph.progress, self._real_time.now_ns()
        while graph.is_running and not self._is_aborted:
            self._take_message(0.05)
            if graph.progress != progress:
                progress, moved_ns = graph.progress, self._real_time.now_ns()
            elif self._real_time.now_ns() - moved_ns > _DRAIN_STALL_S * NS_PER_S:
                self._error = self._error or stalled()
                self._is_aborted = True
        while not self._inbox.empty():
            self._take_message(0)
        # What happened to the sound since the last look.
        for event in self._sound_monitor.look(is_paused=True):
            self._tell(event)
        self._emit(graph.statistics())

    def _conclude(self, final: RecordingState) -> None:
        """Leave the disk as `final` demands and tell the result."""
        graph, journal = self._graph, self._journal
        if graph is None:
            self._finish(Finished(final, None, outcome.report(self._error)))
            return
        if graph.is_running:
            graph.abort()
            graph.join(_ABORT_JOIN_S)
        has_pictures = graph.video_end_ns is not None and graph.file.size_bytes > 0
        if final is _State.CANCELLED or not has_pictures:
            graph.discard()
            if journal is not None:
                journal.discard()
            if final is _State.FINISHED:
                final = _State.FAILED
                self._error = self._error or CaptureError(
                    N_("Nothing was recorded: it was stopped before the first picture."),
                    hint=N_("Let it run for a moment before you stop it."),
                )
            self._finish(Finished(final, None, outcome.report(self._error)))
            return
        if self._state is not _State.STOPPING:
            self._enter(_State.STOPPING)
        result = outcome.keep(
            self._plan,
            graph,
            self._prepared.choice,
            journal,
            self._warnings,
            final=self._prepared.final,
            truncated=self._error is not None or self._is_aborted,
        )
        self._finish(Finished(_State.FINISHED, result, outcome.report(self._error)))

    # Messages.

    def _take_message(self, timeout_s: float) -> None:
        try:
            message = (
                self._inbox.get(timeout=max(0.0, timeout_s))
                if timeout_s
                else (self._inbox.get_nowait())
            )
        except queue.Empty:
            return
        match message:
            case Command():
                self._obey(message)
            case StageEnded(name, error):
                self._stage_ended(name, error)
            case Notice("started"):
                self._has_picture = True
                self._save_journal()
            case Notice("limit"):
                self._should_stop = True

    def _obey(self, command: Command) -> None:
        if self._state not in COMMANDS[command.name]:
            command.reply.set_exception(InvalidStateError(self._state.value, command.name))
            return
        if command.name in ("mute", "unmute") and not self._has_microphone:
            command.reply.set_exception(
                InvalidRequest(
                    N_("No microphone is recorded."),
                    hint=N_("Choose one in the settings before the next recording."),
                )
            )
            return
        try:
            self._carry_out(command)
        except _Leave:
            command.reply.set_result(None)
            raise
        except BaseException as error:
            command.reply.set_exception(as_recorder_error(error))
            raise
        command.reply.set_result(None)

    @property
    def _has_microphone(self) -> bool:
        return self._graph is not None and self._graph.sound.has_microphone

    def _carry_out(self, command: Command) -> None:
        match command.name:
            case "begin":
                self._should_begin = True
            case "pause":
                self._set_paused(True)
            case "resume":
                self._set_paused(False)
            case "mark":
                self._mark(command.text)
            case "mute" | "unmute":
                assert self._graph is not None
                self._graph.sound.mute(is_muted=command.name == "mute")
            case "stop" if self._state in (_State.PREPARING, _State.COUNTDOWN):
                raise _Leave(_State.CANCELLED)
            case "stop":
                self._should_stop = True
            case "cancel":
                raise _Leave(_State.CANCELLED)
            case "abort" if self._state in (_State.PREPARING, _State.COUNTDOWN):
                raise _Leave(_State.CANCELLED)
            case "abort":
                self._should_stop = self._is_aborted = True

    def _set_paused(self, paused: bool) -> None:
        assert self._graph is not None
        if paused:
            self._graph.synchronizer.pause(self._clock.now_ns())
        else:
            self._graph.synchronizer.resume(self._clock.now_ns())
        self._enter(_State.PAUSED if paused else _State.RECORDING)
        if self._journal is not None:
            self._journal.entry.pauses = outcome.in_seconds(self._graph.synchronizer.pauses)
        self._save_journal()

    def _mark(self, text: str) -> None:
        assert self._graph is not None
        # Text from an argument may hold bytes that are no Unicode; JSON cannot.
        clean = text.encode("utf-8", "replace").decode()
        marked = Marked(round(self._graph.synchronizer.elapsed_ns() / NS_PER_S, 3), clean)
        if self._journal is not None:
            self._journal.entry.markers.append(marked)
        self._save_journal()
        self._emit(marked)

    def _stage_ended(self, name: str, error: RecorderError | None) -> None:
        if error is None:
            return
        _log.error("stage failed stage=%s code=%s message=%s", name, error.code, error)
        if name.startswith((SOUND_TRACK, SOUND_SOURCE)):
            # The picture goes on, and so does the other sound.
            text = f"{error.message} {error.hint}".strip()
            self._tell(HealthEvent(error.code, Severity.WARNING, text))
            return
        # The others are essential: stop, and keep what exists. The first error is the cause, those
        # after it are its consequences.
        if self._error is None:
            self._error = error
            self._emit(HealthEvent(error.code, Severity.DANGER, error.message))
        self._should_stop = True

    def _tick(self) -> None:
        assert self._graph is not None
        self._emit(self._graph.statistics())
        if self._real_time.now_ns() - self._trimmed_ns > _TRIM_EVERY_NS:
            self._trimmed_ns = self._real_time.now_ns()
            release_free_memory()
        is_paused = self._state is _State.PAUSED
        for event in self._monitor.look(is_paused=is_paused):
            self._tell(event)
        for event in self._sound_monitor.look(is_paused=is_paused):
            self._tell(event)
        self._error = self._error or self._monitor.error
        if self._monitor.error is not None:
            self._should_stop = True
        # The time is told by the pictures themselves, except where the source is stuck.
        elapsed_s = self._graph.synchronizer.elapsed_ns() / NS_PER_S
        if self._plan.is_over(elapsed_s, self._graph.file.size_bytes, datetime.now().astimezone()):
            self._should_stop = True

    # Small parts.

    def _enter(self, state: RecordingState, seconds_left: int | None = None) -> None:
        if state is not self._state and state not in TRANSITIONS[self._state]:
            raise InvalidStateError(self._state.value, state.value)
        self._state = state
        if self._journal is not None:
            self._journal.entry.state = state
        self._emit(StateChanged(state, seconds_left))

    def _finish(self, finished: Finished) -> None:
        self._enter(finished.state)
        self._finished = finished
        self._emit(finished)

    def _emit(self, event: Event) -> None:
        if isinstance(event, HealthEvent) and self._journal is not None:
            self._journal.entry.health.append(event)
        self._on_event(event)

    def _tell(self, event: HealthEvent) -> None:
        """Tell now what the result will tell too."""
        self._warnings.append(event.message)
        self._emit(event)

    def _save_journal(self) -> None:
        """Write the journal; a failure costs recovery some detail, never the recording."""
        if self._journal is None:
            return
        try:
            self._journal.save()
        except StorageError as error:
            _log.warning("journal not written error=%s", error)

    def _refuse_late_commands(self) -> None:
        while True:
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                return
            if isinstance(message, Command):
                message.reply.set_exception(InvalidStateError(self._state.value, message.name))
