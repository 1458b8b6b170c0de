"""The recording's file on a real disk, a full one included."""

import errno
import os
import resource
import signal
import threading
from pathlib import Path

import pytest

from recorder_app.errors import DiskFull, OutputExists, OutputNotWritable
from recorder_app.media import outfile
from recorder_app.media.outfile import RecordingFile
from recorder_app.services.recording import choose_output


def test_bytes_become_durable_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = threading.Event()
    real = os.fsync

    def fsync(fd: int) -> None:
        real(fd)
        synced.set()

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(outfile, "SYNC_INTERVAL_S", 0.01)
    file = RecordingFile(tmp_path / "a.bin")
    file.write(b"x" * 100)
    assert synced.wait(5)
    file.close()
    assert file.durable_bytes == file.size_bytes == 100
    assert file.path.stat().st_mode & 0o077 == 0


def test_going_back_takes_durability_back(tmp_path: Path) -> None:
    file = RecordingFile(tmp_path / "a.bin")
    file.write(b"x" * 100)
    file.seek(40)
    assert file.durable_bytes <= 40
    file.write(b"yy")
    assert (file.tell(), file.size_bytes) == (42, 100)
    file.close()
    file.close()
    assert file.path.read_bytes() == b"x" * 40 + b"yy" + b"x" * 58


def test_an_existing_file_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_text("mine")
    with pytest.raises(OutputExists) as raised:
        RecordingFile(tmp_path / "a.bin")
    assert "--overwrite" in raised.value.hint
    assert (tmp_path / "a.bin").read_text() == "mine"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable, match=os.strerror(errno.ENOENT)):
        RecordingFile(tmp_path / "nowhere" / "a.bin")


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    # The kernel's own refusal, as from a quota, without needing a disk of our own.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    file = RecordingFile(tmp_path / "a.bin")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            file.write(b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    with pytest.raises(DiskFull):
        file.close()
    assert file.path.stat().st_size == 1000


def test_discard_leaves_nothing(tmp_path: Path) -> None:
    RecordingFile(tmp_path / "a.bin").discard()
    assert not list(tmp_path.iterdir())


def test_output_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recorder_app.paths.videos_folder", lambda: tmp_path / "Videos")
    first, is_generated = choose_output(None, "webm", "Screen", overwrite=False)
    assert is_generated
    assert first.parent == tmp_path / "Videos"
    assert first.name.startswith("Screen 20")
    in_folder, _ = choose_output(tmp_path, "mp4", "Screen", overwrite=False)
    assert (in_folder.parent, in_folder.suffix) == (tmp_path, ".mp4")
    first.touch()
    again, _ = choose_output(None, "webm", "Screen", overwrite=False)
    assert again != first
    named = choose_output(tmp_path / "a.webm", "webm", "Screen", overwrite=False)
    assert named == (tmp_path / "a.webm", False)


def test_a_folder_that_may_not_be_written_is_refused() -> None:
    # Not even root may make files there, so the test means the same for every user.
    with pytest.raises(OutputNotWritable):
        RecordingFile(choose_output(Path("/proc/take.webm"), "webm", "Screen", overwrite=False)[0])
