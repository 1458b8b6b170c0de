"""Drift corrector, gap filler, limiter, resampler, channels and denoiser, on plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.media.denoise import Denoiser
from recorder_app.media.resample import SincReader
from recorder_app.media.sound import SILENCE_DB, Level, Samples, amplitude, decibels, to_channels
from recorder_app.pipeline.drift import DriftCorrector
from recorder_app.pipeline.gap_filler import FADE_FRAMES, GapFiller
from recorder_app.pipeline.mixer import PeakLimiter, mix


def tone(count: int, hz: float = 1000, rate: float = 48000, level: float = 0.5) -> Samples:
    wave = level * np.sin(2 * np.pi * hz * np.arange(count) / rate)
    samples: Samples = wave.astype(np.float32)[:, np.newaxis]
    return samples


# Drift corrector.


@pytest.mark.parametrize("drift", [0.001, -0.001])
def test_a_steady_drift_is_corrected_without_a_rest(drift: float) -> None:
    corrector = DriftCorrector()
    error_s, worst_s = 0.0, 0.0
    for _ in range(60 * 50):
        error_s += (drift - corrector.update(error_s, 0.02)) * 0.02
        worst_s = max(worst_s, abs(error_s))
    assert abs(error_s) < 0.0001
    assert worst_s < 0.003
    assert corrector.correction == pytest.approx(drift, rel=0.02)


def test_a_step_is_worked_off_without_overshoot_to_speak_of() -> None:
    corrector = DriftCorrector()
    error_s, least_s = 0.03, 0.03
    for _ in range(120 * 50):
        error_s -= corrector.update(error_s, 0.02) * 0.02
        least_s = min(least_s, error_s)
    assert abs(error_s) < 0.001
    assert least_s > -0.01


def test_the_rate_never_changes_by_more_than_half_a_percent() -> None:
    corrector = DriftCorrector()
    assert all(abs(corrector.update(1.0, 0.02)) <= 0.005 for _ in range(1000))


# Gap filler.


def test_what_is_missing_is_silence_and_edges_fade() -> None:
    filler = GapFiller(1)
    filler.begin(1000)
    filler.add(np.ones((2000, 1), np.float32))
    filler.finish()
    sound = filler.take(4000)[:, 0]
    assert len(sound) == 4000
    assert not sound[:1000].any()
    assert not sound[3000:].any()
    assert np.all(sound[1000 + FADE_FRAMES : 3000 - FADE_FRAMES] == 1)
    assert np.abs(np.diff(sound)).max() < 0.01


def test_an_open_piece_holds_back_its_end_only() -> None:
    filler = GapFiller(1)
    filler.begin(0)
    filler.add(np.ones((1000, 1), np.float32))
    assert filler.end == 1000 - FADE_FRAMES
    filler.add(np.ones((1000, 1), np.float32))
    sound = filler.take(filler.end)[:, 0]
    assert np.all(sound[FADE_FRAMES:] == 1)


def test_a_piece_that_was_overtaken_ends() -> None:
    filler = GapFiller(1)
    filler.begin(0)
    filler.add(np.ones((1000, 1), np.float32))
    assert len(filler.take(3000)) == 3000
    assert not filler.is_open
    filler.begin(3000)
    assert filler.next == 3000


@given(
    pieces=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 900)), max_size=6),
    takes=st.lists(st.integers(1, 1500), min_size=1, max_size=8),
)
def test_every_place_is_given_out_once(pieces: list[tuple[int, int]], takes: list[int]) -> None:
    filler = GapFiller(1)
    got = 0
    for (skip, count), more in zip(pieces, takes, strict=False):
        filler.begin(max(filler.next, filler.start) + skip)
        filler.add(np.full((count, 1), 0.5, np.float32))
        got += more
        assert len(filler.take(filler.start + more)) == more
        assert filler.start == got
    assert filler.end >= filler.start


# Limiter.


def test_quiet_sound_passes_untouched() -> None:
    limiter = PeakLimiter(1)
    sound = tone(10_000)
    parts = [limiter.push(part) for part in np.array_split(sound, 37)]
    assert np.array_equal(np.concatenate([*parts, limiter.flush()]), sound)


def test_two_loud_sounds_do_not_clip_nor_click() -> None:
    limiter = PeakLimiter(1)
    loud = mix([tone(48_000, level=0.9), tone(48_000, hz=700, level=0.9)], [1, 1])
    loud[:20_000] *= 0.3
    parts = [limiter.push(part) for part in np.array_split(loud, 91)]
    limited = np.concatenate([*parts, limiter.flush()])
    assert len(limited) == len(loud)
    assert np.abs(limited).max() <= 1.0
    assert np.abs(np.diff(limited[:, 0])).max() <= np.abs(np.diff(loud[:, 0])).max()
    # Unshifted: it is still the same wave, only smaller.
    assert np.corrcoef(limited[:, 0], loud[:, 0])[0, 1] > 0.95


# Resampler.


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000, 96000, 192000])
def test_a_tone_stays_a_tone_at_any_rate(rate: int) -> None:
    reader = SincReader(rate, 1)
    reader.push(tone(rate, rate=rate))
    positions = np.arange(0, reader.readable_end - 1, rate / 48000 * 1.0003)
    read = reader.read(positions)[:, 0]
    truth = 0.5 * np.sin(2 * np.pi * 1000 * positions / rate)
    assert np.abs(read - truth)[200:].max() < 0.0005


def test_reading_in_pieces_is_reading_at_once() -> None:
    sound = np.random.default_rng(1).normal(size=(9000, 2)).astype(np.float32)
    whole = SincReader(48000, 2)
    whole.push(sound)
    positions = np.arange(0, 8900, 1.0007)
    expected = whole.read(positions)
    pieces = SincReader(48000, 2)
    got = []
    for start in range(0, 9000, 700):
        pieces.push(sound[start : start + 700])
        ready, positions = np.split(positions, [np.searchsorted(positions, pieces.readable_end)])
        got.append(pieces.read(ready))
    assert np.allclose(np.concatenate(got), expected[: sum(map(len, got))], atol=1e-6)


def test_what_would_fold_over_is_taken_out() -> None:
    reader = SincReader(192000, 1)
    reader.push(tone(192000, hz=40_000, rate=192000))
    read = reader.read(np.arange(0, 190_000, 4.0))
    assert np.abs(read[200:]).max() < 0.001


# Channels, levels, denoiser.


@pytest.mark.parametrize("have", range(1, 9))
@pytest.mark.parametrize("wanted", [1, 2])
def test_any_number_of_channels_becomes_one_or_two_without_clipping(have: int, wanted: int) -> None:
    sound = np.ones((100, have), np.float32)
    mixed = to_channels(sound, wanted)
    assert mixed.shape == (100, wanted)
    assert np.abs(mixed).max() <= 1.0 + 1e-6
    assert mixed.max() > 0.3


def test_front_channels_stay_on_their_side() -> None:
    sound = np.zeros((10, 6), np.float32)
    sound[:, 0] = 1
    left, right = to_channels(sound, 2).T
    assert left.max() > 0.3
    assert not right.any()


def test_levels_are_in_decibels_of_full_scale() -> None:
    level = Level.of(tone(48_000, level=0.5))
    assert level.peak_db == pytest.approx(-6.02, abs=0.05)
    assert level.rms_db == pytest.approx(-9.03, abs=0.05)
    assert Level.of(np.zeros((100, 2), np.float32)).peak_db == SILENCE_DB
    assert decibels(amplitude(-17.0)) == pytest.approx(-17.0)


def test_noise_is_taken_out_and_nothing_moves() -> None:
    noise = np.random.default_rng(1).normal(scale=0.004, size=(96_000, 1)).astype(np.float32)
    noise[60_000] += 0.9
    denoiser = Denoiser(1)
    parts = [denoiser.push(part) for part in np.array_split(noise, 91)]
    clean = np.concatenate([*parts, denoiser.flush()])
    assert len(clean) == len(noise)
    assert int(np.argmax(np.abs(clean))) == 60_000
    assert clean[30_000:50_000].std() < 0.3 * noise[30_000:50_000].std()
