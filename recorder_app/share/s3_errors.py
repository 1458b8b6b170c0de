"""What S3 servers answer when they refuse, as the errors of this program.

The codes are those of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and of
https://www.backblaze.com/docs/cloud-storage-s3-compatible-api; other servers use the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from recorder_app.errors import (
    AuthenticationRejected,
    ChecksumMismatch,
    ClockWrong,
    PermissionRejected,
    QuotaExceeded,
    RateLimited,
    RegionWrong,
    RemoteConflict,
    RemoteNotFound,
    RemoteRejected,
    ServerFailed,
    ShareError,
)
from recorder_app.share.translation import retry_after, status_error
from recorder_app.texts import N_


class UploadForgotten(RemoteConflict):
    """The server no longer knows the upload in parts: it was completed, aborted or has expired."""


class BucketMissing(RemoteNotFound):
    """There is no such bucket."""


class NotOffered(RemoteRejected):
    """This server does not have that call."""


_AGAIN_HINT = N_("It is tried again after a while.")

_BY_CODE: Mapping[str, tuple[type[ShareError], str, str]] = {
    **dict.fromkeys(
        ("InvalidAccessKeyId", "InvalidAccessKey", "NotSignedUp"),
        (
            AuthenticationRejected,
            N_("{host} does not know this key ID."),
            N_("Check the key ID, and that the server's address is the one of your account."),
        ),
    ),
    **dict.fromkeys(
        ("SignatureDoesNotMatch", "AuthorizationQueryParametersError", "Unauthorized"),
        (
            AuthenticationRejected,
            N_("{host} does not accept the secret of this key."),
            N_("Enter it again. Most services show it only once: make a new key there if need be."),
        ),
    ),
    **dict.fromkeys(
        ("ExpiredToken", "InvalidToken", "TokenRefreshRequired"),
        (
            AuthenticationRejected,
            N_("The key for {host} has expired."),
            N_("Make a new key at the service and enter it."),
        ),
    ),
    **dict.fromkeys(
        ("RequestTimeTooSkewed", "RequestExpired"),
        (
            ClockWrong,
            N_("The clock of this computer is too far from that of {host}."),
            N_("Set the clock; signed uploads and links are refused otherwise."),
        ),
    ),
    **dict.fromkeys(
        (
            "AuthorizationHeaderMalformed",
            "PermanentRedirect",
            "TemporaryRedirect",
            "Redirect",
            "IllegalLocationConstraintException",
            "InvalidRegion",
            "InvalidRegionName",
            "301",
            "307",
        ),
        (
            RegionWrong,
            N_("{host} is not the server of this bucket's region."),
            N_("Take the server's address and the region from the bucket's page at the service."),
        ),
    ),
    **dict.fromkeys(
        ("AccessDenied", "AllAccessDisabled", "AccountProblem", "InvalidObjectState"),
        (
            PermissionRejected,
            N_("{host} does not permit this ({reason})."),
            N_("The key must be allowed to list, read, write and delete files of the bucket."),
        ),
    ),
    "NoSuchBucket": (
        BucketMissing,
        N_("There is no bucket of this name at {host}."),
        N_("Check the name of the bucket, and the server's address: it is another per region."),
    ),
    "NoSuchUpload": (
        UploadForgotten,
        N_("{host} no longer has what was uploaded so far."),
        N_("It is uploaded from the beginning."),
    ),
    **dict.fromkeys(
        ("InvalidPart", "InvalidPartOrder", "EntityTooSmall"),
        (RemoteConflict, N_("A part of the upload is missing at {host}."), N_("It is sent again.")),
    ),
    **dict.fromkeys(
        ("BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"),
        (ChecksumMismatch, N_("A part arrived damaged at {host}."), N_("It is sent again.")),
    ),
    **dict.fromkeys(
        ("SlowDown", "Throttling", "ThrottlingException", "TooManyRequests", "ServiceUnavailable"),
        (RateLimited, N_("{host} asks for fewer calls."), _AGAIN_HINT),
    ),
    **dict.fromkeys(
        ("InternalError", "RequestTimeout", "OperationAborted"),
        (ServerFailed, N_("{host} has a fault ({reason})."), _AGAIN_HINT),
    ),
    **dict.fromkeys(
        ("QuotaExceeded", "ServiceQuotaExceeded", "XMinioStorageFull", "InsufficientStorage"),
        (
            QuotaExceeded,
            N_("There is no space left at {host}."),
            N_("Delete something there, or get more space."),
        ),
    ),
    "EntityTooLarge": (
        QuotaExceeded,
        N_("{host} does not take files of this size."),
        N_("Export a shorter or smaller version and upload that."),
    ),
    **dict.fromkeys(
        ("NotImplemented", "MethodNotAllowed"),
        (
            NotOffered,
            N_("{host} does not offer what is needed."),
            N_("Check that the address is one of an S3 server."),
        ),
    ),
}
# Backblaze refuses with AccessDenied when the account's own limits are reached.
_CAP = re.compile(r"\bcap\b.*\bexceeded\b|\bcap_exceeded\b", re.IGNORECASE)


def s3_error(answer: Mapping[str, Any], host: str, reason: str) -> ShareError:
    """Return the error of botocore's parsed `answer`; `reason` is the server's, redacted."""
    metadata = answer.get("ResponseMetadata", {})
    headers = {name.title(): value for name, value in metadata.get("HTTPHeaders", {}).items()}
    status = int(metadata.get("HTTPStatusCode", 0))
    code = str(answer.get("Error", {}).get("Code", ""))
    if _CAP.search(reason):
        return QuotaExceeded(
            N_("The account at {host} has reached a limit that was set for it."),
            hint=N_("Raise the account's caps in the service's own pages."),
            host=host,
            status=status,
        )
    if code not in _BY_CODE:
        # Some faults come with a status of success.
        return status_error(status if status >= 300 else 500, headers, host, reason)
    kind, message, hint = _BY_CODE[code]
    return kind(
        message,
        hint=hint,
        retry_after=retry_after(headers.get("Retry-After")),
        host=host,
        status=status,
        reason=reason or code,
    )
