"""Transcripts are brought in, found, carried by sidecars, and go with their recordings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from recorder_app.library import recordings, transcripts
from recorder_app.library.database import Database
from recorder_app.pipeline.journal import LibraryNote, journal_path, write_library_note
from recorder_app.services import notes
from recorder_app.services.importing import import_files
from recorder_app.services.rebuild import rebuild
from tests.support.command import run, run_json
from tests.support.media import make

VTT = "WEBVTT\n\n00:00.100 --> 00:00.500\nQuarterly <b>zeppelin</b>\n\n"
BROKEN = "00:01.x00 --> 00:02.000\nlost\n\n"
SRT = "1\n00:00:00,100 --> 00:00:00,500\nVierteljährlicher Zeppelin\n\n"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "data" / "library.sqlite")
    yield opened
    opened.close()


def languages(database: Database, recording_id: str) -> dict[str, str]:
    with database.read() as session:
        return {row.language: row.text for row in transcripts.of(session, recording_id)}


@pytest.fixture
def take(screenless: dict[str, str], tmp_path: Path) -> str:
    """A recording with a sidecar; its id."""
    target = ("--target", "synthetic:pattern@160x120", "--duration", "0.5")
    (tmp_path / "Videos").mkdir()
    done = run_json("record", *target, "--output", str(tmp_path / "Videos"), env=screenless)
    recording_id: str = done["recording_id"]
    return recording_id


def test_the_commands(screenless: dict[str, str], tmp_path: Path, take: str) -> None:
    vtt, srt = tmp_path / "talk.vtt", tmp_path / "talk.de.srt"
    vtt.write_text(VTT + BROKEN)
    srt.write_text(SRT, encoding="latin-1")
    added = run("transcript", "add", take, str(vtt), "--language", "EN-us", env=screenless)
    assert added.returncode == 0, added.stderr
    assert "transcript en-US added, 1 cues" in added.stdout
    assert "1 broken cues" in added.stderr
    told = run_json("transcript", "add", take, str(srt), env=screenless)
    assert (told["language"], told["cues"], told["skipped"]) == ("de", 1, 0)
    assert run_json("transcript", "add", take, str(srt), env=screenless)["was_replaced"]
    for word in ("zeppelin", "vierteljahrlicher"):
        found = json.loads(run("search", word, "--json", env=screenless).stdout)
        assert [each["id"] for each in found] == [take], word
    several = run("transcript", "show", take, env=screenless)
    assert (several.returncode, "de, en-US" in several.stderr) == (2, True)
    shown = run_json("transcript", "show", take, "--language", "de", env=screenless)
    assert shown["cues"] == [{"start_s": 0.1, "end_s": 0.5, "text": "Vierteljährlicher Zeppelin"}]
    removed = run_json("transcript", "remove", take, "--language", "en-us", env=screenless)
    assert removed["languages"] == ["en-US"]
    assert run("search", "quarterly", "--json", env=screenless).stdout.strip() == "[]"
    lines = run("transcript", "show", take, env=screenless).stdout
    assert lines == "00:00:00.100  Vierteljährlicher Zeppelin\n"
    assert run_json("transcript", "remove", take, env=screenless)["languages"] == ["de"]
    gone = run("transcript", "remove", take, env=screenless)
    assert (gone.returncode, "transcript add" in gone.stderr) == (2, True)


def test_what_is_refused_changes_nothing(
    screenless: dict[str, str], tmp_path: Path, take: str
) -> None:
    file = tmp_path / "a.vtt"
    file.write_text("WEBVTT\n\n")
    refused = run("transcript", "add", take, str(file), "--json", env=screenless)
    assert refused.returncode == 6
    assert "no line with times" in refused.stderr
    file.write_text(VTT)
    for arguments in ([take, str(file), "--language", "klingon!"], ["zzzzzzz", str(file)]):
        assert run("transcript", "add", *arguments, env=screenless).returncode == 2
    assert run("transcript", "show", take, env=screenless).returncode == 2


def test_a_library_made_anew_has_them(
    screenless: dict[str, str], tmp_path: Path, take: str
) -> None:
    file = tmp_path / "talk.en.vtt"
    file.write_text(VTT)
    run_json("transcript", "add", take, str(file), env=screenless)
    # What else is changed leaves them in the sidecar.
    run_json("edit", take, "--title", "Zeppelins", env=screenless)
    before = run_json("transcript", "show", take, env=screenless)
    data = tmp_path / ".local" / "share" / "recorder-app"
    for each in data.glob("library.sqlite*"):
        each.unlink()
    assert run_json("library", "rebuild", env=screenless)["entered"] == 1
    after = run_json("transcript", "show", take, env=screenless)
    assert after | {"created_at": None} == before | {"created_at": None}
    assert after["title"] == "Zeppelins"
    assert json.loads(run("search", "zeppelin", "--json", env=screenless).stdout)[0]["id"] == take


def test_a_recording_that_is_imported_brings_them(
    screenless: dict[str, str], tmp_path: Path, take: str, database: Database
) -> None:
    file = tmp_path / "talk.en.vtt"
    file.write_text(VTT)
    run_json("transcript", "add", take, str(file), env=screenless)
    media = Path(run_json("show", take, env=screenless)["path"])
    (copied,) = import_files(database, [media], copy_to=tmp_path / "copies")
    assert (copied.state, copied.id) == ("imported", take)
    assert languages(database, take) == {"en": "Quarterly zeppelin"}
    # The copy's sidecar has them as well.
    entry = notes.sidecar(Path(copied.entered))
    assert entry is not None
    assert isinstance(entry.library, notes.FullNote)
    assert [each.language for each in entry.library.transcripts] == ["en"]


def test_subtitles_beside_a_file_come_along(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    media = make(folder / "Some talk.mp4")
    contents = {
        "Some talk.vtt": VTT,
        "Some talk.srt": SRT,
        "Some talk.de.srt": SRT,
        "Some talk.pt-br.vtt": "WEBVTT\n\n",
        "Some talker.en.vtt": VTT,
        "alone.srt": SRT,
    }
    for name, content in contents.items():
        (folder / name).write_text(content)
    told = {Path(each.path).name: each for each in import_files(database, [folder])}
    entry = told[media.name]
    assert (entry.state, entry.transcripts) == ("imported", ["", "de"])
    (problem,) = entry.transcript_problems
    assert "Some talk.pt-br.vtt" in problem.message
    # Those that belong to no media are told like everything else that is none.
    assert {name for name, each in told.items() if each.state == "refused"} == {
        "Some talker.en.vtt",
        "alone.srt",
    }
    assert languages(database, entry.id) == {
        "": "Quarterly zeppelin",
        "de": "Vierteljährlicher Zeppelin",
    }
    other = Database(tmp_path / "other" / "library.sqlite")
    (rebuilt,) = rebuild(other, [folder])
    assert set(languages(other, rebuilt.id)) == {"", "de"}
    other.close()


def test_hostile_and_long_sidecars(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.library.test_rebuild import record

    media = tmp_path / "a.webm"
    record(media)
    write_library_note(media, LibraryNote("01hzzzzzzzzzzzzzzzzzzzzzzz", "Title"))
    path = journal_path(media)
    fields = json.loads(path.read_text())
    hostile = [[-1.0, 2.0, "before the beginning"]]
    fields["library"]["transcripts"] = [{"language": "en", "cues": hostile}]
    path.write_text(json.dumps(fields))
    entry = notes.sidecar(media)
    assert entry is not None
    assert entry.library == LibraryNote("01hzzzzzzzzzzzzzzzzzzzzzzz", "Title")
    fields["library"]["transcripts"][0]["cues"] = [[1, 2, "a\0b"]]
    fields["library"]["frames"] = [
        {"id": "../../etc", "at_s": 1, "batch": "", "created_at": "2026-01-01T00:00:00Z"}
    ]
    fields["library"]["annotations"] = [
        {"id": "x", "at_s": 1, "text": "Note", "created_at": "2026-01-01T00:00:00", "frame_id": "y"}
    ]
    path.write_text(json.dumps(fields))
    (told,) = rebuild(database, [tmp_path])
    assert languages(database, told.id) == {"en": "ab"}
    monkeypatch.setattr(notes, "MOST_TRANSCRIPT_BYTES", 10)
    with database.read() as session:
        note = notes.note_of(session, recordings.get(session, told.id))
    assert (note.transcripts, note.frames) == ([], [])
    assert [each.text for each in note.annotations] == ["Note"]
    assert msgspec.json.decode(msgspec.json.encode(note), type=LibraryNote).title == "Title"
