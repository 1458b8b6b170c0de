"""PortAudio through the package sounddevice: its devices, its errors and its manners."""

from __future__ import annotations

import atexit
import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from recorder_app.capture.native_stderr import quiet
from recorder_app.errors import SourceUnavailable
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# How long a call into a driver may take. Bluetooth needs two seconds to wake up.
CALL_LIMIT_S = 4.0
_LOOK_S = 0.05

# PortAudio is one per process: opening, closing and looking for devices exclude each other.
_lock = threading.Lock()
_open_streams = 0
# Calls that were left behind and have not returned.
_left_behind = 0
_count_lock = threading.Lock()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PortAudioDevice:
    """An input of PortAudio's. `index` is valid until the devices are looked for again."""

    index: int
    name: str
    rate: int
    channels: int
    is_default: bool


def load() -> Any:
    """Return the module sounddevice. Raises SourceUnavailable where it cannot be used."""
    try:
        # Loads a native library and starts it: paid for only by who records through it.
        import sounddevice
    except OSError as error:
        raise SourceUnavailable(
            N_("The library PortAudio is missing."), hint=N_("Install libportaudio2.")
        ) from error
    except Exception as error:
        # Its own PortAudioError, whose class cannot be had when the import fails.
        raise SourceUnavailable(
            N_("Sound devices cannot be used ({reason})."), reason=error
        ) from error
    return sounddevice


@contextlib.contextmanager
def translated(name: str) -> Iterator[None]:
    """Run calls of PortAudio without its prints; turn its errors into SourceUnavailable."""
    sounddevice = load()
    try:
        with quiet():
            yield
    except sounddevice.PortAudioError as error:
        raise SourceUnavailable(
            N_("{name} cannot be recorded ({reason})."),
            hint=N_("Close other programs that use it, and see whether recording is allowed."),
            name=name,
            reason=_reason(error),
        ) from error


def devices(*, refresh: bool = False) -> list[PortAudioDevice]:
    """Return the inputs, of the kind of driver that the default one has.

    Windows shows each device once for every kind. PortAudio looks for devices once; `refresh` has
    it look again, unless somebody records through it. Raises SourceUnavailable.
    """
    sounddevice = load()
    with _lock, translated("PortAudio"):
        if refresh and not _open_streams:
            _start_again(sounddevice)
        default = sounddevice.default.device[0]
        known = sounddevice.query_devices()
        kind = known[default]["hostapi"] if default >= 0 else None
        return [
            PortAudioDevice(
                index,
                each["name"],
                round(each["default_samplerate"]),
                each["max_input_channels"],
                index == default,
            )
            for index, each in enumerate(known)
            if each["max_input_channels"] > 0 and kind in (None, each["hostapi"])
        ]


def find_device(name: str, *, refresh: bool = False) -> PortAudioDevice:
    """Return the input called `name`, or ``default``. Raises SourceUnavailable."""
    known = devices(refresh=refresh)
    if name == "default":
        # On Linux a device of this name is the default too.
        found = [each for each in known if each.is_default]
        if not found:
            raise SourceUnavailable(
                N_("There is no microphone."),
                hint=N_("Plug it in, or choose it in the system's sound settings."),
            )
        return found[0]
    found = [each for each in known if each.name == name]
    found = found or [each for each in known if name.casefold() in each.name.casefold()]
    if len(found) > 1:
        raise SourceUnavailable(
            N_("Several microphones match “{name}”: {names}."),
            hint=N_(
                "Choose one in the settings; on the command line, name one by its first column in "
                "“recorder-app devices”."
            ),
            name=name,
            names=", ".join(each.name for each in found),
        )
    if not found:
        raise SourceUnavailable(
            N_("There is no microphone “{name}”."),
            hint=N_(
                "Plug it in, or choose another; on the command line, “recorder-app devices” lists "
                "them."
            ),
            name=name,
        )
    return found[0]


def open_stream(device: PortAudioDevice, block_s: float, latency_s: float) -> Any:
    """Return a sounddevice.InputStream of `device`, not started. Raises SourceUnavailable.

    It is to be given back by `close_stream`.
    """
    global _open_streams
    sounddevice = load()
    with _lock, translated(device.name):
        stream = sounddevice.InputStream(
            device=device.index,
            samplerate=device.rate,
            channels=min(2, device.channels),
            dtype="float32",
            blocksize=round(block_s * device.rate),
            latency=latency_s,
        )
        _open_streams += 1
    return stream


def open_output(rate: int) -> Any:
    """Return a sounddevice.OutputStream of the default speakers, started, for stereo at `rate`.

    It is to be given back by `close_stream`. Raises SourceUnavailable.
    """
    global _open_streams
    sounddevice = load()
    with _lock, translated("PortAudio"):
        stream = sounddevice.OutputStream(samplerate=rate, channels=2, dtype="float32")
        _open_streams += 1
    try:
        with translated("PortAudio"):
            stream.start()
    except SourceUnavailable:
        close_stream(stream)
        raise
    return stream


def close_stream(stream: Any) -> None:
    """Give a stream back, whatever became of its device."""
    global _open_streams
    with _lock:
        _open_streams -= 1
        try:
            with translated("PortAudio"):
                stream.abort()
                stream.close()
        except SourceUnavailable as error:
            # Nothing can be done about it, and nothing is lost by it.
            _log.info("closing a sound device failed reason=%s", error)


def in_time(
    work: Callable[[], T],
    *,
    limit_s: float | None = None,
    stop: threading.Event | None = None,
    undo: Callable[[T], object] | None = None,
) -> T:
    """Return what `work` returns; raise what it raises, or SourceUnavailable after `limit_s`,
    CALL_LIMIT_S unless given.

    A driver can keep a call for ever: ALSA does so when a sound server hangs. So it gets a thread
    that is left behind after that time, or soon after `stop` is set; `undo` is then called with
    what comes of it after all. Until it has come, every other call fails at once.
    """
    call = _Call(work, undo)
    deadline = time.monotonic() + (CALL_LIMIT_S if limit_s is None else limit_s)
    while not _left_behind:
        if call.is_over.wait(_LOOK_S):
            return call.result()
        if time.monotonic() > deadline or (stop is not None and stop.is_set()):
            call.leave()
    raise SourceUnavailable(
        N_("The sound system does not answer."), hint=N_("Log out and in again if this lasts.")
    )


class _Call(Generic[T]):
    """A call in a thread of its own."""

    def __init__(self, work: Callable[[], T], undo: Callable[[T], object] | None) -> None:
        self.is_over = threading.Event()
        self._work, self._undo = work, undo
        self._is_left = False
        self._results: list[T] = []
        self._error: BaseException | None = None
        if not _left_behind:
            threading.Thread(target=self._run, name="portaudio", daemon=True).start()

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]

    def leave(self) -> None:
        """Wait no longer, unless it is over."""
        global _left_behind
        with _count_lock:
            if self.is_over.is_set():
                return
            self._is_left = True
            _left_behind += 1
        _log.warning("a sound device keeps a call, which is left behind")
        # At the program's end it would wait for the same device.
        if module := sys.modules.get("sounddevice"):
            atexit.unregister(module._exit_handler)

    def _run(self) -> None:
        global _left_behind
        try:
            self._results.append(self._work())
        except BaseException as error:
            # Raised again for the caller, by `result`.
            self._error = error
        with _count_lock:
            self.is_over.set()
            if not self._is_left:
                return
        if self._results and self._undo is not None:
            self._undo(self._results[0])
        with _count_lock:
            _left_behind -= 1


def _start_again(sounddevice: Any) -> None:
    if sounddevice._initialized:
        sounddevice._terminate()
    # As sounddevice._initialize, which besides makes descriptor 2 lead nowhere for some 30 ms:
    # done at every attempt, that would swallow messages of ours.
    sounddevice._check(sounddevice._lib.Pa_Initialize(), "Error initializing PortAudio")
    sounddevice._initialized += 1


def _reason(error: Exception) -> str:
    # Message, number, and the driver's own word where there is one.
    parts = [str(error.args[0])] if error.args else []
    if len(error.args) > 2 and isinstance(error.args[2], tuple):
        parts.append(str(error.args[2][2]))
    return ": ".join(part for part in parts if part)
