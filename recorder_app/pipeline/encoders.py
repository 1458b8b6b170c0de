"""The video encoder stage: pictures in, packets out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import av
from av.video.frame import PictureType
from av.video.stream import VideoStream

from recorder_app import faults
from recorder_app.errors import EncoderFailed
from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.media.convert import PlanarCanvas
from recorder_app.media.frames import EncodedPacket, TimedFrame
from recorder_app.pipeline.queues import BoundedQueue
from recorder_app.pipeline.stage import Stage
from recorder_app.pipeline.synchronizer import HEARTBEAT_NS
from recorder_app.texts import N_

if TYPE_CHECKING:
    from av.packet import Packet
    from av.stream import Stream

# Keyframes are at most this far apart in time, so that exact cutting encodes little and a player
# seeks fast. Longer saves bytes, shorter costs them.
KEYFRAME_INTERVAL_NS = 2 * NS_PER_S


class VideoEncoderStage(Stage[TimedFrame]):
    """Converts what changed and encodes it. ``run`` is the body of its thread.

    The stream belongs to the muxer's container; its codec context is used by this thread alone.
    Raises EncoderFailed.
    """

    def __init__(
        self,
        queue: BoundedQueue[TimedFrame],
        stream: VideoStream,
        output: BoundedQueue[EncodedPacket],
        clock: Clock,
    ) -> None:
        super().__init__(queue)
        self._stream = stream
        self._output = output
        self._clock = clock
        context = stream.codec_context
        assert context.pix_fmt is not None
        self._canvas = PlanarCanvas(context.width, context.height, context.pix_fmt)
        self._last_keyframe_ns: int | None = None
        self.frames_encoded = 0
        self.latency_ns = 0

    def handle(self, item: TimedFrame) -> None:
        self._canvas.apply(item.patches)
        frame = self._canvas.frame(item.media_ns)
        frame.pict_type = PictureType.NONE
        last_ns = self._last_keyframe_ns
        # Early rather than late: the next picture may be a heartbeat away.
        if last_ns is None or item.media_ns - last_ns > KEYFRAME_INTERVAL_NS - HEARTBEAT_NS:
            frame.pict_type = PictureType.I
            self._last_keyframe_ns = item.media_ns
        self._encode(frame, item.capture_ns)
        self.frames_encoded += 1
        self.latency_ns = self._clock.now_ns() - item.capture_ns

    def flush(self) -> None:
        self._encode(None, self._clock.now_ns())

    def forward_end(self) -> None:
        self._output.end()

    def _encode(self, frame: av.VideoFrame | None, capture_ns: int) -> None:
        try:
            faults.check("encoder.encode")
            packets = self._stream.encode(frame)
        except (av.FFmpegError, OSError) as error:
            raise EncoderFailed(
                N_("The video encoder {name} stopped working ({reason})."),
                hint=N_("What was recorded so far is kept. Try another format."),
                name=self._stream.codec_context.name,
                reason=error,
            ) from error
        hand_on(packets, self._stream.index, self._output, capture_ns, self._clock.now_ns())


def hand_on(
    packets: Sequence[Packet[Stream]],
    track: int,
    output: BoundedQueue[EncodedPacket],
    capture_ns: int,
    encoded_ns: int,
) -> None:
    """Put what an encoder gave out into the muxer's queue, waiting for room. Raises Cancelled."""
    for packet in packets:
        output.put(
            EncodedPacket(
                track=track,
                packet=packet,
                size_bytes=packet.size,
                is_keyframe=packet.is_keyframe,
                capture_ns=capture_ns,
                encoded_ns=encoded_ns,
            )
        )
