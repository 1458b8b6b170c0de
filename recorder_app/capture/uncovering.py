"""Waiting until windows of this program are off the screen, so that no picture shows them.

That a window was told to go is not that it has gone: a window manager takes the frame away that it
put around it, and a compositor shows the old picture until it draws the next.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from recorder_app.errors import CaptureError

if sys.platform not in ("win32", "darwin"):
    from recorder_app.capture.x11 import X11Desktop

# Much longer than any window manager takes; then a picture with a rest in it is better than none.
_LIMIT_S = 0.3
_LOOK_AGAIN_S = 0.002
# Three pictures at 60 Hz: one that is being made, one that is shown, and one without the window.
_COMPOSED_S = 0.05


def wait_until_uncovered(windows: Iterable[int]) -> bool:
    """Wait until none of `windows` (native handles) is to be seen; return whether that became so.

    The display must have taken in that they are hidden. Not for the thread that draws.
    """
    if sys.platform in ("win32", "darwin"):
        time.sleep(_COMPOSED_S)
        return True
    try:
        desktop = X11Desktop()
    except CaptureError:
        # No X11: a compositor shows the windows.
        time.sleep(_COMPOSED_S)
        return True
    deadline = time.monotonic() + _LIMIT_S
    left = set(windows)
    try:
        while left := {window for window in left if desktop.is_covering(window)}:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_AGAIN_S)
        if desktop.is_composited():
            time.sleep(_COMPOSED_S)
    except CaptureError:
        return False
    finally:
        desktop.close()
    return True
