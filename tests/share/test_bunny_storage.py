"""Uploads to Bunny Storage, where a file goes in one call."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from recorder_app.errors import (
    AuthenticationRejected,
    Cancelled,
    ChecksumMismatch,
    InvalidRequest,
    InvalidSettingError,
    RemoteNotFound,
    RemoteRejected,
    ShareError,
)
from recorder_app.share.bunny_signing import file_token
from recorder_app.share.bunny_storage import BunnyStorage, BunnyStorageConfiguration
from recorder_app.share.destination import Check, LinkKind, RemoteState
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.share.conftest import MakeFile
from tests.support.bunny_storage import PASSWORD, ZONE, BunnyStorageServer
from tests.support.faults import Fault
from tests.support.uploading import QUICK, Kept, item

SECRETS = {"password": PASSWORD, "zone_key": "SecurityKey"}


@pytest.fixture
def server() -> Iterator[BunnyStorageServer]:
    with BunnyStorageServer() as running:
        yield running


def storage(server: BunnyStorageServer, zone: str = ZONE, **secrets: str) -> BunnyStorage:
    configuration = BunnyStorageConfiguration(
        zone=zone, pull_zone="takes.b-cdn.net", folder="/my takes/", api_address=server.address
    )
    return BunnyStorage(configuration, {**SECRETS, **secrets}, now=lambda: 1598020987, policy=QUICK)


@pytest.mark.parametrize("size", [0, 1, 300_000])
def test_a_file_arrives_and_is_taken_away(
    server: BunnyStorageServer, make_file: MakeFile, size: int
) -> None:
    path = make_file(size)
    destination = storage(server)
    ticket = destination.prepare(item(path))
    assert server.calls == [], "the link needs no network"
    assert ticket.link == f"https://takes.b-cdn.net/my%20takes/k1/recording-{size}.webm"
    kept = Kept()
    with Source(path) as source:
        assert destination.status(ticket).state is RemoteState.LINK_MADE
        destination.send(ticket, source, kept.context())
        destination.verify(ticket, source)
    assert server.files == {f"my takes/k1/recording-{size}.webm": path.read_bytes()}
    assert len(kept.saved) == 1
    [put] = server.of("PUT")
    assert put.headers["checksum"] == put.headers["checksum"].upper()
    assert put.headers["content-length"] == str(size)
    assert "transfer-encoding" not in put.headers
    assert destination.status(ticket).state is RemoteState.PLAYABLE
    destination.remove(ticket)
    assert server.files == {}
    destination.remove(ticket)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("cut", method="PUT", path="/"),
        Fault("drop", method="PUT", path="/"),
        Fault("lose answer", method="PUT", path="/"),
        Fault("status", method="PUT", path="/", status=429, headers={"Retry-After": "0"}),
        Fault("status", method="PUT", path="/", status=503),
    ],
    ids=str,
)
def test_an_upload_survives_a_fault(
    server: BunnyStorageServer, make_file: MakeFile, fault: Fault
) -> None:
    path = make_file(1_000_000)
    server.script.add(fault)
    destination = storage(server)
    ticket = destination.prepare(item(path))
    with Source(path) as source:
        destination.send(ticket, source, SendContext())
        destination.verify(ticket, source)
    assert list(server.files.values()) == [path.read_bytes()]
    assert server.script.left == []


def test_a_stop_ends_it_at_once(server: BunnyStorageServer, make_file: MakeFile) -> None:
    path = make_file(5_000_000)
    server.script.add(Fault("stall", method="PUT", path="/", seconds=60))
    destination = storage(server)
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
    assert server.stalled.wait(10)
    context.stop()
    sender.join(1)
    assert raised
    destination.remove(ticket)
    assert server.files == {}


def test_what_arrived_wrong_is_noticed(server: BunnyStorageServer, make_file: MakeFile) -> None:
    path = make_file(1000)
    destination = storage(server)
    ticket = destination.prepare(item(path))
    with Source(path) as source:
        with pytest.raises(RemoteNotFound):
            destination.verify(ticket, source)
        for content in (b"short", bytes(1000)):
            server.files[ticket.remote_id] = content
            with pytest.raises(ChecksumMismatch):
                destination.verify(ticket, source)
        # The sum of an earlier state of the file.
        wrong = {"identity": source.identity, "sha256": "00"}
        with pytest.raises(RemoteRejected, match="Checksum mismatch"):
            destination.send(ticket, source, SendContext(checkpoint=wrong))


def test_links(server: BunnyStorageServer, make_file: MakeFile) -> None:
    destination = storage(server)
    ticket = destination.prepare(item(make_file(1)))
    assert destination.links(ticket, LinkKind.DIRECT).text == ticket.link
    assert ticket.link in destination.links(ticket, LinkKind.EMBED).text
    assert destination.links(ticket, LinkKind.MARKDOWN).text == f"[A take]({ticket.link})"
    with pytest.raises(InvalidRequest):
        destination.links(ticket, LinkKind.PAGE)
    signed = destination.links(ticket, LinkKind.DIRECT, 3600)
    assert signed.expires_at == 1598024587
    token = file_token("SecurityKey", "/my%20takes/k1/recording-1.webm", 1598024587)
    assert signed.text == f"{ticket.link}?token={token}&expires=1598024587"
    with pytest.raises(InvalidRequest, match="need the key"):
        storage(server, zone_key="").links(ticket, LinkKind.DIRECT, 3600)


def test_what_is_wrong_is_told(server: BunnyStorageServer) -> None:
    def wrong(destination: BunnyStorage) -> list[Check]:
        return [each.check for each in destination.test() if each.problem is not None]

    # The server's clock is that of this computer, which is later than the one of these tests.
    assert wrong(storage(server)) == [Check.CLOCK]
    assert server.files == {}
    destination = storage(server, password="another-password")
    [finding] = destination.test()
    assert finding.check is Check.KEY
    assert isinstance(finding.problem, AuthenticationRejected)
    assert "region" in finding.problem.hint
    server.script.add(Fault("status", method="DELETE", path="/", status=403))
    assert wrong(storage(server)) == [Check.CLOCK, Check.PERMISSION]


def test_what_is_missing_is_said(server: BunnyStorageServer) -> None:
    with pytest.raises(InvalidSettingError):
        storage(server, zone="")
    with pytest.raises(InvalidSettingError):
        storage(server, password="")
    assert issubclass(RemoteNotFound, ShareError)
