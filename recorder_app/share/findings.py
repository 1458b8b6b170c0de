"""What is wrong with a destination, told from the error of a call."""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Mapping

from recorder_app.errors import (
    AuthenticationRejected,
    CertificateRejected,
    ClockWrong,
    PermissionRejected,
    ProxyFailed,
    QuotaExceeded,
    RecorderError,
    RegionWrong,
    RemoteNotFound,
    ShareError,
    Unreachable,
)
from recorder_app.share.destination import Check, Finding
from recorder_app.texts import N_

# Signatures are refused from 15 minutes on at S3, and an expiry would be off by as much.
_CLOCK_S = 300.0

# The more special before what they are kinds of.
_CHECKS: tuple[tuple[type[RecorderError], Check], ...] = (
    (CertificateRejected, Check.CERTIFICATE),
    (ProxyFailed, Check.PROXY),
    (Unreachable, Check.NETWORK),
    (ClockWrong, Check.CLOCK),
    (RegionWrong, Check.REGION),
    (AuthenticationRejected, Check.KEY),
    (PermissionRejected, Check.PERMISSION),
    (QuotaExceeded, Check.PERMISSION),
    (RemoteNotFound, Check.BUCKET),
)


def finding(problem: RecorderError) -> Finding:
    """Return the finding that `problem` is."""
    for kind, check in _CHECKS:
        if isinstance(problem, kind):
            return Finding(check, problem)
    return Finding(Check.SERVICE, problem)


def tried(check: Check, call: Callable[[], object]) -> Finding:
    """Make a call that needs `check` to be right, and return what came of it."""
    try:
        call()
    except ShareError as error:
        return finding(error)
    return Finding(check)


def clock_problem(headers: Mapping[str, str], now: float) -> ClockWrong | None:
    """Compare this computer's clock, in seconds since 1970, with the Date of an answer."""
    try:
        theirs = email.utils.parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (ValueError, OverflowError):
        return None
    off = now - theirs
    if abs(off) <= _CLOCK_S:
        return None
    return ClockWrong(
        N_("The clock of this computer is {minutes} minutes off."),
        hint=N_("Set the clock; signed uploads and links are refused otherwise."),
        minutes=round(abs(off) / 60),
    )
