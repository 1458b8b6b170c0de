"""Uploads to S3 in parts that go on where they stopped.

What the server has is what counts: after every fault and on every new start it is asked for its
parts, and their sums are compared with the file. Each part carries its MD5, which the server
checks; a part is the most that a fault can cost. While the server works on one that has come, the
next one is sent. Small files go in one call.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from recorder_app.errors import (
    AnswerUnreadable,
    ChecksumMismatch,
    PermissionRejected,
    RemoteNotFound,
    ShareError,
)
from recorder_app.share.body import Window
from recorder_app.share.retry import Retry, RetryPolicy
from recorder_app.share.s3_client import PartBody, S3Client
from recorder_app.share.s3_errors import NotOffered, UploadForgotten
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Identity, Source
from recorder_app.texts import N_

logger = logging.getLogger(__name__)

_MIB = 1 << 20
# No server takes smaller ones. 17 s at 2.5 Mb/s.
LEAST_PART_BYTES = 5 * _MIB
# Ten times as many are allowed; so many are one page of a list.
_MOST_PARTS = 1000
# Each part waits for an answer: where a file is large, they are larger than they need to be.
_STEPS = ((64 * _MIB, LEAST_PART_BYTES), (1024 * _MIB, 8 * _MIB))
_USUAL_PART_BYTES = 16 * _MIB
_BLOCK_BYTES = _MIB
# One sends, one waits for its answer.
_LANES = 2
POLICY = RetryPolicy(first_s=1.0, longest_s=60.0, attempts=10)

_MD5 = re.compile(r"[0-9a-f]{32}")


class Checkpoint(msgspec.Struct, frozen=True):
    """Which upload was begun, and of which file; what is in it, the server knows.

    Without an `upload_id` one may have been begun of which nobody was told. `is_closing`: the
    server was asked to put the parts together. `has_sums`: it names parts by their MD5.
    """

    identity: Identity
    part_bytes: int
    upload_id: str = ""
    is_closing: bool = False
    has_sums: bool = True


class S3Upload:
    """One upload of one file to `key` of `bucket`. One thread.

    `headers` are botocore's parameters that describe the object. `send` may be called again after
    any error, with the context's checkpoint, in another process too.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        key: str,
        source: Source,
        context: SendContext,
        *,
        headers: Mapping[str, str],
        policy: RetryPolicy = POLICY,
        part_bytes: int | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client, self._headers = client, headers
        self._place = {"Bucket": bucket, "Key": key}
        self._source, self._context = source, context
        self._retry = Retry(policy, clock=context.clock, chance=chance)
        self._state = Checkpoint(source.identity, part_bytes or part_size(source.size))
        # One was asked for, and the answer never came: its parts would stay for ever.
        self._may_be_begun = False
        self._keeping = threading.Lock()
        # Of parts of this file, by number: a part is read for its sum once.
        self._sums: dict[int, bytes] = {}

    def send(self) -> None:
        """Return when the server has the whole file as one object."""
        self._take_up()
        while True:
            try:
                self._attempt()
            except ShareError as error:
                # A call that was broken off from outside fails like any other.
                self._context.check()
                self._context.sleep(self._retry.failed(error))
            else:
                self._source.check()
                self._context.progress(self._source.size, self._source.size)
                return

    def _take_up(self) -> None:
        kept = read_checkpoint(self._context.checkpoint)
        if kept is not None and kept.identity == self._source.identity:
            self._state = kept
            self._may_be_begun = not kept.upload_id
            return
        if kept is not None:
            self._discard()
        self._keep()

    def _attempt(self) -> None:
        self._source.check()
        if self._source.size <= self._state.part_bytes:
            self._put_all()
            return
        if not self._state.upload_id:
            self._begin()
        try:
            parts = self._found_parts()
        except UploadForgotten:
            # Its end may have been reached before the answer was lost.
            if self._state.is_closing and self._is_there():
                return
            self._keep(upload_id="", is_closing=False)
            raise
        parts |= self._send_parts([n for n in range(1, self._count + 1) if n not in parts])
        self._close(parts)

    def _put_all(self) -> None:
        digest = self._sum(1)
        answer = self._client.call(
            "put_object",
            **self._place,
            **self._headers,
            Body=self._body(1),
            ContentMD5=base64.b64encode(digest).decode(),
        )
        found = md5_of(answer)
        if found is not None and found != digest.hex():
            raise _damaged(self._client.host)

    def _begin(self) -> None:
        if self._may_be_begun:
            # A key that may not list can still upload.
            with contextlib.suppress(PermissionRejected, NotOffered):
                self._discard()
        self._may_be_begun = True
        answer = self._client.call("create_multipart_upload", **self._place, **self._headers)
        upload_id = answer.get("UploadId")
        if not upload_id:
            raise _unreadable(self._client.host)
        self._may_be_begun = False
        self._keep(upload_id=upload_id)

    def _discard(self) -> None:
        discard(self._client, self._place["Bucket"], self._place["Key"])

    def _found_parts(self) -> dict[int, str]:
        """Return the tags of the parts that the server has as they are in the file."""
        found: dict[int, str] = {}
        upload = {**self._place, "UploadId": self._state.upload_id}
        for page in self._client.pages("list_parts", **upload):
            for part in page.get("Parts", ()):
                number, tag = int(part.get("PartNumber", 0)), str(part.get("ETag", ""))
                is_ours = 1 <= number <= self._count
                if not is_ours or part.get("Size") != self._length(number):
                    continue
                digest = md5_of(part) if self._state.has_sums else None
                if digest is None or digest == self._sum(number).hex():
                    found[number] = tag
        logger.info("upload taken up host=%s parts=%d", self._client.host, len(found))
        return found

    def _send_parts(self, numbers: Sequence[int]) -> dict[int, str]:
        """Send parts and return their tags. The next one is sent while one waits for its answer."""
        sent: dict[int, str] = {}
        turns = _Turns()

        def send(place: int, number: int) -> None:
            try:
                tag = self._send_part(number, turns, place)
            except BaseException:
                turns.end()
                raise
            if tag is not None:
                sent[number] = tag
                self._retry.succeeded()

        with ThreadPoolExecutor(_LANES, thread_name_prefix="share-part") as pool:
            lanes = [pool.submit(send, *each) for each in enumerate(numbers)]
            try:
                for lane in lanes:
                    lane.result()
            except ShareError:
                raise
            except BaseException:
                # Nobody waits for what the user has broken off.
                turns.end()
                self._client.abort()
                raise
        return sent

    def _send_part(self, number: int, turns: _Turns, place: int) -> str | None:
        """Send a part and return its tag, or None where another one failed before its turn."""
        if turns.are_over:
            return None
        self._source.check()
        digest = self._sum(number)
        if not turns.enter(place):
            return None
        answer = self._client.call(
            "upload_part",
            **self._place,
            UploadId=self._state.upload_id,
            PartNumber=number,
            Body=self._body(number, lambda: turns.leave(place)),
            ContentMD5=base64.b64encode(digest).decode(),
        )
        tag = answer.get("ETag")
        if not tag:
            raise _unreadable(self._client.host)
        found = md5_of(answer)
        if found is None:
            self._note_no_sums()
        elif found != digest.hex():
            raise _damaged(self._client.host)
        return str(tag)

    def _note_no_sums(self) -> None:
        with self._keeping:
            if self._state.has_sums:
                self._keep(has_sums=False)

    def _close(self, parts: Mapping[int, str]) -> None:
        self._source.check()
        self._context.check()
        self._keep(is_closing=True)
        listed = [{"PartNumber": number, "ETag": parts[number]} for number in sorted(parts)]
        self._client.call(
            "complete_multipart_upload",
            **self._place,
            UploadId=self._state.upload_id,
            MultipartUpload={"Parts": listed},
        )

    def _is_there(self) -> bool:
        try:
            found = self._client.call("head_object", **self._place)
        except RemoteNotFound:
            return False
        return bool(found.get("ContentLength") == self._source.size)

    @property
    def _count(self) -> int:
        return -(-self._source.size // self._state.part_bytes)

    def _length(self, number: int) -> int:
        begin = (number - 1) * self._state.part_bytes
        return min(self._state.part_bytes, self._source.size - begin)

    def _body(self, number: int, when_sent: Callable[[], None] = lambda: None) -> PartBody:
        begin = (number - 1) * self._state.part_bytes
        length = self._length(number)
        return PartBody(_Part(self._source, begin, length, self._context, when_sent))

    def _sum(self, number: int) -> bytes:
        if number not in self._sums:
            begin = (number - 1) * self._state.part_bytes
            length = self._length(number)
            self._sums[number] = md5_part(self._source, begin, length, self._context.check)
        return self._sums[number]

    def _keep(self, **changes: Any) -> None:
        self._state = msgspec.structs.replace(self._state, **changes)
        self._context.save(msgspec.to_builtins(self._state))


class _Turns:
    """Who may send: one body at a time, so that a fault costs one part and not two. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._next = 0
        self.are_over = False

    def enter(self, place: int) -> bool:
        """Return True when it is the turn of `place`, or False once there are none any more."""
        with self._changed:
            self._changed.wait_for(lambda: self.are_over or self._next == place)
            return not self.are_over

    def leave(self, place: int) -> None:
        """Let the next one send; again, or out of turn, it does nothing."""
        with self._changed:
            if self._next == place:
                self._next += 1
                self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self.are_over = True
            self._changed.notify_all()


class _Part(Window):
    """A part that tells when all of it has been handed to the connection."""

    def __init__(
        self,
        source: Source,
        offset: int,
        length: int,
        context: SendContext,
        when_sent: Callable[[], None],
    ) -> None:
        super().__init__(source, offset, length, context)
        self._when_sent = when_sent

    def __iter__(self) -> Iterator[memoryview]:
        yield from super().__iter__()
        self._when_sent()


def part_size(size: int) -> int:
    """Return the bytes of a part of a file of `size` bytes; always the same for the same size."""
    usual = next((part for most, part in _STEPS if size <= most), _USUAL_PART_BYTES)
    # In whole MiB, which is what all parts but the last must have in common at some services.
    least = -(-size // _MOST_PARTS)
    return max(usual, -(-least // _MIB) * _MIB)


def md5_part(
    source: Source, begin: int, length: int, check: Callable[[], None] = lambda: None
) -> bytes:
    """Return the MD5 of a part of the file; `check` is called now and then and may raise."""
    digest = hashlib.md5(usedforsecurity=False)
    block = memoryview(bytearray(min(_BLOCK_BYTES, length)))
    for offset in range(0, length, _BLOCK_BYTES):
        check()
        part = block[: min(len(block), length - offset)]
        source.read_into(begin + offset, part)
        digest.update(part)
    return digest.digest()


def md5_of(answer: Mapping[str, Any]) -> str | None:
    """Return the MD5 that an answer names as ETag, or None where its ETag is something else.

    With some kinds of encryption, and at some servers, it only looks like one or not even that.
    """
    tag = str(answer.get("ETag", "")).strip('"').lower()
    is_hidden = str(answer.get("ServerSideEncryption", "")).startswith("aws:kms")
    is_hidden = is_hidden or bool(answer.get("SSECustomerAlgorithm"))
    return tag if _MD5.fullmatch(tag) and not is_hidden else None


def joined_tag(source: Source, part_bytes: int) -> str:
    """Return the ETag of an object that was made of parts: MD5 over the parts' MD5s, their number.

    Most servers name it so, but none promises it.
    """
    sums = [
        md5_part(source, begin, min(part_bytes, source.size - begin))
        for begin in range(0, source.size, part_bytes)
    ]
    whole = hashlib.md5(b"".join(sums), usedforsecurity=False)
    return f"{whole.hexdigest()}-{len(sums)}"


def read_checkpoint(kept: Mapping[str, Any]) -> Checkpoint | None:
    """Return what was kept, or None where nothing was or somebody else's."""
    try:
        found = msgspec.convert(kept, Checkpoint)
    except msgspec.ValidationError:
        return None
    return found if found.part_bytes > 0 else None


def discard(client: S3Client, bucket: str, key: str) -> None:
    """Abort all unfinished uploads whose keys begin with `key`; their parts would be billed."""
    for page in client.pages("list_multipart_uploads", Bucket=bucket, Prefix=key):
        for upload in page.get("Uploads", ()):
            # A server that does not know prefixes lists everybody's.
            if not str(upload.get("Key", "")).startswith(key):
                continue
            with contextlib.suppress(RemoteNotFound, UploadForgotten):
                client.call(
                    "abort_multipart_upload",
                    Bucket=bucket,
                    Key=upload["Key"],
                    UploadId=upload["UploadId"],
                )


def _damaged(host: str) -> ChecksumMismatch:
    return ChecksumMismatch(
        N_("A part arrived damaged at {host}."), hint=N_("It is sent again."), host=host
    )


def _unreadable(host: str) -> AnswerUnreadable:
    return AnswerUnreadable(
        N_("{host} answers something unexpected."),
        hint=N_("Check the address of this destination, or try again later."),
        host=host,
    )
