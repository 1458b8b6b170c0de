"""What every picture source promises, and what it may ask of its sink."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from recorder_app.media.frames import VideoFrame, VideoPing
from recorder_app.media.geometry import Rect
from recorder_app.media.sound import AudioBlock, AudioGap

# The smallest picture worth recording; below it encoders refuse to open.
MIN_SIZE_PX = 16


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor of the desktop, in physical pixels."""

    name: str
    rect: Rect
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A top-level window a person would recognise. `pid` is its program's, 0 if not known."""

    id: int
    title: str
    rect: Rect
    pid: int = 0


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source will deliver: a frame size in physical pixels, even, and what it shows.

    `warnings` are texts for the result, such as that a part of a window is hidden.
    """

    width: int
    height: int
    description: str
    backend: str
    warnings: tuple[str, ...] = ()


class VideoSink(Protocol):
    """Receives pictures in the source's thread and sets the source's pace."""

    @property
    def period_ns(self) -> int:
        """The shortest regular distance of two pictures; also how often to say "no change"."""
        ...

    def wait_until_due(self, stop: threading.Event) -> bool:
        """Wait until the next picture is wanted, through pauses; return False to stop."""
        ...

    def needs_refresh(self) -> bool:
        """Return whether the next frame must be one patch over everything."""
        ...

    def push_frame(self, frame: VideoFrame) -> None: ...

    def push_ping(self, ping: VideoPing) -> None: ...


class VideoSource(Protocol):
    """A producer of pictures.

    ``open`` and ``close`` may be slow and belong off the GUI thread; ``run`` is the body of the
    capture thread. A source stamps with the clock it was made with.
    """

    def open(self) -> SourceInfo:
        """Find the target and get ready. Raises CaptureError or InvalidRequest."""
        ...

    def run(self, sink: VideoSink, stop: threading.Event) -> None:
        """Deliver pictures until `stop` is set. Raises TargetLost when the target goes away."""
        ...

    def close(self) -> None:
        """Give everything back; a second call does nothing."""
        ...


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """What a sound source will deliver: 1 or 2 channels, and a name for people."""

    description: str
    channels: int
    backend: str
    warnings: tuple[str, ...] = ()


class SoundSink(Protocol):
    """Receives sound in the source's thread. Neither call waits on a real clock."""

    def push_block(self, block: AudioBlock) -> None: ...

    def push_gap(self, gap: AudioGap) -> None:
        """Say that nothing comes until the next block."""
        ...


class SoundSource(Protocol):
    """A producer of sound: a microphone or what the speakers play.

    ``open`` and ``close`` may be slow and belong off the GUI thread; ``run`` is the body of the
    capture thread. A device that goes away does not end ``run``: it says so with a gap and goes on
    when the device is back.
    """

    @property
    def description(self) -> str:
        """What is recorded now, for people; it changes when a default does. Thread-safe."""
        ...

    def open(self) -> SoundInfo:
        """Find the device and begin to record. Raises SourceUnavailable.

        ``run`` may be called even so: it takes the device up when it comes.
        """
        ...

    def run(self, sink: SoundSink, stop: threading.Event) -> None:
        """Deliver sound until `stop` is set."""
        ...

    def close(self) -> None:
        """Give everything back; a second call does nothing."""
        ...
