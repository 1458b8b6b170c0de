"""Microphones and system sound from the sound server, through everything that happens to them."""

from __future__ import annotations

import logging
import threading

import numpy as np

from recorder_app.capture.base import SoundInfo, SoundSink
from recorder_app.capture.pulse import PulseConnection, PulseSource
from recorder_app.capture.pulse_stream import RecordStream
from recorder_app.errors import SoundServerSilent, SourceUnavailable
from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.media.sound import SAMPLE_RATE, AudioBlock, AudioGap, Samples
from recorder_app.texts import N_, translate

_log = logging.getLogger(__name__)

DEFAULT = "default"

# How often a device that is away is looked for. A person is to be told within 3 s.
_RETRY_S = 0.4
_LOOK_S = 0.1


class PulseSoundSource:
    """A microphone by name, the default one, or the monitor of the default speakers.

    The server must not move the stream to another device behind our back: of a named device that
    goes away nothing is recorded until it is back, and the default is followed by ourselves.
    ``open`` and ``run`` are not called at the same time.
    """

    def __init__(self, name: str, clock: Clock, *, is_system: bool = False) -> None:
        self._name = name
        self._clock = clock
        self._is_system = is_system
        self._connection: PulseConnection | None = None
        self._stream: RecordStream | None = None
        self._source: PulseSource | None = None
        self._has_changed = False
        self._description = ""
        self._is_asleep = False

    @property
    def description(self) -> str:
        return self._description or self._name

    def open(self) -> SoundInfo:
        try:
            self._connect()
        except SourceUnavailable:
            self.close()
            raise
        assert self._source is not None
        assert self._connection is not None
        warnings = []
        if self._source.is_muted:
            text = N_("{name} is muted in the system's sound settings.")
            warnings.append(translate(text, name=self._source.description))
        return SoundInfo(
            self.description, _channels(self._source), self._connection.server().name, (*warnings,)
        )

    def run(self, sink: SoundSink, stop: threading.Event) -> None:
        """Deliver sound until `stop`, and gaps while there is none to be had."""
        is_lost = False
        while not stop.is_set():
            try:
                if self._stream is None:
                    self._connect(stop)
                    is_lost = False
                self._record_some(sink)
            except SourceUnavailable as error:
                self.close()
                if stop.is_set():
                    break
                if not is_lost:
                    is_lost = True
                    _log.warning("sound source lost name=%s reason=%s", self._name, error)
                self._push_gap(sink, is_lost=True, reason=error.message)
                stop.wait(_RETRY_S)
        self.close()

    def close(self) -> None:
        for part in (self._stream, self._connection):
            if part is not None:
                part.close()
        self._stream = self._connection = None

    def _connect(self, stop: threading.Event | None = None) -> None:
        if self._connection is None:
            self._connection = PulseConnection(stop=stop)
            self._connection.watch(self._note_change)
        self._has_changed = False
        self._source = self._find()
        if self._is_named:
            # From now on this very one, whatever else gets a name like it.
            self._name = self._source.name
        self._stream = RecordStream(
            self._connection, self._source, SAMPLE_RATE, _channels(self._source)
        )
        self._description = self._source.description
        self._is_asleep = False
        _log.info("sound source opened name=%s", self._source.name)

    def _record_some(self, sink: SoundSink) -> None:
        assert self._connection is not None
        assert self._stream is not None
        self._connection.iterate(_LOOK_S)
        # Everything there is at once: only the last sample's arrival tells a time.
        fragments: list[Samples] = []
        lost = 0
        while (fragment := self._stream.read()) is not None:
            if fragment.lost and fragments:
                self._push(sink, fragments, lost)
                fragments, lost = [], 0
            lost += fragment.lost
            fragments.append(fragment.samples)
        if fragments:
            self._is_asleep = False
            self._push(sink, fragments, lost)
        elif self._stream.is_suspended and not self._is_asleep:
            self._is_asleep = True
            self._push_gap(sink, is_lost=False)
        if not self._stream.is_alive:
            raise self._gone()
        if self._has_changed:
            self._follow(sink)

    def _push(self, sink: SoundSink, fragments: list[Samples], lost: int) -> None:
        samples = np.concatenate(fragments)
        now_ns = self._clock.now_ns()
        capture_ns = now_ns - len(samples) * NS_PER_S // SAMPLE_RATE
        sink.push_block(AudioBlock(capture_ns, SAMPLE_RATE, samples, lost))

    def _push_gap(self, sink: SoundSink, *, is_lost: bool, reason: str = "") -> None:
        sink.push_gap(AudioGap(self._clock.now_ns(), is_lost, reason, self.description))

    def _follow(self, sink: SoundSink) -> None:
        """Devices changed: see whether ours is still there and still the default."""
        assert self._connection is not None
        assert self._stream is not None
        assert self._source is not None
        self._has_changed = False
        try:
            found = self._find()
        except SoundServerSilent:
            raise
        except SourceUnavailable as error:
            raise self._gone() from error
        if found.index != self._source.index or self._stream.device_index != self._source.index:
            _log.info("sound source changes from=%s to=%s", self._source.name, found.name)
            self._stream.close()
            self._stream = None
            # What comes next is another stream: it must not be joined to this one.
            self._push_gap(sink, is_lost=False)

    def _find(self) -> PulseSource:
        assert self._connection is not None
        return find_source(self._connection, self._name, is_system=self._is_system)

    @property
    def _is_named(self) -> bool:
        return not self._is_system and self._name != DEFAULT

    def _note_change(self) -> None:
        self._has_changed = True

    def _gone(self) -> SourceUnavailable:
        return SourceUnavailable(
            N_("{name} was unplugged or switched off."),
            hint=N_("Plug it in again: it is taken up by itself."),
            name=self.description,
        )


def find_source(connection: PulseConnection, name: str, *, is_system: bool) -> PulseSource:
    """Return the source called `name`, by its name on the server or what people see.

    ``default`` is the server's choice: its microphone, or the monitor of its speakers. Raises
    SourceUnavailable.
    """
    sources = connection.sources()
    if is_system or name == DEFAULT:
        server = connection.server()
        if is_system:
            found = [each for each in sources if each.monitor_of == server.default_sink]
        else:
            found = [each for each in sources if each.name == server.default_source]
        if found and (is_system or not found[0].monitor_of):
            return found[0]
        raise SourceUnavailable(
            N_("There are no speakers whose sound could be recorded.")
            if is_system
            else N_("There is no microphone."),
            hint=N_("Plug it in, or choose it in the system's sound settings."),
        )
    exact = [each for each in sources if each.name == name]
    if exact:
        return exact[0]
    # Every speaker has a monitor named after it: those are meant by their exact name only.
    microphones = [each for each in sources if not each.monitor_of]
    found = [each for each in microphones if each.description == name]
    found = found or [
        each for each in microphones if name.casefold() in each.description.casefold()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceUnavailable(
            N_("Several microphones match “{name}”: {names}."),
            hint=N_(
                "Choose one in the settings; on the command line, name one by its first column in "
                "“recorder-app devices”."
            ),
            name=name,
            names=", ".join(each.name for each in found),
        )
    raise SourceUnavailable(
        N_("There is no microphone “{name}”."),
        hint=N_(
            "Plug it in, or choose another; on the command line, “recorder-app devices” lists them."
        ),
        name=name,
    )


def _channels(source: PulseSource) -> int:
    return min(2, source.channels)
