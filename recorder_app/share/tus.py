"""Resumable uploads by tus 1.0.0 (https://tus.io/protocols/resumable-upload).

The server is asked what it has after every fault and on every new start; what was kept here only
tells where to ask. The body is streamed from the file in chunks, each a PATCH of its own: a chunk
is the most that a fault can cost.
"""

from __future__ import annotations

import base64
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from recorder_app.errors import (
    AnswerUnreadable,
    AuthenticationRejected,
    PermissionRejected,
    RemoteConflict,
    RemoteNotFound,
    ShareError,
)
from recorder_app.shapes import converted
from recorder_app.share.body import Window
from recorder_app.share.http import Answer, HttpClient, host_of
from recorder_app.share.retry import Retry, RetryPolicy
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Identity, Source
from recorder_app.texts import N_

logger = logging.getLogger(__name__)

VERSION = {"Tus-Resumable": "1.0.0"}
# 27 s at 2.5 Mb/s. Larger ones cost more after a fault, smaller ones wait for more answers: so they
# grow where one takes less than _QUICK_S, until a fault.
CHUNK_BYTES = 8 << 20
MOST_CHUNK_BYTES = 256 << 20
_QUICK_S = 5.0
# A server lets go of a broken connection's lock only when it notices; asking sooner is in vain.
LOCK_WAIT_S = 5.0
POLICY = RetryPolicy(first_s=1.0, longest_s=60.0, attempts=10)

Sign = Callable[[bool], Mapping[str, str]]
"""Returns the headers that permit a call; with True they are made anew."""


class Checkpoint(msgspec.Struct, frozen=True):
    """Where an upload is, and of which file; the server's word counts more than `offset`."""

    url: str
    offset: int
    identity: Identity


class TusUpload:
    """One upload of one file to `endpoint`. One thread.

    Who makes it lets a stop of the context abort the client. `send` may be called again after any
    error, with the context's checkpoint, in another process too. `is_complete` tells what only the
    service behind the server knows: that it took the whole file, and so the upload away. It raises
    ShareError where that cannot be learnt.
    """

    def __init__(
        self,
        client: HttpClient,
        endpoint: str,
        source: Source,
        context: SendContext,
        *,
        metadata: Mapping[str, str],
        sign: Sign,
        is_complete: Callable[[], bool] = lambda: False,
        chunk_bytes: int = CHUNK_BYTES,
        most_chunk_bytes: int = MOST_CHUNK_BYTES,
        policy: RetryPolicy = POLICY,
        lock_wait_s: float = LOCK_WAIT_S,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client, self._endpoint = client, endpoint
        self._source, self._context = source, context
        self._metadata, self._sign, self._is_complete = metadata, sign, is_complete
        self._least_bytes, self._most_bytes = chunk_bytes, most_chunk_bytes
        self._chunk_bytes = chunk_bytes
        self._lock_wait_s = lock_wait_s
        self._retry = Retry(policy, clock=context.clock, chance=chance)
        self._url = ""
        # What the server has; None when it has to be asked.
        self._offset: int | None = None
        # How far it can have got at most, and how far it ever was.
        self._reached = 0
        self._best = -1
        # From where the last chunk was sent, and where a conflict met one.
        self._sent_from: int | None = None
        self._conflict_at: int | None = None
        self._is_signed_anew = False

    def send(self) -> None:
        """Upload all that the server lacks.

        Raises MediaChanged, Cancelled, and the ShareError that no repetition helps against.
        """
        self._take_up()
        while self._offset != self._source.size or not self._url:
            self._context.check()
            self._source.check()
            try:
                self._step()
            except ShareError as error:
                # A call that was broken off from outside fails like any other.
                self._context.check()
                self._after(error)
        self._source.check()

    def _take_up(self) -> None:
        kept = read_checkpoint(self._context.checkpoint)
        if kept is None:
            return
        if kept.identity != self._source.identity:
            discard(self._client, kept.url, self._sign)
            return
        self._url = self._client.location(self._endpoint, kept.url)
        self._reached = self._source.size

    def _step(self) -> None:
        """Do what comes next: make the upload, ask what the server has, or send a chunk."""
        if not self._url:
            self._create()
        elif self._offset is None:
            self._ask()
        else:
            self._send_chunk(self._offset)

    def _create(self) -> None:
        headers = {"Upload-Length": str(self._source.size)}
        if self._metadata:
            headers["Upload-Metadata"] = encoded(self._metadata)
        answer = self._call("POST", self._endpoint, headers, expect=(200, 201))
        self._url = self._client.location(self._endpoint, answer.headers.get("Location"))
        self._reached = 0
        self._acknowledged(0)

    def _ask(self) -> None:
        try:
            answer = self._call("HEAD", self._url, expect=(200, 204))
        except PermissionRejected:
            # Some servers answer so for what they no longer have.
            raise RemoteNotFound(N_("The upload is gone.")) from None
        offset = self._told(answer)
        length = answer.headers.get("Upload-Length", str(self._source.size))
        if length != str(self._source.size) or offset > self._reached:
            # Bytes that were never sent: it is not this file.
            discard(self._client, self._url, self._sign)
            self._begin_anew()
            raise self._strange()
        self._acknowledged(offset)

    def _send_chunk(self, offset: int) -> None:
        length = min(self._chunk_bytes, self._source.size - offset)
        self._reached = max(self._reached, offset + length)
        began = self._context.clock()
        # Until the answer nothing is known.
        self._offset, self._sent_from = None, offset
        answer = self._call(
            "PATCH",
            self._url,
            {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
            body=Window(self._source, offset, length, self._context),
            expect=(200, 204),
        )
        told = self._told(answer)
        if not offset < told <= offset + length:
            raise self._strange()
        # What was read while somebody wrote must not count as sent.
        self._source.check()
        self._conflict_at = None
        self._acknowledged(told)
        if self._context.clock() - began < _QUICK_S:
            self._chunk_bytes = min(2 * self._chunk_bytes, self._most_bytes)

    def _acknowledged(self, offset: int) -> None:
        self._offset = offset
        if offset > self._best:
            # Only what was never reached before: a server that forgets must come to an end.
            self._best = offset
            self._is_signed_anew = False
            self._retry.succeeded()
        checkpoint = Checkpoint(self._url, offset, self._source.identity)
        self._context.save(msgspec.to_builtins(checkpoint), offset)
        self._context.progress(offset, self._source.size)

    def _after(self, error: ShareError) -> None:
        """Make ready for another attempt, after a wait. Raises `error` where none helps."""
        self._offset, self._chunk_bytes = None, self._least_bytes
        if isinstance(error, AuthenticationRejected) and not self._is_signed_anew:
            # What was signed has run out, perhaps because the computer slept.
            self._sign(True)
            self._is_signed_anew = True
            return
        if isinstance(error, RemoteNotFound) and self._url:
            try:
                # All was sent, and only the answer to that is missing.
                if self._reached == self._source.size and self._is_complete():
                    self._acknowledged(self._source.size)
                    return
            except ShareError as problem:
                # It is not known yet whether anything has to be sent again.
                error = problem
            else:
                self._begin_anew()
                error = self._lost()
        wait = self._retry.failed(error)
        if isinstance(error, RemoteConflict):
            is_offset = is_offset_conflict(error) and self._sent_from != self._conflict_at
            self._conflict_at = self._sent_from
            if is_offset:
                # The server tells its own when asked; were it the same, it would be a lock.
                return
            wait = max(wait, self._lock_wait_s)
        self._context.wait_after(error, wait)

    def _begin_anew(self) -> None:
        self._url, self._offset = "", None

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: Window | None = None,
        expect: tuple[int, ...],
    ) -> Answer:
        sent = {**VERSION, **self._sign(False), **(headers or {})}
        return self._client.call(method, url, headers=sent, body=body, expect=expect)

    def _told(self, answer: Answer) -> int:
        """Return the offset of an answer. Raises AnswerUnreadable where there is none."""
        value = answer.headers.get("Upload-Offset", "")
        if not (value.isascii() and value.isdigit()) or int(value) > self._source.size:
            raise self._strange()
        return int(value)

    def _strange(self) -> AnswerUnreadable:
        return AnswerUnreadable(
            N_("{host} does not say properly how much of the file it has."),
            hint=N_("It is tried again after a while."),
            host=host_of(self._endpoint),
        )

    def _lost(self) -> AnswerUnreadable:
        return AnswerUnreadable(
            N_("{host} no longer has what was uploaded so far."),
            hint=N_("The upload begins anew."),
            host=host_of(self._endpoint),
        )


def read_checkpoint(kept: Mapping[str, Any]) -> Checkpoint | None:
    """Return what was kept of an upload, or None where nothing usable was."""
    try:
        return converted(kept, Checkpoint)
    except msgspec.ValidationError:
        return None


def discard(client: HttpClient, url: str, sign: Sign) -> None:
    """Take an upload off the server, where it can be (the extension "termination").

    What cannot be taken off runs out there by itself.
    """
    try:
        client.call(
            "DELETE",
            url,
            headers={**VERSION, **sign(False)},
            expect=(200, 204, 403, 404, 405, 410, 501),
        )
    except ShareError as error:
        logger.info("an upload was left behind error=%s", error.code)


def encoded(metadata: Mapping[str, str]) -> str:
    """Return an Upload-Metadata: keys with their values in base64; empty ones without a value."""
    pairs = (
        f"{key} {base64.b64encode(value.encode()).decode()}" if value else key
        for key, value in metadata.items()
    )
    return ",".join(pairs)


def is_offset_conflict(error: RemoteConflict) -> bool:
    """Whether a conflict may be about the offset.

    423 is a lock, and so is a 409 that says that the file is currently being updated.
    """
    says_lock = "currently being updated" in str(error.details.get("reason", ""))
    return error.details.get("status") == 409 and not says_lock
