"""Files that exist are entered; what is none is refused, and the rest goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recorder_app.library import recordings
from recorder_app.library.database import Database
from recorder_app.media.digest import checksum
from recorder_app.media.probe import probe
from recorder_app.services.importing import ImportEntry, import_files
from recorder_app.services.missing import refresh_missing
from tests.support.command import run, run_json
from tests.support.media import SUFFIXES, make

HOSTILE = [
    "“quotes” 'and' \"more\".webm",
    "'; DROP TABLE recordings; --.webm",
    "🎬 emoji 👩‍👩‍👧.webm",
    "שלום \u202etxt.webm",
    "..%2F..%2Fetc.webm",
    "-rf.webm",
    "concat:a|b.webm",
    "file:etc.webm",
    "new\nline\x1b[31mred.webm",
    "e\u0301 and é.webm",
    " space .webm",
    "%s %d {0}.webm",
    "con.webm",
    "x" * 230 + ".webm",
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "data" / "library.sqlite")
    yield opened
    opened.close()


def imported(database: Database, *paths: Path, copy_to: Path | None = None) -> list[ImportEntry]:
    return list(import_files(database, paths, copy_to=copy_to))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_is_described(database: Database, tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path / f"Some name{suffix}")
    os.utime(path, (1_500_000_000, 1_500_000_000))
    (entry,) = imported(database, path)
    assert entry.error is None
    with database.read() as session:
        row = recordings.get(session, entry.id)
    assert (row.title, row.path, row.status) == ("Some name", str(path), "imported")
    assert row.created_at == datetime.fromtimestamp(1_500_000_000, UTC)
    assert row.duration_s == pytest.approx(1, abs=0.1)
    assert row.file_size == path.stat().st_size
    assert row.checksum == checksum(path)
    has_picture = suffix in (".webm", ".mp4", ".mkv", ".mov", ".gif")
    assert (row.width, row.height) == ((160, 120) if has_picture else (0, 0))
    assert bool(row.video_codec) == has_picture
    assert len(row.audio_codecs) == (suffix != ".gif")
    assert row.container == {".m4a": "mp4"}.get(suffix, suffix[1:])
    assert "/" in row.mime_type
    assert row.mime_type != "application/octet-stream"


def test_a_folder_is_imported_and_what_is_no_media_is_refused(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    good = [make(folder / "a.webm"), make(folder / "deep" / "er" / "b.mp4", "-t", "0.7")]
    (folder / "empty.webm").touch()
    (folder / "text.mp4").write_text("This is no video. " * 100)
    (folder / "random.mkv").write_bytes(os.urandom(50_000))
    (folder / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    (folder / "concat.txt").write_text("ffconcat version 1.0\nfile a.webm\n")
    cut = make(folder / "cut.mp4", "-t", "0.5")
    cut.write_bytes(cut.read_bytes()[:500])
    (folder / ".a.webm.recorder.json").write_text("{}")
    os.mkfifo(folder / "pipe.webm")
    (folder / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "nowhere.webm").symlink_to(folder / "gone")
    entries = imported(database, folder, tmp_path / "missing.webm")
    told = {Path(entry.path).name: entry for entry in entries}
    assert [each.path for each in entries if each.state == "imported"] == list(map(str, good))
    refused = {name for name, entry in told.items() if entry.state == "refused"}
    assert refused == {
        *("empty.webm", "text.mp4", "random.mkv", "list.m3u8", "concat.txt", "cut.mp4"),
        *("pipe.webm", "nowhere.webm", "missing.webm"),
    }
    for name in refused:
        error = told[name].error
        assert error is not None
        assert error.code == "unreadable_media"
        assert name in error.message


def test_nothing_is_entered_twice(database: Database, tmp_path: Path) -> None:
    path = make(tmp_path / "a.webm")
    twin = shutil.copy(path, tmp_path / "twin.webm")
    first, second = imported(database, path, Path(twin))
    assert (first.state, second.state, second.id) == ("imported", "known", first.id)
    assert [each.state for each in imported(database, path)] == ["known"]
    with database.write() as session:
        recordings.delete(session, recordings.get(session, first.id))
    (again,) = imported(database, Path(twin))
    assert (again.state, again.is_in_trash) == ("known", True)


def test_a_recording_without_a_checksum_is_known_as_well(
    database: Database, tmp_path: Path
) -> None:
    path = make(tmp_path / "a.webm")
    (first,) = imported(database, path)
    with database.write() as session:
        recordings.get(session, first.id).checksum = None
    (second,) = imported(database, Path(shutil.copy(path, tmp_path / "b.webm")))
    assert (second.state, second.id) == ("known", first.id)


def test_a_missing_file_is_found_by_importing_it(database: Database, tmp_path: Path) -> None:
    path = make(tmp_path / "a.webm")
    (first,) = imported(database, path)
    moved = path.rename(tmp_path / "moved.webm.old")
    assert len(refresh_missing(database).missing) == 1
    (found,) = imported(database, moved)
    assert (found.state, found.id, found.entered) == ("found", first.id, str(moved))
    with database.read() as session:
        assert recordings.get(session, first.id).status == "imported"


def test_a_copy_gets_a_free_name_and_keeps_its_time(database: Database, tmp_path: Path) -> None:
    videos = tmp_path / "Videos"
    paths = [make(tmp_path / name / "a.webm", "-t", t) for name, t in (("1", "0.5"), ("2", "0.7"))]
    os.utime(paths[0], (1_500_000_000, 1_500_000_000))
    entries = imported(database, *paths, copy_to=videos)
    assert [Path(each.entered).name for each in entries] == ["a.webm", "a (2).webm"]
    for path, entry in zip(paths, entries, strict=True):
        assert Path(entry.entered).read_bytes() == path.read_bytes()
    assert Path(entries[0].entered).stat().st_mtime == 1_500_000_000
    (again,) = imported(database, paths[1], copy_to=videos)
    assert again.state == "known"
    assert len(list(videos.iterdir())) == 2


def test_hostile_names_are_stored_as_they_are(database: Database, tmp_path: Path) -> None:
    folder, videos = tmp_path / "in", tmp_path / "Videos"
    paths = [
        make(folder / f"{number}.webm", "-t", f"{0.2 + number / 10:.1f}")
        for number in range(len(HOSTILE))
    ]
    paths = [path.rename(path.with_name(name)) for path, name in zip(paths, HOSTILE, strict=True)]
    entries = imported(database, *paths)
    assert [entry.error for entry in entries] == [None] * len(HOSTILE)
    with database.read() as session:
        for path, entry in zip(paths, entries, strict=True):
            row = recordings.get(session, entry.id)
            assert (row.path, row.title) == (str(path), path.stem)
    others = [Path(shutil.copy(path, tmp_path)) for path in paths]
    for path in others:
        # Other content, so that it is not known.
        with path.open("ab") as stream:
            stream.write(b"\0")
    copied = imported(database, *others, copy_to=videos)
    assert [entry.error for entry in copied] == [None] * len(HOSTILE)
    assert {Path(entry.entered).parent for entry in copied} == {videos}


def test_a_name_that_is_no_unicode_is_refused_or_copied(database: Database, tmp_path: Path) -> None:
    path = make(tmp_path / "a.webm")
    odd = path.rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.webm"))
    (refused,) = imported(database, odd)
    assert refused.error is not None
    assert "--copy" in refused.error.hint
    (copied,) = imported(database, odd, copy_to=tmp_path / "Videos")
    assert Path(copied.entered).name == "caf\ufffd.webm"


def test_the_command(screenless: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    make(folder / "good \x1b[31m.webm")
    (folder / "bad.webm").write_text("nothing")
    done = run("import", str(folder), env=screenless)
    assert done.returncode == 6
    assert "good \\x1b[31m" in done.stdout
    assert "bad.webm" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    told = run_json("import", str(folder / "good \x1b[31m.webm"), "--copy", env=screenless)
    assert (told["known"], told["files"][0]["state"]) == (1, "known")


def test_waiting_makes_the_previews_at_once(screenless: dict[str, str], tmp_path: Path) -> None:
    paths = [make(tmp_path / "in" / "a.webm"), make(tmp_path / "in" / "b.mp3")]
    alone = run_json("import", str(paths[0]), env=screenless)
    assert "jobs" not in alone
    assert {job["state"] for job in run_json("jobs", env=screenless)["jobs"]} == {"queued"}
    told = run_json("import", str(paths[1]), "--wait", env=screenless)
    assert {(job["kind"], job["state"]) for job in told["jobs"]} == {
        ("waveform", "done"),
        ("checksum", "done"),
    }
    assert {job["id"] for job in told["jobs"]} == set(told["files"][0]["jobs"])
    again = run("import", str(paths[1]), "--wait", env=screenless)
    assert (again.returncode, "jobs done" in again.stderr) == (0, False)
    other = make(tmp_path / "in" / "c.webm", "-t", "0.5")
    assert "4 of 4 jobs done" in run("import", str(other), "--wait", env=screenless).stderr


def test_a_length_is_what_is_there_not_what_the_header_says(tmp_path: Path) -> None:
    path = make(tmp_path / "a.webm")
    whole = probe(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0 < probe(path).duration_s < whole.duration_s * 0.9
