"""What there is to record sound from, and how loud it is now."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from recorder_app.capture import portaudio_library
from recorder_app.capture.portaudio_library import PortAudioDevice
from recorder_app.capture.pulse import PulseConnection, PulseSource
from recorder_app.capture.pulse_stream import RecordStream
from recorder_app.errors import SoundServerUnavailable, SourceUnavailable
from recorder_app.media.sound import SAMPLE_RATE, Level, Samples
from recorder_app.texts import N_, translate

Kind = Literal["microphone", "system"]

# What finding, opening and waking devices may take besides listening, all of them together; and
# what each adds, because a busy machine opens nineteen streams in seconds, not at once. Shorter,
# and devices that work are said not to.
_SPARE_S = 0.9
_SPARE_EACH_S = 0.15
# PulseAudio refuses the sixth program that knocks while it has not yet let the first one in.
_CONNECT_AT_ONCE = 3
_LOOK_S = 0.05
_BLOCK_S = 0.02
_TOLD_NOTHING = N_("It sends nothing.")


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """A microphone, or what some speakers play. `name` is what a recording names it by.

    A `level` of None means that nothing came. `problem` says in which way it does not work, and is
    empty for speakers that sleep.
    """

    name: str
    kind: Kind
    description: str
    is_default: bool
    channels: int
    rate: int
    is_muted: bool = False
    level: Level | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SoundDevices:
    """The server, the devices with the default ones first, and why there is no server."""

    server: str
    devices: list[SoundDevice]
    problem: str = ""


def known_devices() -> list[SoundDevice]:
    """Return what the sound server has, without opening any of it; none where there is no server.

    Takes a second at most. Raises nothing.
    """
    if sys.platform != "linux":
        return []
    try:
        connection = PulseConnection(time.monotonic() + _SPARE_S)
        try:
            server = connection.server()
            found = connection.sources()
        finally:
            connection.close()
    except SourceUnavailable:
        return []
    return _in_order(
        [_described(each, server.default_source, server.default_sink) for each in found]
    )


def listen_to_devices(listen_s: float) -> SoundDevices:
    """Return all devices after listening for `listen_s` to each.

    Takes `listen_s` and a second at most, whatever devices and servers do, and where there are
    many a little more for each. Raises nothing.
    """
    give_up_at = time.monotonic() + listen_s + _SPARE_S
    if sys.platform != "linux":
        return SoundDevices("PortAudio", _from_drivers(listen_s, give_up_at))
    try:
        connection = PulseConnection(give_up_at)
        try:
            server = connection.server()
            found = [
                (_described(each, server.default_source, server.default_sink), each)
                for each in connection.sources()
            ]
        finally:
            connection.close()
    except SoundServerUnavailable as error:
        return SoundDevices("", _from_drivers(listen_s, give_up_at), str(error))
    except SourceUnavailable as error:
        return SoundDevices("", [], str(error))
    give_up_at += _SPARE_EACH_S * len(found)
    return SoundDevices(server.name, _in_order(_heard(found, listen_s, give_up_at)))


def _described(source: PulseSource, default_source: str, default_sink: str) -> SoundDevice:
    is_system = bool(source.monitor_of)
    return SoundDevice(
        source.name,
        "system" if is_system else "microphone",
        source.description or source.name,
        # A server without microphones has some monitor as its default source; nobody speaks there.
        source.monitor_of == default_sink if is_system else source.name == default_source,
        source.channels,
        source.rate,
        source.is_muted,
    )


def _in_order(devices: list[SoundDevice]) -> list[SoundDevice]:
    return sorted(devices, key=lambda each: (each.kind, not each.is_default, each.name))


def _heard(
    found: list[tuple[SoundDevice, PulseSource]], listen_s: float, give_up_at: float
) -> list[SoundDevice]:
    """Return the devices with what was heard, from all of them at the same time."""
    heard: list[SoundDevice] = []
    door = threading.Semaphore(_CONNECT_AT_ONCE)

    def listen(device: SoundDevice, source: PulseSource) -> None:
        try:
            samples = _listen(source, listen_s, give_up_at, door)
        except SourceUnavailable as error:
            heard.append(replace(device, problem=error.message))
            return
        heard.append(_with_level(device, samples))

    # Each has a connection of its own, so that none waits for another. All end in time.
    threads = [threading.Thread(target=listen, args=each) for each in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def _listen(
    source: PulseSource, listen_s: float, give_up_at: float, door: threading.Semaphore
) -> Samples:
    """Return what comes within `listen_s`, or later when nothing came until then."""
    channels = min(2, source.channels)
    pieces: list[Samples] = []
    missing = round(listen_s * SAMPLE_RATE)
    with door:
        connection = PulseConnection(give_up_at)
    try:
        stream = RecordStream(connection, source, SAMPLE_RATE, channels)
        try:
            enough_at = time.monotonic() + listen_s
            while missing > 0 and (now := time.monotonic()) < give_up_at:
                if now > enough_at and stream.is_suspended:
                    break
                connection.iterate(min(_LOOK_S, give_up_at - now))
                while (fragment := stream.read()) is not None:
                    pieces.append(fragment.samples)
                    missing -= len(fragment.samples)
                if not stream.is_alive:
                    raise SourceUnavailable(N_("It was unplugged or switched off."))
        finally:
            stream.close()
    finally:
        connection.close()
    return np.concatenate(pieces) if pieces else np.zeros((0, channels), np.float32)


def _with_level(device: SoundDevice, samples: Samples) -> SoundDevice:
    if len(samples):
        return replace(device, level=Level.of(samples))
    # Speakers on which nothing plays may sleep.
    return device if device.kind == "system" else replace(device, problem=translate(_TOLD_NOTHING))


def _from_drivers(listen_s: float, give_up_at: float) -> list[SoundDevice]:
    """Return the microphones of PortAudio; none where it cannot be had.

    They are listened to one after the other: ALSA has several names for one device, which can be
    opened only once.
    """
    try:
        found = portaudio_library.in_time(
            lambda: portaudio_library.devices(refresh=True), limit_s=_left(give_up_at)
        )
    except SourceUnavailable:
        # Where there is a server at all it is the way; what is missing is told with it.
        return []
    found.sort(key=lambda each: not each.is_default)
    heard = []
    for number, each in enumerate(found):
        device = SoundDevice(
            each.name, "microphone", each.name, each.is_default, each.channels, each.rate
        )
        share_s = min(listen_s, _left(give_up_at) / (len(found) - number))
        heard.append(_with_driver(device, each, share_s, give_up_at))
    return _in_order(heard)


def _with_driver(
    device: SoundDevice, source: PortAudioDevice, listen_s: float, give_up_at: float
) -> SoundDevice:
    if listen_s < _BLOCK_S:
        return replace(device, problem=translate(N_("There was no time to listen to it.")))
    try:
        samples = portaudio_library.in_time(
            lambda: _listen_to_driver(source, listen_s, give_up_at),
            limit_s=_left(give_up_at) + _LOOK_S,
        )
    except SourceUnavailable as error:
        return replace(device, problem=error.message)
    return _with_level(device, samples)


def _listen_to_driver(source: PortAudioDevice, listen_s: float, give_up_at: float) -> Samples:
    pieces: list[Samples] = []
    missing = round(listen_s * source.rate)
    stream = portaudio_library.open_stream(source, _BLOCK_S, _BLOCK_S)
    try:
        with portaudio_library.translated(source.name):
            stream.start()
            while missing > 0 and time.monotonic() < give_up_at:
                # Asked first, because a read has no limit of time.
                if frames := stream.read_available:
                    pieces.append(stream.read(frames)[0])
                    missing -= frames
                time.sleep(_BLOCK_S)
    finally:
        portaudio_library.close_stream(stream)
    return np.concatenate(pieces) if pieces else np.zeros((0, 1), np.float32)


def _left(give_up_at: float) -> float:
    return max(0.0, give_up_at - time.monotonic())
