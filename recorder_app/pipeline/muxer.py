"""The muxer stage: packets of all tracks into one crash-safe file."""

from __future__ import annotations

from collections.abc import Callable

import av
from av.container import OutputContainer

from recorder_app.errors import EncoderFailed, RecorderError
from recorder_app.media.clock import NS_PER_S
from recorder_app.media.containers import set_chapters
from recorder_app.media.frames import EncodedPacket
from recorder_app.media.outfile import RecordingFile
from recorder_app.pipeline.queues import BoundedQueue
from recorder_app.pipeline.stage import Stage
from recorder_app.texts import N_


class MuxerStage(Stage[EncodedPacket]):
    """Writes packets and, at the end, the index. ``run`` is the body of its thread.

    Owns `container` and `file` from the start of its thread on and closes both, also after an
    error: what was written stays playable. Raises StorageError or EncoderFailed.
    """

    def __init__(
        self,
        queue: BoundedQueue[EncodedPacket],
        container: OutputContainer,
        file: RecordingFile,
    ) -> None:
        super().__init__(queue)
        self._container = container
        self._file = file
        self.track_bytes: dict[int, int] = {}
        # Media time of each track's last packet, in nanoseconds.
        self.track_ends_ns: dict[int, int] = {}
        self._chapters: list[tuple[float, str]] = []

    def set_chapters(self, chapters: list[tuple[float, str]]) -> None:
        """Have (seconds, title) pairs written at the end; call before END is put."""
        self._chapters = chapters

    def run(self) -> None:
        try:
            self._guarded(self._container.start_encoding)
            super().run()
        finally:
            # After an error this writes what it can; the first error is the one to report.
            self._close()

    def handle(self, item: EncodedPacket) -> None:
        packet = item.packet
        # Read now: muxing rewrites the packet's times.
        pts, time_base = packet.pts, packet.time_base
        self._guarded(lambda: self._container.mux(item.packet))
        if pts is not None and time_base is not None:
            at_ns = round(pts * time_base * NS_PER_S)
            self.track_ends_ns[item.track] = max(self.track_ends_ns.get(item.track, 0), at_ns)
        self.track_bytes[item.track] = self.track_bytes.get(item.track, 0) + item.size_bytes

    def flush(self) -> None:
        last_ns = max(self.track_ends_ns.values(), default=0)
        set_chapters(self._container, self._chapters, last_ns / NS_PER_S)

    def _close(self) -> None:
        try:
            self._guarded(self._container.close)
        finally:
            self._file.close()

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except (av.FFmpegError, OSError) as error:
            raise self._translated(error) from error
        except Exception as error:
            # PyAV reports an exception of the file object as its own kind, not as an FFmpegError.
            if self._file.error is None:
                raise
            raise self._file.error from error
        if self._file.error is not None:
            # FFmpeg may swallow a failed write until the next flush; we saw it.
            raise self._file.error

    def _translated(self, error: Exception) -> RecorderError:
        return self._file.error or EncoderFailed(
            N_("The file cannot be written any further ({reason})."),
            hint=N_("What was recorded so far is kept."),
            reason=error,
        )
