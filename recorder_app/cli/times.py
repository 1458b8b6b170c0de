"""Times in recordings as people read them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.services.edit_times import Time

# Hours, minutes and seconds of 90, 1:30 or 0:01:30.250.
CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_PICTURE = re.compile(r"(\d{1,12})f", re.ASCII)


def readable_time(seconds: float) -> str:
    """Return 00:01:02.500, as what takes a time takes it."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}.{milliseconds:03}"


def time_of(text: str) -> Time:
    """Return the moment that 90, 1:30, 1:02:03.500 or 120f (a picture) names.

    Raises InvalidSettingError.
    """
    from recorder_app.services.edit_times import PictureNumber

    if match := _PICTURE.fullmatch(text):
        return PictureNumber(int(match[1]))
    if match := CLOCK.fullmatch(text):
        hours, minutes, seconds = match.groups(default="0")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    raise InvalidSettingError(
        N_("“{text}” is no time in a recording."),
        hint=N_("Write seconds, 1:30, 1:02:03.500, or a picture such as 120f."),
        text=text,
    )


def part_of(text: str) -> tuple[Time, Time]:
    """Return the two moments of A-B. Raises InvalidSettingError."""
    start, dash, end = text.partition("-")
    if not dash:
        raise InvalidSettingError(
            N_("“{text}” is no part of a recording."),
            hint=N_("Write where it begins and ends, such as 10-12.5 or 1:00-1:30."),
            text=text,
        )
    return time_of(start.strip()), time_of(end.strip())
