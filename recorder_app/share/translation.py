"""What goes wrong in HTTP, as the errors of this program."""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
import urllib3.exceptions

from recorder_app.errors import (
    AnswerUnreadable,
    AuthenticationRejected,
    CertificateRejected,
    ChecksumMismatch,
    PermissionRejected,
    ProxyFailed,
    QuotaExceeded,
    RateLimited,
    RemoteConflict,
    RemoteNotFound,
    RemoteRejected,
    ServerFailed,
    ShareError,
    Unreachable,
)
from recorder_app.texts import N_

# Longer than that is no wish to wait but a mistake, or a wish that nobody can grant.
_LONGEST_RETRY_AFTER_S = 24 * 3600.0

_NETWORK_HINT = N_("Check the network. The upload goes on from where it stopped.")
_PROXY_HINT = N_("Check the proxy in the settings of this destination and of the system.")
_KEY_HINT = N_("Check the key of this destination; it may have been replaced at the service.")

_BY_STATUS: Mapping[int, tuple[type[ShareError], str, str]] = {
    401: (AuthenticationRejected, N_("{host} does not accept the key."), _KEY_HINT),
    402: (
        QuotaExceeded,
        N_("The account at {host} has to be paid or topped up."),
        N_("Look at the account in the service's own pages."),
    ),
    403: (
        PermissionRejected,
        N_("{host} does not permit this."),
        N_("Check what the key of this destination may do."),
    ),
    404: (
        RemoteNotFound,
        N_("{host} does not know what was asked for."),
        N_("It may have been deleted there. Upload it again."),
    ),
    407: (ProxyFailed, N_("The proxy wants a name and a password."), _PROXY_HINT),
    409: (
        RemoteConflict,
        N_("{host} has this item in use."),
        N_("It is tried again after a while."),
    ),
    410: (
        RemoteNotFound,
        N_("{host} no longer has what was asked for."),
        N_("It may have expired there. Upload it again."),
    ),
    413: (
        QuotaExceeded,
        N_("{host} does not take files of this size."),
        N_("Export a shorter or smaller version and upload that."),
    ),
    423: (
        RemoteConflict,
        N_("{host} has this item in use."),
        N_("It is tried again after a while."),
    ),
    460: (
        ChecksumMismatch,
        N_("A part arrived damaged at {host}."),
        N_("It is sent again."),
    ),
    507: (
        QuotaExceeded,
        N_("There is no space left at {host}."),
        N_("Delete something there, or get more space."),
    ),
}


def status_error(
    status: int,
    headers: Mapping[str, str],
    host: str,
    reason: str = "",
    now: Callable[[], float] = time.time,
) -> ShareError:
    """Return the error of an answer that was not wanted; `reason` is the server's, redacted."""
    wait = retry_after(headers.get("Retry-After"), now)
    details: dict[str, Any] = {"host": host, "status": status, "reason": reason or status}
    if known := _BY_STATUS.get(status):
        kind, message, hint = known
        return kind(message, hint=hint, retry_after=wait, **details)
    if status == 429:
        return RateLimited(
            N_("{host} asks for fewer calls."),
            hint=N_("It is tried again after a while."),
            retry_after=wait,
            **details,
        )
    if status >= 500 or status == 408:
        return ServerFailed(
            N_("{host} has a fault ({status})."),
            hint=N_("It is tried again after a while."),
            retry_after=wait,
            **details,
        )
    if 300 <= status < 400:
        return RemoteRejected(
            N_("{host} sends this call to another address."),
            hint=N_("Check the address, and whether the network wants a login first."),
            retry_after=wait,
            **details,
        )
    return RemoteRejected(
        N_("{host} refuses ({reason})."),
        hint=N_("Check the settings of this destination."),
        retry_after=wait,
        **details,
    )


def retry_after(value: str | None, now: Callable[[], float] = time.time) -> float | None:
    """Return the seconds that a Retry-After asks for (RFC 9110: a number or a date), or None."""
    if not value:
        return None
    try:
        seconds = float(int(value))
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - now()
        except (ValueError, OverflowError):
            return None
    return min(max(0.0, seconds), _LONGEST_RETRY_AFTER_S)


def network_error(error: Exception, host: str) -> ShareError:
    """Return the error of a call that got no answer, or only a part of one."""
    chain = _causes(error)

    def is_any(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in chain)

    if is_any(ssl.SSLCertVerificationError):
        verified = next(each for each in chain if isinstance(each, ssl.SSLCertVerificationError))
        return CertificateRejected(
            N_("{host} cannot prove that it is {host} ({reason})."),
            hint=N_(
                "If the network has a certificate authority of its own, name its file in the"
                " destination's settings. A wrong clock can be the reason too."
            ),
            host=host,
            reason=verified.verify_message,
        )
    if is_any(
        requests.exceptions.ProxyError,
        urllib3.exceptions.ProxyError,
        # The address of the server was looked at before: it is the proxy's that is wrong.
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
    ):
        return ProxyFailed(N_("The proxy does not lead to {host}."), hint=_PROXY_HINT, host=host)
    if is_any(ssl.SSLError, requests.exceptions.SSLError):
        return Unreachable(
            N_("No protected connection to {host} could be made."), hint=_NETWORK_HINT, host=host
        )
    if is_any(urllib3.exceptions.NameResolutionError):
        return Unreachable(
            N_("The name {host} cannot be found."),
            hint=N_("Check the network, and the address of this destination."),
            host=host,
        )
    if is_any(requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError):
        return AnswerUnreadable(
            N_("The answer of {host} cannot be read."), hint=_NETWORK_HINT, host=host
        )
    if is_any(TimeoutError, requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError):
        return Unreachable(N_("{host} does not answer in time."), hint=_NETWORK_HINT, host=host)
    if is_any(ConnectionRefusedError):
        return Unreachable(
            N_("{host} does not accept a connection."),
            hint=N_("Check the network, and the address of this destination."),
            host=host,
        )
    return Unreachable(N_("The connection to {host} broke."), hint=_NETWORK_HINT, host=host)


def _causes(error: BaseException) -> list[BaseException]:
    """Return `error` and everything it was made of; requests and urllib3 nest by four ways."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, BaseException) or any(each is known for known in found):
            continue
        found.append(each)
        waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        waiting.append(getattr(each, "original_error", None))
    return found
