"""Named fault points, so that tests can break a real recording at a chosen place.

A point costs one dictionary look-up while no fault is set. Faults come from the environment
variable ``RECORDER_APP_FAULTS`` of the process, a comma-separated list of

* ``POINT=ERRNO`` or ``POINT=ERRNO@N``: from the Nth passage on raise that ``OSError`` (``enospc``),
* ``POINT=sleep:SECONDS`` or ``POINT=sleep:SECONDS@N``: from the Nth passage on wait that long.
"""

import errno
import os
import time
from dataclasses import dataclass

VARIABLE = "RECORDER_APP_FAULTS"


@dataclass(slots=True)
class _Fault:
    action: str
    first: int
    passages: int = 0

    def trip(self) -> None:
        self.passages += 1
        if self.passages < self.first:
            return
        if self.action.startswith("sleep:"):
            time.sleep(float(self.action.removeprefix("sleep:")))
            return
        number = getattr(errno, self.action.upper())
        raise OSError(number, os.strerror(number))


def _parse(text: str) -> dict[str, _Fault]:
    faults = {}
    for entry in filter(None, text.split(",")):
        point, _, action = entry.partition("=")
        action, _, first = action.partition("@")
        faults[point] = _Fault(action, int(first or 1))
    return faults


_faults = _parse(os.environ.get(VARIABLE, ""))


def check(point: str) -> None:
    """Trip the fault set for `point`, if there is one.

    Raises OSError as the fault says.
    """
    if _faults and (fault := _faults.get(point)) is not None:
        fault.trip()
