"""Three seconds of sound are recorded as a recording has them, and played back."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from installers.virtual_sound import VirtualSound
from recorder_app.errors import Cancelled, InvalidRequest, RecorderError, SourceUnavailable
from recorder_app.media.sound import Samples
from recorder_app.services import sound_test
from recorder_app.settings import RecordingSettings
from tests.support.sound import RawRecording, loudness, pitch, play_tone

MIC = RecordingSettings(mic="default", system_audio=False)
# A sine of level 0.5 in both channels.
TONE = pytest.approx(0.354, rel=0.1)


class Levels:
    """What was shown meanwhile: peaks in dBFS, and the seconds that were left."""

    def __init__(self) -> None:
        self.peaks: list[float] = []
        self.left: list[float] = []
        self.has_begun = threading.Event()

    def __call__(self, peak_db: float, left_s: float) -> None:
        self.peaks.append(peak_db)
        self.left.append(left_s)
        self.has_begun.set()


@pytest.fixture(params=["pipewire", "pulseaudio"])
def sound(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[VirtualSound]:
    """A server that the test may change, which is this process's own."""
    with (
        tempfile.TemporaryDirectory(prefix="sound-") as folder,
        VirtualSound(Path(folder), os.environ, request.param) as own,
    ):
        for name, value in own.variables.items():
            monkeypatch.setenv(name, value)
        yield own


def record(settings: RecordingSettings, levels: Levels | None = None) -> Samples:
    return sound_test.record_sound(settings, levels or Levels(), threading.Event(), 1.5)


def middle(samples: Samples) -> Samples:
    """Leave out the moments in which devices wake up."""
    return samples[len(samples) // 2 :]


def test_the_microphone_is_recorded_and_its_level_shown(sound: VirtualSound) -> None:
    levels = Levels()
    with play_tone(sound.environment, "mic_in", 440):
        samples = record(MIC, levels)
    assert samples.shape == (72_000, 2)
    assert pitch(middle(samples)) == pytest.approx(440, abs=3)
    assert loudness(middle(samples)) == TONE
    assert max(levels.peaks) == pytest.approx(-6.0, abs=1)
    assert levels.left == sorted(levels.left, reverse=True)
    assert levels.left[-1] < 0.2


def test_it_is_as_the_settings_say(sound: VirtualSound) -> None:
    quieter = RecordingSettings(mic="default", system_audio=False, mic_gain=-20.0)
    with play_tone(sound.environment, "mic_in", 440):
        assert loudness(middle(record(quieter))) == pytest.approx(0.0354, rel=0.1)
    both = RecordingSettings(mic="default", system_audio=True)
    with (
        play_tone(sound.environment, "mic_in", 440, level=0.2),
        play_tone(sound.environment, "speakers", 1000, level=0.5, channels=2),
    ):
        samples = middle(record(both))
    spectrum = np.abs(np.fft.rfft(samples[:, 0]))
    at = np.fft.rfftfreq(len(samples), 1 / 48_000)
    assert spectrum[np.abs(at - 440) < 5].max() > 1000
    assert spectrum[np.abs(at - 1000) < 5].max() > 1000


def test_what_was_recorded_is_played(sound: VirtualSound) -> None:
    seconds = np.arange(48_000) / 48_000
    tone = np.repeat(0.5 * np.sin(2 * np.pi * 700 * seconds), 2).reshape(-1, 2).astype(np.float32)
    levels = Levels()
    with RawRecording(sound.environment, "speakers.monitor", 2) as heard:
        sound_test.play_sound(tone, levels, threading.Event())
        listened = heard.read(2)
    (loud,) = np.nonzero(np.abs(listened[:, 0]) > 0.05)
    played = listened[loud[0] : loud[-1]]
    assert len(played) == pytest.approx(48_000, abs=500)
    assert pitch(played) == pytest.approx(700, abs=3)
    assert max(levels.peaks) == pytest.approx(-6.0, abs=1)
    assert levels.left[-1] < 0.2


def while_recording(
    settings: RecordingSettings, act: Callable[[threading.Event], object]
) -> Exception:
    """Return what a long test ends with when `act` is done in the middle of it."""
    levels, stop = Levels(), threading.Event()

    def work() -> None:
        levels.has_begun.wait(5)
        act(stop)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        sound_test.record_sound(settings, levels, stop, 20)
    except RecorderError as error:
        return error
    finally:
        worker.join()
    raise AssertionError("nothing ended it")


def test_a_device_that_goes_away_is_told(sound: VirtualSound) -> None:
    sound.add_microphone("usb", "USB microphone")
    settings = RecordingSettings(mic="usb", system_audio=False)
    told = while_recording(settings, lambda _: sound.remove_microphone("usb"))
    assert isinstance(told, SourceUnavailable)
    assert "USB microphone" in str(told)
    assert "try again" in str(told)
    with pytest.raises(SourceUnavailable, match="usb"):
        record(settings)


@pytest.mark.usefixtures("sound")
def test_it_can_be_stopped() -> None:
    assert isinstance(while_recording(MIC, lambda stop: stop.set()), Cancelled)


def test_without_any_sound_chosen_it_is_said() -> None:
    with pytest.raises(InvalidRequest, match="Choose a microphone"):
        record(RecordingSettings(mic="none", system_audio=False))
