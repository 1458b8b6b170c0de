"""What a recording can be made into, read back by who did not make it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer

from recorder_app.capture import barcode
from recorder_app.edit import exporting
from recorder_app.edit.animation import webp_frames
from recorder_app.edit.checking import check
from recorder_app.edit.estimating import estimate
from recorder_app.edit.exporting import ExportReport, export, extension_for
from recorder_app.edit.presets import load
from recorder_app.edit.timeline import Cut, EditList, Range, Trim
from recorder_app.errors import (
    Cancelled,
    EncoderFailed,
    InvalidRequest,
    OutputExists,
    UnsupportedMedia,
)
from recorder_app.media.geometry import Rect
from recorder_app.media.probe import probe
from recorder_app.media.stills import still
from tests.edit.test_foreign import CASES, check_sound, turned
from tests.support import cuts, foreign
from tests.support.cuts import complaints
from tests.support.players import chromium_plays, qt_plays
from tests.support.recordings import luma, pictures
from tests.support.takes import set_fault

PATTERN = "pattern@640x360"
SECONDS = 8.0


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> cuts.Source:
    path = tmp_path_factory.mktemp("recording") / "take.webm"
    return cuts.record(path, PATTERN, "beep", seconds=SECONDS, fps=30, profile="webm")


@pytest.fixture
def edits(recording: cuts.Source) -> EditList:
    removed = (Range(Fraction("2.21"), Fraction("3.4")), Range(Fraction("5.5"), Fraction("6.02")))
    return EditList.of(recording.length, [Cut(removed)])


def made(
    source: Path, edits: EditList, folder: Path, preset: str, **choices: object
) -> tuple[ExportReport, Path]:
    extension = extension_for(source, preset)
    target = folder / (f"made.{extension}" if extension else "made")
    told: list[float] = []
    report = export(source, edits, target, told.append, preset, **choices)  # type: ignore[arg-type]
    assert told == sorted(told)
    assert not told or 0 <= told[0] <= told[-1] <= 1
    return report, target


@pytest.mark.parametrize("preset", ["share", "archive", "chat"])
def test_a_render_has_each_picture_that_was_asked_for(
    recording: cuts.Source, edits: EditList, tmp_path: Path, preset: str
) -> None:
    report, target = made(recording.path, edits, tmp_path, preset)
    wanted = cuts.expected(recording, edits.kept)
    got = cuts.shots(target, PATTERN)
    assert [shot.number for shot in got] == [shot.number for _, shot, _ in wanted]
    for shot, (at, _, _) in zip(got, wanted, strict=True):
        assert float(shot.time) == pytest.approx(float(at), abs=cuts.TIME_S)
    assert report.encoded == len(wanted)
    assert probe(target).duration_s == pytest.approx(float(edits.kept_length), abs=0.04)
    check_sound(recording.path, edits, target)
    assert complaints(target) == ""


def test_what_is_shared_plays_everywhere(
    recording: cuts.Source, edits: EditList, tmp_path: Path
) -> None:
    _, target = made(recording.path, edits, tmp_path, "share")
    data = target.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(target) as media:
        assert isinstance(media, InputContainer)
        (video,), (sound,) = media.streams.video, media.streams.audio
        assert video.codec_context.codec.canonical_name == "h264"
        assert video.codec_context.pix_fmt == "yuv420p"
        assert video.codec_context.colorspace == 1
        assert sound.codec_context.codec.canonical_name == "aac"


@pytest.mark.timeout(300)
def test_exports_play_to_their_end(recording: cuts.Source, edits: EditList, tmp_path: Path) -> None:
    paths = []
    for preset in ("share", "archive", "chat"):
        (folder := tmp_path / preset).mkdir()
        paths.append(made(recording.path, edits, folder, preset)[1])
    for name in ("b-frames.mp4", "open-gop.mp4", "hevc.mp4"):
        (folder := tmp_path / name.partition(".")[0]).mkdir()
        source = CASES[name](folder / name)
        kept = EditList.of(source.length, [Cut((Range(Fraction("1.5"), Fraction("3.3")),))])
        paths.append(made(source.path, kept, folder, "original")[1])
    assert chromium_plays(paths) == dict.fromkeys(paths, "")
    # Qt's own FFmpeg decodes no AV1.
    known = [path for path in paths if path.suffix != ".webm"]
    assert qt_plays(known) == dict.fromkeys(known, "")


def test_what_is_shared_is_no_larger_than_a_screen(tmp_path: Path) -> None:
    source = foreign.make(
        tmp_path / "large.mkv",
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        rate=Fraction(120),
        seconds=1,
        size=(2880, 1620),
        sounds=0,
    )
    _, target = made(source.path, EditList.whole(source.length), tmp_path, "share")
    found = probe(target)
    assert (found.width, found.height) == (1920, 1080)
    assert sum(1 for _ in pictures(target)) == 60


@pytest.mark.parametrize("limit", [300_000, 120_000, 60_000])
def test_a_chat_gets_what_fits(
    recording: cuts.Source, edits: EditList, tmp_path: Path, limit: int
) -> None:
    _, target = made(recording.path, edits, tmp_path, "chat", limit_bytes=limit)
    assert target.stat().st_size < limit
    assert probe(target).duration_s == pytest.approx(float(edits.kept_length), abs=0.04)
    assert complaints(target) == ""


def test_noise_is_made_smaller_until_it_fits(tmp_path: Path) -> None:
    # Nothing is harder to encode.
    source = tmp_path / "noise.mp4"
    noise = "nullsrc=s=640x360:r=30:d=4,geq=random(1)*255:128:128"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", noise, "-preset", "ultrafast"]
    subprocess.run([*command, str(source)], check=True)
    _, target = made(source, EditList.whole(Fraction(4)), tmp_path, "chat", limit_bytes=20_000)
    assert 8_000 < target.stat().st_size < 20_000
    assert probe(target).height < 360


def test_what_cannot_fit_is_refused(
    recording: cuts.Source, edits: EditList, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match="do not fit"):
        made(recording.path, edits, tmp_path, "chat", limit_bytes=8_000)
    assert list(tmp_path.iterdir()) == []


def test_a_gif_shows_what_was_kept_for_as_long(
    recording: cuts.Source, edits: EditList, tmp_path: Path
) -> None:
    _, target = made(recording.path, edits, tmp_path, "gif")
    shots = list(_numbers(target))
    wanted = {shot.number for _, shot, _ in cuts.expected(recording, edits.kept)}
    numbers = [number or 0 for _, number in shots]
    assert numbers[-1] == numbers[-2]
    assert numbers[:-1] == sorted(set(numbers))
    assert set(numbers) <= wanted
    times = [at_s for at_s, _ in shots]
    # Closer only where parts meet.
    assert sum(gap < 0.05 for gap in np.diff(times[:-1])) <= 2
    assert len(times) == pytest.approx(12.5 * float(edits.kept_length), rel=0.15)
    assert probe(target).duration_s == pytest.approx(float(edits.kept_length), abs=0.03)
    assert target.read_bytes().count(b"NETSCAPE2.0") == 1


def _numbers(path: Path) -> Iterator[tuple[float, int | None]]:
    bar = Rect(0, 0, 320, 176)
    for at_s, frame in pictures(path):
        grey = luma(frame.reformat(format="gray"))
        yield at_s, barcode.decode(grey[bar.y : bar.bottom, bar.x : bar.right])


def test_a_webp_is_as_long_as_what_was_kept(
    recording: cuts.Source, edits: EditList, tmp_path: Path
) -> None:
    report, target = made(recording.path, edits, tmp_path, "webp")
    lengths = [length for _, length in webp_frames(target.read_bytes())]
    assert sum(lengths) == pytest.approx(float(edits.kept_length) * 1000, abs=1)
    assert len(lengths) <= report.encoded <= 20 * float(edits.kept_length) + 3


@pytest.mark.parametrize(("suffix", "extension"), [("webm", "webm"), ("mp4", "m4a")])
def test_sound_alone_is_as_long_as_what_was_kept(
    tmp_path: Path, suffix: str, extension: str
) -> None:
    path = tmp_path / f"take.{suffix}"
    profile = "mp4" if suffix == "mp4" else "webm"
    source = cuts.record(path, "pattern@64x64", "beep", seconds=5, fps=10, profile=profile)
    edits = EditList.of(source.length, [Cut((Range(Fraction("1.25"), Fraction("2.75")),))])
    _, target = made(path, edits, tmp_path, "sound")
    assert target.suffix == f".{extension}"
    found = probe(target)
    assert found.video_codec == ""
    check_sound(path, edits, target)
    assert complaints(target) == ""


def test_stills_are_what_is_shown_at_their_times(
    recording: cuts.Source, edits: EditList, tmp_path: Path
) -> None:
    report, target = made(recording.path, edits, tmp_path, "stills", every_s=1.5)
    names = sorted(path.name for path in target.iterdir())
    assert names[:3] == ["00-00-00.000.png", "00-00-01.500.png", "00-00-03.000.png"]
    assert report.encoded == len(names) == 5
    # 3 s into the result are 4.19 s of the source.
    (_, third), *_ = pictures(target / names[2])
    expected = still(recording.path, 4.19)
    assert np.array_equal(third.to_ndarray(format="rgb24"), expected)


def test_stills_at_chosen_moments(recording: cuts.Source, edits: EditList, tmp_path: Path) -> None:
    _, target = made(recording.path, edits, tmp_path, "stills", at=[Fraction("0.75")])
    assert [path.name for path in target.iterdir()] == ["00-00-00.750.png"]
    with pytest.raises(InvalidRequest, match="not in the result"):
        export(
            recording.path,
            edits,
            tmp_path / "more",
            lambda _: None,
            "stills",
            at=[edits.kept_length],
        )
    assert not (tmp_path / "more").exists()


def test_a_picture_that_lies_is_turned_when_it_is_encoded(tmp_path: Path) -> None:
    lying = turned(CASES["b-frames.mp4"](tmp_path / "b-frames.mp4")).path
    _, target = made(lying, EditList.whole(Fraction(8)), tmp_path, "share")
    with av.open(target) as media:
        assert isinstance(media, InputContainer)
        frame = next(media.decode(video=0))
        assert (frame.width, frame.height, frame.rotation) == (240, 320, 0)
    ours = next(pictures(target))[1].to_ndarray(format="rgb24").astype(int)
    assert abs(ours - still(lying, 0)).mean() < 4


def test_colours_stay(tmp_path: Path) -> None:
    source = tmp_path / "bars.mp4"
    bars = ("-f", "lavfi", "-i", "smptebars=s=320x240:r=10:d=1", "-pix_fmt", "yuv420p")
    subprocess.run(["ffmpeg", "-v", "error", *bars, str(source)], check=True)
    _, target = made(source, EditList.whole(Fraction(1)), tmp_path, "share")
    assert abs(still(target, 0).astype(int) - still(source, 0)).mean() < 2


@pytest.mark.parametrize("container", ["mp4", "mkv", "webm"])
@pytest.mark.parametrize("preset", ["original", "share", "archive"])
def test_chapters_and_subtitles_go_along(tmp_path: Path, container: str, preset: str) -> None:
    source = _with_texts(tmp_path, container)
    # Of the words at 1 s to 3 s, half a second is cut out of the middle.
    edits = EditList.of(Fraction(8), [Cut((Range(Fraction("1.5"), Fraction("2")),))])
    edits = Trim(Range(Fraction("0.5"), Fraction("7"))).apply(edits)
    _, target = made(source, edits, tmp_path, preset)
    (one, three) = _cues(target)
    assert one == ("One & two", pytest.approx(0.5, abs=0.03), pytest.approx(2.0, abs=0.03))
    assert three == ("Three", pytest.approx(5.0, abs=0.03), pytest.approx(6.0, abs=0.03))
    with av.open(target) as media:
        assert isinstance(media, InputContainer)
        chapters = {
            each["metadata"]["title"]: float(each["start"] * (each["time_base"] or 1))
            for each in media.chapters()
        }
    assert chapters["Second"] == pytest.approx(3.0, abs=0.03)
    assert "First" not in chapters


def _with_texts(folder: Path, container: str) -> Path:
    (folder / "words.srt").write_text(
        "1\n00:00:01,000 --> 00:00:03,000\nOne & two\n\n2\n00:00:06,000 --> 00:00:09,000\nThree\n\n"
    )
    (folder / "marks.txt").write_text(
        ";FFMETADATA1\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=200\nEND=4000\ntitle=First\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=8000\ntitle=Second\n"
    )
    plain = CASES["vp8.webm" if container == "webm" else "b-frames.mkv"](folder / "plain.mkv")
    subtitles = {"mp4": "mov_text", "mkv": "srt", "webm": "webvtt"}[container]
    target = folder / f"texts.{container}"
    inputs = (
        "-i",
        str(plain.path),
        "-i",
        str(folder / "words.srt"),
        "-i",
        str(folder / "marks.txt"),
    )
    ways = ("-map", "0", "-map", "1", "-map_metadata", "2", "-c", "copy", "-c:s", subtitles)
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *ways, str(target)], check=True)
    return target


def _cues(path: Path) -> list[tuple[str, object, object]]:
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:s:0", "-f", "srt", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[tuple[str, object, object]] = []
    for block in done.stdout.strip().split("\n\n"):
        _, times, *words = block.splitlines()
        start, end = (
            sum(
                float(part.replace(",", ".")) * 60**power
                for power, part in enumerate(reversed(each.split(":")))
            )
            for each in times.split(" --> ")
        )
        found.append(("\n".join(words), start, end))
    return found


def _seconds(text: str) -> float:
    hours, minutes, seconds = text.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_nothing_is_left_of_an_export_that_was_stopped(
    recording: cuts.Source, edits: EditList, tmp_path: Path
) -> None:
    def stop(done: float) -> None:
        if done > 0.1:
            raise Cancelled("enough")

    for preset in load().presets:
        with pytest.raises(Cancelled):
            export(recording.path, edits, tmp_path / preset, stop, preset)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("preset", ["original", "share", "chat", "gif", "webp", "sound"])
def test_nothing_is_left_on_a_full_disk(
    recording: cuts.Source,
    edits: EditList,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    preset: str,
) -> None:
    set_fault(monkeypatch, "outfile.write=enospc@1")
    with pytest.raises(Exception, match="disk is full"):
        export(recording.path, edits, tmp_path / "made", lambda _: None, preset)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_replaced(
    recording: cuts.Source, edits: EditList, tmp_path: Path
) -> None:
    for preset in load().presets:
        target = tmp_path / preset
        target.write_text("mine")
        with pytest.raises(OutputExists):
            export(recording.path, edits, target, lambda _: None, preset)
        assert target.read_text() == "mine"


def test_a_file_that_is_not_what_was_asked_for_does_not_count(recording: cuts.Source) -> None:
    check(recording.path, recording.length, pictures=1, sounds=1)
    for wrong in (recording.length - Fraction(1, 5), recording.length + Fraction(1, 5)):
        with pytest.raises(EncoderFailed, match="length is wrong"):
            check(recording.path, wrong, pictures=1, sounds=1)
    with pytest.raises(EncoderFailed, match="streams are missing"):
        check(recording.path, recording.length, pictures=1, sounds=2)


def test_an_export_that_fails_its_check_is_removed(
    recording: cuts.Source, edits: EditList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise EncoderFailed("wrong")

    monkeypatch.setattr(exporting, "check", fail)
    for preset in ("original", "share", "chat", "gif", "sound"):
        with pytest.raises(EncoderFailed):
            export(recording.path, edits, tmp_path / "made", lambda _: None, preset)
        assert list(tmp_path.iterdir()) == []


def test_a_preset_that_is_not_known_is_told(recording: cuts.Source, tmp_path: Path) -> None:
    edits = EditList.whole(recording.length)
    with pytest.raises(InvalidRequest, match="share, archive"):
        export(recording.path, edits, tmp_path / "made", lambda _: None, "vhs")


def test_sound_of_a_file_without_any_is_refused(tmp_path: Path) -> None:
    silent = CASES["silent.mp4"](tmp_path / "silent.mp4").path
    with pytest.raises(UnsupportedMedia):
        made(silent, EditList.whole(Fraction(8)), tmp_path, "sound")


@pytest.mark.parametrize("preset", list(load().presets))
def test_the_size_is_told_before(
    recording: cuts.Source, edits: EditList, tmp_path: Path, preset: str
) -> None:
    begun = time.perf_counter()
    told = estimate(recording.path, edits, preset)
    assert time.perf_counter() - begun < 0.5
    _, target = made(recording.path, edits, tmp_path, preset)
    files = target.iterdir() if target.is_dir() else [target]
    size = sum(path.stat().st_size for path in files)
    assert size / 8 < told < size * 8
