"""What reaches the thread that owns a recording: commands and news of its stages."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

from recorder_app.errors import RecorderError
from recorder_app.pipeline.events import RecordingState

_S = RecordingState

# In which states a command is taken.
COMMANDS = {
    "begin": {_S.COUNTDOWN},
    "pause": {_S.RECORDING},
    "resume": {_S.PAUSED},
    "mark": {_S.RECORDING, _S.PAUSED},
    "stop": {_S.PREPARING, _S.COUNTDOWN, _S.RECORDING, _S.PAUSED},
    "cancel": {_S.PREPARING, _S.COUNTDOWN, _S.RECORDING, _S.PAUSED, _S.STOPPING},
    "abort": set(_S) - {_S.IDLE},
    "mute": {_S.PREPARING, _S.COUNTDOWN, _S.RECORDING, _S.PAUSED},
    "unmute": {_S.PREPARING, _S.COUNTDOWN, _S.RECORDING, _S.PAUSED},
}


@dataclass(slots=True)
class Command:
    """A command and the promise that it was carried out or refused."""

    name: str
    text: str = ""
    reply: Future[None] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class StageEnded:
    """A thread of the graph has ended, with `error` if it failed."""

    name: str
    error: RecorderError | None


@dataclass(frozen=True, slots=True)
class Notice:
    """The synchronizer's word: "started" with the first picture, "limit" at the set length."""

    name: str


Message = Command | StageEnded | Notice
