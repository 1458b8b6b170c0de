"""Files of other programs: cut right, or refused with a reason."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.container import InputContainer

from recorder_app.edit.exporting import ExportReport, export, extension_for
from recorder_app.edit.timeline import Cut, EditList, Range, Trim
from recorder_app.errors import UnreadableMedia, UnsupportedMedia
from recorder_app.media.probe import probe
from recorder_app.media.sound import SAMPLE_RATE
from tests.support import foreign
from tests.support.cuts import complaints, lag, placed_sound
from tests.support.foreign import Made

# Two places, inside groups of pictures: the parts begin and end anywhere.
REMOVED = (
    Range(Fraction(0), Fraction("1.3")),
    Range(Fraction("3.11"), Fraction("5.5")),
)
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
ROUNDING = Fraction(1, 1000)
MOST_LAG = 96


def cut(made: Made, length: Fraction | None = None) -> tuple[ExportReport, EditList, Path]:
    edits = EditList.of(length or made.length, [Cut(REMOVED)])
    target = made.path.with_name(f"cut.{extension_for(made.path)}")
    return export(made.path, edits, target, lambda _: None), edits, target


def check_pictures(made: Made, edits: EditList, target: Path) -> None:
    """Each picture that was shown in a kept part is there, in order, once, at its time."""
    shots = foreign.seen(made.path)
    times = [each.time - origin(made.path) for each in shots]
    wanted: list[tuple[int | None, float]] = []
    at = Fraction(0)
    ends = [*times[1:], edits.length + 1]
    for part in edits.kept:
        for shot, time, end in zip(shots, times, ends, strict=True):
            if min(end, part.end) - max(time, part.start) > ROUNDING:
                wanted.append((shot.number, float(at + max(Fraction(0), time - part.start))))
        at += part.length
    seen = foreign.seen(target)
    assert [each.number for each in seen] == [number for number, _ in wanted]
    assert [float(each.time) for each in seen] == pytest.approx(
        [at_s for _, at_s in wanted], abs=0.0021
    )
    assert None not in [number for number, _ in wanted]


def origin(path: Path) -> Fraction:
    """Return the time of the beginning; the clock of a transport stream has any value there."""
    with av.open(path) as media:
        assert isinstance(media, InputContainer)
        return Fraction(media.start_time if path.suffix == ".ts" else 0, 1_000_000)


def check_sound(made: Path, edits: EditList, target: Path, track: int = 0) -> None:
    """The sound of each part is there, to within 2 ms of what the source has."""
    source, result = placed_sound(made, track), placed_sound(target, track)
    source = source[round(origin(made) * SAMPLE_RATE) :]
    at = Fraction(0)
    for part in edits.kept:
        first, there = round(part.start * SAMPLE_RATE), round(at * SAMPLE_RATE)
        count = round(part.length * SAMPLE_RATE)
        one, other = source[first : first + count], result[there : there + count]
        assert abs(lag(one, other)) <= MOST_LAG
        at += part.length
    assert len(result) / SAMPLE_RATE == pytest.approx(float(at), abs=0.03)


def check(made: Made, sounds: int = 1) -> ExportReport:
    report, edits, target = cut(made)
    check_pictures(made, edits, target)
    for track in range(sounds):
        check_sound(made.path, edits, target, track)
    with av.open(target) as media:
        assert len(media.streams.audio) == sounds
        assert isinstance(media, InputContainer)
        assert media.duration is not None
        assert media.duration / 1e6 == pytest.approx(float(edits.kept_length), abs=0.06)
    assert complaints(target) == ""
    return report


B_FRAMES = (*X264, "-bf", "3", "-g", "30", "-c:a", "aac")
CASES: dict[str, Callable[[Path], Made]] = {
    "plain.mp4": lambda path: foreign.make(path, *X264, "-bf", "0", "-g", "30", "-c:a", "aac"),
    "b-frames.mp4": lambda path: foreign.make(path, *B_FRAMES),
    "b-frames.mkv": lambda path: foreign.make(path, *B_FRAMES),
    "b-frames.mov": lambda path: foreign.make(path, *B_FRAMES),
    "b-pyramid.mp4": lambda path: foreign.make(
        path, *X264, "-x264-params", "bframes=8:b-pyramid=normal:keyint=60", "-c:a", "aac"
    ),
    "open-gop.mp4": lambda path: foreign.make(
        path, *X264, "-x264-params", "open-gop=1:keyint=30:bframes=3", "-c:a", "aac"
    ),
    "open-gop.mkv": lambda path: foreign.make(
        path, *X264, "-x264-params", "open-gop=1:keyint=30:bframes=3", "-c:a", "libopus"
    ),
    "one-group.mp4": lambda path: foreign.make(path, *X264, "-g", "999", "-c:a", "aac"),
    "ntsc.mp4": lambda path: foreign.make(path, *B_FRAMES, rate=Fraction(30000, 1001)),
    "ntsc.mkv": lambda path: foreign.make(path, *B_FRAMES, rate=Fraction(30000, 1001)),
    "fast.mp4": lambda path: foreign.make(path, *B_FRAMES, rate=Fraction(60)),
    "hevc.mp4": lambda path: foreign.make(
        path, "-c:v", "libx265", "-x265-params", "log-level=error", "-c:a", "aac"
    ),
    "hevc.mkv": lambda path: foreign.make(
        path, "-c:v", "libx265", "-x265-params", "log-level=error:keyint=30", "-c:a", "libopus"
    ),
    "odd.webm": lambda path: foreign.make(
        path, "-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-g", "30",
        "-pix_fmt", "yuv420p", "-c:a", "libopus", size=(321, 243),
    ),
    "odd.mp4": lambda path: foreign.make(
        path, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv444p", "-g", "30",
        "-c:a", "aac", size=(321, 243),
    ),
    "alt-ref.webm": lambda path: foreign.make(
        path, "-c:v", "libvpx-vp9", "-cpu-used", "5", "-g", "60", "-b:v", "300k",
        "-pix_fmt", "yuv420p", "-auto-alt-ref", "1", "-lag-in-frames", "25", "-c:a", "libopus",
    ),
    "vp8.webm": lambda path: foreign.make(
        path, "-c:v", "libvpx", "-cpu-used", "8", "-deadline", "realtime", "-g", "30",
        "-b:v", "1M", "-pix_fmt", "yuv420p", "-c:a", "libvorbis",
    ),
    "av1.mp4": lambda path: foreign.make(
        path, "-c:v", "libsvtav1", "-preset", "10", "-g", "30", "-pix_fmt", "yuv420p",
        "-c:a", "aac",
    ),
    "silent.mp4": lambda path: foreign.make(path, *B_FRAMES, sounds=0),
    "two.mkv": lambda path: foreign.make(path, *B_FRAMES, sounds=2),
    "two.mp4": lambda path: foreign.make(path, *B_FRAMES, sounds=2),
    "stream.ts": lambda path: foreign.make(path, *B_FRAMES),
    "old.avi": lambda path: foreign.make(
        path, "-c:v", "mpeg4", "-q:v", "3", "-g", "30", "-pix_fmt", "yuv420p", "-c:a", "mp3"
    ),
    "deep.mp4": lambda path: foreign.make(
        path, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p10le", "-g", "30",
        "-c:a", "aac",
    ),
    "full-range.mp4": lambda path: foreign.make(
        path, "-vf", "scale=out_range=full", *X264, "-color_range", "pc", "-g", "30", "-c:a", "aac"
    ),
    "pcm.mov": lambda path: foreign.make(path, *X264, "-bf", "2", "-g", "30", "-c:a", "pcm_s16le"),
}  # fmt: skip
SOUNDS = {"silent.mp4": 0, "two.mkv": 2, "two.mp4": 2}
# Encoded as a whole, for the reason that is told.
RENDERED = {
    "hevc.mp4": "HEVC",
    "hevc.mkv": "HEVC",
    "stream.ts": "TS",
    "old.avi": "AVI",
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_cut_to_the_picture(tmp_path: Path, name: str) -> None:
    report = check(CASES[name](tmp_path / name), SOUNDS.get(name, 1))
    if name in RENDERED:
        assert isinstance(report.reason, UnsupportedMedia)
        assert RENDERED[name] in str(report.reason)
        assert report.copied == 0


@pytest.mark.parametrize("name", ["open-gop.mp4", "open-gop.mkv", "one-group.mp4"])
def test_groups_that_begin_far_before_the_cut_are_found(tmp_path: Path, name: str) -> None:
    made = CASES[name](tmp_path / name)
    # The index leads to a picture at 3 s or 4 s, which those after it do not begin with.
    edits = Trim(Range(Fraction("5.7"), Fraction("7.2"))).apply(EditList.whole(made.length))
    target = tmp_path / f"late{made.path.suffix}"
    export(made.path, edits, target, lambda _: None)
    check_pictures(made, edits, target)
    check_sound(made.path, edits, target)
    assert complaints(target) == ""


def test_a_file_that_lies_on_its_side_stays_as_it_is_seen(tmp_path: Path) -> None:
    made = turned(CASES["b-frames.mp4"](tmp_path / "b-frames.mp4"))
    report, edits, target = cut(made)
    assert report.copied
    check_pictures(made, edits, target)
    assert complaints(target) == ""
    assert rotation(target) == rotation(made.path) != 0


def turned(made: Made) -> Made:
    path = made.path.with_name("turned.mp4")
    copied = ("ffmpeg", "-v", "error", "-i", str(made.path), "-c", "copy")
    subprocess.run([*copied, "-metadata:s:v:0", "rotate=90", str(path)], check=True)
    return dataclasses.replace(made, path=path)


def rotation(path: Path) -> int:
    with av.open(path) as media:
        assert isinstance(media, InputContainer)
        return next(media.decode(video=0)).rotation


def test_a_file_that_ends_early_gives_what_is_there(tmp_path: Path) -> None:
    whole = CASES["b-frames.mkv"](tmp_path / "whole.mkv")
    data = whole.path.read_bytes()
    part = tmp_path / "part.mkv"
    part.write_bytes(data[: len(data) * 85 // 100])
    found = probe(part)
    video = next(track for track in found.tracks if track.kind == "video")
    made = Made(part, whole.rate, video.packets)
    length = Fraction(str(found.duration_s))
    _, edits, target = cut(made, length)
    check_sound(part, edits, target)
    assert complaints(target) == ""
    numbers = [each.number or 0 for each in foreign.seen(target)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 60


def test_a_file_without_an_index_is_refused(tmp_path: Path) -> None:
    whole = CASES["b-frames.mp4"](tmp_path / "whole.mp4")
    part = tmp_path / "part.mp4"
    part.write_bytes(whole.path.read_bytes()[:20_000])
    with pytest.raises(UnreadableMedia):
        export(part, EditList.whole(Fraction(8)), tmp_path / "cut.mp4", lambda _: None)
    assert not (tmp_path / "cut.mp4").exists()


@pytest.mark.parametrize("name", ["b-frames.mp4", "b-frames.mkv", "alt-ref.webm", "hevc.mkv"])
def test_a_damaged_file_gives_what_is_whole(tmp_path: Path, name: str) -> None:
    made = CASES[name](tmp_path / name)
    data = bytearray(made.path.read_bytes())
    # In what is kept, behind the first cut.
    for at in range(len(data) * 30 // 100, len(data) * 33 // 100, 97):
        data[at] ^= 0xFF
    made.path.write_bytes(data)
    _, edits, target = cut(made)
    numbers = [each.number for each in foreign.seen(target) if each.number is not None]
    # A decoder shows the picture before in place of one that is lost.
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 60
    with av.open(target) as media:
        assert media.duration is not None
        assert media.duration / 1e6 == pytest.approx(float(edits.kept_length), abs=0.1)


@pytest.mark.parametrize("name", ["talk.m4a", "talk.mp3", "talk.ogg", "talk.wav", "talk.flac"])
def test_sound_alone_is_cut_too(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    beeps = "aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)':s=44100:d=8"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", beeps, path], check=True)
    edits = EditList.of(Fraction(8), [Cut(REMOVED)])
    target = tmp_path / f"cut.{extension_for(path)}"
    export(path, edits, target, lambda _: None)
    check_sound(path, edits, target)
    assert complaints(target) == ""


def test_the_picture_on_a_cover_is_no_video(tmp_path: Path) -> None:
    cover = tmp_path / "cover.png"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1", cover],
        check=True,
    )
    song = tmp_path / "song.m4a"
    beeps = "aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)':s=44100:d=8"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", beeps, "-i", cover, "-map", "0", "-map", "1",
         "-c:a", "aac", "-c:v", "png", "-disposition:v", "attached_pic", song],
        check=True,
    )  # fmt: skip
    edits = EditList.of(Fraction(8), [Cut(REMOVED)])
    assert extension_for(song) == "m4a"
    export(song, edits, tmp_path / "cut.m4a", lambda _: None)
    check_sound(song, edits, tmp_path / "cut.m4a")
    with pytest.raises(UnsupportedMedia):
        export(song, edits, tmp_path / "cut.mp4", lambda _: None, "share")
