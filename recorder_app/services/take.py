"""A take as a process of its own: commands and events as JSON lines.

Whoever starts ``recorder-app take`` writes commands to its standard input and reads events from
its standard output, one JSON object a line. The process imports everything first and says
``ready``, so that a later ``start`` loses no time. It does not end with its standard input: if
the other side dies, the recording goes on and is finished by a signal, by its duration or by the
full disk.

Commands: ``{"command": "start", "id": 1, "settings": {...}, "output": "...", "overwrite": false}``,
then ``pause``, ``resume``, ``mark`` (with ``text``), ``mute``, ``unmute``, ``stop``, ``cancel``,
``abort``. Each is
answered by ``{"type": "reply", "id": 1}``, with ``error`` when it was refused.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from io import RawIOBase
from pathlib import Path

import msgspec

from recorder_app.errors import (
    InvalidRequest,
    InvalidSettingError,
    InvalidStateError,
    RecorderError,
)
from recorder_app.pipeline import outcome
from recorder_app.pipeline.events import ErrorReport, Event, Finished, Statistics
from recorder_app.pipeline.session import RecordingSession
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.interrupts import Interrupts
from recorder_app.services.ledger import Ledger
from recorder_app.services.recording import create_session, plan_recording
from recorder_app.settings import RecordingSettings
from recorder_app.texts import N_

# Messages waiting for a slow reader. Beyond it statistics are left out; nothing waits.
_MOST_WAITING = 1000
_LAST_WORDS_S = 5.0


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The process is warm and waits for ``start``."""

    schema: int = 1


class Reply(msgspec.Struct, frozen=True, tag="reply", omit_defaults=True):
    """The answer to the command with this `id`."""

    id: int
    error: ErrorReport | None = None


class TakeCommand(msgspec.Struct, frozen=True):
    """One line from the other side."""

    command: str
    id: int = 0
    settings: msgspec.Raw = msgspec.Raw(b"{}")
    output: str | None = None
    overwrite: bool = False
    text: str = ""


class _Numbered(msgspec.Struct, frozen=True):
    id: int = 0


Message = Event | Ready | Reply


class MessageWriter:
    """Writes messages in a thread of its own, so that a slow reader cannot hold up a recording.

    Thread-safe. When the reader is gone, messages are dropped and the recording goes on.
    """

    def __init__(self, stream: RawIOBase) -> None:
        self._stream = stream
        self._waiting: queue.Queue[Message | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="message-writer", daemon=True)
        self._thread.start()

    def send(self, message: Message) -> None:
        if isinstance(message, Statistics) and self._waiting.qsize() > _MOST_WAITING // 2:
            return
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(message)

    def close(self) -> None:
        """Write what waits, for a limited time."""
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=_LAST_WORDS_S)
        self._thread.join(_LAST_WORDS_S)

    def _run(self) -> None:
        encoder = msgspec.json.Encoder()
        while (message := self._waiting.get()) is not None:
            try:
                line = memoryview(encoder.encode(message) + b"\n")
                while line:
                    line = line[self._stream.write(line) or 0 :]
            except OSError:
                return


class Take:
    """Obeys commands for one recording. ``serve`` is called by the main thread.

    Both streams are raw: a thread that waits in a buffered one holds its lock, and the process
    would die of that at its end.
    """

    def __init__(self, commands: RawIOBase, events: RawIOBase) -> None:
        self._commands = commands
        self._writer = MessageWriter(events)
        self._session: RecordingSession | None = None
        self._ledger: Ledger | None = None
        # Before a recording is started a signal ends the process.
        self.interrupts = Interrupts()
        self._finished: queue.SimpleQueue[Finished | None] = queue.SimpleQueue()

    def serve(self) -> int:
        """Serve until the recording has ended; return the exit code.

        Without a recording it ends with the commands.
        """
        self._writer.send(Ready())
        threading.Thread(target=self._read, name="command-reader", daemon=True).start()
        finished = self._finished.get()
        if self._ledger is not None:
            self._ledger.enter()
        self._writer.close()
        return exit_code(finished) if finished is not None else 0

    def _read(self) -> None:
        try:
            for line in self._commands:
                self._obey(line)
        except OSError:
            # Standard input was closed or broke: as if the other side had died.
            pass
        finally:
            if self._session is None:
                self._finished.put(None)

    def _obey(self, line: bytes) -> None:
        command = TakeCommand("", _id_of(line))
        try:
            command = _decode(line)
            self._call(command)
        except RecorderError as error:
            self._reply(command.id, error)
        except Exception as error:
            # The top of this thread: a bug in one command must not end the others.
            self._reply(command.id, as_recorder_error(error))
        else:
            self._writer.send(Reply(command.id))

    def _call(self, command: TakeCommand) -> None:
        if command.command == "start":
            self._start(command)
        elif self._session is None:
            raise InvalidStateError("idle", command.command)
        else:
            self._session.request(command.command, command.text).result()

    def _start(self, command: TakeCommand) -> None:
        if self._session is not None:
            raise InvalidStateError(self._session.state.value, "start")
        settings = _settings(command.settings)
        plan = plan_recording(
            settings,
            output=None if command.output is None else Path(command.output),
            overwrite=command.overwrite,
        )
        self._ledger = Ledger(plan, settings)
        self._ledger.begin()
        self._session = self.interrupts.session = create_session(plan, self._pass_on)
        self._session.start()

    def _pass_on(self, event: Event) -> None:
        assert self._ledger is not None
        self._ledger.note(event)
        self._writer.send(event)
        if isinstance(event, Finished):
            self._finished.put(event)

    def _reply(self, command_id: int, error: RecorderError) -> None:
        self._writer.send(Reply(command_id, outcome.report(error)))


def exit_code(finished: Finished) -> int:
    """Return the process's status for an outcome: 0, or that of its error, 9 for cancelled."""
    if finished.error is not None:
        return finished.error.exit_code
    return 9 if finished.result is None else 0


def _decode(line: bytes) -> TakeCommand:
    try:
        return msgspec.json.decode(line, type=TakeCommand)
    except msgspec.MsgspecError as error:
        raise InvalidRequest(
            N_("That is not a command ({reason})."),
            hint=N_("Send one JSON object a line, such as stop."),
            reason=error,
        ) from error


def _id_of(line: bytes) -> int:
    """Return the id of a command that may be wrong otherwise, 0 when there is none."""
    try:
        return msgspec.json.decode(line, type=_Numbered).id
    except msgspec.MsgspecError:
        return 0


def _settings(raw: msgspec.Raw) -> RecordingSettings:
    try:
        return msgspec.json.decode(raw, type=RecordingSettings)
    except msgspec.MsgspecError as error:
        raise InvalidSettingError(
            N_("A setting is not possible ({reason})."),
            hint=N_("Leave it out to get its default."),
            reason=error,
        ) from error
