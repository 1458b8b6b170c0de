"""Uploads to a real S3 server through a front with faults."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from recorder_app.errors import (
    AuthenticationRejected,
    Cancelled,
    ChecksumMismatch,
    PermissionRejected,
    QuotaExceeded,
    RateLimited,
    RecorderError,
    ServerFailed,
)
from recorder_app.share.body import Window
from recorder_app.share.s3 import S3
from recorder_app.share.s3_errors import UploadForgotten
from recorder_app.share.s3_sums import LEAST_PART_BYTES, part_size
from recorder_app.share.s3_upload import Checkpoint
from recorder_app.share.sending import SendContext, TokenBucket
from recorder_app.share.source import Source
from tests.share.conftest import MakeFile
from tests.support.command import ROOT
from tests.support.faults import Fault
from tests.support.http_server import Call
from tests.support.s3_front import S3Front, refusal
from tests.support.s3_server import S3Server
from tests.support.s3_uploading import PART_BYTES, bucket
from tests.support.uploading import QUICK, Kept, item

KEY = "my takes/k1/recording-{}.webm"


def upload(destination: S3, path: Path, kept: Kept | None = None) -> None:
    """Upload in one go, from where `kept` was left."""
    ticket = destination.prepare(item(path))
    with contextlib.closing(destination), Source(path) as source:
        destination.send(ticket, source, (kept or Kept()).context())
        destination.verify(ticket, source)


def assert_arrived(server: S3Server, path: Path) -> None:
    key = KEY.format(path.stat().st_size)
    assert server.keys() == [key]
    assert hashlib.sha256(server.read(key)).digest() == hashlib.sha256(path.read_bytes()).digest()
    assert server.unfinished() == []


def parts_sent(s3: S3Front) -> list[Call]:
    return [call for call in s3.of("PUT") if "uploadId" in call.path]


@pytest.mark.parametrize(
    ("size", "parts"),
    [
        (0, 0),
        (1, 0),
        (PART_BYTES - 1, 0),
        (PART_BYTES, 0),
        (PART_BYTES + 1, 2),
        (2 * PART_BYTES, 2),
        (2 * PART_BYTES + 1, 3),
    ],
)
def test_files_of_any_size_arrive(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile, size: int, parts: int
) -> None:
    path = make_file(size)
    kept = Kept()
    upload(bucket(s3.address), path, kept)
    assert_arrived(s3_server, path)
    assert len(parts_sent(s3)) == parts
    assert s3.received_bytes == size
    assert kept.saved[0]["part_bytes"] == PART_BYTES
    assert kept.told[-1] == size
    assert kept.told == sorted(kept.told)


def test_200_mb_arrive(s3: S3Front, s3_server: S3Server, make_file: MakeFile) -> None:
    path = make_file(200_000_000)
    upload(bucket(s3.address, more={"part_bytes": None}), path)
    assert_arrived(s3_server, path)


def test_parts_are_as_large_as_their_number_asks_for() -> None:
    for size in (0, 1, LEAST_PART_BYTES, 10**9, 6 * 10**9, 10**12):
        part = part_size(size)
        assert part >= LEAST_PART_BYTES
        assert part % (1 << 20) == 0
        assert size <= 1000 * part
    assert part_size(6 * 10**9) == 16 << 20


def test_no_checksum_header_that_backblaze_refuses_goes_out(
    s3: S3Front, make_file: MakeFile
) -> None:
    destination = bucket(s3.address, public_address="https://cdn.example", has_play_page=True)
    path = make_file(2 * PART_BYTES)
    ticket = destination.prepare(item(path))
    with contextlib.closing(destination), Source(path) as source:
        destination.send(ticket, source, SendContext())
        destination.verify(ticket, source)
        assert all(finding.problem is None for finding in destination.test())
        destination.remove(ticket)
    assert {call.method for call in s3.calls} == {"PUT", "POST", "GET", "HEAD", "DELETE"}
    for call in s3.calls:
        refused = ("x-amz-checksum", "x-amz-sdk-checksum", "x-amz-trailer", "x-amz-acl", "expect")
        assert [name for name in call.headers if name.startswith(refused)] == []
        assert "aws-chunked" not in call.headers.get("content-encoding", "")
        assert "transfer-encoding" not in call.headers
        assert call.headers["user-agent"] == "recorder-app"
    # The protection that all servers know.
    for call in s3.of("PUT"):
        assert "content-md5" in call.headers or call.path.endswith("/test.txt")


@pytest.mark.parametrize(
    ("fault", "parts_again"),
    [
        (Fault("cut", method="PART", path="/", after=1), 1),
        (Fault("drop", method="PART", path="/"), 1),
        # The server has it.
        (Fault("lose answer", method="PART", path="/", after=1), 0),
        (Fault("duplicate", method="PART", path="/"), 0),
        (Fault("stall", method="PART", path="/", seconds=0.2), 0),
        (Fault("slow", method="PART", path="/", seconds=0.005), 0),
        (Fault("wrong tag", method="PART", path="/"), 0),
        (refusal("PART", "InternalError", 500), 1),
        (refusal("PART", "SlowDown", 503, Retry_After="0"), 1),
        (refusal("PART", "RequestTimeout", 400), 1),
        (refusal("PART", "BadDigest", 400), 1),
        (Fault("status", method="PART", path="/", status=502, text="<html>Bad gateway"), 1),
        # Of a network that wants people to sign in first.
        *(
            (Fault("status", method=method, path="/", status=200, text="<html>Welcome</html>"), 1)
            for method in ("PART", "LIST", "COMPLETE")
        ),
        (refusal("PART", "NoSuchUpload", 404, after=2), 1),
        (Fault("forget", method="PART", path="/", after=1), 3),
        (Fault("forget", method="COMPLETE", path="/"), 3),
        (Fault("drop", method="CREATE", path="/"), 0),
        (Fault("lose answer", method="CREATE", path="/"), 0),
        (Fault("truncate", method="CREATE", path="/"), 0),
        (Fault("drop", method="LIST", path="/"), 0),
        (Fault("truncate", method="LIST", path="/"), 0),
        (Fault("lose answer", method="COMPLETE", path="/"), 0),
        (Fault("truncate", method="COMPLETE", path="/"), 0),
        (refusal("COMPLETE", "InvalidPart", 400), 0),
        # As S3 does it where putting the parts together takes long.
        (refusal("COMPLETE", "InternalError", 200), 0),
    ],
    ids=lambda value: str(value).replace(" ", "-"),
)
def test_an_upload_survives_a_fault(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile, fault: Fault, parts_again: int
) -> None:
    path = make_file(2 * PART_BYTES + 100_000)
    s3.script.add(fault)
    upload(bucket(s3.address), path)
    assert s3.script.left == []
    assert_arrived(s3_server, path)
    # Of a call that was refused or dropped, the front has not counted the content.
    assert s3.received_bytes <= path.stat().st_size + parts_again * PART_BYTES


def test_a_page_that_is_no_answer_is_not_taken_for_an_upload(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    path = make_file(1000)
    s3.script.add(Fault("status", method="PUT", path="/", status=200, text="<html>Welcome</html>"))
    upload(bucket(s3.address), path)
    assert s3.script.left == []
    assert_arrived(s3_server, path)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (refusal("PART", "SignatureDoesNotMatch", 403, after=1), AuthenticationRejected),
        (refusal("CREATE", "AccessDenied", 403), PermissionRejected),
        (refusal("CREATE", "AccessDenied", 403, "Storage cap exceeded."), QuotaExceeded),
        (refusal("PART", "SlowDown", 503, Retry_After="3600"), RateLimited),
    ],
)
def test_an_upload_stops_with_the_right_reason_and_goes_on_later(
    s3: S3Front,
    s3_server: S3Server,
    make_file: MakeFile,
    fault: Fault,
    reason: type[RecorderError],
) -> None:
    path = make_file(2 * PART_BYTES)
    s3.script.add(fault)
    kept = Kept()
    with pytest.raises(reason) as caught:
        upload(bucket(s3.address), path, kept)
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == 3600
    upload(bucket(s3.address), path, kept)
    assert_arrived(s3_server, path)
    assert s3.received_bytes <= path.stat().st_size


def test_a_server_that_stays_broken_is_given_up(s3: S3Front, make_file: MakeFile) -> None:
    # Two parts may be refused before both are known to be.
    s3.script.add(*[refusal("PART", "InternalError", 500)] * 16)
    with pytest.raises(ServerFailed):
        upload(bucket(s3.address), make_file(2 * PART_BYTES))
    s3.script.clear()
    s3.script.add(*[Fault("wrong tag", method="PUT", path="/")] * 8)
    with pytest.raises(ChecksumMismatch):
        upload(bucket(s3.address), make_file(10))


def test_a_server_that_forgets_everything_again_and_again_is_given_up(
    s3: S3Front, make_file: MakeFile
) -> None:
    s3.script.add(*[refusal("COMPLETE", "NoSuchUpload", 404)] * 20)
    told: list[int | None] = []
    context = SendContext(save=lambda _checkpoint, acknowledged: told.append(acknowledged))
    destination, path = bucket(s3.address), make_file(PART_BYTES + 1)
    ticket = destination.prepare(item(path))
    with contextlib.closing(destination), Source(path) as source, pytest.raises(UploadForgotten):
        destination.send(ticket, source, context)
    assert len(s3.script.left) == 20 - QUICK.attempts
    # What came again is nothing new; either part may be the first.
    first, both = (each for each in told if each is not None)
    assert first in (1, PART_BYTES)
    assert both == PART_BYTES + 1


def test_an_upload_goes_on_after_its_process_was_killed(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile, tmp_path: Path
) -> None:
    path = make_file(3 * PART_BYTES)
    s3.script.add(Fault("stall", method="PART", path="/", after=2, seconds=60))
    kept = tmp_path / "kept.json"
    command = [sys.executable, "-m", "tests.support.s3_uploading"]
    command += [s3.address, str(path), str(kept)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        assert s3.stalled.wait(60)
        os.kill(process.pid, signal.SIGKILL)
    s3.ended.set()
    assert s3_server.unfinished() == [KEY.format(path.stat().st_size)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    assert_arrived(s3_server, path)
    # Two parts were there, and the third on its way: the network may have had all of it.
    sent = len(parts_sent(s3))
    assert sent in (3, 4)
    # A third start finds that there is nothing to do.
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    assert len(parts_sent(s3)) == sent


def test_what_the_server_has_is_compared_with_the_file(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    path = make_file(3 * PART_BYTES)
    place = {"Bucket": "takes", "Key": KEY.format(path.stat().st_size)}
    upload_id = s3_server.client.call("create_multipart_upload", **place)["UploadId"]
    wrong, right = bytes(PART_BYTES), path.read_bytes()[PART_BYTES : 2 * PART_BYTES]
    for number, content in ((1, wrong), (2, right), (3, b"short")):
        s3_server.client.call(
            "upload_part", **place, UploadId=upload_id, PartNumber=number, Body=content
        )
    with Source(path) as source:
        known = Checkpoint(source.identity, PART_BYTES, upload_id)
    upload(bucket(s3.address), path, Kept([msgspec.to_builtins(known)]))
    assert_arrived(s3_server, path)
    assert len(parts_sent(s3)) == 2


def test_a_file_that_was_changed_is_uploaded_anew(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    path = make_file(2 * PART_BYTES)
    s3.script.add(refusal("PART", "AccessDenied", 403, after=1))
    kept = Kept()
    with pytest.raises(PermissionRejected):
        upload(bucket(s3.address), path, kept)
    path.write_bytes(bytes(reversed(path.read_bytes())))
    upload(bucket(s3.address), path, kept)
    assert_arrived(s3_server, path)


def test_a_server_whose_tags_are_no_sums(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with encryption of Amazon's, and at Cloudflare; the server still checks each part."""
    path = make_file(2 * PART_BYTES)
    monkeypatch.setattr("recorder_app.share.s3_upload.md5_of", lambda _answer: None)
    monkeypatch.setattr("recorder_app.share.s3.joined_tag", lambda *_what: "another")
    s3.script.add(refusal("PART", "AccessDenied", 403, after=1))
    kept = Kept()
    with pytest.raises(PermissionRejected):
        upload(bucket(s3.address), path, kept)
    assert kept.saved[-1]["has_sums"] is False
    upload(bucket(s3.address), path, kept)
    assert_arrived(s3_server, path)
    assert s3.received_bytes <= path.stat().st_size


def test_an_answer_before_the_end_of_a_part_holds_nobody_up(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection broke at the last bytes, and the server says that it has them."""

    def unread(*what: Any) -> Window:
        return Window(*what[:-1])

    monkeypatch.setattr("recorder_app.share.s3_upload.TellingWindow", unread)
    path = make_file(3 * PART_BYTES)
    destination, context = bucket(s3.address), SendContext()
    with contextlib.closing(destination), Source(path) as source:
        ticket = destination.prepare(item(path))
        limit = threading.Timer(20, context.stop)
        limit.start()
        destination.send(ticket, source, context)
        limit.cancel()
    assert_arrived(s3_server, path)


def test_a_stop_ends_it_at_once_and_leaves_nothing(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    path = make_file(3 * PART_BYTES)
    s3.script.add(Fault("stall", method="PART", path="/", after=1, seconds=60))
    destination = bucket(s3.address)
    ticket = destination.prepare(item(path))
    context = SendContext()
    raised: list[BaseException] = []

    def send() -> None:
        try:
            with Source(path) as source:
                destination.send(ticket, source, context)
        except Cancelled as error:
            raised.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    assert s3.stalled.wait(10)
    context.stop()
    sender.join(1)
    assert raised
    assert s3_server.unfinished() == [ticket.remote_id]
    destination.remove(ticket, context.checkpoint)
    destination.close()
    assert s3_server.unfinished() == []
    assert s3_server.keys() == []


def test_nothing_is_left_where_the_answer_to_the_beginning_was_lost(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    path = make_file(2 * PART_BYTES)
    s3.script.add(Fault("lose answer", method="CREATE", path="/"))
    s3.script.add(refusal("UPLOADS", "AccessDenied", 403), refusal("PART", "AccessDenied", 403))
    destination = bucket(s3.address)
    ticket = destination.prepare(item(path))
    context = SendContext()
    with Source(path) as source, pytest.raises(PermissionRejected):
        destination.send(ticket, source, context)
    assert len(s3_server.unfinished()) == 2
    destination.remove(ticket, context.checkpoint)
    assert s3_server.unfinished() == []
    destination.close()


def test_a_limit_of_speed_is_kept(
    s3: S3Front, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_file(PART_BYTES + 1_000_000)
    destination = bucket(s3.address)
    ticket = destination.prepare(item(path))
    waited: list[float] = []
    context = SendContext(limit=TokenBucket(4e6, lambda: sum(waited)))
    monkeypatch.setattr(context, "sleep", waited.append)
    with contextlib.closing(destination), Source(path) as source:
        destination.send(ticket, source, context)
    # A quarter of a second may be saved up.
    assert sum(waited) == pytest.approx(path.stat().st_size / 4e6, abs=0.3)
