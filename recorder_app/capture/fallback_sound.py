"""Sound where there is no sound server: another way to the microphone, and none to the speakers."""

from __future__ import annotations

import logging
import threading

from recorder_app.capture.base import SoundInfo, SoundSink, SoundSource
from recorder_app.errors import SoundServerUnavailable, SourceUnavailable
from recorder_app.media.clock import Clock
from recorder_app.media.sound import AudioGap
from recorder_app.texts import N_

_log = logging.getLogger(__name__)


class Microphone:
    """The microphone of the sound server, or where there is no server, of the drivers below it.

    Which of the two is decided by ``open``. When neither can be had the server's word counts, and
    the server is what ``run`` waits for.
    """

    def __init__(self, server: SoundSource, drivers: SoundSource) -> None:
        self._server = server
        self._drivers = drivers
        self._chosen = server

    @property
    def description(self) -> str:
        return self._chosen.description

    def open(self) -> SoundInfo:
        self._chosen = self._server
        try:
            return self._server.open()
        except SoundServerUnavailable as error:
            try:
                info = self._drivers.open()
            except SourceUnavailable as other:
                _log.info("no microphone without a sound server reason=%s", other)
                raise error from other
        self._chosen = self._drivers
        return info

    def run(self, sink: SoundSink, stop: threading.Event) -> None:
        self._chosen.run(sink, stop)

    def close(self) -> None:
        self._server.close()
        self._drivers.close()


class NoSystemSound:
    """System sound on a system on which it cannot be recorded."""

    description = "system sound"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open(self) -> SoundInfo:
        raise self._missing()

    def run(self, sink: SoundSink, stop: threading.Event) -> None:
        """Say that nothing comes, and wait for `stop`."""
        reason = self._missing().message
        sink.push_gap(AudioGap(self._clock.now_ns(), is_lost=True, reason=reason))
        stop.wait()

    def close(self) -> None:
        """Nothing is held."""

    def _missing(self) -> SourceUnavailable:
        return SourceUnavailable(
            N_("System sound can be recorded on Linux only for now."),
            hint=N_("Record without it; on the command line, with --no-system-audio."),
        )
