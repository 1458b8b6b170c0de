"""A folder as a destination."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from recorder_app.errors import (
    Cancelled,
    ChecksumMismatch,
    InvalidRequest,
    InvalidSettingError,
    MediaChanged,
    PermissionRejected,
    QuotaExceeded,
    RecorderError,
    RemoteNotFound,
    Unreachable,
)
from recorder_app.share import kinds
from recorder_app.share.destination import Check, LinkKind, Network, RemoteState, Ticket
from recorder_app.share.folder import Folder, FolderConfiguration
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.share.conftest import MakeFile
from tests.support.uploading import QUICK, Kept, item

SIZE = 5_000_000


@pytest.fixture
def share(tmp_path: Path) -> Path:
    path = tmp_path / "a share"
    path.mkdir()
    return path


def opened(share: Path, public_address: str = "") -> Folder:
    configuration = FolderConfiguration(folder=str(share), public_address=public_address)
    return Folder(configuration, {}, policy=QUICK)


def copied(destination: Folder, path: Path, kept: Kept | None = None) -> Ticket:
    ticket = destination.prepare(item(path))
    with Source(path) as source:
        destination.send(ticket, source, (kept or Kept()).context())
        destination.verify(ticket, source)
    return ticket


def contents(share: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in share.iterdir()}


@pytest.mark.parametrize("size", [0, 1, SIZE])
def test_a_file_arrives_and_is_taken_away(share: Path, make_file: MakeFile, size: int) -> None:
    path = make_file(size)
    destination = opened(share)
    ticket = destination.prepare(item(path))
    assert ticket.link == f"{share.as_uri()}/recording-{size}%20k1.webm"
    assert destination.status(ticket).state is RemoteState.LINK_MADE
    kept = Kept()
    copied(destination, path, kept)
    assert contents(share) == {f"recording-{size} k1.webm": path.read_bytes()}
    assert destination.status(ticket).state is RemoteState.PLAYABLE
    assert kept.told[-1] == size
    # Once more changes nothing.
    before = (share / ticket.remote_id).stat().st_mtime_ns
    copied(destination, path, kept)
    assert (share / ticket.remote_id).stat().st_mtime_ns == before
    for _twice in range(2):
        destination.remove(ticket)
    assert contents(share) == {}
    destination.close()


def test_links(share: Path, make_file: MakeFile) -> None:
    destination = opened(share, "https://files.example/{key}?v")
    ticket = destination.prepare(item(make_file(1)))
    place = "https://files.example/recording-1%20k1.webm?v"
    assert destination.links(ticket, LinkKind.DIRECT).text == place
    assert place in destination.links(ticket, LinkKind.EMBED).text
    assert destination.links(ticket, LinkKind.MARKDOWN).text == f"[A take]({place})"
    for call in ((LinkKind.PAGE, None), (LinkKind.DIRECT, 60)):
        with pytest.raises(InvalidRequest):
            destination.links(ticket, *call)


def failing(
    monkeypatch: pytest.MonkeyPatch, number: int, times: int, then: Any = lambda: None
) -> list[int]:
    """Let writing fail after two blocks, so often; return the sizes of what was written."""
    written: list[int] = []
    left = [times]
    write = os.write

    def fail(descriptor: int, block: memoryview) -> int:
        if len(written) == 2 and left[0]:
            left[0] -= 1
            then()
            raise OSError(number, os.strerror(number))
        written.append(write(descriptor, block))
        return written[-1]

    monkeypatch.setattr(os, "write", fail)
    return written


def test_a_copy_goes_on_where_it_stopped(
    share: Path, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_file(SIZE)
    written = failing(monkeypatch, errno.ESTALE, 100)
    kept = Kept()
    with pytest.raises(Unreachable, match="a share"):
        copied(opened(share), path, kept)
    before = sum(written)
    assert list(contents(share)) == [f".recording-{SIZE} k1.webm.part"]
    monkeypatch.undo()
    written = failing(monkeypatch, errno.EIO, 0)
    copied(opened(share), path, kept)
    assert list(contents(share).values()) == [path.read_bytes()]
    # In blocks of 1 MiB.
    assert sum(written) <= SIZE - before + (1 << 20)


def test_a_share_that_goes_and_comes_back(
    share: Path, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_file(SIZE)
    away = share.with_name("away")
    failing(monkeypatch, errno.EHOSTDOWN, 1, lambda: share.rename(away))
    destination = opened(share)
    ticket = destination.prepare(item(path))
    waited: list[float] = []
    context = SendContext()

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            away.rename(share)

    monkeypatch.setattr(context, "sleep", sleep)
    with Source(path) as source:
        destination.send(ticket, source, context)
        destination.verify(ticket, source)
        assert len(waited) == 3
        shutil.rmtree(share)
        # Nothing is made where it should be mounted, and nothing is known of it.
        with pytest.raises(Unreachable):
            destination.send(ticket, source, SendContext())
        with pytest.raises(Unreachable):
            destination.verify(ticket, source)
        with pytest.raises(Unreachable):
            destination.remove(ticket)
    assert not share.exists()


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, QuotaExceeded),
        (errno.EDQUOT, QuotaExceeded),
        (errno.EROFS, PermissionRejected),
        (errno.ENOTCONN, Unreachable),
    ],
)
def test_a_copy_stops_with_the_right_reason(
    share: Path,
    make_file: MakeFile,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    reason: type[RecorderError],
) -> None:
    failing(monkeypatch, number, 100)
    destination = opened(share)
    with pytest.raises(reason):
        copied(destination, make_file(SIZE))
    destination.remove(destination.prepare(item(make_file(SIZE))))
    assert contents(share) == {}


def test_what_is_there_is_compared(share: Path, make_file: MakeFile) -> None:
    path = make_file(SIZE)
    destination = opened(share)
    kept = Kept()
    with Source(path) as source:
        ticket = destination.prepare(item(path))
        with pytest.raises(RemoteNotFound):
            destination.verify(ticket, source)
        destination.send(ticket, source, kept.context())
    copy, partial = share / ticket.remote_id, share / f".{ticket.remote_id}.part"
    # Damaged, too long, and somebody else's.
    wrong = [bytes(SIZE), path.read_bytes() + b"more", path.read_bytes()[:3_000_000] + b"x"]
    for content in wrong:
        partial.write_bytes(content)
        copy.write_bytes(b"short")
        with Source(path) as source, pytest.raises(ChecksumMismatch):
            destination.verify(ticket, source)
        copied(destination, path, kept)
        assert contents(share) == {copy.name: path.read_bytes()}


def test_a_stop_ends_it_and_leaves_nothing(share: Path, make_file: MakeFile) -> None:
    path = make_file(SIZE)
    destination = opened(share)
    ticket = destination.prepare(item(path))
    context = SendContext(report=lambda sent, _total: context.stop() if sent else None)
    with Source(path) as source, pytest.raises(Cancelled):
        destination.send(ticket, source, context)
    assert len(contents(share)) == 1
    destination.remove(ticket, context.checkpoint)
    assert contents(share) == {}


def test_a_file_that_is_changed_meanwhile(share: Path, make_file: MakeFile) -> None:
    path = make_file(SIZE)
    destination = opened(share)
    ticket = destination.prepare(item(path))
    is_first = threading.Event()

    def change(_sent: int, _total: int) -> None:
        if not is_first.is_set():
            is_first.set()
            path.write_bytes(bytes(SIZE))

    with Source(path) as source, pytest.raises(MediaChanged):
        destination.send(ticket, source, SendContext(report=change))
    assert list(contents(share)) == [f".{ticket.remote_id}.part"]


def test_what_is_wrong_is_told(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(path: Path) -> list[Check]:
        return [each.check for each in opened(path).test() if each.problem is not None]

    assert wrong(share) == []
    assert contents(share) == {}
    assert wrong(share / "absent") == [Check.BUCKET]

    def refuse(*_what: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "open", refuse)
    assert wrong(share) == [Check.PERMISSION]


def test_trying_a_folder_writes_into_nobodys_file(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"kept")
    (share / ".recorder-test").symlink_to(theirs)
    assert all(each.problem is None for each in opened(share).test())
    assert theirs.read_bytes() == b"kept"
    assert (share / ".recorder-test").is_symlink()
    # Nor where somebody knows the name.
    monkeypatch.setattr("recorder_app.share.folder.token_hex", lambda _bytes: "known")
    (share / ".recorder-test-known").symlink_to(theirs)
    assert any(each.problem is not None for each in opened(share).test())
    assert theirs.read_bytes() == b"kept"


def test_what_is_missing_is_said() -> None:
    for name in ("", "takes"):
        with pytest.raises(InvalidSettingError):
            kinds.kind("folder").open(FolderConfiguration(folder=name), {}, Network())
