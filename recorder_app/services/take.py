"""A take as a process of its own: commands and events as JSON lines.

Whoever starts ``recorder-app take`` writes commands to its standard input and reads events from
its standard output, one JSON object a line. With ``--listen`` it does so over a socket of its own
in the runtime folder's ``takes``, with any number of clients; each is told first how the take
stands, so that one which was started anew finds it going on. The process imports everything first
and says ``ready``, so that a later ``start`` loses no time. It does not end with its clients: if
the other side dies, the recording goes on and is finished by a signal, by its duration, by the
next client or by the full disk.

Commands: ``{"command": "start", "id": 1, "settings": {...}, "output": "...", "overwrite": false}``,
then ``begin`` (without the rest of the countdown), ``pause``, ``resume``, ``mark`` (with ``text``),
``mute``, ``unmute``, ``stop``, ``cancel``, ``abort``. Each is answered by
``{"type": "reply", "id": 1}``, with ``error`` when it was refused.
"""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from io import RawIOBase
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import InvalidStateError, RecorderError
from recorder_app.pipeline import outcome
from recorder_app.pipeline.events import (
    Event,
    Finished,
    HealthEvent,
    Marked,
    RecordingState,
    Severity,
    StateChanged,
    Statistics,
)
from recorder_app.pipeline.session import RecordingSession
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.interrupts import Interrupts
from recorder_app.services.ledger import Ledger
from recorder_app.services.preferences import recording_settings, usable_folder
from recorder_app.services.recording import Naming, create_session, plan_recording
from recorder_app.services.take_messages import (
    Message,
    MessageWriter,
    Ready,
    Reply,
    Snapshot,
    TakeCommand,
    decode_command,
    decode_settings,
    id_of,
    read_lines,
)
from recorder_app.services.warming import warm_up
from recorder_app.settings.store import SettingsStore
from recorder_app.system import local_socket

# A process that nobody ever spoke to is in nobody's way for longer than this.
_LONELY_S = 30.0
# How long the clients may take to hear the last.
_LAST_WORDS_S = 5.0


class Take:
    """Obeys commands for one recording. ``serve`` is called by the main thread.

    Streams are raw: a thread that waits in a buffered one holds its lock, and the process would
    die of that at its end.
    """

    def __init__(self) -> None:
        # Guards what is told to whom: a new client misses nothing and hears nothing twice.
        self._lock = threading.Lock()
        self._clients: list[MessageWriter] = []
        self._now = Snapshot(os.getpid(), RecordingState.IDLE)
        self._session: RecordingSession | None = None
        self._ledger: Ledger | None = None
        self._listener: socket.socket | None = None
        self._socket: Path | None = None
        self._is_leaving = False
        # Before a recording is started a signal ends the process.
        self.interrupts = Interrupts()
        self._finished: queue.SimpleQueue[Finished | None] = queue.SimpleQueue()

    def attach(self, commands: RawIOBase, events: RawIOBase) -> None:
        """Obey one more client."""
        writer = MessageWriter(events)
        with self._lock:
            writer.send(Ready())
            writer.send(self._now)
            self._clients.append(writer)
        threading.Thread(
            target=self._read, args=(commands, writer), name="command-reader", daemon=True
        ).start()

    def listen(self, path: Path | None = None) -> None:
        """Take clients at `path`, by default one of its own for this process.

        Raises StorageError where no socket can be made, AlreadyRunning when somebody has it.
        """
        path = path or paths.takes_folder() / f"{os.getpid()}.sock"
        self._listener = local_socket.listen(path)
        self._socket = path
        threading.Thread(target=self._accept, name="take-listener", daemon=True).start()
        self._lonely = threading.Timer(_LONELY_S, self._leave_if_idle)
        self._lonely.daemon = True
        self._lonely.start()

    def warm_up(self) -> None:
        """Load and try what a recording by the stored settings needs."""
        stored = SettingsStore(keeps_broken=True).current
        warm_up(recording_settings(stored, {}))

    def serve(self) -> int:
        """Serve until the recording has ended; return the exit code.

        Without a recording it ends with its last client.
        """
        finished = self._finished.get()
        self.close()
        if self._ledger is not None:
            self._ledger.enter()
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            client.end()
        until = time.monotonic() + _LAST_WORDS_S
        for client in clients:
            client.join(max(0.0, until - time.monotonic()))
        return exit_code(finished) if finished is not None else 0

    def close(self) -> None:
        """Be found by nobody any more."""
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)

    def _accept(self) -> None:
        assert self._listener is not None
        while True:
            try:
                connection = local_socket.accept(self._listener)
            except OSError:
                return
            if connection is not None:
                with connection:
                    stream = connection.makefile("rwb", buffering=0)
                self.attach(stream, stream)

    def _leave_if_idle(self) -> None:
        with self._lock:
            if self._session is None and not self._clients:
                self._leave()

    def _leave(self) -> None:
        self._is_leaving = True
        self._finished.put(None)

    def _read(self, commands: RawIOBase, client: MessageWriter) -> None:
        try:
            for line in read_lines(commands):
                self._obey(line, client)
        except OSError:
            # It was closed or broke: as if the other side had died.
            pass
        # What only speaks through standard input may still listen.
        speaks_only = commands.fileno() == 0
        with self._lock:
            if not speaks_only:
                self._clients.remove(client)
            if self._session is None and (self._listener is None or not self._clients):
                self._leave()
        if not speaks_only:
            client.end()
            client.join()
            commands.close()

    def _obey(self, line: bytes, client: MessageWriter) -> None:
        command = TakeCommand("", id_of(line))
        try:
            command = decode_command(line)
            self._call(command)
        except RecorderError as error:
            client.send(Reply(command.id, outcome.report(error)))
        except Exception as error:
            # The top of this thread: a bug in one command must not end the others.
            client.send(Reply(command.id, outcome.report(as_recorder_error(error))))
        else:
            client.send(Reply(command.id))

    def _call(self, command: TakeCommand) -> None:
        if command.command == "start":
            self._start(command)
        elif self._session is None:
            raise InvalidStateError("idle", command.command)
        else:
            self._session.request(command.command, command.text).result()
            if command.command in ("mute", "unmute"):
                with self._lock:
                    self._change(is_muted=command.command == "mute")
                    self._tell(self._now)

    def _start(self, command: TakeCommand) -> None:
        with self._lock:
            self._refuse_second()
        settings = decode_settings(command.settings)
        naming, problem = Naming(), None
        if command.stored_names:
            stored = SettingsStore(keeps_broken=True).current
            folder, problem = usable_folder(stored)
            naming = Naming(folder, stored.files.name)
        plan = plan_recording(
            settings,
            output=None if command.output is None else Path(command.output),
            overwrite=command.overwrite,
            naming=naming,
        )
        with self._lock:
            self._refuse_second()
            self._session = create_session(plan, self._pass_on)
            self._change(target=settings.target, output=str(plan.output), note=command.note)
        self._ledger = Ledger(plan, settings)
        self._ledger.begin()
        self.interrupts.session = self._session
        if problem is not None:
            self._pass_on(HealthEvent("folder_unusable", Severity.WARNING, str(problem)))
        self._session.start()

    def _refuse_second(self) -> None:
        if self._session is not None or self._is_leaving:
            raise InvalidStateError(self._now.state.value, "start")

    def _pass_on(self, event: Event) -> None:
        assert self._ledger is not None
        self._ledger.note(event)
        with self._lock:
            self._follow(event)
            self._tell(event)
        if isinstance(event, Finished):
            self._finished.put(event)

    def _follow(self, event: Event) -> None:
        match event:
            case StateChanged(state, seconds_left):
                self._change(state=state, seconds_left=seconds_left or 0)
            case Statistics():
                self._change(statistics=event)
            case HealthEvent():
                self._change(health=[*self._now.health, event])
            case Marked():
                self._change(markers=self._now.markers + 1)
            case Finished(state):
                self._change(state=state)

    def _change(self, **values: object) -> None:
        self._now = msgspec.structs.replace(self._now, **values)

    def _tell(self, message: Message) -> None:
        for client in self._clients:
            client.send(message)


def exit_code(finished: Finished) -> int:
    """Return the process's status for an outcome: 0, or that of its error, 9 for cancelled."""
    if finished.error is not None:
        return finished.error.exit_code
    return 9 if finished.result is None else 0
