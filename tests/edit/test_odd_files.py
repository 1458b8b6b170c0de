"""Files whose tracks do not begin, end or go on together, and others that few programs make."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from recorder_app.edit.exporting import export
from recorder_app.edit.timeline import Cut, EditList, Range, Trim
from recorder_app.media.avsync import read_sound
from recorder_app.media.probe import length_of, probe

PICTURES = "testsrc=size=160x120:rate=10"


def ffmpeg(path: Path, *words: str) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *words, str(path)], check=True)
    return path


def trimmed(source: Path, start: str, end: str, target: Path, preset: str = "original") -> Path:
    part = Range(Fraction(start), Fraction(end))
    edits = Trim(part).apply(EditList.whole(length_of(source)))
    export(source, edits, target, lambda _: None, preset)
    return target


def loudness(path: Path, start_s: float, end_s: float) -> float:
    began, samples = read_sound(path)
    first, last = round((start_s - began) * 48000), round((end_s - began) * 48000)
    return float(np.abs(samples[max(0, first) : last]).max(initial=0.0))


@pytest.mark.parametrize(("suffix", "codec"), [("webm", "libvpx-vp9"), ("mkv", "libx264")])
@pytest.mark.parametrize("preset", ["original", "share"])
@pytest.mark.parametrize("start", ["0", "0.5", "1.8"])
def test_sound_before_the_first_picture_is_kept(
    tmp_path: Path, suffix: str, codec: str, preset: str, start: str
) -> None:
    source = ffmpeg(
        tmp_path / f"late.{suffix}",
        *("-f", "lavfi", "-i", f"{PICTURES}:duration=4", "-f", "lavfi", "-i", "sine=duration=6"),
        *("-filter_complex", "[0:v]setpts=PTS+2/TB[v]", "-map", "[v]", "-map", "1:a"),
        *("-c:v", codec, "-c:a", "libopus"),
    )
    result = tmp_path / f"result.{'mp4' if preset == 'share' else suffix}"
    trimmed(source, start, "5", result, preset)
    assert loudness(result, 0.02, 0.15) > 0.05


def test_a_hole_in_the_sound_stays_where_it_is(tmp_path: Path) -> None:
    source = ffmpeg(
        tmp_path / "hole.webm",
        *("-f", "lavfi", "-i", f"{PICTURES}:duration=10", "-f", "lavfi", "-i", "sine=duration=2"),
        *("-c:v", "libvpx-vp9", "-g", "200", "-c:a", "libopus"),
    )
    result = trimmed(source, "5", "8", tmp_path / "result.webm")
    assert probe(result).duration_s == pytest.approx(3, abs=0.03)
    assert loudness(result, 0.0, 3.0) < 0.001


def test_sound_round_the_room_is_encoded(tmp_path: Path) -> None:
    source = ffmpeg(
        tmp_path / "room.mkv",
        *("-f", "lavfi", "-i", f"{PICTURES}:duration=4", "-f", "lavfi"),
        *("-i", "aevalsrc=0.3*sin(2000*t)|0|0|0|0|0:c=5.1:d=4", "-c:v", "libx264", "-c:a", "ac3"),
    )
    result = trimmed(source, "1", "2.5", tmp_path / "result.mkv")
    with av.open(result) as media:
        assert media.streams.audio[0].layout.nb_channels == 6


def test_matroska_that_is_called_webm_is_encoded(tmp_path: Path) -> None:
    source = ffmpeg(
        tmp_path / "named.webm",
        *("-f", "lavfi", "-i", f"{PICTURES}:duration=3", "-c:v", "libx264", "-f", "matroska"),
    )
    edits = Trim(Range(Fraction(1), Fraction(2))).apply(EditList.whole(Fraction(3)))
    report = export(source, edits, tmp_path / "result.webm", lambda _: None)
    assert report.reason is not None
    assert probe(tmp_path / "result.webm").video_codec == "vp9"


def test_a_group_longer_than_what_is_removed_is_copied_once(tmp_path: Path) -> None:
    source = ffmpeg(
        tmp_path / "long.mp4",
        *("-f", "lavfi", "-i", f"{PICTURES}:duration=30", "-c:v", "libx264", "-bf", "0"),
        *("-g", "250", "-keyint_min", "250", "-sc_threshold", "0"),
    )
    edits = Cut((Range(Fraction(3), Fraction(15)),)).apply(EditList.whole(Fraction(30)))
    report = export(source, edits, tmp_path / "result.mp4", lambda _: None)
    assert report.reason is None
    assert report.copied + report.encoded == 180
    assert report.copied > 50
