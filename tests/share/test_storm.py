"""A small storm; ``make bench-share-tus`` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.support.storm import storm
from tests.support.tus import TusServer


def test_every_upload_arrives_whole_or_stops_with_its_reason(tmp_path: Path) -> None:
    with TusServer(tmp_path / "server") as tus:
        tally = storm(tus, tmp_path, range(30))
    assert tally.wrong == []
    assert tally.ends.total() == 30
    assert tally.ends["arrived"] >= 15
    assert tally.kills >= 2
    assert tally.faults.total() >= 20
