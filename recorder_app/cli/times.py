"""Times in recordings as people read them."""

from __future__ import annotations


def readable_time(seconds: float) -> str:
    """Return 00:01:02.500, as what takes a time takes it."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}.{milliseconds:03}"
