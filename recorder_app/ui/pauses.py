"""Keeping the interpreter from holding up the thread that draws."""

from __future__ import annotations

import gc
import sys

# How long another thread may keep the interpreter to itself, in seconds. Python's own 5 ms are
# waited for anew after each call into Qt that lets go of it, and cards are drawn by hundreds.
_SWITCH_S = 0.0005


def take_turns() -> None:
    """Have work beside the event loop give way to it soon."""
    sys.setswitchinterval(_SWITCH_S)


def keep_loaded() -> None:
    """Have the collector of garbage pass over all there is now: modules, which stay for ever.

    Going through those of the library takes 50 ms, in which nothing else runs.
    """
    gc.freeze()
