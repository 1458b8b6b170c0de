"""Working without being in the way."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

# Behind whatever the person is doing, a recording above all.
_NICENESS = 10


def be_modest() -> None:
    """Let everything else go before the calling thread.

    Linux only: elsewhere it would hold for the whole process.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
