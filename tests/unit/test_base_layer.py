"""Settings, profiles, errors and logs."""

import logging
from pathlib import Path

import msgspec
import pytest

from recorder_app import errors, faults, logs
from recorder_app.errors import InvalidSettingError, RecorderError
from recorder_app.media import profiles
from recorder_app.settings import RecordingSettings, help_text, validated


@pytest.mark.parametrize(
    "wrong",
    [{"fps": 0}, {"fps": 121}, {"duration": 0.0}, {"duration": -1.0}, {"delay": -1}, {"delay": 61}],
)
def test_values_out_of_bounds_are_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidSettingError) as raised:
        validated(msgspec.structs.replace(RecordingSettings(), **wrong))
    assert f"--{next(iter(wrong))}" in raised.value.message
    assert "must be" in raised.value.hint


def test_not_a_number_is_no_duration() -> None:
    with pytest.raises(InvalidSettingError):
        validated(RecordingSettings(duration=float("nan")))


def test_defaults_are_what_the_project_promises() -> None:
    settings = validated(RecordingSettings())
    assert (settings.format, settings.fps, settings.cursor) == ("webm", 30, True)
    known = profiles.load()
    vp9 = known.encoders[known.profile(settings.format).video[0]]
    assert vp9.codec == "vp9"
    assert vp9.bit_rate(settings.quality, 1920, 1080) == 2_500_000
    assert vp9.bit_rate(settings.quality, 3840, 2160) == 10_000_000
    assert vp9.bit_rate(settings.quality, 320, 200) == 2_500_000


def test_every_setting_has_a_help_text() -> None:
    assert all(help_text(field) for field in RecordingSettings.__struct_fields__)


def test_every_profile_is_complete() -> None:
    known = profiles.load()
    for profile in known.profiles.values():
        assert profile.container in known.containers
        for name in profile.video:
            assert set(known.encoders[name].quality) == set(profiles.QUALITIES)


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(InvalidSettingError) as raised:
        profiles.load().profile("avi")
    assert "webm, mp4, av1" in raised.value.hint


def test_every_error_has_a_code_and_an_exit_code_of_its_branch() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, RecorderError) and kind is not RecorderError
    ]
    # A refinement that only the program tells apart keeps the code of what it refines.
    codes = [kind.code for kind in kinds if "code" in vars(kind)]
    assert len(set(codes)) == len(codes)
    assert all(kind.exit_code not in (0, 1) for kind in kinds)
    assert errors.TargetLost.exit_code == errors.CaptureError.exit_code


def test_an_error_fills_in_its_details() -> None:
    error = errors.DiskFull("No room in {folder}.", hint="Empty {folder}.", folder="/x")
    assert str(error) == "No room in /x. Empty /x."


def test_the_log_hides_secrets(tmp_path: Path) -> None:
    root = logging.getLogger("recorder_app")
    before = list(root.handlers), root.level, root.propagate
    try:
        assert logs.start(tmp_path / "logs")
        logging.getLogger("recorder_app.test").warning(
            "PUT %s", "https://h/x?X-Amz-Signature=abc123&token=t0p&part=1 password: hunter2"
        )
        text = (tmp_path / "logs" / "recorder-app.log").read_text()
        assert not any(secret in text for secret in ("abc123", "t0p", "hunter2"))
        assert "part=1" in text
        assert (tmp_path / "logs" / "recorder-app.log").stat().st_mode & 0o077 == 0
    finally:
        for handler in root.handlers[len(before[0]) :]:
            root.removeHandler(handler)
            handler.close()
        root.level, root.propagate = before[1:]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    root = logging.getLogger("recorder_app")
    before = list(root.handlers), root.level, root.propagate
    assert not logs.start(tmp_path / "file" / "logs")
    root.handlers, root.level, root.propagate = before


def test_faults_trip_from_the_named_passage_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_faults", faults._parse("a.b=enospc@2,c=sleep:0"))
    faults.check("a.b")
    faults.check("other")
    faults.check("c")
    with pytest.raises(OSError, match="No space"):
        faults.check("a.b")
