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
import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
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
from recorder_app.shapes import converted
from recorder_app.share.retry import Retry, RetryPolicy
from recorder_app.share.s3_client import PartBody, S3Client
from recorder_app.share.s3_errors import NotOffered, UploadForgotten
from recorder_app.share.s3_sums import md5_of, md5_part, part_size
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Identity, Source
from recorder_app.share.turns import TellingWindow, Turns
from recorder_app.texts import N_

logger = logging.getLogger(__name__)

# One sends, one waits for its answer.
_LANES = 2
POLICY = RetryPolicy(first_s=1.0, longest_s=60.0, attempts=10)


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
        # The numbers of the parts that the server has, and the most bytes it ever had.
        self._held: set[int] = set()
        self._best_bytes = 0
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
                self._context.wait_after(error, self._retry.failed(error))
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
        # Where something else was kept, an earlier one was given up.
        self._may_be_begun = kept is None and bool(self._context.checkpoint)
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
        self._held.clear()
        self._note_held(*parts)
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
        if not answer.get("ETag"):
            raise _unreadable(self._client.host)
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
            if not page.get("UploadId"):
                # A page of somebody in between: were it taken for an empty list, all would go anew.
                raise _unreadable(self._client.host)
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
        turns = Turns()

        def send(place: int, number: int) -> None:
            try:
                tag = self._send_part(number, turns, place)
            except BaseException:
                turns.end()
                raise
            if tag is not None:
                sent[number] = tag
                self._note_held(number)

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

    def _send_part(self, number: int, turns: Turns, place: int) -> str | None:
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
        # A server may answer before it has read all of a part.
        turns.leave(place)
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

    def _note_held(self, *numbers: int) -> None:
        with self._keeping:
            self._held.update(numbers)
            held_bytes = sum(map(self._length, self._held))
            if held_bytes > self._best_bytes:
                # Only what was never reached before: a server that forgets must come to an end.
                self._best_bytes = held_bytes
                self._retry.succeeded()
                self._keep(held_bytes)

    def _close(self, parts: Mapping[int, str]) -> None:
        self._source.check()
        self._context.check()
        self._keep(is_closing=True)
        listed = [{"PartNumber": number, "ETag": parts[number]} for number in sorted(parts)]
        answer = self._client.call(
            "complete_multipart_upload",
            **self._place,
            UploadId=self._state.upload_id,
            MultipartUpload={"Parts": listed},
        )
        if not answer.get("ETag"):
            raise _unreadable(self._client.host)

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
        return PartBody(TellingWindow(self._source, begin, length, self._context, when_sent))

    def _sum(self, number: int) -> bytes:
        if number not in self._sums:
            begin = (number - 1) * self._state.part_bytes
            length = self._length(number)
            self._sums[number] = md5_part(self._source, begin, length, self._context.check)
        return self._sums[number]

    def _keep(self, acknowledged: int | None = None, **changes: Any) -> None:
        self._state = msgspec.structs.replace(self._state, **changes)
        self._context.save(msgspec.to_builtins(self._state), acknowledged)


def read_checkpoint(kept: Mapping[str, Any]) -> Checkpoint | None:
    """Return what was kept, or None where nothing was or somebody else's."""
    try:
        found = converted(kept, Checkpoint)
    except msgspec.ValidationError:
        return None
    return found if found.part_bytes > 0 else None


def discard(client: S3Client, bucket: str, key: str, before: float | None = None) -> int:
    """Abort the unfinished uploads whose keys begin with `key`; their parts would be billed.

    With `before`, in seconds since 1970, only those that were begun earlier. Returns how many.
    """
    count = 0
    for page in client.pages("list_multipart_uploads", Bucket=bucket, Prefix=key):
        for upload in page.get("Uploads", ()):
            # A server that does not know prefixes lists everybody's.
            if not str(upload.get("Key", "")).startswith(key):
                continue
            begun = upload.get("Initiated")
            if before is not None and (begun is None or begun.timestamp() >= before):
                continue
            count += 1
            with contextlib.suppress(RemoteNotFound, UploadForgotten):
                client.call(
                    "abort_multipart_upload",
                    Bucket=bucket,
                    Key=upload["Key"],
                    UploadId=upload["UploadId"],
                )
    return count


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
