"""Uploads to Bunny Stream, through a real tus server, with everything that can go wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from recorder_app.errors import (
    AuthenticationRejected,
    Cancelled,
    MediaChanged,
    QuotaExceeded,
    RateLimited,
    RemoteNotFound,
    RemoteRejected,
    ServerFailed,
    ShareError,
    Unreachable,
)
from recorder_app.share.bunny_stream import BunnyStream
from recorder_app.share.destination import Network, RemoteState, Ticket
from recorder_app.share.sending import SendContext, TokenBucket
from recorder_app.share.source import Source
from tests.share.conftest import MakeFile, digest
from tests.support import certificates
from tests.support.bunny import LIBRARY, LOCKED, Bunny
from tests.support.command import ROOT
from tests.support.faults import Effect, Fault
from tests.support.tus import TusServer
from tests.support.uploading import CHUNK_BYTES, Kept, item, stream, upload

SIZE = 3 * CHUNK_BYTES + 12345


def shared(bunny: Bunny, path: Path, kept: Kept | None = None) -> Ticket:
    """Upload `path` and see that it arrived byte for byte."""
    destination = stream(bunny.address)
    ticket = destination.prepare(item(path))
    upload(destination, ticket, path, kept)
    destination.close()
    assert digest(bunny.file(ticket.remote_id)) == digest(path)
    assert bunny.script.left == []
    return ticket


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_a_file_of_any_size_arrives(bunny: Bunny, make_file: MakeFile, size: int) -> None:
    kept = Kept()
    shared(bunny, make_file(size), kept)
    assert [each["offset"] for each in kept.saved][-1] == size
    assert kept.saved[0]["offset"] == 0, "kept before the first byte"
    assert kept.told[-1] == size


def test_a_large_file_arrives(bunny: Bunny, make_file: MakeFile) -> None:
    path = make_file(200_000_000)
    destination = stream(bunny.address, tus_options={"chunk_bytes": 8 << 20})
    ticket = destination.prepare(item(path))
    upload(destination, ticket, path)
    assert digest(bunny.file(ticket.remote_id)) == digest(path)
    assert bunny.videos[ticket.remote_id].received_bytes == 200_000_000
    assert len(bunny.of("PATCH")) == 24


def test_chunks_grow_until_a_fault(bunny: Bunny, make_file: MakeFile) -> None:
    path = make_file(14 * CHUNK_BYTES)
    options = {"most_chunk_bytes": 4 * CHUNK_BYTES}
    destination = stream(bunny.address, tus_options=options)
    ticket = destination.prepare(item(path))
    bunny.script.add(Fault("status", after=3, status=503))
    upload(destination, ticket, path)
    sizes = [int(call.headers["content-length"]) // CHUNK_BYTES for call in bunny.of("PATCH")]
    assert sizes == [1, 2, 4, 4, 1, 2, 4]


def test_the_link_is_there_before_the_upload_and_tells_when_it_plays(
    bunny: Bunny, make_file: MakeFile
) -> None:
    path = make_file(1000)
    destination = stream(bunny.address)
    ticket = destination.prepare(item(path))
    assert ticket.link == f"https://player.mediadelivery.net/play/4711/{ticket.remote_id}"
    assert destination.status(ticket).state is RemoteState.LINK_MADE
    # What a job keeps is plain JSON.
    ticket = msgspec.json.decode(msgspec.json.encode(ticket), type=Ticket)
    upload(destination, ticket, path)
    assert destination.status(ticket).state is RemoteState.UPLOADED
    assert bunny.videos[ticket.remote_id].title == "A take"
    bunny.videos[ticket.remote_id].status = 4
    assert destination.status(ticket).state is RemoteState.PLAYABLE
    bunny.videos[ticket.remote_id].status = 5
    failed = destination.status(ticket)
    assert (failed.state, failed.reason) == (RemoteState.FAILED, "no picture")
    destination.remove(ticket)
    assert destination.status(ticket).state is RemoteState.GONE
    destination.remove(ticket)


PASSING = [
    Fault("cut", after=1),
    Fault("drop", after=1),
    Fault("lose answer"),
    Fault("lose answer", after=3),
    Fault("slow", seconds=0.005),
    Fault("stall", seconds=0.2),
    Fault("duplicate", after=1),
    Fault("take less", after=1),
    Fault("take more", after=1),
    Fault("claim more", after=1),
    Fault("claim more", after=3),
    Fault("say nothing", after=1),
    Fault("forget", after=2, status=410),
    Fault("forget", after=1, status=404),
    Fault("status", after=1, status=401),
    Fault("status", after=1, status=408),
    Fault("status", after=1, status=409),
    Fault("status", after=1, status=409, text=LOCKED),
    Fault("status", after=1, status=423),
    Fault("status", after=1, status=429, headers={"Retry-After": "0"}),
    Fault("status", after=1, status=460),
    Fault("status", after=1, status=500),
    Fault("status", after=1, status=503),
    Fault("status", method="POST", status=503),
    Fault("status", method="POST", status=401),
    Fault("lose answer", method="POST"),
    Fault("status", method="POST", path="/library", after=1, status=500),
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_an_upload_survives_a_fault(bunny: Bunny, make_file: MakeFile, fault: Fault) -> None:
    bunny.script.add(fault)
    ticket = shared(bunny, make_file(SIZE))
    sent_again = bunny.videos[ticket.remote_id].received_bytes - SIZE
    # What the server lost or spoiled has to be sent once more.
    most = 2 * CHUNK_BYTES if fault.effect in ("forget", "take more") else CHUNK_BYTES
    assert 0 <= sent_again <= most


def test_an_upload_that_was_taken_in_is_not_sent_twice(bunny: Bunny, make_file: MakeFile) -> None:
    # The answer to the last chunk is lost, and the service has no use for the upload any more.
    bunny.script.add(Fault("lose answer", after=3), Fault("status", method="HEAD", status=404))
    ticket = shared(bunny, make_file(SIZE))
    assert len(bunny.of("POST", "/tusupload")) == 1
    assert bunny.videos[ticket.remote_id].received_bytes == SIZE


def test_a_service_that_is_busy_then_gets_nothing_twice(bunny: Bunny, make_file: MakeFile) -> None:
    bunny.script.add(
        Fault("lose answer", after=3),
        *[Fault("status", method="HEAD", status=404)] * 2,
        Fault("status", method="GET", path=f"/library/{LIBRARY}/videos/", status=503),
    )
    ticket = shared(bunny, make_file(SIZE))
    assert bunny.script.left == []
    assert len(bunny.of("POST", "/tusupload")) == 1
    assert bunny.videos[ticket.remote_id].received_bytes == SIZE


def test_a_conflict_that_stays_is_a_lock_and_waited_for(bunny: Bunny, make_file: MakeFile) -> None:
    bunny.script.add(
        *[Fault("status", after=1, status=409)] * 1, *[Fault("status", status=409)] * 2
    )
    shared(bunny, make_file(SIZE))


def test_what_a_fault_repeats_after_asking_is_asked_again(
    bunny: Bunny, make_file: MakeFile
) -> None:
    bunny.script.add(
        Fault("cut", after=1),
        Fault("status", method="HEAD", status=503),
        Fault("drop", method="HEAD"),
        Fault("say nothing", method="HEAD"),
    )
    shared(bunny, make_file(SIZE))


ENDING: list[tuple[list[Fault], type[ShareError]]] = [
    ([Fault("status", status=401)] * 2, AuthenticationRejected),
    ([Fault("status", status=413)], QuotaExceeded),
    ([Fault("status", status=400, text="bad header")], RemoteRejected),
    ([Fault("status", status=415)], RemoteRejected),
    ([Fault("status", status=412)], RemoteRejected),
    ([Fault("status", status=302, headers={"Location": "/x"})], RemoteRejected),
    ([Fault("status", method="POST", status=404)], RemoteNotFound),
    ([Fault("wrong location", method="POST")], RemoteRejected),
    (
        [Fault("wrong location", method="POST", text="http://127.0.0.1:9/tusupload/1")],
        RemoteRejected,
    ),
    ([Fault("status", status=503)] * 8, ServerFailed),
    ([Fault("drop")] * 8, Unreachable),
    ([Fault("status", status=429, headers={"Retry-After": "3600"})], RateLimited),
]


@pytest.mark.parametrize(
    ("faults", "reason"), ENDING, ids=[f"{faults[0]} x{len(faults)}" for faults, _ in ENDING]
)
def test_an_upload_stops_with_the_right_reason(
    bunny: Bunny, make_file: MakeFile, faults: list[Fault], reason: type[ShareError]
) -> None:
    path = make_file(SIZE)
    destination = stream(bunny.address)
    ticket = destination.prepare(item(path))
    bunny.script.add(*faults)
    kept = Kept()
    with pytest.raises(reason) as raised:
        upload(destination, ticket, path, kept)
    assert bunny.script.left == []
    assert raised.value.hint
    assert "0f3d2c61" not in f"{raised.value} {raised.value.details}"
    if reason is RateLimited:
        assert raised.value.retry_after == 3600
    # It rests; a retry goes on where it was.
    upload(destination, ticket, path, kept)
    assert digest(bunny.file(ticket.remote_id)) == digest(path)


def test_a_signature_is_made_anew_before_it_runs_out(bunny: Bunny, make_file: MakeFile) -> None:
    path = make_file(SIZE)
    slept_s = 0.0
    destination = stream(bunny.address, now=lambda: time.time() + slept_s)
    ticket = destination.prepare(item(path))

    def sleep_once(checkpoint: Mapping[str, Any], _acknowledged: int | None) -> None:
        nonlocal slept_s
        if checkpoint["offset"] == CHUNK_BYTES:
            slept_s = 23.5 * 3600

    with Source(path) as source:
        destination.send(ticket, source, SendContext(save=sleep_once))
    times = [call.headers["authorizationexpire"] for call in bunny.of("PATCH")]
    assert len(set(times)) == 2
    assert int(times[-1]) - int(times[0]) >= 23 * 3600


def test_a_process_that_was_killed_goes_on_where_it_was(
    bunny: Bunny, make_file: MakeFile, tmp_path: Path
) -> None:
    path, kept = make_file(SIZE), tmp_path / "kept.json"
    command = [sys.executable, "-m", "tests.support.uploading", bunny.address, str(path), str(kept)]
    bunny.script.add(Fault("stall", after=2, seconds=60))
    process = subprocess.Popen(command, cwd=ROOT)
    assert bunny.stalled.wait(30)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    [video] = bunny.videos.values()
    assert digest(bunny.file(video.guid)) == digest(path)
    assert video.received_bytes <= SIZE + CHUNK_BYTES


def test_a_video_of_whose_creation_nobody_heard_is_found_again(
    bunny: Bunny, make_file: MakeFile
) -> None:
    path = make_file(10)
    destination = stream(bunny.address)
    bunny.script.add(Fault("lose answer", method="POST", path="/library"))
    with pytest.raises(Unreachable):
        destination.prepare(item(path))
    ticket = destination.prepare(item(path), is_repeated=True)
    assert list(bunny.videos) == [ticket.remote_id]
    other = destination.prepare(item(path, key="k2"), is_repeated=True)
    assert other.remote_id != ticket.remote_id


def stopped_in_the_middle(bunny: Bunny, path: Path, destination: BunnyStream) -> None:
    """Stop an upload while the server takes nothing, and take away what was begun."""
    ticket = destination.prepare(item(path))
    bunny.script.add(Fault("stall", seconds=60))
    context = SendContext()
    raised: list[BaseException] = []

    def send() -> None:
        with Source(path) as source:
            try:
                destination.send(ticket, source, context)
            except BaseException as error:
                raised.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    assert bunny.stalled.wait(30)
    context.stop()
    sender.join(1.0)
    assert not sender.is_alive()
    assert isinstance(raised[0], Cancelled)
    bunny.ended.set()
    destination.remove(ticket, context.checkpoint)
    assert bunny.videos == {}
    assert bunny.tus.uploads() == []


def test_a_stop_ends_a_stalled_upload_at_once_and_nothing_is_left(
    bunny: Bunny, make_file: MakeFile
) -> None:
    stopped_in_the_middle(bunny, make_file(SIZE), stream(bunny.address))


def test_protected_uploads_arrive_and_stop_like_others(
    tus_server: TusServer, make_file: MakeFile, tmp_path: Path
) -> None:
    own = certificates.made(tmp_path, "IP:127.0.0.1")
    with Bunny(tus_server, own.certificate, own.key) as bunny:
        destination = stream(bunny.address, Network(ca_file=own.certificate, read_timeout_s=30))
        # More than the buffers on the way hold: it is stopped in the middle of a write.
        path = make_file(20 * CHUNK_BYTES)
        ticket = destination.prepare(item(path))
        bunny.script.add(Fault("cut", after=1))
        upload(destination, ticket, path)
        assert digest(bunny.file(ticket.remote_id)) == digest(path)
        destination.remove(ticket)
        big = {"chunk_bytes": 19 * CHUNK_BYTES}
        network = Network(ca_file=own.certificate, read_timeout_s=30)
        stopped_in_the_middle(bunny, path, stream(bunny.address, network, tus_options=big))


def test_a_server_that_was_killed_and_started_again_goes_on(
    make_file: MakeFile, tmp_path: Path
) -> None:
    path = make_file(SIZE)
    with TusServer(tmp_path / "tus") as first, Bunny(first) as bunny:
        destination = stream(bunny.address)
        ticket = destination.prepare(item(path))
        bunny.script.add(Fault("stall", after=1, seconds=60))

        def restart() -> None:
            assert bunny.stalled.wait(30)
            first.close()
            bunny.tus = TusServer(first.folder)
            bunny.ended.set()

        restarting = threading.Thread(target=restart)
        restarting.start()
        upload(destination, ticket, path)
        restarting.join()
        bunny.tus.close()
        assert digest(bunny.file(ticket.remote_id)) == digest(path)
        assert bunny.videos[ticket.remote_id].received_bytes <= SIZE + CHUNK_BYTES


def test_a_limit_is_kept_on_the_wire(bunny: Bunny, make_file: MakeFile) -> None:
    path = make_file(SIZE)
    destination = stream(bunny.address)
    ticket = destination.prepare(item(path))
    rate = 2_000_000.0
    began = time.monotonic()
    with Source(path) as source:
        destination.send(ticket, source, SendContext(limit=TokenBucket(rate)))
    seconds = time.monotonic() - began
    assert 0.9 * SIZE / rate < seconds
    assert digest(bunny.file(ticket.remote_id)) == digest(path)


def test_a_paused_upload_sends_nothing_and_goes_on(bunny: Bunny, make_file: MakeFile) -> None:
    path = make_file(SIZE)
    destination = stream(bunny.address)
    ticket = destination.prepare(item(path))
    paused = threading.Event()

    def pause_once(sent: int, _total: int) -> None:
        if sent > CHUNK_BYTES and not paused.is_set():
            context.pause()
            paused.set()

    context = SendContext(report=pause_once)

    def send() -> None:
        with Source(path) as source:
            destination.send(ticket, source, context)

    sender = threading.Thread(target=send)
    sender.start()
    assert paused.wait(30)
    # Nothing more is sent, so nothing more can come after what is on the way.
    sender.join(0.3)
    assert sender.is_alive()
    assert bunny.videos[ticket.remote_id].received_bytes < 2 * CHUNK_BYTES
    context.resume()
    sender.join(30)
    assert digest(bunny.file(ticket.remote_id)) == digest(path)


def test_a_file_that_changed_is_noticed_and_uploaded_anew(
    bunny: Bunny, make_file: MakeFile
) -> None:
    path = make_file(SIZE)
    destination = stream(bunny.address)
    ticket = destination.prepare(item(path))
    kept = Kept()

    def spoil(checkpoint: object, _acknowledged: int | None) -> None:
        assert isinstance(checkpoint, dict)
        kept.saved.append(checkpoint)
        if checkpoint["offset"] == CHUNK_BYTES:
            with path.open("r+b") as file:
                file.write(b"changed")

    with pytest.raises(MediaChanged), Source(path) as source:
        destination.send(ticket, source, SendContext(save=spoil))
    upload(destination, ticket, path, kept)
    assert digest(bunny.file(ticket.remote_id)) == digest(path)
    assert len(bunny.tus.uploads()) == 1, "the old one was taken off"


@pytest.mark.parametrize("effect", ["lose answer", "truncate"])
def test_an_answer_that_ends_early_is_said(
    bunny: Bunny, make_file: MakeFile, effect: Effect
) -> None:
    destination = stream(bunny.address)
    bunny.script.add(Fault(effect, method="POST", path="/library"))
    with pytest.raises(ShareError) as raised:
        destination.prepare(item(make_file(1)))
    assert raised.value.retryable
