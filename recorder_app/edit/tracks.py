"""The sound tracks of a result, each worked on in a thread of its own beside the pictures."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from recorder_app.edit.plan import Placed
from recorder_app.edit.sound import SoundCutter
from recorder_app.errors import EncoderFailed, UnsupportedMedia
from recorder_app.media.probe import MediaPacket
from recorder_app.texts import N_

# Packets under way to a track's thread: some seconds of sound.
_MOST_WAITING = 512
_LEAST_BIT_RATE = 128_000
# For each channel; AAC takes little more at 44.1 kHz.
_MOST_BIT_RATE = 192_000
# Each with the rates and layouts it takes.
_OPUS_RATE = 48_000
_ENCODERS = {"opus": "libopus", "aac": "aac", "mp3": "libmp3lame", "flac": "flac"}
_FOR_CONTAINER = {"webm": "libopus", "matroska": "libopus", "mp4": "aac"}
_USUAL_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 8: "7.1"}
# What Opus has no place for, by what comes nearest.
_OPUS_LAYOUTS = {"5.1(side)": "5.1", "5.0(side)": "5.0", "4.0": "quad", "2.1": "3.0"}
_HIGHEST_AAC_RATE = 96_000


@dataclass(frozen=True, slots=True)
class SoundWish:
    """How sound is to be encoded, where it need not be as in the source; `bit_rate` 0 is as there.

    `layout` is FFmpeg's name of the channels; "" keeps them.
    """

    encoder: str
    bit_rate: int = 0
    layout: str = ""


class SoundTrack:
    """Cuts and encodes one track of the source into `output`.

    ``put`` hands in packets of the source, in order; ``packets`` returns those of the result that
    are done. Call ``close`` whatever happens. Raises UnsupportedMedia when the track cannot be
    encoded, and whatever went wrong in its thread.
    """

    def __init__(
        self,
        stream: AudioStream,
        output: OutputContainer,
        container: str,
        placed: Sequence[Placed],
        length: Fraction,
        wish: SoundWish | None = None,
    ) -> None:
        _name_channels(stream)
        self._cutter = SoundCutter(stream, placed, length)
        self.stream = _add(stream, output, container, wish)
        self._encoder: AudioCodecContext = self.stream.codec_context
        self._resampler = AudioResampler(
            self._encoder.format.name,
            self._encoder.layout,
            self._encoder.sample_rate,
            frame_size=self._encoder.frame_size or None,
        )
        self._waiting: queue.Queue[MediaPacket | None] = queue.Queue(_MOST_WAITING)
        self._done: queue.SimpleQueue[Packet[AudioStream]] = queue.SimpleQueue()
        self._error: BaseException | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="cut-sound", daemon=True)
        self._thread.start()

    @property
    def damaged(self) -> int:
        """How many packets could not be decoded."""
        return self._cutter.damaged

    def put(self, packet: MediaPacket) -> None:
        self._waiting.put(packet)

    def settle(self) -> None:
        """Wait until all that was put in is done with; the source may then be moved."""
        self._waiting.join()

    def finish(self) -> None:
        """Say that nothing more comes, and wait until all is encoded."""
        self._waiting.put(None)
        self._thread.join()

    def packets(self) -> Iterator[Packet[AudioStream]]:
        """Yield what is encoded so far."""
        while True:
            try:
                yield self._done.get_nowait()
            except queue.Empty:
                break
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the thread; a second call does nothing."""
        if self._thread.is_alive():
            self._is_stopped = True
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        while True:
            packet = self._waiting.get()
            try:
                # After an error, what is still put in is only taken out.
                if self._error is None and not self._is_stopped:
                    self._encode(packet)
            except BaseException as error:
                self._error = _translated(error)
            finally:
                self._waiting.task_done()
            if packet is None:
                return

    def _encode(self, packet: MediaPacket | None) -> None:
        for frame in self._cutter.cut(packet):
            for piece in self._resampler.resample(frame):
                self._keep(self._encoder.encode(piece))
        if packet is None:
            for piece in self._resampler.resample(None):
                self._keep(self._encoder.encode(piece))
            self._keep(self._encoder.encode(None))

    def _keep(self, packets: list[Packet[AudioStream]]) -> None:
        for packet in packets:
            packet.stream = self.stream
            self._done.put(packet)


def _add(
    stream: AudioStream, output: OutputContainer, container: str, wish: SoundWish | None
) -> AudioStream:
    """Add a stream for a track like `stream`, of the same codec where the container has it."""
    source = stream.codec_context
    wanted = _ENCODERS.get(source.codec.canonical_name, "")
    fallback = _FOR_CONTAINER[container]
    name = wanted if wanted in output.supported_codecs or wanted == fallback else fallback
    if wish is not None:
        name = wish.encoder
    rate = source.sample_rate
    if name == "libopus":
        rate = _OPUS_RATE
    elif name == "aac":
        rate = min(rate, _HIGHEST_AAC_RATE)
    try:
        copy = output.add_stream(name, rate=rate)
        assert isinstance(copy, AudioStream)
        encoder = copy.codec_context
        layout = (wish.layout if wish is not None else "") or source.layout.name
        encoder.layout = _OPUS_LAYOUTS.get(layout, layout) if name == "libopus" else layout
        encoder.time_base = Fraction(1, rate)
        told = max(source.bit_rate or stream_rate(stream), _LEAST_BIT_RATE)
        if name != "flac":
            # Of a track without loss the rate says nothing.
            told = min(told, _MOST_BIT_RATE * encoder.layout.nb_channels)
        encoder.bit_rate = (wish.bit_rate if wish is not None else 0) or told
        if name == "aac":
            encoder.options = {"aac_coder": "fast"}
        copy.metadata.update(stream.metadata)
        encoder.open()
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UnsupportedMedia(
            N_("The sound of this file cannot be encoded again ({codec}: {reason})."),
            codec=source.codec.canonical_name,
            reason=getattr(error, "strerror", None) or error,
        ) from error
    return copy


def _name_channels(stream: AudioStream) -> None:
    """Say which channels a track has that tells only how many; encoders want to know."""
    layout = stream.codec_context.layout
    if layout.name.endswith(" channels") and layout.nb_channels in _USUAL_LAYOUTS:
        stream.codec_context.layout = _USUAL_LAYOUTS[layout.nb_channels]


def stream_rate(stream: AudioStream) -> int:
    """Return the bits a second that the file says a track has; 0 when it does not."""
    for name in ("BPS", "BPS-eng"):
        if stream.metadata.get(name, "").isdecimal():
            return int(stream.metadata[name])
    return 0


def _translated(error: BaseException) -> BaseException:
    if not isinstance(error, av.FFmpegError | OSError | ValueError):
        return error
    failed = EncoderFailed(
        N_("The sound could not be encoded ({reason})."),
        hint=N_("The recording itself is unchanged. Try again."),
        reason=error,
    )
    failed.__cause__ = error
    return failed
