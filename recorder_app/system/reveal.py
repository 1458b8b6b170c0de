"""Showing a file in the desktop's file manager, chosen among its neighbours.

Linux: ShowItems of the interface org.freedesktop.FileManager1, which file managers offer on the
session's bus (File Manager DBus Interface, freedesktop.org); Windows: ``explorer /select``; macOS:
``open -R``.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
from pathlib import Path

from recorder_app.system.bus import Bus, BusError, Peer

_log = logging.getLogger(__name__)

_MANAGER = Peer(
    "org.freedesktop.FileManager1",
    "/org/freedesktop/FileManager1",
    "org.freedesktop.FileManager1",
)
# The programs below hand on what they are asked and end.
_LIMIT_S = 10.0


def reveal(path: Path) -> bool:
    """Show the file `path` in its folder; return whether that was done.

    It is not where the file is gone or the desktop has nothing for it: the folder can be opened
    then. Waits for some seconds where a file manager has to be started: not on the GUI thread.
    """
    if not path.exists():
        return False
    try:
        if sys.platform == "win32":
            # Not as a list: the comma and the quotes are to be just so. No name has quotes there.
            # It ends with 1 however well it went.
            subprocess.run(f'explorer /select,"{path}"', timeout=_LIMIT_S, check=False)
        elif sys.platform == "darwin":
            subprocess.run(["open", "-R", str(path)], timeout=_LIMIT_S, check=True)
        else:
            with contextlib.closing(Bus()) as bus:
                bus.call(_MANAGER, "ShowItems", "ass", [path.absolute().as_uri()], "")
    except (BusError, OSError, subprocess.SubprocessError) as error:
        _log.info("file not shown in its folder path=%s reason=%s", path, error)
        return False
    return True
