"""What Qt's player says on the error output: faults, and not a page about each file it opens.

Qt has a FFmpeg of its own and leaves it at its usual level, by which it complains of files that
play well. QT_FFMPEG_DEBUG only adds to that. What a person has to know comes by the player's
signals.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QLibraryInfo, QLoggingCategory

_log = logging.getLogger(__name__)

Made = TypeVar("Made")

# Qt describes what it opens, and which FFmpeg it uses; QT_LOGGING_RULES counts for more than this.
_RULES = "qt.multimedia.*.info=false"
# Where PySide6 keeps the FFmpeg: beside Qt's libraries, on Windows beside its programs.
_PLACES = (QLibraryInfo.LibraryPath.LibrariesPath, QLibraryInfo.LibraryPath.BinariesPath)
_NAMES = ("libavutil.so.*", "libavutil.*.dylib", "avutil-*.dll")
# Only what Qt has loaded already: another copy would be of no use.
_MODE = ctypes.DEFAULT_MODE | getattr(os, "RTLD_NOLOAD", 0)
# FFmpeg's AV_LOG_FATAL: it also calls it an error that a file is closed while it is read.
_FAULTS = 8


def quietly(make: Callable[[], Made]) -> Made:
    """Return the player that `make` makes, from then on silent but for faults.

    It says more to who asks Qt for it by QT_FFMPEG_DEBUG, and where Qt came without a FFmpeg of
    its own, as with some systems' packages.
    """
    if os.environ.get("QT_FFMPEG_DEBUG", "0") != "0":
        return make()
    QLoggingCategory.setFilterRules(_RULES)
    made = make()
    _tell_faults_only()
    return made


@functools.cache
def _tell_faults_only() -> None:
    """Set the level of Qt's FFmpeg, which is one for the process; it must be loaded."""
    for place in _PLACES:
        folder = Path(QLibraryInfo.path(place))
        for library in sorted(each for name in _NAMES for each in folder.glob(name)):
            try:
                ctypes.CDLL(str(library), mode=_MODE).av_log_set_level(_FAULTS)
            except (OSError, AttributeError) as error:
                _log.debug("level not set library=%s reason=%s", library, error)
            else:
                return
