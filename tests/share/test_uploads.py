"""Uploads as the app makes them: in this process, several at once."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from recorder_app.edit.exporting import ExportReport
from recorder_app.jobs import (
    after_upload,
    copies,
    credentials,
    exports,
    kinds,
    opening,
    pace,
    renditions,
    shares,
)
from recorder_app.jobs.context import JobContext
from recorder_app.library import job_list, leases, queue, uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.library.queue import JobState
from recorder_app.services import destinations, jobs, sharing
from recorder_app.services import uploads as services
from recorder_app.settings.destinations import AfterUpload, StoredDestination
from recorder_app.settings.store import SettingsStore
from recorder_app.share.destination import Item, Ticket
from recorder_app.system.network import NetworkWatch
from tests.share.conftest import MakeFile, digest
from tests.support.bunny import API_KEY, LIBRARY, ZONE, Bunny
from tests.support.command import ROOT
from tests.support.faults import Fault
from tests.support.http_server import Handler, Server
from tests.support.jobs import add_recording, wait_for_state

LIMIT_S = 60.0


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.setenv("RECORDER_APP_SECRET_WORK_API_KEY", API_KEY)
    monkeypatch.setattr(credentials, "_given", {})
    monkeypatch.setattr(credentials, "_known", {})
    for module in (shares, pace):
        monkeypatch.setattr(module, "PACE", pace.Pace(NetworkWatch(every_s=0.0)))
    opened = Database(tmp_path / "data" / "recorder-app" / "library.sqlite")
    yield opened
    opened.close()


def add(
    address: str, name: str = "work", after: AfterUpload | None = None, *, as_mp4: bool = False
) -> None:
    fields = {"library_id": LIBRARY, "api_address": address, "pull_zone": ZONE}
    entry = StoredDestination(
        name=name,
        kind="bunny-stream",
        configuration=fields,
        after=after or AfterUpload(),
        as_mp4=as_mp4,
    )
    destinations.add(entry, {})


def enter(database: Database, path: Path) -> Recording:
    return add_recording(database, path, file_size=path.stat().st_size, mime_type="video/webm")


@contextlib.contextmanager
def running(database: Database) -> Iterator[None]:
    """Run jobs meanwhile."""
    runner = jobs.runner_of(database)
    runner.start()
    try:
        yield
        assert runner.error is None
    finally:
        runner.stop()


def until(database: Database, is_reached: Callable[[list[services.UploadEntry]], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_reached(entries := services.list_uploads(database)):
        assert time.monotonic() < deadline, entries
        time.sleep(0.02)


def have_arrived(entries: list[services.UploadEntry]) -> bool:
    return all(entry.state in ("uploaded", "playable") for entry in entries)


def test_no_more_than_are_set_at_once_and_first_what_is_put_first(
    database: Database, bunny: Bunny, make_file: MakeFile
) -> None:
    add(bunny.address)
    SettingsStore().update("sharing", at_once=2, limit_kb=4000)
    ids = [enter(database, make_file(3_000_000 + n)).id for n in range(5)]
    for each in ids:
        sharing.share(database, each)
    services.put_first(database, [ids[-1]])
    most = 0
    order: list[str] = []

    def look(entries: list[services.UploadEntry]) -> bool:
        nonlocal most
        now = [entry.recording_id for entry in entries if entry.job_state == "running"]
        most = max(most, len(now))
        order.extend(each for each in now if each not in order)
        return have_arrived(entries)

    began = time.monotonic()
    with running(database):
        until(database, look)
    assert most == 2
    assert order[0] == ids[-1]
    # All of them together keep the limit.
    assert time.monotonic() - began > 15_000_000 / 4_000_000 - 0.5
    assert len(bunny.videos) == 5


def test_the_link_is_there_within_a_second(
    database: Database, bunny: Bunny, make_file: MakeFile
) -> None:
    add(bunny.address)
    recording = enter(database, make_file(1000))
    began = time.monotonic()
    shared = sharing.share(database, recording.id)
    assert time.monotonic() - began < 1.0
    assert shared.link is not None
    assert shared.link.text == shared.upload.link
    assert (shared.upload.state, shared.wants_copy) == ("linked", False)


def test_a_file_that_changes_meanwhile_is_sent_as_it_is_then(
    database: Database, bunny: Bunny, make_file: MakeFile
) -> None:
    add(bunny.address)
    SettingsStore().update("sharing", limit_kb=4000)
    path = make_file(12_000_000)
    recording = enter(database, path)
    sharing.share(database, recording.id)
    with running(database):
        until(database, lambda entries: entries[0].sent_bytes > 1_000_000)
        path.write_bytes(os.urandom(5_000_000))
        SettingsStore().reset("sharing")
        until(database, have_arrived)
    (guid,) = bunny.videos
    assert digest(bunny.file(guid)) == digest(path)
    assert len(bunny.tus.uploads()) == 1


@pytest.fixture
def metered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """A system's bus with a NetworkManager that says so, until it is killed."""
    address = f"unix:path={tmp_path / 'bus'}"
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--address", address])
    service = None
    try:
        deadline = time.monotonic() + LIMIT_S
        while not (tmp_path / "bus").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        service = subprocess.Popen(
            [sys.executable, "-m", "tests.support.bus_service", "network"],
            cwd=ROOT,
            env=os.environ | {"DBUS_SESSION_BUS_ADDRESS": address},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield service
    finally:
        for process in (service, bus):
            if process is not None:
                process.kill()
                process.communicate()


def test_it_waits_while_the_network_is_paid_by_amount(
    database: Database,
    bunny: Bunny,
    make_file: MakeFile,
    metered: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shares, "_METERED_WAIT_S", 0.5)
    add(bunny.address)
    sharing.share(database, enter(database, make_file(1000)).id)
    with running(database):
        until(database, lambda entries: entries[0].error is not None)
        (entry,) = services.list_uploads(database)
        assert entry.error is not None
        assert entry.error["code"] == "network_metered"
        assert entry.job_state in ("queued", "running")
        assert bunny.of("PATCH") == []
        metered.kill()
        until(database, have_arrived)


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


def test_what_was_deleted_there_is_no_link_any_more(
    database: Database,
    bunny: Bunny,
    make_file: MakeFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies, "_ASK_AFTER_S", (0.1,))
    add(bunny.address)
    recording = enter(database, make_file(1000))
    sharing.share(database, recording.id)
    with running(database):
        until(database, have_arrived)
        bunny.videos.clear()
        until(database, lambda entries: entries[0].state == "gone")
        with database.read() as session:
            assert session.get_one(Recording, recording.id).share_links == {}
        again = sharing.share(database, recording.id)
        assert again.upload.link is not None
        until(database, have_arrived)
        (guid,) = bunny.videos
        bunny.videos[guid].status = 5
        until(database, lambda entries: entries[0].state == "failed")
    (entry,) = services.list_uploads(database)
    assert entry.error is not None
    assert "no picture" in entry.error["message"]


def test_what_was_taken_back_while_its_place_was_made_goes_too(
    database: Database, bunny: Bunny, make_file: MakeFile
) -> None:
    add(bunny.address)
    path = make_file(1000)
    bunny.script.add(Fault("drop", "POST", f"/library/{LIBRARY}/videos"))
    shared = sharing.share(database, enter(database, path).id)
    assert shared.link is None
    with opening.opened(opening.stored("work")) as destination:
        prepare, taken_back = destination.prepare, threading.Event()

        def slowly(*given: object, **more: object) -> object:
            ticket = prepare(*given, **more)  # type: ignore[arg-type]
            sharing.take_back(database, [shared.upload.id])
            taken_back.set()
            return ticket

        destination.prepare = slowly  # type: ignore[assignment, method-assign]
        assert opening.prepared(database, destination, shared.upload.id) is None
    assert taken_back.is_set()
    with running(database):
        deadline = time.monotonic() + LIMIT_S
        while bunny.videos:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_of_two_who_make_its_place_the_first_one_counts(
    database: Database, bunny: Bunny, make_file: MakeFile
) -> None:
    """A person shares again while the job makes the link."""
    add(bunny.address)
    bunny.script.add(Fault("drop", "POST", f"/library/{LIBRARY}/videos"))
    recording = enter(database, make_file(1000))
    upload_id = sharing.share(database, recording.id).upload.id
    with opening.opened(opening.stored("work")) as destination:
        prepare = destination.prepare

        def second(item: Item, *, is_repeated: bool = False) -> Ticket:  # noqa: ARG001
            ticket = prepare(item)
            if len(bunny.videos) == 1:
                assert opening.prepared(database, destination, upload_id) is not None
            return ticket

        destination.prepare = second  # type: ignore[method-assign]
        found = opening.prepared(database, destination, upload_id)
    assert len(bunny.videos) == 2
    shared = sharing.share(database, recording.id)
    assert found is not None
    assert shared.upload.link == found.link
    with running(database):
        until(database, have_arrived)
        deadline = time.monotonic() + LIMIT_S
        while list(bunny.videos) != [found.remote_id]:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_whoever_makes_the_link_holds_the_job_back(
    database: Database, bunny: Bunny, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(bunny.address)
    recording = enter(database, make_file(1000))
    held: list[float] = []
    prepared, unlock = opening.prepared, opening.unlock

    def look(*given: Any, **more: Any) -> Ticket | None:
        with database.read() as session:
            (row,) = uploads.of(session, recording.id)
            job = uploads.job_of(session, row)
            assert job is not None
            held.append((job.run_after - queue.now()).total_seconds())
        return prepared(*given, **more)

    def before(entry: StoredDestination) -> None:
        asked.append(len(services.list_uploads(database)))
        unlock(entry)

    asked: list[int] = []
    monkeypatch.setattr(opening, "prepared", look)
    monkeypatch.setattr(opening, "unlock", before)
    # A new one, one that waits, and one that is begun again.
    bunny.script.add(*[Fault("drop", "POST", f"/library/{LIBRARY}/videos")] * 2)
    upload = sharing.share(database, recording.id).upload
    sharing.share(database, recording.id)
    with database.write() as session:
        job = session.get_one(Job, upload.job_id)
        job.state = "paused"
    assert sharing.share(database, recording.id).link is not None
    assert len(held) == 3
    assert min(held) > 10
    # The keyring is asked before anything is handed in, and not for a link that is there.
    sharing.share(database, recording.id)
    assert asked == [0, 1, 1]


def test_links_that_are_signed_are_not_stored(database: Database, tmp_path: Path) -> None:
    ticket = Ticket(
        remote_id="a/b.webm",
        link="https://s3.example/bucket/a/b.webm?X-Amz-Credential=KEYID&X-Amz-Signature=0f0f",
        data={"expires_at": "1800000000"},
    )
    path = tmp_path / "a.webm"
    path.write_bytes(b"a")
    recording = enter(database, path)
    with database.write() as session:
        row, _ = uploads.begin(session, session.get_one(Recording, recording.id), "work")
        plain = opening.kept(ticket)
        uploads.note_ticket(session, row, ticket.remote_id, plain["link"], plain)
        assert session.get_one(Upload, row.id).link == "https://s3.example/bucket/a/b.webm"
    (entry,) = services.list_uploads(database)
    assert entry.is_signed
    database.compact()
    assert b"0f0f" not in database.path.read_bytes()


def test_an_mp4_that_takes_long_to_make_is_left_alone_meanwhile(
    database: Database, bunny: Bunny, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions, "_LOOK_EVERY_S", 0.1)
    looks: list[str] = []
    made = renditions.made

    def counted(context: JobContext, upload_id: str, recording: Recording) -> Path:
        looks.append(upload_id)
        return made(context, upload_id, recording)

    def render(_source: Path, _edits: object, target: Path, *_more: object) -> ExportReport:
        with target.open("wb") as file:
            file.write(b"begun")
            file.flush()
            seen, deadline = len(looks), time.monotonic() + LIMIT_S
            while len(looks) < seen + 3:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            file.write(b" and done")
        return ExportReport(Fraction(1))

    monkeypatch.setattr(renditions, "made", counted)
    monkeypatch.setattr(exports, "render", render)
    add(bunny.address, as_mp4=True)
    path = make_file(1000)
    recording = add_recording(
        database, path, file_size=1000, mime_type="video/webm", duration_s=1.0
    )
    sharing.share(database, recording.id)
    with running(database):
        until(database, have_arrived)
    (guid,) = bunny.videos
    assert bunny.file(guid).read_bytes() == b"begun and done"
