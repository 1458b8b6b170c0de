"""Sound from real servers: in step, and through everything that happens to devices."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media import avsync
from tests.support.clapper import clapper, offsets_ms
from tests.support.command import Recorder, environment, run
from tests.support.sound import play_tone

StartTake = Callable[[dict[str, str]], Recorder]


@pytest.fixture
def sound_env(own_sound_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(own_sound_desktop.environment, home=tmp_path)


@pytest.fixture
def recorder(sound_env: dict[str, str], start_take: StartTake) -> Recorder:
    """A recording process on that desktop, not recording yet."""
    return start_take(sound_env)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "take.webm"


def start(recorder: Recorder, output: Path, **settings: Any) -> None:
    settings = {"target": "synthetic:pattern@320x240"} | settings
    reply = recorder.send("start", settings=settings, output=str(output))
    assert "error" not in reply, reply
    recorder.wait_for_state("recording")


def elapsed(recorder: Recorder, seconds: float) -> None:
    recorder.wait_for(lambda e: e["type"] == "statistics" and e["elapsed_s"] >= seconds)


def health(recorder: Recorder, code: str, count: int = 1) -> dict[str, Any]:
    """Return the `count`th health event of this code, waiting for it."""

    def is_it(event: dict[str, Any]) -> bool:
        found = [e for e in recorder.events if e["type"] == "health" and e["code"] == code]
        return len(found) >= count and event is found[count - 1]

    return recorder.wait_for(is_it)


def stop(recorder: Recorder) -> dict[str, Any]:
    recorder.send("stop")
    finished = recorder.result()
    assert finished.get("error") is None, finished
    result: dict[str, Any] = finished["result"]
    return result


def loud_seconds(path: Path, track: int = 0) -> tuple[float, float]:
    """Return how long sound track `track` is, and for how much of that it is heard."""
    start_s, samples = avsync.read_sound(path, track)
    count = len(samples) // 480
    tenths = np.abs(samples[: count * 480, 0]).reshape(count, 480).max(axis=1)
    return start_s + len(samples) / 48000, float((tenths > 0.05).sum()) / 100


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_flash_and_beep_are_in_step_after_pauses_too(on_desktop: dict[str, str], form: str) -> None:
    arguments = ("--duration", "6", "--pauses", "2", "--format", form, "--json")
    done = run("selftest", "av-sync", *arguments, env=on_desktop)
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert report["events"] == 6
    assert report["passed"]


def test_both_sources_are_in_step_on_tracks_of_their_own(
    sound_env: dict[str, str],
    recorder: Recorder,
    output: Path,
    tmp_path: Path,
) -> None:
    with clapper(sound_env, tmp_path, "speakers", "mic_in") as claps:
        start(
            recorder,
            output,
            target=f"region:{claps.region}",
            mic="default",
            system_audio=True,
            separate_tracks=True,
        )
        elapsed(recorder, 8)
        result = stop(recorder)
        truth = claps.claps()
    assert [sound["kind"] for sound in result["sounds"]] == ["microphone", "system"]
    flashes = avsync.flashes(output)
    assert len(flashes) >= 5
    for track, sink in ((0, 1), (1, 0)):
        errors = offsets_ms(flashes, avsync.beeps(output, track), truth, sink)
        assert len(errors) >= len(flashes) - 1
        assert abs(float(np.median(errors))) < 40


def test_a_microphone_that_is_unplugged_and_back_three_times(
    own_sound_desktop: VirtualDesktop,
    sound_env: dict[str, str],
    recorder: Recorder,
    output: Path,
) -> None:
    sound = own_sound_desktop.sound
    sound.add_microphone("usb", "USB microphone")
    start(recorder, output, mic="usb", system_audio=True, separate_tracks=True)
    for count in (1, 2, 3):
        with play_tone(sound_env, "usb_in"), play_tone(sound_env, "speakers"):
            time.sleep(1)
            gone_s = time.monotonic()
            sound.remove_microphone("usb")
            lost = health(recorder, "device_lost", count)
            assert time.monotonic() - gone_s < 3
            assert "USB microphone" in lost["message"]
        time.sleep(0.5)
        sound.add_microphone("usb", "USB microphone")
        health(recorder, "device_back", count)
    result = stop(recorder)
    length_s, heard_s = loud_seconds(output)
    assert length_s == pytest.approx(result["duration_s"], abs=0.05)
    assert 2.5 < heard_s < 5
    # What the speakers played is whole.
    length_s, system_s = loud_seconds(output, 1)
    assert length_s == pytest.approx(result["duration_s"], abs=0.05)
    assert system_s > heard_s
    assert sum("USB microphone" in warning for warning in result["warnings"]) >= 6


@pytest.mark.parametrize("server", ["pipewire", "pulseaudio"])
def test_a_server_that_is_killed_and_comes_back(
    start_take: StartTake, tmp_path: Path, server: Any
) -> None:
    with VirtualDesktop("640x480", sound=server) as desktop:
        env = environment(desktop.environment, home=tmp_path)
        output = tmp_path / "take.webm"
        recorder = start_take(env)
        start(recorder, output, mic="default", system_audio=True)
        with play_tone(env, "mic_in"):
            time.sleep(1.5)
            killed_s = time.monotonic()
            desktop.sound.kill_server()
            health(recorder, "device_lost", 2)
            assert time.monotonic() - killed_s < 3
        time.sleep(1)
        desktop.sound.start_server()
        health(recorder, "device_back", 2)
        with play_tone(env, "mic_in"):
            time.sleep(1.5)
        result = stop(recorder)
    length_s, heard_s = loud_seconds(output)
    assert length_s == pytest.approx(result["duration_s"], abs=0.05)
    assert 2.5 < heard_s < 4.5
    assert result["frames_dropped"] == 0


def test_the_default_is_followed(
    own_sound_desktop: VirtualDesktop,
    sound_env: dict[str, str],
    recorder: Recorder,
    output: Path,
) -> None:
    sound = own_sound_desktop.sound
    sound.add_microphone("headset", "Headset")
    start(recorder, output, mic="default")
    with play_tone(sound_env, "headset_in"):
        elapsed(recorder, 1)
        sound.set_default_microphone("headset")
        changed = health(recorder, "device_changed")
        assert "Headset" in changed["message"]
        time.sleep(1.5)
    stop(recorder)
    _, heard_s = loud_seconds(output)
    assert heard_s > 1


def test_a_named_microphone_is_not_swapped_for_another(
    own_sound_desktop: VirtualDesktop,
    sound_env: dict[str, str],
    recorder: Recorder,
    output: Path,
) -> None:
    sound = own_sound_desktop.sound
    sound.add_microphone("usb", "USB microphone")
    start(recorder, output, mic="USB microphone")
    # Somebody speaks into the other one all the time.
    with play_tone(sound_env, "mic_in"):
        elapsed(recorder, 1)
        sound.remove_microphone("usb")
        health(recorder, "device_lost")
        time.sleep(1.5)
    stop(recorder)
    assert loud_seconds(output)[1] == 0


def test_speakers_on_which_nothing_plays_hold_nothing_up(
    sound_env: dict[str, str],
    recorder: Recorder,
    output: Path,
) -> None:
    start(recorder, output, system_audio=True)
    silent = health(recorder, "sound_silent")
    assert "System sound" in silent["message"]
    with play_tone(sound_env, "speakers"):
        elapsed(recorder, 5)
    result = stop(recorder)
    length_s, heard_s = loud_seconds(output)
    assert length_s == pytest.approx(result["duration_s"], abs=0.05)
    assert heard_s > 0.5


def test_a_silent_microphone_is_told_and_levels_are_shown(
    sound_env: dict[str, str],
    recorder: Recorder,
    tmp_path: Path,
) -> None:
    start(recorder, tmp_path / "take.webm", mic="default", mic_gain=-6.0)
    silent = health(recorder, "sound_silent")
    assert "Virtual microphone" in silent["message"]
    with play_tone(sound_env, "mic_in", level=0.5):
        levels = recorder.wait_for(
            lambda e: e["type"] == "statistics" and e["sounds"][0]["peak_db"] > -20
        )
        recorder.wait_for(
            lambda e: (
                e["type"] == "statistics"
                and abs(e["sounds"][0]["peak_db"] - -12.0) < 1
                and e["sounds"][0]["track_bytes"] > 0
            )
        )
        assert levels["sounds"][0]["kind"] == "microphone"
        recorder.send("mute")
        recorder.wait_for(
            lambda e: (
                e["type"] == "statistics"
                and e["sounds"][0]["is_muted"]
                and e["sounds"][0]["peak_db"] < -100
            )
        )
        recorder.send("unmute")
        heard = len(recorder.events)
        recorder.wait_for(
            lambda e: (
                e["type"] == "statistics"
                and e in recorder.events[heard:]
                and e["sounds"][0]["peak_db"] > -20
            )
        )
    result = stop(recorder)
    assert any("silent" in warning for warning in result["warnings"])


def test_a_tone_from_both_sources_mixed(
    sound_env: dict[str, str],
    recorder: Recorder,
    tmp_path: Path,
) -> None:
    output = tmp_path / "take.mp4"
    with play_tone(sound_env, "mic_in", hz=440), play_tone(sound_env, "speakers", hz=1000):
        start(recorder, output, mic="mic", system_audio=True, format="mp4")
        elapsed(recorder, 3)
        result = stop(recorder)
    assert result["audio_codecs"] == ["aac"]
    start_s, samples = avsync.read_sound(output)
    # From the first tenth of a second on both are there.
    begin = round((0.1 - start_s) * 48000)
    for at in range(begin, begin + 96_000, 9600):
        spectrum = np.abs(np.fft.rfft(samples[at : at + 4800, 0] * np.hanning(4800)))
        assert spectrum[44] > 50
        assert spectrum[100] > 50


@pytest.mark.parametrize("moment", ["start", "middle"])
def test_a_server_that_stands_still_holds_nothing_up(
    own_sound_desktop: VirtualDesktop, recorder: Recorder, output: Path, moment: str
) -> None:
    sound = own_sound_desktop.sound
    if moment == "start":
        with sound.frozen_server():
            began_s = time.monotonic()
            start(recorder, output, mic="default", system_audio=True)
            recorder.wait_for_frames(1)
            assert time.monotonic() - began_s < 3
            health(recorder, "sound_unavailable", 2)
            time.sleep(1)
        health(recorder, "device_back", 2)
    else:
        start(recorder, output, mic="default", system_audio=True)
        elapsed(recorder, 1)
        with sound.frozen_server():
            health(recorder, "sound_stalled", 2)
            frames = recorder.events[-1].get("frames_captured", 0)
            recorder.wait_for_frames(frames + 30)
        health(recorder, "device_back", 2)
    stopped_s = time.monotonic()
    result = stop(recorder)
    assert time.monotonic() - stopped_s < 3
    assert loud_seconds(output)[0] == pytest.approx(result["duration_s"], abs=0.05)


def test_a_twin_does_not_push_a_microphone_out(
    own_sound_desktop: VirtualDesktop,
    sound_env: dict[str, str],
    recorder: Recorder,
    output: Path,
) -> None:
    start(recorder, output, mic="Virtual microphone")
    with play_tone(sound_env, "mic_in"):
        elapsed(recorder, 1)
        own_sound_desktop.sound.add_microphone("twin", "Virtual microphone")
        time.sleep(1.5)
    result = stop(recorder)
    assert not any("gone" in warning for warning in result["warnings"])
    assert loud_seconds(output)[1] > 2


def test_a_microphone_that_sleeps_is_told(start_take: StartTake, tmp_path: Path) -> None:
    with VirtualDesktop("640x480", sound="pulseaudio") as desktop:
        env = environment(desktop.environment, home=tmp_path)
        recorder = start_take(env)
        start(recorder, tmp_path / "take.webm", mic="default")
        with play_tone(env, "mic_in"):
            elapsed(recorder, 1)
            subprocess.run(["pactl", "suspend-source", "mic", "1"], env=env, check=True)
            asleep_s = time.monotonic()
            health(recorder, "sound_silent")
            assert time.monotonic() - asleep_s < 3.5
        stop(recorder)
