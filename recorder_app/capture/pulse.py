"""A connection to the sound server: what there is to record.

PulseAudio and PipeWire both speak this protocol. Everything runs in the thread that uses the
connection and has a time limit: a server that hangs costs that thread some seconds and nobody else
anything.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from recorder_app.capture import libpulse
from recorder_app.errors import SoundServerSilent, SoundServerUnavailable, SourceUnavailable
from recorder_app.texts import N_

CLIENT_NAME = b"Recorder"
# A server answers in milliseconds; one that takes longer than this is stuck.
_ANSWER_S = 1.5
_STOP_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A source of the server. `monitor_of` is the sink it listens to, empty for a microphone."""

    index: int
    name: str
    description: str
    rate: int
    channels: int
    is_muted: bool
    monitor_of: str


@dataclass(frozen=True, slots=True)
class PulseServer:
    """The server's name and its defaults; an empty name means that there is none."""

    name: str
    default_source: str
    default_sink: str


class PulseConnection:
    """Connects at once.

    Raises SoundServerUnavailable when there is no server, and SoundServerSilent when it does not
    answer. Every method raises the latter when the server goes away, or has not answered by
    `give_up_at`, a time of ``time.monotonic``, or when `stop` is set. Not thread-safe.
    """

    def __init__(self, give_up_at: float = math.inf, stop: threading.Event | None = None) -> None:
        self.library = libpulse.load()
        self._give_up_at = give_up_at
        self._stop = stop or threading.Event()
        self._failure: type[SourceUnavailable] = SoundServerUnavailable
        self._loop = self.library.pa_mainloop_new()
        self.context = self.library.pa_context_new(
            self.library.pa_mainloop_get_api(self._loop), CLIENT_NAME
        )
        self._subscription: object = None
        try:
            # Starting a server is the session's business, not a recorder's.
            flags = libpulse.CONTEXT_NO_AUTOSPAWN
            if self.library.pa_context_connect(self.context, None, flags, None) < 0:
                self.fail()
            self.wait_for(self._is_ready)
            self._failure = SourceUnavailable
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Disconnect; a second call does nothing."""
        if self._loop is None:
            return
        self.library.pa_context_disconnect(self.context)
        self.library.pa_context_unref(self.context)
        self.library.pa_mainloop_free(self._loop)
        self._loop = None

    def iterate(self, timeout_s: float) -> None:
        """Wait for the server, at most `timeout_s`, and take in what it says."""
        if (
            self.library.pa_mainloop_prepare(self._loop, round(timeout_s * 1e6)) < 0
            or self.library.pa_mainloop_poll(self._loop) < 0
            or self.library.pa_mainloop_dispatch(self._loop) < 0
        ):
            self.fail()
        if self.library.pa_context_get_state(self.context) in (
            libpulse.CONTEXT_FAILED,
            libpulse.CONTEXT_TERMINATED,
        ):
            self.fail()

    def wait_for(self, is_done: Callable[[], bool]) -> None:
        """Iterate until `is_done`. Raises SourceUnavailable when the server does not answer."""
        deadline = min(time.monotonic() + _ANSWER_S, self._give_up_at)
        while not is_done():
            left = deadline - time.monotonic()
            if left <= 0 or self._stop.is_set():
                raise SoundServerSilent(
                    N_("The sound server does not answer."),
                    hint=N_("Log out and in again if this lasts."),
                )
            self.iterate(min(left, _STOP_LOOK_S))

    def server(self) -> PulseServer:
        """Return the server's name and defaults."""
        found: list[PulseServer] = []

        def take(_context: object, info: Any, _data: object) -> None:
            if info:
                facts = info.contents
                found.append(
                    PulseServer(
                        _text(facts.server_name),
                        _text(facts.default_source_name),
                        _text(facts.default_sink_name),
                    )
                )

        callback = libpulse.ServerInfoCallback(take)
        self._ask(self.library.pa_context_get_server_info(self.context, callback, None))
        return found[0] if found else PulseServer("", "", "")

    def sources(self) -> list[PulseSource]:
        """Return every source, monitors included."""
        found: list[PulseSource] = []

        def take(_context: object, info: Any, is_last: int, _data: object) -> None:
            if info and not is_last:
                facts = info.contents
                found.append(
                    PulseSource(
                        index=facts.index,
                        name=_text(facts.name),
                        description=_text(facts.description),
                        rate=facts.sample_spec.rate,
                        channels=facts.sample_spec.channels,
                        is_muted=bool(facts.mute),
                        monitor_of=_text(facts.monitor_of_sink_name),
                    )
                )

        callback = libpulse.SourceInfoCallback(take)
        self._ask(self.library.pa_context_get_source_info_list(self.context, callback, None))
        return found

    def watch(self, on_change: Callable[[], None]) -> None:
        """Have `on_change` called, within ``iterate``, when devices or defaults change."""

        def changed(_context: object, _kind: int, _index: int, _data: object) -> None:
            on_change()

        # The library calls it as long as the connection lives.
        self._subscription = libpulse.SubscribeCallback(changed)
        self.library.pa_context_set_subscribe_callback(self.context, self._subscription, None)
        mask = libpulse.SUBSCRIBE_SINK | libpulse.SUBSCRIBE_SOURCE | libpulse.SUBSCRIBE_SERVER
        operation = self.library.pa_context_subscribe(self.context, mask, None, None)
        if operation:
            self.library.pa_operation_unref(operation)

    def fail(self) -> NoReturn:
        """Raise what the server's last error means."""
        number = self.library.pa_context_errno(self.context)
        if number == libpulse.ERROR_CONNECTION_REFUSED:
            raise self._failure(
                N_("No sound server is running."),
                hint=N_("Start PipeWire or PulseAudio to record sound."),
            )
        raise self._failure(
            N_("The sound server cannot be used ({reason})."),
            hint=N_("On the command line, “recorder-app doctor” shows what works here."),
            reason=_text(self.library.pa_strerror(number)),
        )

    def _is_ready(self) -> bool:
        state: int = self.library.pa_context_get_state(self.context)
        return state == libpulse.CONTEXT_READY

    def _ask(self, operation: int | None) -> None:
        if not operation:
            self.fail()
        try:
            self.wait_for(lambda: bool(self.library.pa_operation_get_state(operation)))
        finally:
            # Its callback must not be called any more once it is gone.
            self.library.pa_operation_cancel(operation)
            self.library.pa_operation_unref(operation)


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
