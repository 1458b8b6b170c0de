"""Amounts on the command line: numbers that there are, no larger than those of the settings."""

from __future__ import annotations

import math
from typing import Any

import click


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
