"""Background work and recordings, as the window's panels are told of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from recorder_app.errors import InvalidRequest
from recorder_app.jobs import kinds
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import JobState
from recorder_app.services import catalogue, details, jobs
from recorder_app.services.activity import activity
from recorder_app.services.activity_entries import Unit
from recorder_app.services.library import open_library
from tests.support.jobs import add_recording


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    with contextlib.closing(open_library()) as database:
        yield database


def order(kept_s: int) -> dict[str, object]:
    steps = [("trim", {"bounds": ["0", str(Fraction(kept_s))]})]
    return {"length": "60", "operations": steps, "preset": "web"}


def test_the_version_changes_with_whatever_anybody_does(library: Database) -> None:
    changes = library.watch()
    before = changes.version()
    assert changes.version() == before
    add_recording(library, "/nowhere")
    between = changes.version()
    assert between != before
    with contextlib.closing(Database(library.path)) as other:
        add_recording(other, "/nowhere")
    assert changes.version() != between


def test_jobs_tell_their_recording_and_amount(library: Database) -> None:
    row = add_recording(library, "/nowhere", title="Demo", file_size=5000)
    with library.write() as session:
        recording = session.get_one(Recording, row.id)
        _, upload = kinds.enqueue_upload(session, recording, "work")
        assert upload is not None
        upload.progress = 0.5
        export = kinds.enqueue(session, "export", row.id, order(20))
        export.state, export.error = JobState.FAILED, {"message": "No."}
    listed = activity(library)
    assert listed.counts == {"queued": 1, "failed": 1}
    sent, made = listed.jobs
    assert (sent.title, sent.target, sent.unit, sent.done) == ("Demo", "work", Unit.BYTES, 2500)
    assert (made.target, made.unit, made.amount) == ("web", Unit.SECONDS, 20)
    assert sent.can_pause
    assert not made.can_pause


def test_what_failed_is_told_however_much_ended_since(library: Database) -> None:
    row = add_recording(library, "/nowhere")
    with library.write() as session:
        kinds.enqueue(session, "poster", row.id).state = JobState.FAILED
        session.flush()
        for number in range(20):
            kinds.enqueue(session, "strip", row.id, {"n": number}).state = JobState.DONE
            session.flush()
    assert sum(each.state == "failed" for each in activity(library, limit=5).jobs) == 1


def test_pausing_and_forgetting(library: Database) -> None:
    row = add_recording(library, "/nowhere")
    with library.write() as session:
        recording = session.get_one(Recording, row.id)
        _, job = kinds.enqueue_upload(session, recording, "work")
        assert job is not None
        done = kinds.enqueue(session, "poster", row.id)
        done.state = JobState.DONE
    assert jobs.pause_job(library, job.id).state == "paused"
    assert jobs.retry_job(library, job.id).state == "queued"
    assert jobs.put_job_first(library, job.id).priority > job.priority
    assert jobs.forget_ended(library) == 1
    with library.read() as session:
        assert session.get(Job, done.id) is None


def test_several_recordings_are_changed_alike_or_not_at_all(library: Database) -> None:
    ids = [add_recording(library, f"/nowhere/{n}", title=f"T{n}").id for n in range(3)]
    catalogue.edit(ids[0], catalogue.Changes(tags=("a", "b")))
    catalogue.edit_all(ids, catalogue.Changes(tags=("c",), untags=("a",), project="P"))
    found = details.together(library, ids)
    assert found.tags == {"b": 1, "c": 3}
    assert (found.project, found.is_favourite) == ("P", False)
    with pytest.raises(InvalidRequest):
        catalogue.edit_all([ids[0], "0000000000000000000000none"], catalogue.Changes(project=""))
    assert details.together(library, ids).project == "P"
    names = details.known_names(library)
    assert (names.projects, names.tags) == (["P"], ["a", "b", "c"])


def test_details_are_told_without_file_or_sidecar(library: Database, tmp_path: Path) -> None:
    media = tmp_path / "a.webm"
    media.write_bytes(b"x")
    row = add_recording(library, media, title="Demo", duration_s=9.0)
    changes = catalogue.Changes(platform=" YouTube ", content_type="Talk", recording_type="window")
    catalogue.edit(row.id, changes)
    found = details.details_of(library, row.id)
    assert (found.platform, found.content_type) == ("YouTube", "Talk")
    assert found.recording.recording_type == "window"
    assert found.has_file
    assert found.take is None
    assert found.chapters == []
    assert [line.action for line in found.history] == ["changed", "added"]
    media.unlink()
    assert not details.details_of(library, row.id).has_file
