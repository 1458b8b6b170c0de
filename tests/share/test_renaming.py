"""A destination under another name: what goes by its name goes along, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app.errors import (
    DiskFull,
    InvalidRequest,
    InvalidSettingError,
    SecretsLocked,
    SecretsRefused,
    SettingsTooNew,
)
from recorder_app.jobs import credentials, kinds
from recorder_app.library import job_list, leases, queue, uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.library.queue import JobState
from recorder_app.services import destinations
from recorder_app.services.destination_renaming import rename
from recorder_app.settings.destinations import DestinationsStore, StoredDestination
from recorder_app.share import bunny_stream
from tests.share.conftest import MakeFile, digest
from tests.support.bunny import API_KEY, LIBRARY, Bunny
from tests.support.jobs import add_recording, wait_for_state
from tests.support.keyrings import MemoryRing, no_keyring, system_keyring
from tests.support.sharing import Sharer
from tests.support.upload_jobs import enter, running, until

KEYS = {"api_key": API_KEY, "page_key": "page"}


class Ring(MemoryRing):
    """Fails with `problem` where something is to be done with the keys of `broken`."""

    def __init__(self) -> None:
        super().__init__()
        self.broken, self.problem = "", Exception()

    def _look(self, service: str) -> None:
        if service == f"recorder-app/{self.broken}":
            raise self.problem

    def get_password(self, service: str, username: str) -> str | None:
        if isinstance(self.problem, SecretsLocked):
            self._look(service)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look(service)
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._look(service)
        super().delete_password(service, username)

    def of(self, name: str) -> dict[str, str]:
        return {key: value for (at, key), value in self.kept.items() if at.endswith(f"/{name}")}


@pytest.fixture
def ring(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:  # noqa: ARG001
    monkeypatch.delenv("RECORDER_APP_SECRET_WORK_API_KEY")
    ring = Ring()
    with system_keyring(ring):
        yield ring


def add(name: str = "work", address: str = "https://bunny.example", **more: object) -> None:
    fields = {"library_id": LIBRARY, "api_address": address}
    entry = StoredDestination(name=name, kind="bunny-stream", configuration=fields, **more)  # type: ignore[arg-type]
    destinations.add(entry, KEYS)


def share(database: Database, recording: Recording, name: str = "work") -> str:
    with database.write() as session:
        _, job = kinds.enqueue_upload(session, session.merge(recording), name)
        assert job is not None
        return job.id


def rows(database: Database, name: str) -> list[str]:
    with database.read() as session:
        return [row.recording_id for row in uploads.at(session, name)]


def everything(database: Database, ring: Ring) -> object:
    """Return all that goes by the name of a destination."""
    with database.read() as session:
        return (
            DestinationsStore().read(),
            dict(ring.kept),
            sorted((row.id, row.destination) for row in session.query(Upload)),
            sorted((job.id, str(job.payload)) for job in session.query(Job)),
            [row.share_links for row in session.query(Recording)],
        )


def test_what_is_shared_and_what_waits_go_along(
    database: Database, ring: Ring, bunny: Bunny, make_file: MakeFile
) -> None:
    add("other")
    add(address=bunny.address, is_automatic=True)
    destinations.set_default("work")
    destinations.set_default("work", "Talks")
    arrived, waiting, erased = (enter(database, make_file(1000 + n)) for n in range(3))
    for each in (arrived, erased):
        share(database, each)
    with running(database):
        until(database, lambda found: {each.state for each in found} == {"uploaded"})
    with database.write() as session:
        (row,) = uploads.of(session, erased.id)
        removal = uploads.withdraw(session, row)
        assert removal is not None
    share(database, waiting)
    link = next(each.link for each in uploads_of(database, arrived) if each.link)
    renamed = rename("work", "Team 1.5")
    assert (renamed.problem, renamed.variables) == (None, {})
    assert renamed.destination.is_default
    assert renamed.destination.projects == ["Talks"]
    assert renamed.destination.is_automatic
    known = DestinationsStore().read()
    assert set(known.by_name) == {"other", "Team 1.5"}
    assert known.get("Team 1.5").configuration["api_address"] == bunny.address
    assert ring.of("work") == {}
    assert ring.of("Team 1.5") == ring.of("other") == KEYS
    assert rows(database, "work") == []
    assert set(rows(database, "Team 1.5")) == {arrived.id, waiting.id}
    with database.read() as session:
        assert session.get_one(Recording, arrived.id).share_links == {"Team 1.5": link}
    assert credentials.secrets_of("Team 1.5", bunny_stream.SECRETS) == KEYS
    # What waited is done there, with the keys.
    with running(database):
        until(database, lambda found: {each.state for each in found} == {"uploaded"})
        wait_for_state(database, removal.id, JobState.DONE)
    assert len(bunny.videos) == 2
    assert {digest(bunny.file(guid)) for guid in bunny.videos} == {
        digest(Path(each.path)) for each in (arrived, waiting)
    }


def uploads_of(database: Database, recording: Recording) -> list[Upload]:
    with database.read() as session:
        return list(uploads.of(session, recording.id))


def test_a_name_that_is_taken_or_no_name_is_refused(
    database: Database, ring: Ring, make_file: MakeFile
) -> None:
    add()
    add("other 1")
    recording = enter(database, make_file(10))
    share(database, recording, "gone")
    before = everything(database, ring)
    for name, new, told in (
        ("work", "other 1", "There is a destination called “other 1” already."),
        ("work", "Other-1", "same environment variables"),
        ("work", "gone", "shared still at a destination that was called “gone”"),
        ("nothing", "new", "There is no destination called “nothing”."),
    ):
        with pytest.raises(InvalidRequest, match=told):
            rename(name, new)
    with pytest.raises(InvalidSettingError):
        rename("work", "a/b")
    assert rename("work", "work").destination.name == "work"
    assert everything(database, ring) == before


def test_while_something_is_sent_there_it_keeps_its_name(
    database: Database, ring: Ring, make_file: MakeFile
) -> None:
    add()
    job = share(database, enter(database, make_file(10)))
    with database.write() as session:
        assert queue.claim(session, "me", {"network": 1}, queue.now()) is not None
    before = everything(database, ring)
    with pytest.raises(InvalidRequest, match="“work” is being used right now"):
        rename("work", "team")
    assert everything(database, ring) == before
    with database.write() as session:
        leases.give_back(session, job, "me")
        job_list.pause(session, session.get_one(Job, job))
    assert rename("work", "team").destination.name == "team"
    assert len(rows(database, "team")) == 1


@pytest.mark.parametrize("what", ["keyring", "locked", "settings", "library"])
def test_what_fails_leaves_everything_as_it_was(
    database: Database,
    ring: Ring,
    make_file: MakeFile,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    add()
    share(database, enter(database, make_file(10)))
    expected: type[Exception] = SecretsRefused
    if what == "keyring":
        ring.broken, ring.problem = "team", RuntimeError("no")
    elif what == "locked":
        ring.broken, ring.problem = "work", SecretsLocked("The keyring is locked.")
        expected = SecretsLocked
    elif what == "settings":
        path = DestinationsStore().path
        path.write_text(path.read_text().replace("schema = 1", "schema = 99"))
        expected = SettingsTooNew
    else:
        # Only after the destinations were written.
        monkeypatch.setattr("recorder_app.library.search_index.catch_up", full)
        expected = DiskFull
    before = everything(database, ring)
    with pytest.raises(expected):
        rename("work", "team")
    assert everything(database, ring) == before


def full(*_: object) -> None:
    raise DiskFull("The disk is full.")


def test_an_old_key_that_stays_is_told(database: Database, ring: Ring) -> None:  # noqa: ARG001
    add()
    ring.broken, ring.problem = "work", RuntimeError("no")
    renamed = rename("work", "team")
    assert renamed.problem is not None
    assert renamed.problem.code == "secrets_refused"
    assert ring.of("team") == ring.of("work") == KEYS


def test_only_the_case_of_a_name_may_change(database: Database, ring: Ring) -> None:  # noqa: ARG001
    add()
    assert rename("work", "Work").destination.name == "Work"
    assert ring.of("Work") == KEYS
    assert list(DestinationsStore().read().by_name) == ["Work"]


def test_keys_that_are_in_no_keyring_go_along_or_are_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDER_APP_SECRET_WORK_PAGE_KEY", "page")
    monkeypatch.delenv("RECORDER_APP_SECRET_WORK_API_KEY")
    recording = add_recording(database, "/nowhere")
    with system_keyring(no_keyring()):
        add()
        share(database, recording)
        renamed = rename("work", "team")
        assert renamed.problem is None
        assert renamed.variables == {
            "RECORDER_APP_SECRET_WORK_PAGE_KEY": "RECORDER_APP_SECRET_TEAM_PAGE_KEY"
        }
        assert credentials.secrets_of("team", bunny_stream.SECRETS)["api_key"] == API_KEY
        assert "work" not in credentials.given()


def test_on_the_command_line(screenless: dict[str, str], tmp_path: Path, bunny: Bunny) -> None:
    sharer = Sharer(screenless, tmp_path)
    sharer.add_stream(bunny.address)
    renamed = sharer.run("destination", "rename", "work", "team")
    assert renamed.returncode == 0, renamed.stderr
    assert renamed.stdout.startswith("* team  bunny-stream")
    assert (
        "Set RECORDER_APP_SECRET_TEAM_API_KEY instead of RECORDER_APP_SECRET_WORK_API_KEY."
        in renamed.stderr
    )
    assert sharer.run("destination", "test", "work").returncode == 2
    again = sharer.ask("destination", "rename", "team", "work")
    assert again["destination"]["name"] == "work"
    taken = sharer.run("destination", "rename", "work", "a/b")
    assert taken.returncode == 2
    assert "cannot be called “a/b”" in taken.stderr
