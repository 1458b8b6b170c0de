"""Taking steady noise out of a microphone: fans, hiss, hum."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.filter import Graph

from recorder_app.errors import EncoderFailed
from recorder_app.media.sound import SAMPLE_RATE, Samples
from recorder_app.texts import N_

# FFmpeg's spectral denoiser: 15 dB less of what lies below -40 dB. Letting it find the floor itself
# took out 3 to 9 dB only, and less the louder the noise was.
_FILTER = "afftdn"
_OPTIONS = "nr=15:nf=-40"
# It works on windows of three advances of an eightieth of a second and gives each out two advances
# late, without saying so in its time stamps; measured with a click.
_DELAY = 2 * SAMPLE_RATE // 80


class Denoiser:
    """A SoundFilter that gives out as many samples as it got, unshifted, if later.

    Not thread-safe. Raises EncoderFailed where the FFmpeg build has no such filter.
    """

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._layout = "mono" if channels == 1 else "stereo"
        self._pushed = 0
        self._to_drop = _DELAY
        try:
            graph = Graph()
            self._in = graph.add_abuffer(
                sample_rate=SAMPLE_RATE,
                format="fltp",
                layout=self._layout,
                time_base=Fraction(1, SAMPLE_RATE),
            )
            denoise = graph.add(_FILTER, _OPTIONS)
            self._out = graph.add("abuffersink")
            self._in.link_to(denoise)
            denoise.link_to(self._out)
            graph.configure()
        except (av.FFmpegError, ValueError) as error:
            raise EncoderFailed(
                N_("Noise cannot be taken out here ({reason})."),
                hint=N_("Record without the noise filter."),
                reason=error,
            ) from error
        # The graph owns the filters.
        self._graph = graph

    def push(self, samples: Samples) -> Samples:
        if not len(samples):
            return samples
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.T), format="fltp", layout=self._layout
        )
        frame.sample_rate = SAMPLE_RATE
        frame.time_base = Fraction(1, SAMPLE_RATE)
        frame.pts = self._pushed
        self._pushed += len(samples)
        self._in.push(frame)
        return self._pull()

    def flush(self) -> Samples:
        late = self.push(np.zeros((_DELAY, self._channels), np.float32))
        self._in.push(None)
        samples: Samples = np.concatenate([late, self._pull()])
        return samples

    def _pull(self) -> Samples:
        parts = [np.zeros((0, self._channels), np.float32)]
        while True:
            try:
                frame = self._out.pull()
            except (av.BlockingIOError, av.EOFError):
                break
            assert isinstance(frame, av.AudioFrame)
            parts.append(frame.to_ndarray().T.astype(np.float32, copy=False))
        samples: Samples = np.concatenate(parts)
        dropped = min(self._to_drop, len(samples))
        self._to_drop -= dropped
        return samples[dropped:]
