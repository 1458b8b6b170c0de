"""All sound of one recording: its sources, lanes and tracks, and their threads."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from av.container import OutputContainer

from recorder_app.capture.base import SoundInfo
from recorder_app.errors import RecorderError, SoundServerSilent, SourceUnavailable
from recorder_app.media import containers
from recorder_app.media.clock import NS_PER_MS, Clock
from recorder_app.media.codecs import SoundEncoderChoice
from recorder_app.media.denoise import Denoiser
from recorder_app.media.frames import EncodedPacket
from recorder_app.media.sound import AudioGap, amplitude
from recorder_app.pipeline.events import SoundStatistics
from recorder_app.pipeline.media_time import MediaTime
from recorder_app.pipeline.plan import Need, SoundPlan
from recorder_app.pipeline.queues import BoundedQueue
from recorder_app.pipeline.sound_encoder import SoundEncoder
from recorder_app.pipeline.sound_lane import SoundFilter, SoundLane
from recorder_app.pipeline.sound_track import (
    KIND_NAMES,
    Lane,
    LaneMessage,
    LaneSink,
    SoundTrack,
)
from recorder_app.pipeline.stage import Worker
from recorder_app.texts import N_, translate

_log = logging.getLogger(__name__)

SOUND_TRACK, SOUND_SOURCE = "sound-track", "sound-source"

# Half a minute of stereo at 48 kHz. Sound is not dropped: when this is full nothing is written any
# more, and the recording is about to end for that.
_QUEUE_ITEMS = 4000
_QUEUE_BYTES = 16_000_000
# The picture waits so long for the first sound, so that a file does not begin with a hole.
_FIRST_SOUND_S = 0.3

OnEnd = Callable[[str, RecorderError | None], None]


@dataclass(frozen=True, slots=True)
class OpenedSound:
    """A source and what it said when it was opened; `error` if it could not be had yet."""

    plan: SoundPlan
    info: SoundInfo
    error: SourceUnavailable | None = None


def open_sounds(sounds: Sequence[SoundPlan]) -> tuple[list[OpenedSound], list[OpenedSound]]:
    """Open every source; return those that get a place in the file, and those that do not.

    Raises SourceUnavailable when one that was asked for by name is not there.
    """
    if not sounds:
        return [], []
    # All at once: a server that does not answer keeps each of them waiting.
    with ThreadPoolExecutor(len(sounds), "sound-open") as pool:
        tried = list(pool.map(_open, sounds))
    opened: list[OpenedSound] = []
    left_out: list[OpenedSound] = []
    for sound in tried:
        need = sound.plan.need
        if sound.error is not None and need is Need.REQUIRED:
            raise sound.error
        # One that was wanted, or whose server is only slow, keeps its place: it is taken up when it
        # comes.
        is_hopeless = sound.error is not None and not isinstance(sound.error, SoundServerSilent)
        (left_out if need is Need.OPTIONAL and is_hopeless else opened).append(sound)
    return opened, left_out


def _open(sound: SoundPlan) -> OpenedSound:
    try:
        return OpenedSound(sound, sound.source.open())
    except SourceUnavailable as error:
        _log.warning("sound source unavailable kind=%s reason=%s", sound.kind, error)
        return OpenedSound(sound, SoundInfo(sound.source.description, 2, ""), error)


class SoundGraph:
    """The sound side of a RecordingGraph. Owned by the session's thread.

    Building it adds the streams to `container`; nothing runs before ``start``. Raises
    EncodingError.
    """

    def __init__(
        self,
        opened: Sequence[OpenedSound],
        container: OutputContainer,
        choice: SoundEncoderChoice | None,
        packets: BoundedQueue[EncodedPacket],
        time: MediaTime,
        clock: Clock,
        *,
        separate: bool,
        offset_ms: float,
        on_end: OnEnd,
    ) -> None:
        self._clock = clock
        self._on_end = on_end
        self._workers: list[Worker] = []
        self._feeders: list[Worker] = []
        self.tracks: list[SoundTrack] = []
        self._stops: list[threading.Event] = []
        self._sinks: list[tuple[OpenedSound, LaneSink, threading.Event]] = []
        offset_ns = round(offset_ms * NS_PER_MS)
        for group in _groups(opened, separate=separate):
            assert choice is not None
            channels = max(sound.info.channels for sound in group)
            name = (
                translate(KIND_NAMES[group[0].plan.kind])
                if len(group) == 1
                else translate(N_("Sound"))
            )
            stream = containers.add_sound_stream(container, choice, channels, name)
            lanes = [_lane(sound, time, channels, offset_ns) for sound in group]
            queue: BoundedQueue[LaneMessage] = BoundedQueue(_QUEUE_ITEMS, _QUEUE_BYTES)
            encoder = SoundEncoder(stream, packets, clock)
            self.tracks.append(SoundTrack(name, queue, lanes, encoder, time, clock))
            stop = threading.Event()
            self._stops.append(stop)
            self._sinks += [
                (sound, LaneSink(queue, number, clock), stop) for number, sound in enumerate(group)
            ]

    @property
    def lanes(self) -> list[Lane]:
        return [lane for track in self.tracks for lane in track.lanes]

    @property
    def is_running(self) -> bool:
        """Whether a track still works. Sources do not count: nobody waits for what they do last."""
        return any(worker.is_alive() for worker in self._workers)

    @property
    def failed_tracks(self) -> set[int]:
        """The streams whose encoder gave up."""
        return {track.encoder.index for track in self.tracks if track.has_failed}

    def patience_ns(self, stream: int) -> int:
        """How much later than others a track may be: it was moved earlier, and waits for more."""
        lags = [lane.lag_ns for t in self.tracks if t.encoder.index == stream for lane in t.lanes]
        return max(lags, default=0)

    def start(self) -> None:
        """Start sources and tracks, and give the sources a moment to deliver."""
        for track, stop in zip(self.tracks, self._stops, strict=True):
            self._workers.append(
                Worker(f"{SOUND_TRACK}-{track.name}", _track_body(track, stop), self._on_end)
            )
        for number, (sound, sink, stop) in enumerate(self._sinks):
            body = self._source_body(sound, sink, stop)
            self._feeders.append(Worker(f"{SOUND_SOURCE}-{number}", body, self._on_end))
        for worker in [*self._workers, *self._feeders]:
            worker.start()
        if self._clock.is_realtime:
            deadline = time.monotonic() + _FIRST_SOUND_S
            for sound, sink, _ in self._sinks:
                if sound.error is None:
                    sink.has_sound.wait(max(0.0, deadline - time.monotonic()))

    def finish(self, end_ns: int) -> None:
        """Have every track end at media time `end_ns`."""
        for track in self.tracks:
            track.finish(end_ns)

    def abort(self) -> None:
        """End everything at once."""
        for track, stop in zip(self.tracks, self._stops, strict=True):
            stop.set()
            track.queue.abort()

    def join(self, timeout_s: float) -> None:
        for worker in self._workers:
            worker.join(timeout_s)

    def close(self) -> None:
        """Close the sources; a thread that still has its own closes it at its end."""
        for number, (sound, _, _) in enumerate(self._sinks):
            if not self._feeders or not self._feeders[number].is_alive():
                sound.plan.source.close()

    @property
    def has_microphone(self) -> bool:
        """Whether there is anything that can be muted."""
        return any(lane.kind == "microphone" for lane in self.lanes)

    def mute(self, *, is_muted: bool) -> None:
        """Silence the microphones, or let them be heard again."""
        for lane in self.lanes:
            if lane.kind == "microphone":
                lane.is_muted = is_muted

    def statistics(
        self, track_bytes: dict[int, int], *, whole: bool = False
    ) -> list[SoundStatistics]:
        """Return a snapshot of every lane; levels are of now or of the `whole`. Thread-safe."""
        return [
            SoundStatistics(
                kind=lane.kind,
                device=lane.source.description,
                track=track.name,
                track_bytes=track_bytes.get(track.encoder.index, 0),
                peak_db=round((lane.loudest if whole else lane.level).peak_db, 1),
                rms_db=round((lane.loudest if whole else lane.level).rms_db, 1),
                is_muted=lane.is_muted,
                is_lost=lane.sound.health.is_lost,
                frames_lost=lane.sound.health.frames_lost,
                gaps=lane.sound.health.jumps + lane.sound.health.losses,
                drift_ppm=round(lane.sound.health.drift * 1e6, 1),
            )
            for track in self.tracks
            for lane in track.lanes
        ]

    def _source_body(
        self, sound: OpenedSound, sink: LaneSink, stop: threading.Event
    ) -> Callable[[], None]:
        def body() -> None:
            try:
                sound.plan.source.run(sink, stop)
            except BaseException:
                # The other tracks go on; this one is silent from here.
                device = sound.plan.source.description
                sink.push_gap(AudioGap(self._clock.now_ns(), True, device=device))
                raise
            finally:
                self._clock.leave()

        return body


def _track_body(track: SoundTrack, stop: threading.Event) -> Callable[[], None]:
    def body() -> None:
        try:
            track.run()
        finally:
            stop.set()

    return body


def track_count(sounds: int, *, separate: bool) -> int:
    """Return how many tracks so many sounds get."""
    return sounds if separate else min(1, sounds)


def _groups(opened: Sequence[OpenedSound], *, separate: bool) -> list[list[OpenedSound]]:
    if not opened:
        return []
    return [[sound] for sound in opened] if separate else [list(opened)]


def _lane(sound: OpenedSound, time: MediaTime, channels: int, offset_ns: int) -> Lane:
    def make_filter() -> SoundFilter:
        return Denoiser(channels)

    if sound.plan.denoise:
        # Here rather than in the middle: a build without the filter is told at the start.
        make_filter()
    lane = SoundLane(
        time,
        channels,
        offset_ns=offset_ns,
        make_filter=make_filter if sound.plan.denoise else None,
    )
    if sound.error is not None:
        # Told already: it is not lost, but has yet to come.
        lane.health.is_lost = True
    return Lane(
        kind=sound.plan.kind,
        source=sound.plan.source,
        sound=lane,
        is_optional=sound.plan.need is Need.OPTIONAL,
        gain=amplitude(sound.plan.gain_db),
        lag_ns=max(0, -offset_ns),
    )
