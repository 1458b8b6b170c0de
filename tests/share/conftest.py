"""Servers to upload to, and files to upload."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recorder_app.jobs import credentials, pace, shares
from recorder_app.library.database import Database
from recorder_app.system.network import NetworkWatch
from tests.support.bunny import API_KEY, Bunny
from tests.support.s3_front import S3Front
from tests.support.s3_server import S3Server
from tests.support.tus import TusServer

MakeFile = Callable[[int], Path]


@pytest.fixture(scope="session")
def tus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TusServer]:
    with TusServer(tmp_path_factory.mktemp("tus")) as server:
        yield server


@pytest.fixture
def bunny(tus_server: TusServer) -> Iterator[Bunny]:
    with Bunny(tus_server) as service:
        yield service
        for path in tus_server.folder.iterdir():
            path.unlink()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3(s3_server: S3Server) -> Iterator[S3Front]:
    """A front before an S3 server whose buckets are empty."""
    with S3Front(s3_server) as front:
        yield front
    s3_server.clear()


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Make a file of so many bytes, none like another."""

    def make(size: int) -> Path:
        path = tmp_path / f"recording-{size}.webm"
        path.write_bytes(random.Random(size).randbytes(size))
        return path

    return make


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A library of its own, and a key of the destination “work” in the environment."""
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


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
