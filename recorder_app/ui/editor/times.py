"""Times of an editor: written to the millisecond, and read as people type them."""

from __future__ import annotations

from fractions import Fraction

_MOST_PARTS = 3


def exact_text(at: Fraction) -> str:
    """Return seconds as 00:01:07.233."""
    thousandths = round(at * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:03}"


def typed_time(text: str) -> Fraction | None:
    """Return the seconds of 67.2, 1:07.233 or 0:01:07,233; None for what is no time."""
    parts = text.strip().replace(",", ".").split(":")
    if not text.strip() or len(parts) > _MOST_PARTS:
        return None
    seconds = Fraction(0)
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        digits = part.replace(".", "", 1) if is_last else part
        if not (digits.isascii() and digits.isdecimal()):
            return None
        seconds = seconds * 60 + Fraction(part)
    return seconds
