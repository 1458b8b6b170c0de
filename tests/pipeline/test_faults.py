"""What breaks around a recording costs what was not recorded yet, and is said."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from recorder_app import faults
from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.errors import TargetLost
from recorder_app.media import codecs, profiles
from recorder_app.media.clock import SystemClock, VirtualClock
from recorder_app.media.containers import inspect
from recorder_app.pipeline.events import (
    HealthEvent,
    RecordingState,
)
from recorder_app.pipeline.journal import journal_path, read_journal
from tests.support.takes import Take, set_fault, virtual


@pytest.fixture(autouse=True)
def _nothing_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder that worked in this process before would not be tried again."""
    monkeypatch.setattr(codecs, "_worked", {})


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
