"""What is done once a recording is at its destination: webhook, command, and the local file."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recorder_app.jobs import (
    after_upload,
    copies,
    kinds,
)
from recorder_app.jobs.context import JobContext
from recorder_app.library import job_list, leases, uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.library.queue import JobState
from recorder_app.services import sharing
from recorder_app.settings.destinations import AfterUpload, StoredDestination
from tests.share.conftest import MakeFile
from tests.support.bunny import Bunny
from tests.support.faults import Fault
from tests.support.http_server import Handler, Server
from tests.support.jobs import wait_for_state
from tests.support.upload_jobs import LIMIT_S, add, enter, have_arrived, running, until


class Hook(Handler):
    """Takes what is told to a webhook."""

    server: HookServer

    def handle_call(self, fault: Fault | None) -> None:  # noqa: ARG002
        self.server.told.append((self.path, json.loads(self.read_body())))
        self.answer(204)


class HookServer(Server):
    handler = Hook

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, object]]] = []
        super().__init__()


def test_a_webhook_is_called_and_its_address_kept_nowhere(
    database: Database,
    bunny: Bunny,
    make_file: MakeFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(bunny.address, after=AfterUpload(webhook=True))
    with HookServer() as hook:
        address = f"{hook.address}/services/T0/geheimnisvoll"
        monkeypatch.setenv("RECORDER_APP_SECRET_WORK_WEBHOOK", address)
        hook.script.add(Fault("status", "POST", "/services", status=503))
        recording = enter(database, make_file(1000))
        shared = sharing.share(database, recording.id)
        with running(database):
            until(database, lambda entries: entries[0].job_state == "done")
        ((path, told),) = hook.told
    assert path.endswith("/geheimnisvoll")
    assert told["event"] == "uploaded"
    assert told["recording_id"] == recording.id
    assert told["link"] == shared.upload.link
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert not [each for each in files if b"geheimnisvoll" in each.read_bytes()]


def test_what_is_done_then_is_done_once(
    database: Database,
    bunny: Bunny,
    make_file: MakeFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that ends during the command leaves it at that, and sends nothing again."""
    ran = tmp_path / "ran"
    script = tmp_path / "after"
    script.write_text(f"#!/bin/sh\necho ran >> {ran}\n")
    script.chmod(0o755)
    add(bunny.address, after=AfterUpload(webhook=True, command=str(script)))
    run_command = after_upload._run_command
    sent: list[tuple[int, int]] = []

    def run_and_end(context: JobContext, *given: Any) -> None:
        run_command(context, *given)
        if not sent:
            sent.append((len(bunny.of("POST")), len(bunny.of("PATCH"))))
            # As a lease that ran out: somebody else goes on with the job.
            with database.write() as session:
                leases.give_back(session, context.job_id, context.owner)

    monkeypatch.setattr(after_upload, "_run_command", run_and_end)
    with HookServer() as hook:
        monkeypatch.setenv("RECORDER_APP_SECRET_WORK_WEBHOOK", f"{hook.address}/hook")
        upload = sharing.share(database, enter(database, make_file(1000)).id).upload
        with running(database):
            wait_for_state(database, str(upload.job_id), JobState.DONE)
        assert len(hook.told) == 1
    assert ran.read_text() == "ran\n"
    assert len(bunny.tus.uploads()) == 1
    assert (len(bunny.of("POST")), len(bunny.of("PATCH"))) == sent[0]


def test_a_webhook_that_waits_is_called_by_whoever_goes_on(
    database: Database, bunny: Bunny, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(bunny.address, after=AfterUpload(webhook=True))
    with HookServer() as hook:
        monkeypatch.setenv("RECORDER_APP_SECRET_WORK_WEBHOOK", f"{hook.address}/hook")
        hook.script.add(Fault("status", "POST", "/hook", status=503))
        upload = sharing.share(database, enter(database, make_file(1000)).id).upload
        with running(database):
            until(database, lambda _: bool(hook.of("POST")))
        assert hook.told == []
        with running(database):
            wait_for_state(database, str(upload.job_id), JobState.DONE)
        assert len(hook.told) == 1


def test_what_is_taken_back_while_the_rest_is_done_keeps_its_file(
    database: Database,
    bunny: Bunny,
    make_file: MakeFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = tmp_path / "ran"
    after = AfterUpload(webhook=True, command=f"touch {ran}", free_local=True)
    add(bunny.address, after=after)
    path = make_file(1000)
    with HookServer() as hook:
        monkeypatch.setenv("RECORDER_APP_SECRET_WORK_WEBHOOK", f"{hook.address}/hook")
        # Tried again after some seconds, in which it is taken back.
        hook.script.add(*[Fault("status", "POST", "/hook", status=503)] * 20)
        recording = enter(database, path)
        upload = sharing.share(database, recording.id).upload
        with running(database):
            until(database, lambda _: bool(hook.of("POST")))
            sharing.take_back(database, [upload.id])
            wait_for_state(database, str(upload.job_id), JobState.CANCELLED)
            deadline = time.monotonic() + LIMIT_S
            while bunny.videos:
                assert time.monotonic() < deadline
                time.sleep(0.05)
    assert path.is_file()
    assert not ran.exists()


@pytest.fixture
def trash(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were moved to the trash, in place of the desktop's own."""
    found: list[Path] = []

    def put(path: Path) -> None:
        path.unlink()
        found.append(path)

    monkeypatch.setattr("send2trash.send2trash", put)
    monkeypatch.setattr(copies, "_ASK_AFTER_S", (0.1,))
    return found


def followed(database: Database, upload_id: str, state: JobState) -> Job:
    """Return the job that asks until the copy plays, once it is in `state`."""
    with database.read() as session:
        job = uploads.job_of(session, session.get_one(Upload, upload_id), uploads.FOLLOW)
    assert job is not None
    return wait_for_state(database, job.id, state)


def test_what_is_taken_back_at_the_last_moment_keeps_its_file(
    database: Database,
    bunny: Bunny,
    make_file: MakeFile,
    trash: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(bunny.address, after=AfterUpload(free_local=True))
    path = make_file(1000)
    upload = sharing.share(database, enter(database, path).id).upload
    taken_back: list[str] = []
    free_local = after_upload.free_local

    def free(context: JobContext, entry: StoredDestination) -> tuple[bool, list[str]]:
        taken_back.append(context.job_id)
        sharing.take_back(database, [upload.id])
        return free_local(context, entry)

    monkeypatch.setattr(after_upload, "free_local", free)
    with running(database):
        until(database, have_arrived)
        bunny.videos[upload.link.rpartition("/")[2]].status = 4  # type: ignore[union-attr]
        until(database, lambda _: bool(taken_back))
        wait_for_state(database, taken_back[0], JobState.CANCELLED)
    assert trash == []
    assert path.is_file()


@pytest.mark.parametrize("status", [4, 5])
def test_a_file_is_freed_only_when_its_copy_plays(
    database: Database, bunny: Bunny, make_file: MakeFile, trash: list[Path], status: int
) -> None:
    add(bunny.address, after=AfterUpload(free_local=True))
    path = make_file(1000)
    recording = enter(database, path)
    upload = sharing.share(database, recording.id).upload
    with running(database):
        wait_for_state(database, str(upload.job_id), JobState.DONE)
        assert trash == []
        (guid,) = bunny.videos
        bunny.videos[guid].status = status
        followed(database, upload.id, JobState.DONE if status == 4 else JobState.FAILED)
    with database.read() as session:
        is_missing = session.get_one(Recording, recording.id).status == "missing"
    assert (trash, is_missing) == (([path], True) if status == 4 else ([], False))


def test_a_file_is_freed_once_nothing_works_on_it(
    database: Database, bunny: Bunny, make_file: MakeFile, trash: list[Path]
) -> None:
    add(bunny.address, after=AfterUpload(free_local=True))
    path = make_file(1000)
    recording = enter(database, path)
    with database.write() as session:
        waiting = kinds.enqueue(session, "checksum", recording.id)
        waiting.run_after = datetime.now(UTC) + timedelta(hours=1)
    upload = sharing.share(database, recording.id).upload
    with running(database):
        until(database, have_arrived)
        (guid,) = bunny.videos
        bunny.videos[guid].status = 4
        until(database, lambda entries: entries[0].state == "playable")
        asked = len(bunny.of("GET"))
        until(database, lambda _: len(bunny.of("GET")) > asked + 2)
        assert trash == []
        with database.write() as session:
            job_list.request_cancel(session, session.get_one(Job, waiting.id))
        followed(database, upload.id, JobState.DONE)
    assert trash == [path]


@pytest.mark.parametrize("reason", ["changed", "failed elsewhere"])
def test_a_file_that_may_be_needed_is_not_freed(
    database: Database, bunny: Bunny, make_file: MakeFile, trash: list[Path], reason: str
) -> None:
    add(bunny.address, after=AfterUpload(free_local=True))
    path = make_file(1000)
    recording = enter(database, path)
    upload = sharing.share(database, recording.id).upload
    with running(database):
        wait_for_state(database, str(upload.job_id), JobState.DONE)
        if reason == "changed":
            path.write_bytes(b"another one")
        else:
            with database.write() as session:
                row, _ = uploads.begin(session, session.get_one(Recording, recording.id), "other")
                uploads.note_state(session, row, uploads.UploadState.FAILED, "no picture")
        (guid,) = bunny.videos
        bunny.videos[guid].status = 4
        job = followed(database, upload.id, JobState.DONE)
    assert trash == []
    assert path.is_file()
    assert job.result is not None
    (warning,) = job.result["warnings"]
    assert str(path) in warning
