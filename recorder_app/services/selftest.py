"""Measuring this machine with the real thing: are picture and sound in step?"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from recorder_app.capture.desktop_session import require_screen
from recorder_app.errors import CaptureError, RecorderError
from recorder_app.media import avsync
from recorder_app.media.clock import NS_PER_MS, NS_PER_S, SystemClock
from recorder_app.pipeline.events import Event, Finished, RecordingState, StateChanged
from recorder_app.pipeline.session import RecordingSession
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.recording import create_session, plan_recording
from recorder_app.settings import RecordingSettings
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.capture.flash_window import FlashWindow
    from recorder_app.capture.pulse_player import BeepPlayer

# What a person notices begins at 45 ms of sound too early (ITU-R BT.1359).
_MOST_OFFSET_MS = 40.0
_MOST_SPREAD_MS = 20.0
_MOST_DRIFT_MS = 20.0
_EVERY_NS = NS_PER_S
_FLASH_NS = 100 * NS_PER_MS
# How early a beep is ordered: more than what the player keeps ahead.
_AHEAD_NS = 150 * NS_PER_MS
_START_S = 5.0
_FINISH_S = 30.0


class SyncReport(msgspec.Struct, frozen=True):
    """How far sound lies from the picture, in milliseconds; positive is too late.

    `spread_ms` is the 95th percentile of the distance from the median, `drift_ms` what a line
    through the offsets gains over the whole test. `passed` asks for the median, the drift, and
    three of four events: a single moment in which this machine was busy fails nothing.
    """

    passed: bool
    format: str
    events: int
    offset_ms: float
    spread_ms: float
    drift_ms: float
    offsets_ms: list[float]


def av_sync(
    duration_s: float, *, profile: str = "webm", pauses: int = 0, keep: Path | None = None
) -> SyncReport:
    """Flash and beep once a second on this desktop, record it, and measure the file.

    The recording is paused `pauses` times on the way, and kept as `keep` if that is given. Raises
    CaptureError where there is no X11 screen or no sound server, and what recording raises.
    """
    require_screen()
    with tempfile.TemporaryDirectory(prefix="recorder-selftest-") as folder:
        extension = "mp4" if profile == "mp4" else "webm"
        output = keep or Path(folder) / f"sync.{extension}"
        heard = _perform(output, duration_s, profile, pauses)
        return _judge(output, heard, profile)


def _perform(output: Path, duration_s: float, profile: str, pauses: int) -> list[tuple[int, int]]:
    """Record flashes and beeps; return when each was shown and heard, in nanoseconds."""
    # Imported only now: both belong to a desktop.
    from recorder_app.capture.flash_window import FlashWindow
    from recorder_app.capture.pulse_player import BeepPlayer

    clock = SystemClock()
    window = FlashWindow(clock)
    player = BeepPlayer(clock)
    stop = threading.Event()
    failures: list[RecorderError] = []
    thread = threading.Thread(
        target=_guarded, args=(player, stop, failures), name="beep-player", daemon=True
    )
    try:
        thread.start()
        _await_playing(player, thread)
        if failures or not player.is_playing.is_set():
            raise failures[0] if failures else _no_sound()
        rect = window.rect
        settings = RecordingSettings(
            target=f"region:{rect.x},{rect.y},{rect.width}x{rect.height}",
            format=profile,
            system_audio=True,
            cursor=False,
        )
        with _recording(settings, output) as session:
            shown = _flash(window, player, session, duration_s, pauses, thread)
    finally:
        stop.set()
        thread.join(_START_S)
        window.close()
    if len(player.heard_ns) != len(shown):
        raise failures[0] if failures else _no_sound()
    return list(zip(shown, player.heard_ns, strict=True))


@contextlib.contextmanager
def _recording(settings: RecordingSettings, output: Path) -> Iterator[RecordingSession]:
    """Record inside; the file is finished behind it. Raises what the recording failed of."""
    is_recording = threading.Event()

    def note(event: Event) -> None:
        if isinstance(event, Finished) or (
            isinstance(event, StateChanged) and event.state is RecordingState.RECORDING
        ):
            is_recording.set()

    session = create_session(plan_recording(settings, output=output), note)
    session.start()
    is_recording.wait(_START_S)
    try:
        yield session
    finally:
        session.request("stop")
        finished = session.wait(_FINISH_S)
    if finished is None or finished.error is not None or finished.result is None:
        report = finished.error if finished is not None else None
        raise CaptureError(
            N_("The test recording failed: {reason}"),
            hint=N_("“recorder-app doctor” shows what works here."),
            reason=report.message if report is not None else "",
        )


def _flash(
    window: FlashWindow,
    player: BeepPlayer,
    session: RecordingSession,
    duration_s: float,
    pauses: int,
    playing: threading.Thread,
) -> list[int]:
    """Flash and beep once a second; return when the flashes were shown.

    Ends early when nobody is `playing` any more.
    """
    clock = SystemClock()
    never = threading.Event()
    count = max(1, int(duration_s * NS_PER_S / _EVERY_NS))
    paused_after = {round((number + 1) * count / (pauses + 1)) for number in range(pauses)}
    shown: list[int] = []
    at_ns = clock.now_ns() + _EVERY_NS
    for number in range(1, count + 1):
        clock.wait_until(at_ns - _AHEAD_NS, never)
        if not playing.is_alive():
            return shown
        player.beep_at(at_ns)
        clock.wait_until(at_ns, never)
        shown.append(window.show(is_lit=True))
        clock.wait_until(at_ns + _FLASH_NS, never)
        window.show(is_lit=False)
        if number in paused_after:
            clock.wait_until(at_ns + _EVERY_NS // 2, never)
            session.pause()
            # No multiple of a second, and a different part of the device's period each time.
            at_ns += _EVERY_NS + number * 7 * NS_PER_MS
            clock.wait_until(at_ns, never)
            session.resume()
        at_ns += _EVERY_NS
    clock.wait_until(at_ns - _EVERY_NS // 2, never)
    return shown


def _judge(path: Path, events: list[tuple[int, int]], profile: str) -> SyncReport:
    flashes, beeps = avsync.flashes(path), avsync.beeps(path)
    if len(flashes) != len(events) or len(beeps) != len(events):
        raise CaptureError(
            N_("{wanted} flashes and beeps were made; {flashes} and {beeps} are in the file."),
            hint=N_("Turn other sound off, close what may cover the screen, and try again."),
            wanted=len(events),
            flashes=len(flashes),
            beeps=len(beeps),
        )
    offsets = np.array(
        [
            (beep_s - flash_s) * 1000 - (heard_ns - shown_ns) / NS_PER_MS
            for flash_s, beep_s, (shown_ns, heard_ns) in zip(flashes, beeps, events, strict=True)
        ]
    )
    median = float(np.median(offsets))
    spread = float(np.percentile(np.abs(offsets - median), 95))
    times = np.array(flashes)
    drift = _slope(times, offsets) * float(times[-1] - times[0])
    most = float(np.percentile(np.abs(offsets - median), 75))
    return SyncReport(
        passed=abs(median) <= _MOST_OFFSET_MS
        and most <= _MOST_SPREAD_MS
        and abs(drift) <= _MOST_DRIFT_MS,
        format=profile,
        events=len(events),
        offset_ms=round(median, 1),
        spread_ms=round(spread, 1),
        drift_ms=round(drift, 1),
        offsets_ms=[round(float(each), 1) for each in offsets],
    )


def _slope(times: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> float:
    """Return the median slope between any two points (Theil and Sen): outliers do not tilt it."""
    first, second = np.triu_indices(len(times), 1)
    if not len(first):
        return 0.0
    return float(np.median((values[second] - values[first]) / (times[second] - times[first])))


def _await_playing(player: BeepPlayer, thread: threading.Thread) -> None:
    """Wait until it plays, or has failed to."""
    deadline = time.monotonic() + _START_S
    while thread.is_alive() and time.monotonic() < deadline:
        if player.is_playing.wait(0.05):
            return


def _guarded(player: BeepPlayer, stop: threading.Event, failures: list[RecorderError]) -> None:
    try:
        player.run(stop)
    except Exception as error:
        # The top of this thread: told by the caller.
        failures.append(as_recorder_error(error))


def _no_sound() -> CaptureError:
    return CaptureError(
        N_("No beep could be played."), hint=N_("Check the speakers in the sound settings.")
    )
