"""Cuts of recordings of this program, judged picture by picture and sample by sample."""

from __future__ import annotations

import itertools
import random
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.container import InputContainer, OutputContainer

from recorder_app.edit.exporting import export
from recorder_app.edit.timeline import Cut, EditList, Range, Trim
from recorder_app.errors import Cancelled, DiskFull
from recorder_app.media.avsync import read_sound
from recorder_app.media.containers import set_chapters
from recorder_app.media.probe import probe
from tests.support import cuts
from tests.support.cuts import Source
from tests.support.recordings import pictures
from tests.support.takes import set_fault

SIZE = "320x180"
# What is recorded, and with which sounds.
SOURCES: dict[str, tuple[str, str, tuple[str, ...], dict[str, Any]]] = {
    "vp9": ("take.webm", f"pattern@{SIZE}", ("noise",), {"profile": "webm"}),
    "h264": ("take.mp4", f"pattern@{SIZE}", ("noise",), {"profile": "mp4"}),
    "av1": ("take.webm", f"pattern@{SIZE}", ("noise",), {"profile": "av1"}),
    "vp9-variable": ("take.webm", f"gaps@{SIZE}", ("noise",), {"profile": "webm"}),
    "h264-variable": ("take.mp4", f"jitter@{SIZE}", (), {"profile": "mp4"}),
    "vp9-tracks": (
        "take.webm",
        f"pattern@{SIZE}",
        ("noise", "noise@44100x1"),
        {"profile": "webm", "separate_tracks": True},
    ),
    "h264-tracks": (
        "take.mp4",
        f"drops@{SIZE}",
        ("noise", "noise@44100x1"),
        {"profile": "mp4", "separate_tracks": True},
    ),
}
LISTS = 4


@pytest.fixture(scope="module", params=SOURCES)
def source(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Source, str]:
    name, picture, sounds, choices = SOURCES[request.param]
    path = tmp_path_factory.mktemp("source") / name
    return cuts.record(path, picture, *sounds, seconds=12, fps=30, **choices), picture


@pytest.mark.parametrize("seed", range(LISTS))
def test_a_cut_is_exact(source: tuple[Source, str], seed: int, tmp_path: Path) -> None:
    recording, picture = source
    edits = cuts.random_edits(recording, random.Random(seed))
    result = tmp_path / f"cut{recording.path.suffix}"
    export(recording.path, edits, result, lambda _: None)
    cuts.check(recording, edits, result, picture)


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
@pytest.mark.parametrize("kept", [[("0", "12")], [("1.7", "9.31")], [("0.5", "4"), ("7", "11.1")]])
def test_chapters_and_titles_go_along(
    tmp_path: Path, suffix: str, kept: list[tuple[str, str]]
) -> None:
    source = recorded(tmp_path, suffix, "noise")
    marks = {"first": 0.0, "middle": 2.5, "cut": 5.5, "end": 8.0}
    with av.open(tmp_path / f"marked.{suffix}", "w") as marked, av.open(source) as first:
        assert isinstance(marked, OutputContainer)
        assert isinstance(first, InputContainer)
        copies = {each.index: marked.add_stream_from_template(each) for each in first.streams}
        for packet in first.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                marked.mux(packet)
        set_chapters(marked, [(at_s, title) for title, at_s in marks.items()], 12.0)
    result = tmp_path / f"result.{suffix}"
    parts = [Range(Fraction(start), Fraction(end)) for start, end in kept]
    export(tmp_path / f"marked.{suffix}", keep(parts), result, lambda _: None)
    with av.open(result) as media:
        found = {
            chapter["metadata"]["title"]: float(chapter["start"] * (chapter["time_base"] or 1))
            for chapter in media.chapters()
        }
    # MP4 needs a chapter at the beginning.
    found.pop("Beginning", None)
    edits = keep(parts)
    wanted = {title: edits.result_time(Fraction(at_s)) for title, at_s in marks.items()}
    assert found == pytest.approx({t: float(at) for t, at in wanted.items() if at is not None})


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
@pytest.mark.parametrize("kept", [[("1.237", "9.31")], [("0.5", "4.003"), ("7.01", "11.1")]])
def test_a_tone_does_not_click(tmp_path: Path, suffix: str, kept: list[tuple[str, str]]) -> None:
    source = recorded(tmp_path, suffix, "tone")
    result = tmp_path / f"result.{suffix}"
    edits = keep([Range(Fraction(start), Fraction(end)) for start, end in kept])
    export(source, edits, result, lambda _: None)
    _, samples = read_sound(result)
    # From its first sample on; a sine of 1 kHz and half of full scale steps by 0.066 at most.
    middle = samples[: round(edits.kept_length * 48000), 0]
    assert np.abs(np.diff(middle)).max() < 0.09
    assert np.abs(middle[:240]).max() > 0.4


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
def test_a_cut_that_is_stopped_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    source = recorded(tmp_path, suffix, "noise")
    shares: list[float] = []

    def proceed(share: float) -> None:
        shares.append(share)
        if share > 0.4:
            raise Cancelled("stopped")

    parts = [Range(Fraction(1), Fraction(5)), Range(Fraction(6), Fraction(11))]
    with pytest.raises(Cancelled):
        export(source, keep(parts), tmp_path / f"result.{suffix}", proceed)
    assert shares == sorted(shares)
    assert not (tmp_path / f"result.{suffix}").exists()
    assert not [thread for thread in threading.enumerate() if thread.name == "cut-sound"]


def test_a_part_within_one_picture_shows_it(tmp_path: Path) -> None:
    source = recorded(tmp_path, "webm", picture="still@64x64")
    result = tmp_path / "result.webm"
    export(source, keep([Range(Fraction("5.01"), Fraction("5.1"))]), result, lambda _: None)
    assert len(list(pictures(result))) == 1
    assert probe(result).duration_s == pytest.approx(0.09, abs=0.002)


def test_a_picture_that_outlasts_what_is_removed_comes_once(tmp_path: Path) -> None:
    source = recorded(tmp_path, "webm", picture="still@64x64")
    times = [at_s for at_s, _ in pictures(source)]
    shown = next((a, b) for a, b in itertools.pairwise(times) if a > 3 and b - a > 0.3)
    begin, end = Fraction(str(round(shown[0] + 0.1, 3))), Fraction(str(round(shown[0] + 0.2, 3)))
    result = tmp_path / "result.webm"
    export(
        source, keep([Range(Fraction(1), begin), Range(end, Fraction(9))]), result, lambda _: None
    )
    kept = [at_s for at_s in times if 1 < at_s < 9]
    # One more is shown at 1 s.
    assert len(list(pictures(result))) == len(kept) + 1


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = recorded(tmp_path, "webm", "noise")
    set_fault(monkeypatch, "outfile.write=enospc@3")
    with pytest.raises(DiskFull):
        export(source, keep([Range(Fraction(1), Fraction(9))]), tmp_path / "r.webm", lambda _: None)
    assert not (tmp_path / "r.webm").exists()


def recorded(folder: Path, suffix: str, *sounds: str, picture: str = "pattern@64x64") -> Path:
    path = folder / f"take.{suffix}"
    cuts.take(path, picture, *sounds, seconds=12, fps=30, profile=suffix)
    return path


def keep(parts: list[Range]) -> EditList:
    edits = Trim(Range(parts[0].start, parts[-1].end)).apply(EditList.whole(Fraction(12)))
    gaps = tuple(Range(a.end, b.start) for a, b in itertools.pairwise(parts))
    return Cut(gaps).apply(edits) if gaps else edits


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
@pytest.mark.parametrize("end", ["7.009", "8.665", "5.5"])
def test_sound_from_the_beginning_is_whole(tmp_path: Path, suffix: str, end: str) -> None:
    # Its first packet is stored before the first picture.
    source = recorded(tmp_path, suffix, "noise")
    result = tmp_path / f"result.{suffix}"
    export(source, keep([Range(Fraction(0), Fraction(end))]), result, lambda _: None)
    start_s, samples = read_sound(result)
    over = len(samples) - round(Fraction(end) * 48000)
    assert start_s == pytest.approx(0.0, abs=0.0005)
    assert abs(over) <= 1 if suffix == "webm" else 0 <= over < 1024
    _, whole = read_sound(source)
    assert abs(cuts.lag(whole[:48000, 0], samples[:48000, 0])) <= 1
