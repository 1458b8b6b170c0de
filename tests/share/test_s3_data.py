"""S3 with no more of botocore's data than the bundle brings along."""

from __future__ import annotations

import shutil
from pathlib import Path

import botocore
import pytest
from botocore.loaders import Loader

from installers import bundle_data
from recorder_app.share.destination import LinkKind
from recorder_app.share.s3_sums import LEAST_PART_BYTES
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.share.conftest import MakeFile
from tests.support.s3_front import S3Front
from tests.support.s3_server import S3Server
from tests.support.s3_uploading import bucket
from tests.support.uploading import item

WHOLE = Path(botocore.__file__).parent / "data"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data of the bundle; botocore has no other."""
    folder = tmp_path / "data"
    for path in WHOLE.rglob("*"):
        name = path.relative_to(WHOLE)
        if path.is_file() and bundle_data.is_needed(f"{bundle_data.DATA}{name.as_posix()}"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(folder))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "none"))
    return folder


def test_it_is_little(data: Path) -> None:
    assert [path.name for path in data.iterdir() if path.is_dir()] == ["s3"]
    sizes = [path.stat().st_size for path in data.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) < 2e6
    assert bundle_data.is_needed("botocore/cacert.pem")
    assert bundle_data.is_needed("recorder_app/resources/botocore/data/x")


def test_all_that_is_done_there_works(
    data: Path,  # noqa: ARG001
    s3: S3Front,
    s3_server: S3Server,
    make_file: MakeFile,
) -> None:
    destination = bucket(s3.address)
    assert [each.problem for each in destination.test() if each.problem is not None] == []
    # In one call, and in parts.
    for size in (1000, 2 * LEAST_PART_BYTES + 1):
        path = make_file(size)
        ticket = destination.prepare(item(path))
        with Source(path) as source:
            destination.send(ticket, source, SendContext())
            destination.verify(ticket, source)
        assert s3_server.read(ticket.remote_id) == path.read_bytes()
        assert "X-Amz-Signature" in destination.links(ticket, LinkKind.DIRECT, 60).text
        destination.remove(ticket)
    assert s3_server.keys() == s3_server.unfinished() == []
    destination.close()
