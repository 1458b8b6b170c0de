"""A storm of uploads by tus, to Bunny Stream of the tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from recorder_app.errors import AuthenticationRejected, QuotaExceeded, RemoteRejected
from recorder_app.share.destination import Destination
from tests.support import storm
from tests.support.bunny import LOCKED, Bunny
from tests.support.faults import Fault
from tests.support.storm import Ending, Passing, StormyUpload, Tally
from tests.support.tus import TusServer
from tests.support.uploading import CHUNK_BYTES, stream

CHUNKS = 4
PASSING: Passing = [
    (Fault("cut"), 1),
    (Fault("drop"), 1),
    (Fault("lose answer"), 1),
    (Fault("stall", seconds=0.05), 0),
    (Fault("slow", seconds=0.002), 0),
    (Fault("duplicate"), 1),
    (Fault("take less"), 1),
    (Fault("claim more"), 1),
    (Fault("say nothing"), 1),
    (Fault("forget", status=410), CHUNKS + 1),
    (Fault("forget", status=404), CHUNKS + 1),
    *((Fault("status", status=status), 1) for status in (401, 408, 409, 423, 460, 500, 503)),
    (Fault("status", status=409, text=LOCKED), 1),
    (Fault("status", status=429, headers={"Retry-After": "0"}), 1),
    (Fault("status", method="HEAD", status=503), 0),
    (Fault("drop", method="HEAD"), 0),
    (Fault("say nothing", method="HEAD"), 0),
    (Fault("status", method="POST", status=500), 0),
    (Fault("lose answer", method="POST"), 0),
]
ENDING: Ending = [
    ([Fault("status", status=401)] * 2, AuthenticationRejected),
    ([Fault("status", status=400)], RemoteRejected),
    ([Fault("status", status=413)], QuotaExceeded),
    ([Fault("status", status=415)], RemoteRejected),
    ([Fault("wrong location", method="POST")], RemoteRejected),
]


def tus_storm(tus: TusServer, folder: Path, numbers: Iterable[int]) -> Tally:
    """Make one upload for each number."""
    tally = storm.storm(lambda number: _Upload(tus, folder, number), numbers)
    if left := tus.uploads():
        tally.wrong.append(f"left behind: {len(left)} uploads")
    return tally


class _Upload(StormyUpload[Bunny]):
    unit_bytes = CHUNK_BYTES
    program = "tests.support.uploading"

    def __init__(self, tus: TusServer, folder: Path, number: int) -> None:
        super().__init__(folder, number)
        self._tus = tus

    def _chosen_size(self) -> int:
        return self.chance.choice([0, 1, CHUNK_BYTES, self.chance.randrange(CHUNKS * CHUNK_BYTES)])

    def _front(self) -> Bunny:
        return Bunny(self._tus)

    def _destination(self, front: Bunny) -> Destination:
        return stream(front.address)

    def _passing(self) -> Passing:
        return PASSING

    def _ending(self) -> Ending:
        return ENDING

    def _can_meet(self, fault: Fault) -> bool:
        return bool(self.size) or fault.method != "PATCH"

    def _stall(self) -> Fault:
        return Fault("stall", after=self.chance.randrange(CHUNKS), seconds=30)

    def _arrived(self, front: Bunny) -> bytes:
        [video] = front.videos.values()
        return front.file(video.guid).read_bytes()

    def _received_bytes(self, front: Bunny) -> int:
        [video] = front.videos.values()
        return video.received_bytes

    def _left(self, front: Bunny) -> list[str]:
        return list(front.videos)

    def _clear(self, front: Bunny) -> None:
        for video in front.videos.values():
            for path in video.uploads:
                front.forget(path)
