"""Whole recordings with synthetic sound on a clock that jumps: hours pass in seconds."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from recorder_app.capture.base import SoundSink
from recorder_app.capture.synthetic_sound import SyntheticSound
from recorder_app.media import avsync
from recorder_app.media.clock import SystemClock, VirtualClock
from recorder_app.media.containers import inspect
from recorder_app.media.sound import AudioBlock, AudioGap
from recorder_app.pipeline.events import RecordingResult
from recorder_app.pipeline.plan import Need, SoundPlan
from tests.support.takes import Take, set_fault

# Half a second after a beep, so that none falls on the edge of the file.
START_NS = 500_000_000


def record(
    output: Path, *names: str, seconds: float, picture: str = "still@64x64", **choices: Any
) -> RecordingResult:
    """Record synthetic sounds; the first is the microphone, the second the system's."""
    clock = VirtualClock(START_NS, parties=1 + len(names))
    kinds = ("microphone", "system")
    sounds = tuple(
        SoundPlan(SyntheticSound(name, clock), kind, Need.REQUIRED)
        for name, kind in zip(names, kinds, strict=False)
    )
    choices = {"fps": 10, "profile": _profile(output)} | choices
    take = Take(output, picture, clock, limit_s=seconds, sounds=sounds, **choices)
    return take.run()


def _profile(output: Path) -> str:
    return "mp4" if output.suffix == ".mp4" else "webm"


def errors_ms(path: Path, track: int = 0) -> list[float]:
    """Return how late each beep of the file is, in milliseconds."""
    return [(at_s - round(at_s - 0.5) - 0.5) * 1000 for at_s in avsync.beeps(path, track)]


def sound_length_s(path: Path, track: int = 0) -> float:
    start_s, samples = avsync.read_sound(path, track)
    return start_s + len(samples) / 48000


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000])
def test_every_rate_is_in_step(tmp_path: Path, rate: int) -> None:
    output = tmp_path / "take.webm"
    record(output, f"beep@{rate}x1", seconds=8)
    errors = errors_ms(output)
    assert len(errors) == 8
    assert max(map(abs, errors)) < 3
    assert sound_length_s(output) == pytest.approx(8, abs=0.02)


@pytest.mark.parametrize("channels", range(1, 9))
def test_every_number_of_channels_is_in_step(tmp_path: Path, channels: int) -> None:
    output = tmp_path / "take.mp4"
    record(output, f"beep@48000x{channels}", seconds=6)
    errors = errors_ms(output)
    assert len(errors) == 6
    assert max(map(abs, errors)) < 3
    with av.open(output) as file:
        assert file.streams.audio[0].layout.nb_channels == min(2, channels)


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
@pytest.mark.parametrize("fault", ["fast", "slow", "jitter", "drops", "gaps", "unplugged"])
def test_whatever_a_device_does_it_stays_in_step(tmp_path: Path, fault: str, suffix: str) -> None:
    output = tmp_path / f"take.{suffix}"
    result = record(output, f"beep-{fault}@44100x2", seconds=30)
    errors = errors_ms(output)
    # Gaps take beeps away, but never move one.
    assert len(errors) >= {"gaps": 22, "unplugged": 20, "drops": 28}.get(fault, 30)
    assert abs(float(np.median(errors))) < 3
    assert max(map(abs, errors)) < 5 or fault == "drops"
    assert abs(errors[-1]) < 5
    assert sound_length_s(output) == pytest.approx(result.duration_s, abs=0.1)
    (sound,) = result.sounds
    assert (sound.gaps > 0) == (fault in ("gaps", "unplugged"))
    assert (sound.frames_lost > 0) == (fault == "drops")


@pytest.mark.parametrize("fault", ["fast", "slow"])
def test_a_clock_that_is_off_by_a_thousandth_does_not_add_up(tmp_path: Path, fault: str) -> None:
    # Ten minutes, over half a second if nothing were done; ``make bench-drift`` takes the hour.
    output = tmp_path / "take.webm"
    result = record(output, f"beep-{fault}@48000x1", seconds=600, fps=2)
    errors = errors_ms(output)
    assert len(errors) == 600
    assert abs(errors[-1]) < 5
    assert max(map(abs, errors)) < 5
    assert sound_length_s(output) == pytest.approx(600, abs=0.03)
    assert result.sounds[0].drift_ppm == pytest.approx({"fast": -1000, "slow": 1000}[fault], abs=5)


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
@pytest.mark.parametrize("separate", [False, True])
def test_a_tone_is_there_from_the_start_and_without_clicks(
    tmp_path: Path, suffix: str, separate: bool
) -> None:
    output = tmp_path / f"take.{suffix}"
    result = record(output, "tone", "silence", seconds=5, separate_tracks=separate)
    assert len(result.audio_codecs) == (2 if separate else 1)
    start_s, samples = avsync.read_sound(output)
    wave = samples[:, 0]
    first = round((0.1 - start_s) * 48000)
    # In every tenth of a second from the first on: as loud as it was, at 1 kHz.
    for begin in range(first, len(wave) - 9600, 4800):
        piece = wave[begin : begin + 4800]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(4800)))
        assert abs(int(np.argmax(spectrum)) * 10 - 1000) <= 10
        assert float(np.sqrt((piece**2).mean())) == pytest.approx(0.354, rel=0.1)
    allowed = 0.5 * 2 * np.pi * 1000 / 48000
    assert float(np.abs(np.diff(wave[first:])).max()) < allowed * 1.15
    if separate:
        _, quiet = avsync.read_sound(output, 1)
        assert float(np.abs(quiet).max()) < 0.001


@pytest.mark.parametrize("fault", ["gaps", "unplugged", "fast"])
def test_no_fault_clicks(tmp_path: Path, fault: str) -> None:
    output = tmp_path / "take.webm"
    record(output, f"tone-{fault}", seconds=12)
    wave = avsync.read_sound(output)[1][:, 0]
    allowed = 0.5 * 2 * np.pi * 1000 / 48000
    assert float(np.abs(np.diff(wave)).max()) < allowed * 1.15


def test_tracks_that_are_separate_hold_what_is_theirs(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    result = record(output, "beep", "tone", seconds=6, separate_tracks=True)
    assert [sound.kind for sound in result.sounds] == ["microphone", "system"]
    assert len(errors_ms(output, 0)) == 6
    assert len(avsync.beeps(output, 1)) == 1
    with av.open(output) as file:
        titles = [stream.metadata.get("title") for stream in file.streams.audio]
    assert titles == ["Microphone", "System sound"]


def test_a_mixed_track_holds_both(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    record(output, "beep@44100x1", "tone-slow", seconds=6)
    _, samples = avsync.read_sound(output)
    wave = np.abs(samples[:, 0])
    # The tone alone between beeps; with a beep both add up, to a little below full scale.
    assert float(wave[10_000:20_000].max()) == pytest.approx(0.5, abs=0.05)
    assert 0.8 < float(wave.max()) <= 1.05


def test_sound_that_is_too_loud_is_told_as_distorted(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    clock = SystemClock()
    sounds = (SoundPlan(SyntheticSound("loud", clock), "microphone"),)
    result = Take(output, "still@64x64", clock, limit_s=2.0, sounds=sounds).run()
    assert any("too loud" in warning for warning in result.warnings)
    assert float(np.abs(avsync.read_sound(output)[1]).max()) <= 1.05


def test_the_offset_moves_the_sound(tmp_path: Path) -> None:
    for offset in (-120.0, 250.0):
        output = tmp_path / f"take{offset}.webm"
        record(output, "beep", seconds=6, sound_offset_ms=offset)
        assert float(np.median(errors_ms(output))) == pytest.approx(offset, abs=3)
        assert sound_length_s(output) == pytest.approx(6, abs=0.03)


def test_taking_noise_out_moves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    clock = VirtualClock(START_NS, parties=2)
    sounds = (SoundPlan(SyntheticSound("beep@48000x1", clock), "microphone", denoise=True),)
    Take(output, "still@64x64", clock, fps=10, limit_s=8.0, sounds=sounds).run()
    errors = errors_ms(output)
    assert len(errors) == 8
    assert max(map(abs, errors)) < 5
    assert sound_length_s(output) == pytest.approx(8, abs=0.02)


@pytest.mark.parametrize("offset", [-500.0, 1500.0])
def test_the_offset_makes_nothing_longer_on_a_real_clock(tmp_path: Path, offset: float) -> None:
    output = tmp_path / "take.webm"
    clock = SystemClock()
    sounds = (SoundPlan(SyntheticSound("tone", clock), "microphone"),)
    take = Take(output, "still@64x64", clock, limit_s=2.0, sounds=sounds, sound_offset_ms=offset)
    result = take.run()
    assert result.warnings == []
    assert sound_length_s(output) == pytest.approx(result.duration_s, abs=0.05)


@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize("suffix", ["webm", "mp4"])
def test_a_sound_encoder_that_fails_costs_its_own_track_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, separate: bool
) -> None:
    set_fault(monkeypatch, "encoder.sound=eio@20")
    output = tmp_path / f"take.{suffix}"
    clock = SystemClock()
    names = ("microphone", "system")
    sounds = tuple(SoundPlan(SyntheticSound("tone", clock), kind) for kind in names)
    take = Take(
        output,
        "pattern@64x64",
        clock,
        profile=_profile(output),
        limit_s=4.0,
        sounds=sounds,
        separate_tracks=separate,
    )
    result = take.run()
    assert result.duration_s == pytest.approx(4, abs=0.1)
    assert not result.truncated
    # Told once for each track, and nothing is blamed on the devices.
    assert len(result.warnings) == (2 if separate else 1)
    assert all("sound encoder" in warning for warning in result.warnings)
    assert all("The picture goes on" in warning for warning in result.warnings)


def test_sound_that_came_too_late_is_told(tmp_path: Path) -> None:
    class Stuck(SyntheticSound):
        """Keeps what it has for two seconds, once, and then hands it over with its true stamps."""

        def run(self, sink: SoundSink, stop: threading.Event) -> None:
            kept: list[AudioBlock] = []
            begun_ns = clock.now_ns()

            class Late:
                def push_block(self, block: AudioBlock) -> None:
                    kept.append(block)
                    at_s = (clock.now_ns() - begun_ns) / 1e9
                    if not 1 < at_s < 3:
                        for each in kept:
                            sink.push_block(each)
                        kept.clear()

                def push_gap(self, gap: AudioGap) -> None:
                    sink.push_gap(gap)

            super().run(Late(), stop)

    output = tmp_path / "take.webm"
    clock = SystemClock()
    sounds = (SoundPlan(Stuck("tone", clock), "microphone"),)
    result = Take(output, "still@64x64", clock, limit_s=4.5, sounds=sounds).run()
    assert result.sounds[0].frames_lost > 10_000
    assert any("was lost" in warning for warning in result.warnings)


def test_sound_is_as_the_profile_says(tmp_path: Path) -> None:
    for suffix, codec in (("webm", "opus"), ("mp4", "aac")):
        output = tmp_path / f"take.{suffix}"
        result = record(output, "tone", seconds=10, picture="pattern@64x64")
        assert result.audio_codecs == [codec]
        info = inspect(output)
        assert info.audio_codecs == (codec,)
        with av.open(output) as file:
            stream = file.streams.audio[0]
            assert stream.rate == 48000
            size = sum(packet.size for packet in file.demux(stream))
        assert 30_000 < size * 8 / 10 < 160_000


def test_what_one_device_lacks_does_not_hold_up_the_picture(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    # On the real clock: how long a track waits is a matter of real time.
    clock = SystemClock()
    sounds = (SoundPlan(SyntheticSound("tone-unplugged", clock), "microphone"),)
    Take(output, "pattern@64x64", clock, limit_s=9.0, sounds=sounds).run()
    with av.open(output) as file:
        last: dict[int, Fraction] = {}
        for packet in file.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            last[packet.stream_index] = packet.pts * packet.time_base
            # In the order of the file no track is ever far ahead of the other.
            assert len(last) < 2 or abs(last[0] - last[1]) < 1.1
