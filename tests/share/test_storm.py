"""Small storms; ``make bench-share-tus`` and ``make bench-share-s3`` are the long ones."""

from __future__ import annotations

from pathlib import Path

from tests.support.s3_server import S3Server
from tests.support.storm_s3 import s3_storm
from tests.support.storm_tus import tus_storm
from tests.support.tus import TusServer


def test_every_upload_to_s3_arrives_whole_or_stops_with_its_reason(
    s3_server: S3Server, tmp_path: Path
) -> None:
    # Numbers with something of everything.
    tally = s3_storm(s3_server, tmp_path, range(102, 117))
    assert tally.wrong == []
    assert tally.ends.total() == 15
    assert tally.ends["arrived"] >= 8
    assert tally.ends["cancelled"] >= 1
    assert tally.kills >= 1
    assert tally.faults.total() >= 10


def test_every_upload_arrives_whole_or_stops_with_its_reason(tmp_path: Path) -> None:
    with TusServer(tmp_path / "server") as tus:
        tally = tus_storm(tus, tmp_path, range(30))
    assert tally.wrong == []
    assert tally.ends.total() == 30
    assert tally.ends["arrived"] >= 15
    assert tally.kills >= 2
    assert tally.faults.total() >= 20
