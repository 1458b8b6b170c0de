"""A storm of uploads to a real S3 server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from recorder_app.errors import (
    AuthenticationRejected,
    ClockWrong,
    PermissionRejected,
    QuotaExceeded,
    RateLimited,
    RemoteRejected,
)
from recorder_app.share.destination import Destination
from tests.support import storm
from tests.support.faults import Fault
from tests.support.s3_front import S3Front, refusal
from tests.support.s3_server import S3Server
from tests.support.s3_uploading import PART_BYTES, bucket
from tests.support.storm import Ending, Passing, StormyUpload, Tally

# Of two parts and a little: smaller parts no server takes, and more would only take longer.
PARTS = 3
_SENT = ("PART", "PUT")
_HTML = "<!DOCTYPE html><html><body>Sign in to the network</body></html>"


def _of(method: str, cost: int) -> Passing:
    """Return the faults of a call that sends content, of which `cost` parts come again."""
    return [
        (Fault("cut", method, "/"), cost),
        (Fault("drop", method, "/"), cost),
        # The answer to a whole file is all that is known of it; parts are asked for.
        (Fault("lose answer", method, "/"), 1 if method == "PUT" else 0),
        (Fault("wrong tag", method, "/"), 1 if method == "PUT" else 0),
        (Fault("stall", method, "/", seconds=0.05), 0),
        (Fault("slow", method, "/", seconds=0.002), 0),
        (Fault("duplicate", method, "/"), 0),
        (Fault("status", method, "/", status=200, text=_HTML), cost),
        (Fault("status", method, "/", status=502, text=_HTML), cost),
        (refusal(method, "RequestTimeout", 400), cost),
        (refusal(method, "BadDigest", 400), cost),
        (refusal(method, "OperationAborted", 409), cost),
        (refusal(method, "TooManyRequests", 429, Retry_After="0"), cost),
        (refusal(method, "InternalError", 500), cost),
        (refusal(method, "SlowDown", 503, Retry_After="0"), cost),
    ]


PASSING: Passing = [
    *_of("PART", 1),
    *_of("PUT", 1),
    (Fault("forget", "PART", "/"), PARTS + 1),
    (refusal("PART", "NoSuchUpload", 404), PARTS + 1),
    (Fault("forget", "COMPLETE", "/"), PARTS + 1),
    *(
        (Fault(effect, method, "/"), 0)
        for effect in ("drop", "lose answer", "truncate")
        for method in ("CREATE", "LIST", "COMPLETE")
    ),
    *(
        (Fault("status", method, "/", status=200, text=_HTML), 0)
        for method in ("CREATE", "LIST", "COMPLETE")
    ),
    *((refusal(method, "InternalError", 500), 0) for method in ("CREATE", "LIST", "COMPLETE")),
    (refusal("COMPLETE", "InvalidPart", 400), 0),
    # As S3 does it where putting the parts together takes long.
    (refusal("COMPLETE", "InternalError", 200), 0),
]
ENDING: Ending = [
    ([fault], reason)
    for method in ("PART", "PUT", "CREATE", "COMPLETE")
    for fault, reason in (
        (refusal(method, "Unauthorized", 401), AuthenticationRejected),
        (refusal(method, "SignatureDoesNotMatch", 403), AuthenticationRejected),
        (refusal(method, "InvalidAccessKeyId", 403), AuthenticationRejected),
        (refusal(method, "RequestTimeTooSkewed", 403), ClockWrong),
        (refusal(method, "AccessDenied", 403), PermissionRejected),
        (refusal(method, "AccessDenied", 403, "Storage cap exceeded."), QuotaExceeded),
        (refusal(method, "InvalidRequest", 400), RemoteRejected),
        (refusal(method, "SlowDown", 503, Retry_After="3600"), RateLimited),
    )
]


def s3_storm(server: S3Server, folder: Path, numbers: Iterable[int]) -> Tally:
    """Make one upload for each number."""
    tally = storm.storm(lambda number: _Upload(server, folder, number), numbers)
    if left := [*server.keys(), *server.unfinished()]:
        tally.wrong.append(f"left behind: {left}")
    return tally


class _Upload(StormyUpload[S3Front]):
    unit_bytes = PART_BYTES
    program = "tests.support.s3_uploading"

    def __init__(self, server: S3Server, folder: Path, number: int) -> None:
        super().__init__(folder, number)
        self._server = server

    def _chosen_size(self) -> int:
        some = self.chance.randrange(PART_BYTES + 1, PARTS * PART_BYTES - PART_BYTES // 2)
        return self.chance.choice([0, 1, 100_000, PART_BYTES, PART_BYTES + 1, some, some, some])

    def _front(self) -> S3Front:
        return S3Front(self._server)

    def _destination(self, front: S3Front) -> Destination:
        return bucket(front.address)

    def _passing(self) -> Passing:
        return [each for each in PASSING if self._can_meet(each[0])]

    def _ending(self) -> Ending:
        return [each for each in ENDING if self._can_meet(each[0][0])]

    def _can_meet(self, fault: Fault) -> bool:
        return (fault.method == "PUT") == (self.size <= PART_BYTES)

    def _stall(self) -> Fault:
        is_small = self.size <= PART_BYTES
        after = 0 if is_small else self.chance.randrange(PARTS)
        return Fault("stall", "PUT" if is_small else "PART", "/", after=after, seconds=30)

    def _arrived(self, front: S3Front) -> bytes:
        (key,) = self._left(front)
        return front.storage.read(key)

    def _received_bytes(self, front: S3Front) -> int:
        return front.received_bytes

    def _left(self, front: S3Front) -> list[str]:
        found = [*front.storage.keys(), *front.storage.unfinished()]
        return [key for key in found if f"/{self.key}/" in key]

    def _clear(self, front: S3Front) -> None:
        for key in self._left(front):
            front.storage.forget(key)
