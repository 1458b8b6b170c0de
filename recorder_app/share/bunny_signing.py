"""How Bunny wants uploads and links signed. Three keys, which are not the same."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote, urlsplit


def upload_signature(library_id: str, api_key: str, expires: int, video_id: str) -> str:
    """Return the AuthorizationSignature of tus calls; `expires` in seconds since 1970.

    From https://docs.bunny.net/docs/stream-tus-resumable-uploads.
    """
    return hashlib.sha256(f"{library_id}{api_key}{expires}{video_id}".encode()).hexdigest()


def page_token(token_key: str, video_id: str, expires: int) -> str:
    """Return the token of a play page or embed, made with the library's token key.

    From https://docs.bunny.net/docs/stream-embed-token-authentication.
    """
    return hashlib.sha256(f"{token_key}{video_id}{expires}".encode()).hexdigest()


def file_token(
    zone_key: str, path: str, expires: int, parameters: Mapping[str, str] | None = None
) -> str:
    """Return the token of a file in a pull zone, made with the zone's token key.

    `path` begins with a slash and is encoded as in the address. A ``token_path`` among the
    parameters takes its place, and the token is good for everything below that. From
    BunnyCDN.TokenAuthentication 2.1.
    """
    given = dict(parameters or {})
    signed_path = given.get("token_path", path)
    # In the message the values are as they are; only in the address they are encoded.
    listed = "&".join(f"{name}={given[name]}" for name in sorted(given))
    message = f"{signed_path}{expires}{listed}".encode()
    digest = hmac.new(zone_key.encode(), message, hashlib.sha256).digest()
    return "HS256-" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def signed_file(zone_key: str, url: str, expires: int) -> str:
    """Return the address of one file with a token for it."""
    token = file_token(zone_key, urlsplit(url).path, expires)
    return f"{url}?token={token}&expires={expires}"


def signed_folder(zone_key: str, url: str, folder: str, expires: int) -> str:
    """Return the address of a file with a token for all of `folder`, such as ``/guid/``.

    The token is a part of the path: players ask for the segments of a playlist without the
    playlist's query.
    """
    token = file_token(zone_key, folder, expires, {"token_path": folder})
    parts = urlsplit(url)
    ticket = f"bcdn_token={token}&token_path={quote(folder, safe='')}&expires={expires}"
    return f"{parts.scheme}://{parts.netloc}/{ticket}{parts.path}"
