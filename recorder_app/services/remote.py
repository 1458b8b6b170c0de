"""Commands for the app that runs, or for a take whose app is gone, from another process.

Both are spoken to alike: JSON lines over a local socket. Nothing of Qt is loaded.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import time
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import InvalidRequest, InvalidStateError, NotRunning, RecorderError
from recorder_app.pipeline.events import ErrorReport, Finished, RecordingState
from recorder_app.services.take_messages import Snapshot
from recorder_app.shapes import from_json
from recorder_app.system import local_socket
from recorder_app.texts import N_

_CONNECT_S = 2.0
# A take says how it stands as soon as it is spoken to.
_GREETING_S = 5.0
# A person may be asked first, and the app gives everything back before it is gone.
_QUIT_S, _GONE_S = 600.0, 10.0

FINISH = "finish"
"""What “quit” is told to have a recording saved without asking."""


class Status(msgspec.Struct, frozen=True, omit_defaults=False):
    """How it stands. `path` and `recording_id` are those of the take, or of the last one."""

    app: bool
    state: str
    elapsed_s: float = 0.0
    size_bytes: int = 0
    target: str = ""
    path: str = ""
    recording_id: str = ""
    is_muted: bool = False
    markers: int = 0
    warning: str = ""


class AppReply(msgspec.Struct, frozen=True, tag="reply", omit_defaults=True):
    """The app's answer to the command with this `id`, with how it stands then."""

    id: int
    error: ErrorReport | None = None
    status: Status | None = None


class RemoteError(RecorderError):
    """What the other process refused, as it told it."""

    def __init__(self, report: ErrorReport) -> None:
        super().__init__("{what}", hint="{remedy}", what=report.message, remedy=report.hint)
        # Of this one only: the class has none of its own.
        self.code = report.code  # type: ignore[misc]
        self.exit_code = report.exit_code  # type: ignore[misc]


def send(command: str, *, text: str = "", limit_s: float = 60.0) -> Status:
    """Carry a command out and return how it stands then.

    Raises NotRunning when there is neither an app nor, for what a take can do, a take; RemoteError
    when it was refused.
    """
    try:
        connection = local_socket.connect(paths.app_socket(), _CONNECT_S)
    except NotRunning:
        return _send_to_take(command, text, limit_s)
    with connection:
        lines = _Lines(connection, limit_s)
        lines.send({"command": command, "id": 1, "text": text})
        for line in lines:
            reply = from_json(line, AppReply)
            if reply.error is not None:
                raise RemoteError(reply.error)
            if command == "quit":
                # Who starts it again at once must not meet the one that ends.
                lines.wait_for_end(_GONE_S)
            return reply.status or Status(app=True, state="")
    raise _gone()


def quit_app(*, finishes: bool) -> Status:
    """Have the app end; return how its recording ended, or the state ``quit`` when none ran.

    While one runs a person is asked, unless it `finishes`. Raises Cancelled's code in a
    RemoteError when that one kept it going, and as :func:`send`.
    """
    return send("quit", text=FINISH if finishes else "", limit_s=_QUIT_S)


def raise_app() -> None:
    """Have the app that runs show itself. Raises NotRunning when there is none."""
    connection = local_socket.connect(paths.app_socket(), _CONNECT_S)
    with connection:
        lines = _Lines(connection, _CONNECT_S)
        lines.send({"command": "raise", "id": 1})
        next(lines)


def _send_to_take(command: str, text: str, limit_s: float) -> Status:
    """Speak to the newest take that answers: its app was killed, or never was."""
    hung: NotRunning | None = None
    for path in sorted(paths.takes_folder().glob("*.sock"), key=_age):
        try:
            connection = local_socket.connect(path, _CONNECT_S)
        except NotRunning:
            continue
        with connection:
            lines = _Lines(connection, min(_GREETING_S, limit_s))
            try:
                now = lines.snapshot()
            except NotRunning as error:
                hung = error
                continue
            if now is None or now.state is RecordingState.IDLE or now.state.is_final:
                continue
            lines.allow(limit_s)
            return _take_obeys(lines, now, command, text)
    raise hung or NotRunning(
        N_("Recorder is not running."),
        hint=N_("Start it with “recorder-app”, or record with “recorder-app record”."),
    )


def _take_obeys(lines: _Lines, now: Snapshot, command: str, text: str) -> Status:
    if command == "start":
        raise InvalidStateError(now.state.value, command)
    if command == "quit" and text != FINISH:
        raise InvalidRequest(
            N_("A recording runs whose app is gone."),
            hint=N_("“recorder-app stop” saves it."),
        )
    # As the app means them.
    if command in ("toggle", "quit"):
        command = "stop"
    elif command == "pause" and now.state is RecordingState.PAUSED:
        command = "resume"
    elif command == "mute" and now.is_muted:
        command = "unmute"
    if command != "status":
        lines.send({"command": command, "id": 1, "text": text})
    ends = command in ("stop", "cancel")
    finished: Finished | None = None
    has_reply = command == "status"
    while not has_reply or (ends and finished is None):
        kind, line = lines.next()
        if kind == "reply":
            has_reply = True
            if error := from_json(line, AppReply).error:
                raise RemoteError(error)
        elif kind == "result":
            finished = from_json(line, Finished)
        elif kind == "snapshot":
            now = from_json(line, Snapshot)
    if finished is not None:
        if finished.error is not None:
            raise RemoteError(finished.error)
        result = finished.result
        return Status(
            app=False,
            state=finished.state.value,
            target=now.target,
            elapsed_s=result.duration_s if result else 0.0,
            size_bytes=result.size_bytes if result else 0,
            path=result.path if result else "",
            recording_id=result.recording_id if result else "",
        )
    states = {"pause": "paused", "resume": "recording"}
    return Status(
        app=False,
        state=states.get(command, now.state.value),
        elapsed_s=now.statistics.elapsed_s,
        size_bytes=now.statistics.size_bytes,
        target=now.target,
        path=now.output,
        is_muted=now.is_muted,
        markers=now.markers + (command == "mark"),
        warning=now.health[-1].message if now.health else "",
    )


class _Lines:
    """Whole lines over a socket, none of them later than `limit_s` from now."""

    def __init__(self, connection: socket.socket, limit_s: float) -> None:
        self._socket = connection
        self._rest = b""
        self.allow(limit_s)

    def allow(self, limit_s: float) -> None:
        """Wait until `limit_s` from now."""
        self._until = time.monotonic() + limit_s

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> bytes:
        while b"\n" not in self._rest:
            self._socket.settimeout(max(0.01, self._until - time.monotonic()))
            try:
                piece = self._socket.recv(65536)
            except OSError as error:
                raise _gone() from error
            if not piece:
                raise _gone()
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def next(self) -> tuple[str, bytes]:
        """Return the next message's type with the message."""
        line = next(self)
        return from_json(line, _Typed).type, line

    def send(self, message: object) -> None:
        try:
            self._socket.sendall(msgspec.json.encode(message) + b"\n")
        except OSError as error:
            raise _gone() from error

    def wait_for_end(self, limit_s: float) -> None:
        """Wait until the other side is gone."""
        self.allow(limit_s)
        with contextlib.suppress(NotRunning):
            for _ in self:
                pass

    def snapshot(self) -> Snapshot | None:
        """Return how the take stands; it says so first, unless it waits for its start."""
        for _ in itertools.repeat(None, 2):
            kind, line = self.next()
            if kind == "snapshot":
                return from_json(line, Snapshot)
        return None


class _Typed(msgspec.Struct):
    type: str


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0


def _gone() -> NotRunning:
    return NotRunning(
        N_("Recorder does not answer."),
        hint=N_("Look whether it still runs; what was recorded is safe."),
    )
