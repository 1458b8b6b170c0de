"""Uploads as the app makes them: in this process, several at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from recorder_app.edit.exporting import ExportReport
from recorder_app.jobs import (
    copies,
    exports,
    opening,
    renditions,
    shares,
)
from recorder_app.jobs.context import JobContext
from recorder_app.library import leases, queue, uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.services import sharing
from recorder_app.services import uploads as services
from recorder_app.settings.destinations import StoredDestination
from recorder_app.settings.store import SettingsStore
from recorder_app.share.bunny_stream import BunnyStream
from recorder_app.share.destination import Item, Ticket
from tests.share.conftest import MakeFile, digest
from tests.support.bunny import LIBRARY, Bunny
from tests.support.command import ROOT
from tests.support.faults import Fault
from tests.support.jobs import add_recording
from tests.support.line import Line
from tests.support.s3_front import S3Front
from tests.support.s3_server import KEY_ID, SECRET
from tests.support.upload_jobs import LIMIT_S, add, add_bucket, enter, have_arrived, running, until


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


def test_a_network_that_goes_is_waited_for_in_the_queue_with_the_reason(
    database: Database, bunny: Bunny, make_file: MakeFile
) -> None:
    path = make_file(6_000_000)
    with Line(bunny.address) as line:
        add(line.address)
        SettingsStore().update("sharing", limit_kb=2000)
        sharing.share(database, enter(database, path).id)
        with running(database):
            until(database, lambda entries: entries[0].sent_bytes > 1_000_000)
            line.down()
            began = time.monotonic()
            until(database, lambda entries: entries[0].job_state == "queued")
            assert time.monotonic() - began < 15
            [entry] = services.list_uploads(database)
            assert entry.error is not None
            assert "127.0.0.1" in entry.error["message"]
            SettingsStore().reset("sharing")
            line.up()
            until(database, have_arrived)
    (guid,) = bunny.videos
    assert digest(bunny.file(guid)) == digest(path)


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


def test_a_comparison_ends_when_the_copy_is_taken_back(
    database: Database, bunny: Bunny, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def verify(*given: Any) -> None:
        begun.set()
        while True:
            given[-1]()
            time.sleep(0.01)

    monkeypatch.setattr(BunnyStream, "verify", verify)
    add(bunny.address)
    upload = sharing.share(database, enter(database, make_file(1000)).id).upload
    with running(database):
        assert begun.wait(LIMIT_S)
        sharing.take_back(database, [upload.id])
        deadline = time.monotonic() + LIMIT_S
        while bunny.videos:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next attempt at once."""
    monkeypatch.setattr(leases, "_BACKOFF_MOST_S", 0.01)


@pytest.mark.usefixtures("quickly")
def test_what_cannot_succeed_rests_with_its_reason_until_a_person_retries(
    database: Database, bunny: Bunny, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that acknowledges every byte, and never takes the file in."""
    monkeypatch.setattr(bunny, "note_progress", lambda *_about: None)
    add(bunny.address)
    recording = enter(database, make_file(1000)).id
    sharing.share(database, recording)
    for more in range(2):
        with running(database):
            until(database, lambda entries: entries[0].job_state == "failed")
        (entry,) = services.list_uploads(database)
        assert entry.error is not None
        assert entry.error["message"] == "Bunny has not taken the file in yet."
        # Asked what it has by each attempt but the first; sent once.
        assert len(bunny.of("HEAD")) == (more + 1) * leases.MAX_ATTEMPTS - 1
        assert len(bunny.of("PATCH")) == 1
        services.resume(database, [recording])
    (found,) = bunny.videos.values()
    found.status = 1
    with running(database):
        until(database, have_arrived)


@pytest.mark.usefixtures("quickly")
def test_what_arrives_damaged_a_second_time_is_not_sent_again(
    database: Database, s3: S3Front, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDER_APP_SECRET_BUCKET_KEY_ID", KEY_ID)
    monkeypatch.setenv("RECORDER_APP_SECRET_BUCKET_SECRET", SECRET)
    add_bucket(s3.address)
    damaged = Fault("wrong tag", method="HEAD", path="/")
    s3.script.add(damaged)
    once = enter(database, make_file(1000)).id
    sharing.share(database, once, "bucket")
    with running(database):
        until(database, have_arrived)
    assert len(s3.of("PUT")) == 2
    s3.script.add(*[damaged] * 3)
    twice = enter(database, make_file(1001)).id
    sharing.share(database, twice, "bucket")
    with running(database):
        until(database, lambda entries: entries[0].job_state == "failed")
        (entry, _) = services.list_uploads(database)
        assert entry.error is not None
        assert entry.error["code"] == "checksum_mismatch"
        assert "did not help" in entry.error["message"]
        assert len(s3.of("PUT")) == 4
        # Whoever has it tried again has both attempts.
        services.resume(database, [twice])
        until(database, have_arrived)
    assert len(s3.of("PUT")) == 6


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
