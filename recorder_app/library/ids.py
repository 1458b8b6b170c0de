"""Identifiers that sort by time and are told apart by their ends."""

from __future__ import annotations

import secrets
import time

# Crockford's base 32, in the form of a ULID: 48 bits of milliseconds, then 80 random bits
# (https://github.com/ulid/spec). Lower case: it is typed.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
SHORT = 7


def new_id(now_s: float | None = None) -> str:
    """Return a new identifier of 26 characters. Thread-safe."""
    milliseconds = int((time.time() if now_s is None else now_s) * 1000)
    number = (milliseconds << 80) | secrets.randbits(80)
    return "".join(_DIGITS[(number >> 5 * place) & 31] for place in reversed(range(_LENGTH)))


def short_id(identifier: str) -> str:
    """Return what people see and type: the end, since those of one day begin alike."""
    return identifier[-SHORT:]


def is_id(text: str) -> bool:
    """Return whether `text` could be an identifier."""
    return len(text) == _LENGTH and set(text) <= set(_DIGITS) and text[0] <= "7"
