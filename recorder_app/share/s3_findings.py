"""What is wrong with an S3 destination, found out by doing what an upload does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from recorder_app.errors import ShareError
from recorder_app.share.destination import Check, Finding
from recorder_app.share.findings import clock_problem, finding, tried
from recorder_app.share.s3_client import S3Client
from recorder_app.share.s3_errors import NotOffered

_CONTENT = b"A test of the recorder. It may be deleted."


def found(
    client: S3Client,
    bucket: str,
    key: str,
    *,
    remove: Callable[[], None],
    now: float,
) -> Sequence[Finding]:
    """Write a small file to `key`, begin a large one, and take both away by `remove`."""
    try:
        answer = client.call("put_object", Bucket=bucket, Key=key, Body=_CONTENT)
    except ShareError as error:
        return [finding(error)]
    headers = {
        name.title(): value for name, value in answer["ResponseMetadata"]["HTTPHeaders"].items()
    }
    fine = [
        *(Finding(check) for check in (Check.NETWORK, Check.PROXY, Check.CERTIFICATE)),
        Finding(Check.CLOCK, clock_problem(headers, now)),
        *(Finding(check) for check in (Check.KEY, Check.REGION, Check.BUCKET)),
    ]

    def use() -> None:
        client.call("head_object", Bucket=bucket, Key=key)
        upload = client.call("create_multipart_upload", Bucket=bucket, Key=key)
        place = {"Bucket": bucket, "Key": key, "UploadId": upload["UploadId"]}
        try:
            client.call("list_parts", **place)
        finally:
            client.call("abort_multipart_upload", **place)
        with contextlib.suppress(NotOffered):
            client.call("list_multipart_uploads", Bucket=bucket, Prefix=key)

    used = tried(Check.PERMISSION, use)
    # Taken away in any case, and what kept it from being used is told before.
    removed = tried(Check.PERMISSION, remove)
    return [*fine, used if used.problem is not None else removed]
