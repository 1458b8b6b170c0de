"""Encoders are opened here: none of them may take the processors from everything else.

Where it may, as for root, SVT-AV1 gives its threads the scheduling class FIFO with the highest
priority, and leaves the thread that opened it, and so whatever that starts later, with it
(EbThreads.c). Such threads let no other program run while they have work, the desktop included;
and an encoder that waits for its own threads in a loop, as that of VP8, then waits for ever.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from av.codec.context import CodecContext

_THREADS = Path("/proc/self/task")


def open_encoder(context: CodecContext) -> None:
    """Open an encoder; its threads and this one are scheduled as before. Any thread.

    Raises what PyAV raises.
    """
    with _as_before():
        context.open()


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    if not hasattr(os, "sched_getscheduler") or not _THREADS.is_dir():
        yield
        return
    eager = set(_realtime())
    try:
        yield
    finally:
        for thread in set(_realtime()) - eager:
            # It may have ended, or belong to a sandbox that allows nothing.
            with contextlib.suppress(OSError):
                os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))


def _realtime() -> Iterator[int]:
    """Yield the threads of this process that come before all others."""
    for each in _THREADS.iterdir():
        with contextlib.suppress(OSError):
            if os.sched_getscheduler(int(each.name)) in (os.SCHED_FIFO, os.SCHED_RR):
                yield int(each.name)
