"""Uploads in a library of a test's own, done by a runner in this process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.services import destinations, jobs
from recorder_app.services import uploads as services
from recorder_app.settings.destinations import AfterUpload, StoredDestination
from tests.support.bunny import LIBRARY, ZONE
from tests.support.jobs import add_recording
from tests.support.s3_server import BUCKET

LIMIT_S = 60.0


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


def add_bucket(address: str, name: str = "bucket") -> None:
    """Add a bucket of the tests, whose keys are in the environment."""
    fields = {"endpoint": address, "bucket": BUCKET}
    destinations.add(StoredDestination(name=name, kind="s3", configuration=fields), {})


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
