"""Posters, strips, waveforms and checksums of real recordings."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from recorder_app import paths
from recorder_app.errors import Cancelled, DiskFull, MediaChanged, UnreadableMedia
from recorder_app.jobs import kinds, previews
from recorder_app.jobs.context import JobContext, Outcome
from recorder_app.jobs.tasks import TASKS
from recorder_app.library import job_list, leases, queue
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.media import digest, stills, waveform
from recorder_app.media.frames import Pixels
from tests.support.command import environment, run
from tests.support.jobs import add_recording
from tests.support.takes import set_fault, virtual


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def work(database: Database, kind: str, recording: Recording, checkpoint: Any = None) -> Outcome:
    """Let the handler of `kind` do its work."""
    with database.write() as session:
        kinds.enqueue(session, kind, recording.id)
        job = queue.claim(session, "me", kinds.LANES, queue.now())
        assert job is not None
    if checkpoint is not None:
        job.checkpoint = checkpoint
    try:
        return TASKS[kind](JobContext(database, job, "me"))
    finally:
        with database.write() as session:
            leases.give_back(session, job.id, "me")
            job_list.request_cancel(session, job_list.get(session, job.id))


def read_picture(path: Path | str) -> Pixels:
    with av.open(str(path)) as picture:
        (frame,) = list(picture.decode(video=0))
        return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_a_poster_shows_the_recording(database: Database, tmp_path: Path, form: str) -> None:
    media = tmp_path / f"take.{form}"
    virtual(media, "pattern@1280x720", profile=form, limit_s=3.0).run()
    outcome = work(database, "poster", add_recording(database, media))
    shown = read_picture(outcome.derived["thumbnail"])
    assert shown.shape == (360, 640, 3)
    assert Path(outcome.derived["thumbnail"]).stat().st_mode & 0o777 == 0o600
    # The pattern's own corner: yellow through green, as bright as the file has it.
    (frame,) = [each for _, each in zip(range(1), _frames(media), strict=False)]
    exact = frame.reformat(640, 360, "rgb24").to_ndarray()
    difference = np.abs(shown[200:].astype(int) - exact[200:].astype(int))
    assert np.median(difference) <= 6


def _frames(media: Path) -> list[av.VideoFrame]:
    with av.open(str(media)) as source:
        return list(source.decode(video=0))


def test_a_poster_is_not_the_black_of_a_beginning(tmp_path: Path) -> None:
    media = tmp_path / "take.mp4"
    with av.open(str(media), "w") as output:
        stream = output.add_stream("libx264", rate=10, options={"g": "10"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        colours = np.indices((180, 320)).sum(axis=0).astype(np.uint8)
        for number in range(100):
            full = np.stack([colours if 60 < number < 75 else colours * 0] * 3, axis=2)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(full, format="rgb24")))
        output.mux(stream.encode(None))
    target = tmp_path / "poster.jpg"
    target.write_bytes(stills.poster(media, 10.0, lambda _: None))
    assert read_picture(target).std() > 40


def test_a_strip_goes_through_the_recording(database: Database, take: Path) -> None:
    outcome = work(database, "strip", add_recording(database, take))
    shown = read_picture(outcome.result["path"])
    assert shown.shape == (90, 1600, 3)
    pictures = np.split(shown.astype(int), 10, axis=1)
    # The barcode is another one in each.
    codes = {(picture[:44, :80].mean(axis=2) > 128).tobytes() for picture in pictures}
    assert len(codes) == 10


def test_a_waveform_has_the_peaks_of_every_track(database: Database, tmp_path: Path) -> None:
    done = run(
        *("record", "--target", "synthetic:pattern@320x180", "--duration", "3"),
        *("--mic", "synthetic:tone", "--no-system-audio", "--output", str(tmp_path / "a.webm")),
        env=environment(home=tmp_path),
    )
    assert done.returncode == 0, done.stderr
    outcome = work(database, "waveform", add_recording(database, tmp_path / "a.webm"))
    (peaks,) = waveform.load(Path(outcome.result["path"]))
    assert len(peaks) == pytest.approx(300, abs=12)
    with av.open(str(tmp_path / "a.webm")) as source:
        loudest = max(np.abs(f.to_ndarray()).max() for f in source.decode(audio=0))
    assert peaks.max() / waveform.FULL == pytest.approx(min(1.0, loudest), abs=0.01)


def test_a_recording_without_sound_has_no_waveform(database: Database, take: Path) -> None:
    outcome = work(database, "waveform", add_recording(database, take))
    assert outcome.result["tracks"] == 0
    assert waveform.load(Path(outcome.result["path"])) == []


def test_a_new_recording_needs_what_it_can_have(database: Database, take: Path) -> None:
    recording = add_recording(database, take)
    with database.write() as session:
        jobs = kinds.enqueue_previews(session, recording)
        assert {job.kind for job in jobs} == {"checksum", "poster", "strip"}
        again = kinds.enqueue_previews(session, recording)
        assert [job.id for job in again] == [job.id for job in jobs]


def test_a_checksum_goes_on_where_it_was(tmp_path: Path) -> None:
    media = tmp_path / "huge"
    media.write_bytes(os.urandom(130 << 20))
    exact = hashlib.sha256(media.read_bytes()).hexdigest()
    states: list[digest.DigestState] = []
    assert digest.sha256(media, None, lambda _: None, states.append) == exact
    assert [state.offset >> 20 for state in states] == [64, 128]
    shares: list[float] = []
    assert digest.sha256(media, states[1], shares.append, states.append) == exact
    assert min(shares) > 128 / 130
    # Another file of the same name is read from its beginning.
    os.utime(media, ns=(1, 1))
    shares.clear()
    assert digest.sha256(media, states[1], shares.append, states.append) == exact
    assert min(shares) < 0.01


def test_a_checksum_of_a_file_that_grows_is_none(tmp_path: Path) -> None:
    media = tmp_path / "growing"
    media.write_bytes(bytes(3 << 20))

    def grow(_: float) -> None:
        with media.open("ab") as file:
            file.write(b"more")
        if media.stat().st_size > (3 << 20) + 40:
            raise Cancelled("Enough.")

    with pytest.raises((MediaChanged, Cancelled)):
        digest.sha256(media, None, grow, lambda _: None)


def test_a_checksum_is_kept_in_the_middle(database: Database, tmp_path: Path) -> None:
    media = tmp_path / "huge"
    media.write_bytes(bytes(65 << 20))
    outcome = work(database, "checksum", add_recording(database, media, duration_s=3.0))
    assert outcome.derived == {"checksum": hashlib.sha256(bytes(65 << 20)).hexdigest()}
    again = work(database, "checksum", add_recording(database, media, duration_s=3.0), {"no": 1})
    assert again.derived == outcome.derived


@pytest.mark.parametrize("kind", ["poster", "strip", "waveform", "checksum"])
def test_a_missing_file_fails_with_its_name(database: Database, kind: str) -> None:
    with pytest.raises(UnreadableMedia, match=r"gone\.webm") as caught:
        work(database, kind, add_recording(database, "/nowhere/gone.webm", duration_s=3.0))
    assert not caught.value.retryable


@pytest.mark.parametrize("kind", ["poster", "strip", "waveform"])
def test_a_broken_file_fails_with_its_name(database: Database, tmp_path: Path, kind: str) -> None:
    media = tmp_path / "broken.webm"
    media.write_bytes(os.urandom(50_000))
    recording = add_recording(database, media, duration_s=3.0)
    with pytest.raises(UnreadableMedia, match=r"broken\.webm"):
        work(database, kind, recording)


def test_a_file_that_ends_early_has_a_poster(
    database: Database, take: Path, tmp_path: Path
) -> None:
    whole = take.read_bytes()
    (tmp_path / "cut.webm").write_bytes(whole[: len(whole) // 2])
    recording = add_recording(database, tmp_path / "cut.webm", duration_s=12.0)
    for kind in ("poster", "strip"):
        assert read_picture(work(database, kind, recording).result["path"]).std() > 20


def test_a_full_disk_leaves_nothing_half_written(
    database: Database, take: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fault(monkeypatch, "jobs.write=enospc")
    with pytest.raises(DiskFull):
        work(database, "poster", add_recording(database, take))
    assert not list(cache.rglob("*.*"))


def test_what_was_made_goes_with_the_recording(database: Database, take: Path) -> None:
    recording = add_recording(database, take)
    made = Path(work(database, "poster", recording).derived["thumbnail"])
    assert made.is_file()
    left = made.with_name(f".{made.name}.99999999")
    left.touch()
    previews._remove_left_behind(made.parent)
    assert not left.exists()
    previews.remove(recording.id)
    assert not made.parent.exists()
