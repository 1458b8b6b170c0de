"""A bucket as a destination: links, pages, versions, what is taken away, what is wrong."""

from __future__ import annotations

import contextlib
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from recorder_app.errors import (
    AuthenticationRejected,
    Cancelled,
    ChecksumMismatch,
    InvalidRequest,
    InvalidSettingError,
    RemoteNotFound,
)
from recorder_app.share import kinds
from recorder_app.share.destination import Check, LinkKind, Network, RemoteState, Ticket
from recorder_app.share.s3 import S3, S3Configuration, region_of
from recorder_app.share.s3_signing import LONGEST_S, signed_address
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.share.conftest import MakeFile
from tests.support import certificates
from tests.support.faults import Fault
from tests.support.s3_front import S3Front, refusal
from tests.support.s3_server import BUCKET, READER_ID, READER_SECRET, VERSIONED, S3Server
from tests.support.s3_uploading import PART_BYTES, SECRETS, bucket
from tests.support.uploading import item


def sent(destination: S3, path: Path) -> Ticket:
    ticket = destination.prepare(item(path))
    with Source(path) as source:
        destination.send(ticket, source, SendContext())
        destination.verify(ticket, source)
    return ticket


def fetched(address: str) -> tuple[dict[str, str], bytes]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def test_a_private_file_has_a_link_that_ends(s3: S3Front, make_file: MakeFile) -> None:
    path = make_file(1000)
    destination = bucket(s3.address)
    began = time.monotonic()
    link = destination.prepare(item(path)).link
    assert time.monotonic() - began < 0.1
    assert s3.calls == [], "the link needs no network"
    with pytest.raises(urllib.error.HTTPError):
        fetched(link)
    with contextlib.closing(destination):
        ticket = sent(destination, path)
        headers, content = fetched(link)
        assert content == path.read_bytes()
        assert headers["content-type"] == "video/webm"
        assert headers["content-disposition"].startswith("inline; filename=")
        ends = int(ticket.data["expires_at"])
        assert ends == pytest.approx(time.time() + LONGEST_S, abs=30)
        short = destination.links(ticket, LinkKind.DIRECT, 3600)
        assert short.expires_at == pytest.approx(time.time() + 3600, abs=30)
        assert fetched(short.text)[1] == path.read_bytes()
        # Of another file, by another key, or past its end.
        for wrong in (
            short.text.replace("recording", "another"),
            short.text.replace("Signature=", "Signature=0"),
        ):
            with pytest.raises(urllib.error.HTTPError):
                fetched(wrong)
        for seconds in (0, LONGEST_S + 1):
            with pytest.raises(InvalidRequest, match="7 days"):
                destination.links(ticket, LinkKind.DIRECT, seconds)


def test_the_documented_signature() -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"""
    address = signed_address(
        "https://examplebucket.s3.amazonaws.com/test.txt",
        "us-east-1",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        lifetime_s=86400,
        now=1369353600,
    )
    assert address.endswith("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


def test_public_links(s3: S3Front, make_file: MakeFile) -> None:
    path = make_file(1)
    destination = bucket(s3.address, public_address="cdn.example")
    ticket = destination.prepare(item(path))
    place = "https://cdn.example/my%20takes/k1/recording-1.webm"
    assert ticket.link == place
    assert destination.links(ticket, LinkKind.DIRECT).text == place
    assert destination.links(ticket, LinkKind.DIRECT).expires_at is None
    assert place in destination.links(ticket, LinkKind.EMBED).text
    assert destination.links(ticket, LinkKind.MARKDOWN).text == f"[A take]({place})"
    assert "X-Amz-Expires=60&" in destination.links(ticket, LinkKind.DIRECT, 60).text
    with pytest.raises(InvalidRequest):
        destination.links(ticket, LinkKind.PAGE)
    template = "https://f004.backblazeb2.com/file/takes/{key}?from=app"
    destination = bucket(s3.address, public_address=template)
    assert destination.prepare(item(path)).link == template.replace(
        "{key}", "my%20takes/k1/recording-1.webm"
    )


def test_a_page_that_plays_it(s3: S3Front, s3_server: S3Server, make_file: MakeFile) -> None:
    path = make_file(10)
    s3.script.add(Fault("drop", method="PUT", path="/"))
    destination = bucket(s3.address, public_address="https://cdn.example/", has_play_page=True)
    ticket = sent(destination, path)
    assert ticket.link == "https://cdn.example/my%20takes/k1/index.html"
    page = s3_server.read("my takes/k1/index.html").decode()
    assert 'src="recording-10.webm"' in page
    assert "<title>A take</title>" in page
    direct = destination.links(ticket, LinkKind.DIRECT).text
    assert direct == "https://cdn.example/my%20takes/k1/recording-10.webm"
    with pytest.raises(InvalidRequest):
        destination.links(ticket, LinkKind.PAGE, 60)
    # It is there before the video.
    assert [call.path.rpartition("/")[2] for call in s3.of("PUT")][-2:] == [
        "index.html",
        "recording-10.webm",
    ]
    destination.remove(ticket)
    destination.remove(ticket)
    destination.close()
    assert s3_server.keys() == []


def test_all_versions_are_taken_away(s3: S3Front, s3_server: S3Server, make_file: MakeFile) -> None:
    path = make_file(10)
    destination = bucket(s3.address, bucket=VERSIONED)
    for _twice in range(2):
        ticket = sent(destination, path)
    s3_server.client.call("delete_object", Bucket=VERSIONED, Key=ticket.remote_id)
    sent(destination, path)
    # Somebody else's beside it stays.
    s3_server.client.call("put_object", Bucket=VERSIONED, Key="my takes/k10/a", Body=b"a")
    destination.remove(ticket)
    destination.close()
    left = s3_server.client.call("list_object_versions", Bucket=VERSIONED)
    assert [each["Key"] for each in left["Versions"]] == ["my takes/k10/a"]
    assert "DeleteMarkers" not in left


def test_old_unfinished_uploads_are_cleaned_up(s3: S3Front, s3_server: S3Server) -> None:
    for key in ("my takes/k1/a", "my takes/k2/b", "my takes of others/c"):
        s3_server.client.call("create_multipart_upload", Bucket=BUCKET, Key=key)
    with contextlib.closing(bucket(s3.address)) as destination:
        assert destination.clean_up(3600) == 0
    tomorrow = {"now": lambda: time.time() + 86400}
    with contextlib.closing(bucket(s3.address, more=tomorrow)) as destination:
        assert destination.clean_up(3600) == 2
    assert s3_server.unfinished() == ["my takes of others/c"]
    with contextlib.closing(bucket(s3.address, folder="", more=tomorrow)) as destination:
        assert destination.clean_up(3600) == 0


def test_what_cannot_be_listed_is_still_taken_away(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    destination = bucket(s3.address)
    ticket = sent(destination, make_file(10))
    s3.script.add(
        refusal("UPLOADS", "AccessDenied", 403), refusal("VERSIONS", "NotImplemented", 501)
    )
    destination.remove(ticket)
    destination.close()
    assert s3_server.keys() == []


def test_the_state_and_what_arrived_wrong(
    s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    path = make_file(2 * PART_BYTES)
    destination = bucket(s3.address)
    ticket = destination.prepare(item(path))
    with contextlib.closing(destination), Source(path) as source:
        assert destination.status(ticket).state is RemoteState.LINK_MADE
        with pytest.raises(RemoteNotFound):
            destination.verify(ticket, source)
        for wrong in (b"short", bytes(2 * PART_BYTES)):
            s3_server.client.call("put_object", Bucket=BUCKET, Key=ticket.remote_id, Body=wrong)
            with pytest.raises(ChecksumMismatch):
                destination.verify(ticket, source)
        assert destination.status(ticket).state is RemoteState.PLAYABLE
    small = make_file(10)
    destination = bucket(s3.address)
    ticket = sent(destination, small)
    s3_server.client.call("put_object", Bucket=BUCKET, Key=ticket.remote_id, Body=bytes(10))
    with (
        contextlib.closing(destination),
        Source(small) as source,
        pytest.raises(ChecksumMismatch),
    ):
        destination.verify(ticket, source)


@pytest.mark.parametrize("size", [2 * PART_BYTES, PART_BYTES])
def test_whoever_stops_need_not_wait_for_a_comparison(
    s3: S3Front, make_file: MakeFile, size: int
) -> None:
    """Of a large file, whose parts are read one after the other."""
    path, destination = make_file(size), bucket(s3.address)
    ticket, asked = sent(destination, path), 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Cancelled("enough")

    with contextlib.closing(destination), Source(path) as source, pytest.raises(Cancelled):
        destination.verify(ticket, source, check)


def problems(destination: S3) -> list[Check]:
    with contextlib.closing(destination):
        return [each.check for each in destination.test() if each.problem is not None]


def test_what_is_wrong_is_told(s3: S3Front, s3_server: S3Server, tmp_path: Path) -> None:
    assert problems(bucket(s3.address)) == []
    assert s3_server.keys() == []
    assert s3_server.unfinished() == []
    wrong_secret = {**SECRETS, "secret": "another-secret"}
    assert problems(bucket(s3.address, secrets=wrong_secret)) == [Check.KEY]
    wrong_id = {**SECRETS, "key_id": "another-key"}
    assert problems(bucket(s3.address, secrets=wrong_id)) == [Check.KEY]
    assert problems(bucket(s3.address, bucket="absent")) == [Check.BUCKET]
    reader = {"key_id": READER_ID, "secret": READER_SECRET}
    assert problems(bucket(s3.address, secrets=reader)) == [Check.PERMISSION]
    assert problems(bucket(s3.address, region="not a region")) == [Check.REGION]
    late = {"now": lambda: time.time() - 3600}
    assert problems(bucket(s3.address, more=late)) == [Check.CLOCK]
    for fault, check in (
        (refusal("PUT", "RequestTimeTooSkewed", 403), Check.CLOCK),
        (refusal("PUT", "PermanentRedirect", 301), Check.REGION),
        (refusal("PUT", "AuthorizationHeaderMalformed", 400), Check.REGION),
        (refusal("CREATE", "AccessDenied", 403), Check.PERMISSION),
        (refusal("DELETE", "AccessDenied", 403), Check.PERMISSION),
        (refusal("PUT", "InternalError", 500), Check.SERVICE),
        (Fault("truncate", method="HEAD", path="/"), None),
    ):
        s3.script.add(fault)
        assert problems(bucket(s3.address)) == ([check] if check else [])
    # It asks nobody where the bucket may be instead.
    assert s3.script.left == []
    gone = Network(proxy="http://127.0.0.1:9", connect_timeout_s=2)
    assert problems(bucket("https://s3.example", network=gone)) == [Check.PROXY]
    assert problems(bucket("http://127.0.0.1:9")) == [Check.NETWORK]
    certificate = certificates.made(tmp_path, "IP:127.0.0.1")
    with S3Front(s3_server, certificate.certificate, certificate.key) as front:
        assert problems(bucket(front.address)) == [Check.CERTIFICATE]
        own = Network(ca_file=certificate.certificate)
        assert problems(bucket(front.address, network=own)) == []


def test_backblazes_master_key_is_recognized(s3: S3Front, monkeypatch: pytest.MonkeyPatch) -> None:
    # The front stands for Backblaze.
    monkeypatch.setattr("recorder_app.share.s3._BACKBLAZE", re.compile(r"127\.0\.0\.1()"))
    for key_id, is_told in (("0123456789ab", True), ("0040123456789ab0000000001", False)):
        s3.script.add(refusal("PUT", "InvalidAccessKeyId", 403, "Malformed Access Key Id"))
        with contextlib.closing(bucket(s3.address, secrets={**SECRETS, "key_id": key_id})) as one:
            [finding] = one.test()
        assert isinstance(finding.problem, AuthenticationRejected)
        assert ("master key" in finding.problem.hint) == is_told


def test_regions_are_read_off_addresses() -> None:
    assert region_of("s3.eu-central-003.backblazeb2.com") == "eu-central-003"
    assert region_of("s3.eu-west-1.amazonaws.com") == "eu-west-1"
    assert region_of("abc.eu.r2.cloudflarestorage.com") == "auto"
    assert region_of("minio.example") == ""


def test_what_is_missing_is_said() -> None:
    kind = kinds.kind("s3")
    fine: dict[str, Any] = {"endpoint": "s3.us-west-004.backblazeb2.com", "bucket": "takes"}
    kind.open(S3Configuration(**fine), SECRETS, Network())
    wrong: list[dict[str, Any]] = [
        {"endpoint": ""},
        {"bucket": ""},
        {"endpoint": "http://s3.example.com"},
        {"has_play_page": True},
        {"public_address": "ftp://cdn.example"},
    ]
    for options in wrong:
        with pytest.raises(InvalidSettingError):
            kind.open(S3Configuration(**(fine | options)), SECRETS, Network())
    for name in SECRETS:
        with pytest.raises(InvalidSettingError):
            kind.open(S3Configuration(**fine), {**SECRETS, name: ""}, Network())
