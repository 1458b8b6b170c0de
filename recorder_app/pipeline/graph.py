"""The threads and queues of one recording, built and torn down as one thing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from recorder_app.capture.base import SourceInfo
from recorder_app.errors import RecorderError
from recorder_app.media import containers, profiles
from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.media.codecs import EncoderChoice, SoundEncoderChoice, VideoFormat
from recorder_app.media.frames import EncodedPacket, TimedFrame
from recorder_app.media.outfile import RecordingFile
from recorder_app.pipeline.encoders import VideoEncoderStage
from recorder_app.pipeline.events import Statistics
from recorder_app.pipeline.media_time import MediaTime
from recorder_app.pipeline.muxer import MuxerStage
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.pipeline.queues import BoundedQueue
from recorder_app.pipeline.sound_graph import OpenedSound, SoundGraph, track_count
from recorder_app.pipeline.stage import Worker
from recorder_app.pipeline.synchronizer import VideoSynchronizer
from recorder_app.texts import N_, translate

# A quarter of a second at 30 fps: room for a hiccup of the encoder, little enough to notice that
# it cannot keep up. Eight whole 1080p pictures are 66 MB.
_VIDEO_QUEUE_ITEMS = 8
_VIDEO_QUEUE_BYTES = 128_000_000
# Some seconds of packets: a disk may stand still that long before the encoder must wait.
_PACKET_QUEUE_ITEMS = 600
_PACKET_QUEUE_BYTES = 32_000_000

VIDEO_TRACK = 0
CAPTURE, ENCODER, MUXER = "capture", "video-encoder", "muxer"


class RecordingGraph:
    """Source, synchronizer, encoder, muxer, sound and file of one recording.

    Owned by the session's thread. Building it opens the file and the encoder and starts no
    thread. Raises StorageError or EncodingError.
    """

    def __init__(
        self,
        plan: RecordingPlan,
        source: SourceInfo,
        choice: EncoderChoice,
        clock: Clock,
        media: Path,
        *,
        sounds: Sequence[OpenedSound] = (),
        sound_choice: SoundEncoderChoice | None = None,
        on_started: Callable[[], None],
        on_limit: Callable[[], None],
        on_end: Callable[[str, RecorderError | None], None],
    ) -> None:
        known = profiles.load()
        profile = known.profile(plan.profile)
        wanted = VideoFormat(source.width, source.height, plan.fps, plan.quality)
        self.info = source
        self._source = plan.source
        self._on_end = on_end
        self._stop_source = threading.Event()
        self._clock = clock
        self.file = RecordingFile(media)
        frames: BoundedQueue[TimedFrame] = BoundedQueue(_VIDEO_QUEUE_ITEMS, _VIDEO_QUEUE_BYTES)
        producers = 1 + track_count(len(sounds), separate=plan.separate_tracks)
        packets: BoundedQueue[EncodedPacket] = BoundedQueue(
            _PACKET_QUEUE_ITEMS, _PACKET_QUEUE_BYTES, producers
        )
        time = MediaTime()
        try:
            container = containers.open_output(self.file, known.container_of(plan.profile))
            stream = containers.add_video_stream(container, choice, wanted)
            self.sound = SoundGraph(
                sounds,
                container,
                sound_choice,
                packets,
                time,
                clock,
                separate=plan.separate_tracks,
                offset_ms=plan.sound_offset_ms,
                on_end=on_end,
            )
        except BaseException:
            self.file.discard()
            raise
        self.synchronizer = VideoSynchronizer(
            frames,
            clock,
            fps=plan.fps,
            time=time,
            constant_frame_rate=profile.constant_frame_rate,
            limit_ns=None if plan.limit_s is None else round(plan.limit_s * NS_PER_S),
            on_started=on_started,
            on_limit=on_limit,
        )
        self.encoder = VideoEncoderStage(frames, stream, packets, clock)
        self.muxer = MuxerStage(packets, container, self.file)
        self._workers: list[Worker] = []

    def start(self) -> None:
        """Start all threads but those of the sound, the last stage first."""
        self._workers = [
            Worker(MUXER, self.muxer.run, self._on_end),
            Worker(ENCODER, self.encoder.run, self._on_end),
            Worker(CAPTURE, self._capture, self._on_end),
        ]
        for worker in self._workers:
            worker.start()

    @property
    def has_started(self) -> bool:
        return bool(self._workers)

    @property
    def is_running(self) -> bool:
        return self.sound.is_running or any(worker.is_alive() for worker in self._workers)

    @property
    def tracks(self) -> dict[int, str]:
        """The streams of the file with names for people."""
        named = {track.encoder.index: track.name for track in self.sound.tracks}
        return {VIDEO_TRACK: translate(N_("The picture"))} | named

    @property
    def video_end_ns(self) -> int | None:
        """Media time of the last picture in the file; None before there is one."""
        return self.muxer.track_ends_ns.get(VIDEO_TRACK)

    def statistics(self) -> Statistics:
        """Return a snapshot. Thread-safe."""
        return Statistics(
            elapsed_s=round(self.synchronizer.elapsed_ns() / NS_PER_S, 3),
            size_bytes=self.file.size_bytes,
            durable_bytes=self.file.durable_bytes,
            frames_captured=self.synchronizer.frames_captured,
            frames_unchanged=self.synchronizer.frames_unchanged,
            frames_dropped=self.synchronizer.frames_dropped,
            frames_encoded=self.encoder.frames_encoded,
            latency_ms=round(self.encoder.latency_ns / 1e6, 1),
            free_bytes=self.file.free_bytes,
            video_bytes=self.muxer.track_bytes.get(VIDEO_TRACK, 0),
            sounds=self.sound.statistics(dict(self.muxer.track_bytes)),
        )

    @property
    def progress(self) -> tuple[int, int]:
        """Grows while anything moves at all."""
        return self.encoder.frames_encoded, self.file.size_bytes

    def stop_source(self) -> None:
        """Have the source stop; the queues are not ended by it."""
        self._stop_source.set()
        self.synchronizer.release()

    def abort(self) -> None:
        """Throw away what is queued and end every stage; the file keeps what it has."""
        self.stop_source()
        self.sound.abort()
        self.encoder.queue.abort()
        self.muxer.queue.abort()

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads; return whether all have ended."""
        for worker in self._workers:
            worker.join(timeout_s)
        self.sound.join(timeout_s)
        return not self.is_running

    def discard(self) -> None:
        """Delete the file of a graph that was never started or has ended."""
        if not self._workers:
            self.file.discard()
        else:
            self.file.path.unlink(missing_ok=True)

    def _capture(self) -> None:
        try:
            self._source.run(self.synchronizer, self._stop_source)
        finally:
            self._clock.leave()
