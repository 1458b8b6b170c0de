"""Whole recordings of the synthetic source, mostly on a clock that jumps."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from recorder_app import faults
from recorder_app.capture.base import VideoSource
from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.errors import InvalidStateError, TargetLost
from recorder_app.media import profiles
from recorder_app.media.clock import Clock, SystemClock, VirtualClock
from recorder_app.media.containers import inspect
from recorder_app.pipeline.events import (
    Event,
    Finished,
    HealthEvent,
    RecordingResult,
    RecordingState,
    StateChanged,
    Statistics,
)
from recorder_app.pipeline.journal import journal_path, read_journal
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.pipeline.session import RecordingSession
from tests.support.recordings import barcodes, first_seen, pictures

LIMIT_S = 60


class Take:
    """A session with its events."""

    def __init__(self, output: Path, name: str, clock: Clock, **choices: Any) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()
        source = choices.pop("source", None) or SyntheticSource(name, clock)
        self.source: VideoSource = source
        plan: dict[str, Any] = {"profile": "webm", "quality": "medium", "fps": 30} | choices
        self.plan = RecordingPlan(source=source, output=output, **plan)
        self.session = RecordingSession(self.plan, clock=clock, on_event=self._note)

    def _note(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[Event], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(wanted, self.events)), LIMIT_S)

    def wait_for_pictures(self, count: int) -> None:
        self.wait_for(lambda e: isinstance(e, Statistics) and e.frames_encoded >= count)

    def states(self) -> list[str]:
        return [event.state.value for event in self.events if isinstance(event, StateChanged)]

    def health(self) -> list[str]:
        return [event.code for event in self.events if isinstance(event, HealthEvent)]

    def finish(self) -> Finished:
        finished = self.session.wait(LIMIT_S)
        assert finished is not None
        return finished

    def run(self) -> RecordingResult:
        self.session.start()
        finished = self.finish()
        assert finished.error is None, finished.error
        assert finished.result is not None
        return finished.result


def virtual(output: Path, name: str, **choices: Any) -> Take:
    return Take(output, name, VirtualClock(1), **choices)


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
            titles = [chapter["metadata"]["title"] for chapter in source.chapters()]
        assert titles == ["Intro", "Demo"]
        assert [marker.text for marker in read_journal(journal_path(output)).markers] == titles


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


def test_a_lost_target_keeps_what_was_recorded(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    take = virtual(output, "lost@320x180")
    take.session.start()
    finished = take.finish()
    assert finished.error is not None
    assert finished.error.code == "target_lost"
    assert finished.result is not None
    assert finished.result.truncated
    assert inspect(output).duration_s == pytest.approx(2.0, abs=0.1)
    assert "target_lost" in take.health()


def set_fault(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(faults, "_faults", faults._parse(text))


def test_an_encoder_that_does_not_open_falls_to_the_next_rung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fault(monkeypatch, "encoder.open.libvpx-vp9=einval")
    output = tmp_path / "take.webm"
    take = virtual(output, "pattern@320x180", limit_s=1.0)
    result = take.run()
    assert result.video_codec == inspect(output).video_codec == "vp8"
    assert "libvpx-vp9" in result.warnings[0]
    assert take.health() == ["encoder_fallback"]


def test_no_encoder_at_all_is_an_error_that_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = profiles.load().profile("mp4").video
    set_fault(monkeypatch, ",".join(f"encoder.open.{name}=einval" for name in names))
    take = virtual(tmp_path / "take.mp4", "pattern@320x180", profile="mp4")
    take.session.start()
    finished = take.finish()
    assert finished.state is RecordingState.FAILED
    assert finished.error is not None
    assert finished.error.code == "codec_unavailable"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("profile", ["webm", "mp4"])
@pytest.mark.parametrize(
    ("fault", "code"),
    [("encoder.encode=eio@40", "encoder_failed"), ("outfile.write=enospc@8", "disk_full")],
)
def test_a_failure_in_the_middle_keeps_what_was_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str, fault: str, code: str
) -> None:
    set_fault(monkeypatch, fault)
    output = tmp_path / f"take.{profile}"
    take = Take(output, "motion@320x180", SystemClock(), profile=profile, limit_s=30.0)
    take.session.start()
    finished = take.finish()
    assert finished.error is not None
    assert finished.error.code == code
    assert code in take.health()
    assert finished.result is not None
    assert finished.result.truncated
    monkeypatch.setattr(faults, "_faults", {})
    assert inspect(output).video_frames >= 10


def test_a_nearly_full_disk_ends_the_recording_in_time(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    clock = SystemClock()
    take = Take(output, "pattern@320x180", clock, warn_free_bytes=1 << 60)
    take.session.start()
    take.wait_for(lambda e: isinstance(e, HealthEvent) and e.code == "disk_low")
    take.session.stop()
    result = take.finish().result
    assert result is not None
    assert any("almost full" in warning for warning in result.warnings)


def test_a_full_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    take = virtual(tmp_path / "take.webm", "pattern@320x180", stop_free_bytes=1 << 60)
    take.session.start()
    finished = take.finish()
    assert finished.error is not None
    assert finished.error.code == "disk_full"
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_replaced_only_when_told_and_only_at_the_end(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    output.write_text("mine")
    refused = virtual(output, "pattern@320x180", limit_s=0.3)
    refused.session.start()
    error = refused.finish().error
    assert error is not None
    assert error.code == "output_exists"
    assert output.read_text() == "mine"
    take = Take(output, "pattern@320x180", SystemClock(), overwrite=True)
    take.session.start()
    take.wait_for_pictures(5)
    assert output.read_text() == "mine"
    take.session.stop()
    result = take.finish().result
    assert result is not None
    assert result.path == str(output)
    assert inspect(output).video_frames >= 5
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".take.webm.recorder.json",
        "take.webm",
    ]


def test_a_slow_encoder_costs_pictures_not_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fault(monkeypatch, "encoder.encode=sleep:0.15")
    output = tmp_path / "take.webm"
    take = Take(output, "motion@320x180", SystemClock(), limit_s=4.0)
    result = take.run()
    # Slowed down first, then dropped: about six pictures a second can be encoded.
    assert 15 <= inspect(output).video_frames <= 45
    assert result.frames_captured < 80
    assert result.duration_s == pytest.approx(4.0, abs=0.2)


def test_a_source_that_never_delivers_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recorder_app.pipeline.session._FIRST_PICTURE_S", 0.3)

    class Silent(SyntheticSource):
        def run(self, sink: object, stop: threading.Event) -> None:  # noqa: ARG002
            stop.wait()

    clock = SystemClock()
    take = Take(tmp_path / "take.webm", "", clock, source=Silent("pattern@320x180", clock))
    take.session.start()
    error = take.finish().error
    assert error is not None
    assert error.code == "source_unavailable"
    assert not list(tmp_path.iterdir())


def test_a_stuck_disk_is_told_and_ends_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fault(monkeypatch, "outfile.write=sleep:6@3")
    monkeypatch.setattr("recorder_app.pipeline.health._STALL_WARN_NS", 10**9)
    monkeypatch.setattr("recorder_app.pipeline.health._STALL_END_NS", 2 * 10**9)
    monkeypatch.setattr("recorder_app.pipeline.session._DRAIN_STALL_S", 0.5)
    take = Take(tmp_path / "take.webm", "motion@320x180", SystemClock())
    take.session.start()
    finished = take.finish()
    assert finished.error is not None
    assert finished.error.code == "pipeline_stalled"
    assert "track_stalled" in take.health()


def test_a_bug_in_a_stage_is_reported_as_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("recorder_app.media.convert.PlanarCanvas._paste", broken)
    take = Take(tmp_path / "take.webm", "pattern@320x180", SystemClock())
    take.session.start()
    error = take.finish().error
    assert error is not None
    assert error.code == "internal"
    assert "ZeroDivisionError" in caplog.text


def test_numbers_are_seen_at_their_time(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    take = virtual(output, "pattern@320x180", limit_s=2.0)
    take.run()
    assert isinstance(take.source, SyntheticSource)
    seen = first_seen(barcodes(output, take.source.bar))
    assert all(abs(at_s - (number - 1) / 30) < 0.002 for number, at_s in seen.items())


def test_a_name_of_our_own_gives_way_to_one_that_came_meanwhile(tmp_path: Path) -> None:
    output = tmp_path / "Screen.webm"
    take = virtual(
        output, "pattern@320x180", limit_s=0.3, delay_s=1, is_generated=True, overwrite=True
    )
    output.write_text("mine")
    result = take.run()
    assert result.path == str(tmp_path / "Screen (2).webm")
    assert output.read_text() == "mine"


def test_a_take_that_ended_early_replaces_nothing(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    output.write_text("mine")
    take = virtual(output, "lost@320x180", overwrite=True)
    take.session.start()
    result = take.finish().result
    assert result is not None
    assert output.read_text() == "mine"
    assert inspect(Path(result.path)).video_frames > 30
    assert "not replaced" in result.warnings[-1]


def test_a_failed_sync_is_a_failed_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fault(monkeypatch, "outfile.sync=eio@2")
    output = tmp_path / "take.webm"
    take = Take(output, "pattern@320x180", SystemClock())
    take.session.start()
    finished = take.finish()
    assert finished.error is not None
    assert finished.error.code == "output_not_writable"
    assert finished.result is not None
    assert finished.result.truncated


def test_a_folder_that_cannot_be_synced_is_recorded_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import stat

    real = os.fsync

    def fsync(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(22, "Invalid argument")
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    virtual(tmp_path / "take.webm", "pattern@320x180", limit_s=0.5).run()


def test_a_fault_of_our_own_in_the_session_keeps_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    output = tmp_path / "take.webm"
    take = Take(output, "pattern@320x180", SystemClock())
    take.session.start()
    take.wait_for_pictures(10)
    monkeypatch.setattr("recorder_app.pipeline.health.HealthMonitor.look", broken)
    finished = take.finish()
    assert finished.error is not None
    assert finished.error.code == "internal"
    assert finished.result is not None
    assert finished.result.truncated
    assert inspect(output).video_frames >= 10
    assert "ZeroDivisionError" in caplog.text


def test_a_marker_may_hold_any_text(tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    take = Take(output, "pattern@320x180", SystemClock())
    take.session.start()
    take.wait_for_pictures(5)
    take.session.mark("caf\udce9")
    take.session.stop()
    assert take.finish().error is None
    assert read_journal(journal_path(output)).markers[0].text == "caf?"


def test_a_source_that_cannot_be_closed_still_gives_a_result(tmp_path: Path) -> None:
    class Sticky(SyntheticSource):
        def close(self) -> None:
            raise TargetLost("The display went away.")

    clock = VirtualClock(1)
    source = Sticky("pattern@320x180", clock)
    Take(tmp_path / "take.webm", "", clock, source=source, limit_s=0.3).run()
