"""Addresses of private files that are good for a while, signed without loading botocore.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import quote, urlsplit

# The longest that the signature's version 4 allows.
LONGEST_S = 7 * 24 * 3600
_ALGORITHM = "AWS4-HMAC-SHA256"


def signed_address(
    address: str, region: str, key_id: str, secret: str, *, lifetime_s: int, now: float
) -> str:
    """Return `address` (quoted, no query) signed for reading within `lifetime_s` seconds.

    `now` is in seconds since 1970 UTC.
    """
    parts = urlsplit(address)
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    query = "&".join(
        f"{name}={quote(value, safe='')}"
        for name, value in (
            ("X-Amz-Algorithm", _ALGORITHM),
            ("X-Amz-Credential", f"{key_id}/{scope}"),
            ("X-Amz-Date", moment),
            ("X-Amz-Expires", str(lifetime_s)),
            ("X-Amz-SignedHeaders", "host"),
        )
    )
    request = "\n".join(
        ("GET", parts.path, query, f"host:{parts.netloc}", "", "host", "UNSIGNED-PAYLOAD")
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    to_sign = "\n".join((_ALGORITHM, moment, scope, digest))
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{address}?{query}&X-Amz-Signature={signature}"
