"""Amounts on the command line: numbers that there are, no larger than those of the settings."""

from __future__ import annotations

import math
import re
from typing import Any

import click

from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_

_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(k|kb|m|mb|g|gb)?", re.ASCII | re.IGNORECASE)
_UNITS = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


class Amount(click.FloatRange):
    """A range of numbers, in which "nan" is none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


DAYS = Amount(min=0, max=36_500)
GB = Amount(min=0, max=1_000_000)
GB_ABOVE_NONE = Amount(min=0, min_open=True, max=1_000_000)


def size_of(text: str) -> int:
    """Return the bytes of 8, 8MB, 500 kB or 1.5GB; without a unit it is MB.

    Raises InvalidSettingError.
    """
    match = _SIZE.fullmatch(text.strip())
    size = 0.0 if match is None else float(match[1]) * _UNITS[(match[2] or "m")[0].lower()]
    if size < 1:
        raise InvalidSettingError(
            N_("“{text}” is no size of a file."), hint=N_("Write MB, 500kB or 1.5GB."), text=text
        )
    return int(size)
