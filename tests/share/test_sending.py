"""What an upload has in its hands: pace, pause, stop; its file; and when it is tried again."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from recorder_app.errors import (
    AuthenticationRejected,
    Cancelled,
    MediaChanged,
    RateLimited,
    RecorderError,
    ServerFailed,
    UnreadableMedia,
)
from recorder_app.share.body import Window
from recorder_app.share.retry import Retry, RetryPolicy, retried
from recorder_app.share.sending import SendContext, TokenBucket
from recorder_app.share.source import Source


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_is_kept_over_any_time_and_by_all_together() -> None:
    clock = Clock()
    bucket = TokenBucket(1000.0, clock)
    sent, until = 0, clock.now + 10
    while clock.now < until:
        for _upload in range(2):
            clock.now += bucket.take(100)
            sent += 100
    assert sent == pytest.approx(10_000, rel=0.03)


def test_what_was_not_used_does_not_pile_up() -> None:
    clock = Clock()
    bucket = TokenBucket(1000.0, clock)
    clock.now += 3600
    assert bucket.take(250) == 0
    assert bucket.take(1000) == pytest.approx(1.0)


def test_a_limit_can_be_changed_and_lifted() -> None:
    clock = Clock()
    bucket = TokenBucket(1000.0, clock)
    assert bucket.take(1000) == pytest.approx(1.0)
    bucket.bytes_per_s = None
    assert bucket.take(10**9) == 0
    bucket.bytes_per_s = 100.0
    assert bucket.take(100) >= 1.0


def test_a_paused_upload_waits_until_it_is_resumed() -> None:
    context = SendContext()
    context.pause()
    taken = threading.Event()

    def send() -> None:
        context.take(1)
        taken.set()

    sender = threading.Thread(target=send)
    sender.start()
    assert not taken.wait(0.2)
    context.resume()
    assert taken.wait(0.2), "it did not have to ask again"
    sender.join()


@pytest.mark.parametrize("way", ["limit", "pause", "sleep"])
def test_a_stop_ends_every_wait(way: str) -> None:
    bucket = TokenBucket(1.0) if way == "limit" else None
    context = SendContext(limit=bucket)
    if way == "pause":
        context.pause()
    raised = threading.Event()
    aborted = threading.Event()
    context.on_stop(aborted.set)

    def send() -> None:
        try:
            if way == "sleep":
                context.sleep(60)
            else:
                context.take(60)
        except Cancelled:
            raised.set()

    sender = threading.Thread(target=send)
    sender.start()
    assert not raised.wait(0.1)
    context.stop()
    assert aborted.is_set()
    assert raised.wait(0.2)
    sender.join()
    late = threading.Event()
    context.on_stop(late.set)
    assert late.is_set()


def test_whoever_is_asked_may_stop_it_too() -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        SendContext(check=check).sleep(60)


def test_whoever_is_told_of_a_fault_may_end_it_there() -> None:
    told: list[RecorderError] = []

    def faulted(error: RecorderError) -> None:
        told.append(error)
        if len(told) == 2:
            raise error

    context, broken = SendContext(faulted=faulted), ServerFailed("broken")
    context.wait_after(broken, 0.0)
    with pytest.raises(ServerFailed):
        context.wait_after(broken, 60.0)
    assert told == [broken, broken]


def test_a_file_that_changes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "take.webm"
    path.write_bytes(bytes(200_000))
    with Source(path) as source:
        source.check()
        with path.open("r+b") as file:
            file.write(b"1")
        os.utime(path, ns=(1, source.identity.modified_ns + 1))
        with pytest.raises(MediaChanged):
            source.check()
    with Source(path) as source:
        path.write_bytes(bytes(100))
        with pytest.raises(MediaChanged):
            list(Window(source, 0, source.size, SendContext()))
    with Source(path) as source:
        path.rename(tmp_path / "old")
        path.write_bytes(bytes(100))
        os.utime(path, ns=(1, source.identity.modified_ns))
        with pytest.raises(MediaChanged):
            source.check()
        path.unlink()
        with pytest.raises(MediaChanged):
            source.check()
    with pytest.raises(UnreadableMedia):
        Source(path)


def test_a_file_is_known_by_both_its_ends(tmp_path: Path) -> None:
    path = tmp_path / "take.mp4"
    identities = set()
    for change in (None, 0, 999_999):
        content = bytearray(1_000_000)
        if change is not None:
            content[change] = 1
        path.write_bytes(content)
        os.utime(path, ns=(1, 1))
        with Source(path) as source:
            identities.add(source.identity)
    assert len(identities) == 3


def test_a_window_is_its_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "take.webm"
    content = os.urandom(500_000)
    path.write_bytes(content)
    told: list[tuple[int, int]] = []
    with Source(path) as source:
        context = SendContext(report=lambda sent, total: told.append((sent, total)))
        window = Window(source, 1000, 300_001, context)
        assert len(window) == 300_001
        assert b"".join(bytes(part) for part in window) == content[1000:301_001]
    assert told[-1] == (301_001, 500_000)


def test_waits_grow_and_are_told_apart_by_chance() -> None:
    retry = Retry(RetryPolicy(first_s=1, factor=2, longest_s=5, attempts=6), chance=lambda: 1.0)
    error = ServerFailed("")
    assert [retry.failed(error) for _ in range(5)] == [1, 2, 4, 5, 5]
    with pytest.raises(ServerFailed):
        retry.failed(error)
    low = Retry(RetryPolicy(first_s=1), chance=lambda: 0.0)
    assert low.failed(error) == 0.5


def test_a_success_counts_anew() -> None:
    retry = Retry(RetryPolicy(attempts=2), chance=lambda: 1.0)
    for _ in range(5):
        assert retry.failed(ServerFailed("")) == 1.0
        retry.succeeded()


def test_the_server_says_how_long_to_wait_and_too_long_is_for_the_queue() -> None:
    retry = Retry(RetryPolicy())
    assert retry.failed(RateLimited("", retry_after=30)) == 30
    with pytest.raises(RateLimited):
        retry.failed(RateLimited("", retry_after=600))


def test_patience_ends() -> None:
    clock = Clock()
    retry = Retry(RetryPolicy(patience_s=100, attempts=99), clock=clock, chance=lambda: 1.0)
    retry.failed(ServerFailed(""))
    clock.now += 99
    with pytest.raises(ServerFailed):
        retry.failed(ServerFailed(""))


def test_what_no_repetition_helps_against_is_not_repeated() -> None:
    calls = []

    def call() -> None:
        calls.append(1)
        raise AuthenticationRejected("")

    with pytest.raises(AuthenticationRejected):
        retried(call, RetryPolicy(), lambda _seconds: None)
    assert len(calls) == 1


def test_a_call_is_repeated_until_it_works() -> None:
    answers = iter([ServerFailed(""), RateLimited("", retry_after=2), None])
    waits: list[float] = []

    def call() -> str:
        if (answer := next(answers)) is not None:
            raise answer
        return "done"

    assert retried(call, RetryPolicy(), waits.append, chance=lambda: 1.0) == "done"
    assert waits == [1.0, 2.0]
