"""The sound encoder: samples in, packets out."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream

from recorder_app import faults
from recorder_app.errors import EncoderFailed
from recorder_app.media.clock import Clock
from recorder_app.media.frames import EncodedPacket
from recorder_app.media.sound import SAMPLE_RATE, Samples
from recorder_app.pipeline.encoders import hand_on
from recorder_app.pipeline.queues import BoundedQueue
from recorder_app.texts import N_

_TIME_BASE = Fraction(1, SAMPLE_RATE)


class SoundEncoder:
    """Cuts sound into the encoder's frames and puts the packets into the muxer's queue.

    Used by its track's thread. The stream belongs to the muxer's container. Raises EncoderFailed.
    """

    def __init__(
        self, stream: AudioStream, output: BoundedQueue[EncodedPacket], clock: Clock
    ) -> None:
        self._stream = stream
        self._output = output
        self._clock = clock
        context = stream.codec_context
        self._format = context.format.name
        self._layout = context.layout.name
        self._frame_size = context.frame_size or 960
        self.channels = context.layout.nb_channels
        self._waiting = np.zeros((0, self.channels), np.float32)
        self._place = 0

    @property
    def index(self) -> int:
        return self._stream.index

    @property
    def codec(self) -> str:
        """FFmpeg's name of what comes out."""
        return self._stream.codec_context.codec.canonical_name

    def encode(self, samples: Samples) -> None:
        """Encode the whole frames among what waits and `samples`."""
        self._waiting = np.concatenate([self._waiting, samples])
        while len(self._waiting) >= self._frame_size:
            self._encode(self._frame(self._waiting[: self._frame_size]))
            self._waiting = self._waiting[self._frame_size :]

    def flush(self) -> None:
        """Encode the rest, a shorter frame, and bring everything out."""
        if len(self._waiting):
            self._encode(self._frame(self._waiting))
            self._waiting = self._waiting[:0]
        self._encode(None)

    def forward_end(self) -> None:
        """Tell the muxer that nothing more comes."""
        self._output.end()

    def _frame(self, samples: Samples) -> av.AudioFrame:
        is_planar = self._format.endswith("p")
        data = samples.T if is_planar else samples.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(data), format=self._format, layout=self._layout
        )
        frame.sample_rate = SAMPLE_RATE
        frame.time_base = _TIME_BASE
        frame.pts = self._place
        self._place += len(samples)
        return frame

    def _encode(self, frame: av.AudioFrame | None) -> None:
        try:
            faults.check("encoder.sound")
            packets = self._stream.encode(frame)
        except (av.FFmpegError, OSError) as error:
            raise EncoderFailed(
                N_("The sound encoder {name} stopped working ({reason})."),
                hint=N_("The picture goes on. Try another format."),
                name=self._stream.codec_context.name,
                reason=error,
            ) from error
        # Sound waits for its whole frame: its own age is not what latency is about.
        now_ns = self._clock.now_ns()
        hand_on(packets, self._stream.index, self._output, now_ns, now_ns)
