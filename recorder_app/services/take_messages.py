"""What a recording process and its clients say to each other: JSON, one object a line."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from io import RawIOBase

import msgspec

from recorder_app.errors import InvalidRequest, InvalidSettingError
from recorder_app.pipeline.events import (
    ErrorReport,
    Event,
    HealthEvent,
    RecordingState,
    Statistics,
)
from recorder_app.settings import RecordingSettings
from recorder_app.shapes import from_json
from recorder_app.texts import N_

# Messages waiting for a slow reader. Beyond it statistics are left out; nothing waits.
_MOST_WAITING = 1000
_PIECE = 1 << 16
# No command is longer, whatever its note and its texts.
_LONGEST_LINE = 1_000_000


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The process is warm and waits for ``start``."""

    schema: int = 1


class Reply(msgspec.Struct, frozen=True, tag="reply", omit_defaults=True):
    """The answer to the command with this `id`."""

    id: int
    error: ErrorReport | None = None


class Snapshot(msgspec.Struct, frozen=True, tag="snapshot"):
    """A take as it is now: what a client that comes later begins with.

    `state` is idle before ``start``. `note` is what the client that started it wanted to keep.
    """

    pid: int
    state: RecordingState
    seconds_left: int = 0
    statistics: Statistics = Statistics()
    health: list[HealthEvent] = []
    markers: int = 0
    is_muted: bool = False
    target: str = ""
    output: str = ""
    note: msgspec.Raw = msgspec.Raw(b"null")
    schema: int = 1


class TakeCommand(msgspec.Struct, frozen=True):
    """One line from the other side.

    Without `output` and with `stored_names` the folder and the name are as the settings say.
    """

    command: str
    id: int = 0
    settings: msgspec.Raw = msgspec.Raw(b"{}")
    output: str | None = None
    overwrite: bool = False
    stored_names: bool = False
    text: str = ""
    note: msgspec.Raw = msgspec.Raw(b"null")


class _Numbered(msgspec.Struct, frozen=True):
    id: int = 0


Message = Event | Ready | Reply | Snapshot


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

    def end(self) -> None:
        """Write what waits and then nothing more; ``join`` waits for that."""
        while True:
            try:
                self._waiting.put_nowait(None)
                return
            except queue.Full:
                # Who reads so slowly does without the oldest.
                with contextlib.suppress(queue.Empty):
                    self._waiting.get_nowait()

    def join(self, timeout_s: float | None = None) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        encoder = msgspec.json.Encoder()
        while (message := self._waiting.get()) is not None:
            try:
                line = memoryview(encoder.encode(message) + b"\n")
                while line:
                    line = line[self._stream.write(line) or 0 :]
            except OSError:
                return


def read_lines(stream: RawIOBase) -> Iterator[bytes]:
    """Yield each line of a raw stream as it comes. One that is too long is cut, as far too long.

    Raises OSError when the stream breaks.
    """
    rest, is_cut = b"", False
    while piece := stream.read(_PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if not is_cut:
                yield line
            is_cut = False
        if len(rest) > _LONGEST_LINE:
            if not is_cut:
                yield rest
            rest, is_cut = b"", True
    if rest and not is_cut:
        yield rest


def decode_command(line: bytes) -> TakeCommand:
    """Raises InvalidRequest."""
    if len(line) > _LONGEST_LINE:
        raise InvalidRequest(N_("That command is too long."), hint=N_("At most 1 MB is read."))
    try:
        return from_json(line, TakeCommand)
    except msgspec.MsgspecError as error:
        raise InvalidRequest(
            N_("That is not a command ({reason})."),
            hint=N_("Send one JSON object a line, such as stop."),
            reason=error,
        ) from error


def id_of(line: bytes) -> int:
    """Return the id of a command that may be wrong otherwise, 0 when there is none."""
    try:
        return from_json(line, _Numbered).id
    except msgspec.MsgspecError:
        return 0


def decode_settings(raw: msgspec.Raw) -> RecordingSettings:
    """Raises InvalidSettingError."""
    try:
        return from_json(raw, RecordingSettings)
    except msgspec.MsgspecError as error:
        raise InvalidSettingError(
            N_("A setting is not possible ({reason})."),
            hint=N_("Leave it out to get its default."),
            reason=error,
        ) from error
