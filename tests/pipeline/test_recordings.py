"""Whole recordings of the synthetic source, mostly on a clock that jumps."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import av
import msgspec
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.errors import InvalidStateError
from recorder_app.media import profiles
from recorder_app.media.clock import SystemClock
from recorder_app.media.containers import inspect
from recorder_app.pipeline.events import (
    RecordingState,
    StateChanged,
)
from recorder_app.pipeline.journal import journal_path, read_journal
from tests.support.recordings import barcodes, first_seen, pictures
from tests.support.takes import Take, virtual


@pytest.mark.parametrize(
    ("profile", "extension", "codec"),
    [("webm", "webm", "vp9"), ("mp4", "mp4", "h264"), ("av1", "webm", "av1")],
)
def test_every_picture_is_in_the_file_in_order(
    tmp_path: Path, profile: str, extension: str, codec: str
) -> None:
    output = tmp_path / f"take.{extension}"
    take = virtual(output, "pattern", profile=profile, limit_s=4.0)
    result = take.run()
    assert isinstance(take.source, SyntheticSource)
    seen = [sighting.number for sighting in barcodes(output, take.source.bar)]
    assert seen == list(range(1, 121))
    info = inspect(output)
    decoder = {"av1": "av1"}.get(codec, codec)
    assert (result.video_codec, info.video_codec) == (codec, decoder)
    assert (result.width, result.height) == (info.width, info.height) == (1280, 720)
    assert result.duration_s == pytest.approx(4.0, abs=0.02)
    assert info.duration_s == pytest.approx(4.0, abs=0.04)
    assert (result.frames_captured, result.frames_dropped) == (120, 0)
    assert result.size_bytes == output.stat().st_size
    assert take.states() == ["preparing", "recording", "stopping", "finished"]


@pytest.mark.parametrize("profile", ["webm", "mp4", "av1"])
def test_colours_are_tagged(tmp_path: Path, profile: str) -> None:
    output = tmp_path / ("take.mp4" if profile == "mp4" else "take.webm")
    virtual(output, "pattern@320x180", profile=profile, limit_s=0.3).run()
    with av.open(output) as source:
        context = source.streams.video[0].codec_context
        tags = context.colorspace, context.color_primaries, context.color_trc, context.color_range
    assert tags == (Colorspace.ITU709, ColorPrimaries.BT709, ColorTrc.BT709, ColorRange.MPEG)


@pytest.mark.parametrize("name", ["jitter", "drops", "gaps", "motion"])
@pytest.mark.parametrize("profile", ["webm", "mp4"])
def test_an_unsteady_source_gives_a_steady_file(tmp_path: Path, name: str, profile: str) -> None:
    output = tmp_path / f"take.{profile}"
    result = virtual(output, f"{name}@320x180", profile=profile, limit_s=5.0).run()
    times = [at_s for at_s, _ in pictures(output)]
    assert times == sorted(set(times))
    assert times[0] == 0.0
    assert inspect(output).duration_s == pytest.approx(5.0, abs=0.05)
    assert result.duration_s == pytest.approx(5.0, abs=0.05)


@pytest.mark.parametrize("profile", ["webm", "mp4"])
def test_a_still_screen_costs_heartbeats_only(tmp_path: Path, profile: str) -> None:
    output = tmp_path / f"take.{profile}"
    result = virtual(output, "still@320x180", profile=profile, limit_s=6.0).run()
    times = [at_s for at_s, _ in pictures(output)]
    assert len(times) <= 20
    assert max(b - a for a, b in itertools.pairwise(times)) <= 0.5
    assert result.frames_captured == 1
    assert result.frames_unchanged > 100


@pytest.mark.parametrize("profile", ["webm", "mp4", "av1"])
@pytest.mark.parametrize("name", ["pattern", "still"])
def test_keyframes_are_at_most_two_seconds_apart(tmp_path: Path, profile: str, name: str) -> None:
    output = tmp_path / ("take.mp4" if profile == "mp4" else "take.webm")
    virtual(output, f"{name}@320x180", profile=profile, limit_s=7.0).run()
    keys = [at_s for at_s, frame in pictures(output) if frame.key_frame]
    gaps = [b - a for a, b in zip(keys, [*keys[1:], 7.0], strict=True)]
    assert max(gaps) <= 2.0
    assert len(keys) < 8


@pytest.mark.parametrize("quality", profiles.QUALITIES)
@pytest.mark.parametrize("profile", ["webm", "mp4", "av1"])
def test_every_quality_opens(tmp_path: Path, profile: str, quality: str) -> None:
    output = tmp_path / ("take.mp4" if profile == "mp4" else "take.webm")
    result = virtual(output, "pattern@320x180", profile=profile, quality=quality, limit_s=0.5).run()
    assert result.warnings == []


def test_a_profile_may_ask_for_a_constant_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = profiles.load()
    constant = msgspec.structs.replace(known.profile("mp4"), constant_frame_rate=True)
    changed = msgspec.structs.replace(known, profiles={"mp4": constant})
    monkeypatch.setattr(profiles, "load", lambda: changed)
    output = tmp_path / "take.mp4"
    virtual(output, "gaps@320x180", profile="mp4", limit_s=5.0).run()
    times = [at_s for at_s, _ in pictures(output)]
    assert len(times) in (149, 150)
    assert max(b - a for a, b in itertools.pairwise(times)) < 0.034


def test_pause_and_resume_leave_no_jump(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    take = Take(output, "pattern@320x180", SystemClock())
    take.session.start()
    for count in (10, 40):
        take.wait_for_pictures(count)
        take.session.pause()
        assert take.session.state is RecordingState.PAUSED
        with pytest.raises(InvalidStateError):
            take.session.pause()
        # Long enough that a pause left in the file would stand out.
        threading.Event().wait(0.7)
        take.session.resume()
    take.wait_for_pictures(60)
    take.session.stop()
    result = take.finish().result
    assert result is not None
    times = [at_s for at_s, _ in pictures(output)]
    assert max(b - a for a, b in itertools.pairwise(times)) < 0.3
    assert inspect(output).duration_s == pytest.approx(result.duration_s, abs=0.05)
    sidecar = read_journal(journal_path(output))
    assert [round(length, 1) >= 0.7 for _, length in sidecar.pauses] == [True, True]


def test_cancel_leaves_nothing_behind(tmp_path: Path) -> None:
    take = Take(tmp_path / "take.webm", "pattern@320x180", SystemClock())
    take.session.start()
    take.wait_for_pictures(5)
    take.session.cancel()
    finished = take.finish()
    assert (finished.state, finished.result) == (RecordingState.CANCELLED, None)
    assert not list(tmp_path.iterdir())


def test_cancel_during_the_countdown_leaves_nothing_behind(tmp_path: Path) -> None:
    take = Take(tmp_path / "take.webm", "pattern@320x180", SystemClock(), delay_s=30)
    take.session.start()
    take.wait_for(lambda e: isinstance(e, StateChanged) and e.seconds_left == 30)
    take.session.stop()
    assert take.finish().state is RecordingState.CANCELLED
    assert not list(tmp_path.iterdir())


def test_a_countdown_runs_before_the_first_picture(tmp_path: Path) -> None:
    take = virtual(tmp_path / "take.webm", "pattern@320x180", delay_s=2, limit_s=0.2)
    take.run()
    assert take.states()[:4] == ["preparing", "countdown", "countdown", "recording"]


def test_commands_in_the_wrong_state_are_refused(tmp_path: Path) -> None:
    take = virtual(tmp_path / "take.webm", "pattern@320x180", limit_s=0.2)
    for command in (take.session.pause, take.session.stop, take.session.cancel):
        with pytest.raises(InvalidStateError):
            command()
    take.run()
    with pytest.raises(InvalidStateError):
        take.session.start()
    for command in (take.session.resume, take.session.stop, take.session.mark):
        with pytest.raises(InvalidStateError):
            command()


def test_a_stop_before_the_start_is_not_forgotten(tmp_path: Path) -> None:
    take = Take(tmp_path / "take.webm", "pattern@320x180", SystemClock())
    asked = take.session.request("stop")
    take.session.start()
    assert take.finish().state is RecordingState.CANCELLED
    assert asked.exception(0) is None
    assert not list(tmp_path.iterdir())


def test_markers_become_chapters_and_are_in_the_sidecar(tmp_path: Path) -> None:
    for profile in ("webm", "mp4"):
        output = tmp_path / f"take.{profile}"
        take = Take(output, "pattern@320x180", SystemClock(), profile=profile)
        take.session.start()
        take.wait_for_pictures(5)
        take.session.mark("Intro")
        take.wait_for_pictures(30)
        take.session.mark("Demo")
        take.session.stop()
        assert take.finish().result is not None
        with av.open(output) as source:
            chapters = [
                (each["metadata"]["title"], float(each["start"] * (each["time_base"] or 1)))
                for each in source.chapters()
            ]
        markers = read_journal(journal_path(output)).markers
        assert [marker.text for marker in markers] == ["Intro", "Demo"]
        wanted = [(marker.text, pytest.approx(marker.at_s, abs=0.001)) for marker in markers]
        # MP4 would have the first one begin at 0 otherwise.
        assert chapters == ([("Beginning", 0.0)] if profile == "mp4" else []) + wanted


def test_the_journal_tells_an_unfinished_recording_from_a_finished_one(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    take = Take(output, "pattern@320x180", SystemClock())
    take.session.start()
    take.wait_for_pictures(5)
    running = read_journal(journal_path(output))
    assert running.state is RecordingState.RECORDING
    assert running.owner.is_alive
    assert running.tracks[0].encoder == "libvpx-vp9"
    take.session.stop()
    result = take.finish().result
    finished = read_journal(journal_path(output))
    assert (finished.state, finished.result) == (RecordingState.FINISHED, result)
    assert journal_path(output).stat().st_mode & 0o077 == 0


def test_numbers_are_seen_at_their_time(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    take = virtual(output, "pattern@320x180", limit_s=2.0)
    take.run()
    assert isinstance(take.source, SyntheticSource)
    seen = first_seen(barcodes(output, take.source.bar))
    assert all(abs(at_s - (number - 1) / 30) < 0.002 for number, at_s in seen.items())
