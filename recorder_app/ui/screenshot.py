"""A still picture of the screen: to the clipboard, or to a file in the Pictures folder."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImage

from recorder_app.errors import DiskFull, OutputNotWritable, StorageError
from recorder_app.texts import N_, translate

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def copy_picture(image: QImage) -> None:
    """Put a picture on the clipboard. On the GUI thread."""
    QGuiApplication.clipboard().setImage(image)


def save_picture(image: QImage, folder: Path, now: datetime) -> Path:
    """Write a picture as a new PNG file named after the time; return its path.

    No file is ever replaced, and none is left half written. May be called on any thread. Raises
    StorageError.
    """
    encoded = _png(image)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in _names(folder, now):
            with contextlib.suppress(FileExistsError):
                _write_new(path, encoded)
                return path
    except OSError as error:
        raise _refused(error, folder) from error
    raise AssertionError("names never run out")


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # The type stubs want bytes for the format; Qt itself takes either.
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise StorageError(N_("The screenshot has no picture."), hint=N_("Choose the area again."))
    return bytes(buffer.data().data())


def _names(folder: Path, now: datetime) -> Iterator[Path]:
    name = translate(N_("Screenshot {time}"), time=f"{now:%Y-%m-%d %H.%M.%S}")
    yield folder / f"{name}.png"
    number = 2
    while True:
        yield folder / f"{name} ({number}).png"
        number += 1


def _write_new(path: Path, content: bytes) -> None:
    with open(path, "xb") as stream:
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise


def _refused(error: OSError, folder: Path) -> StorageError:
    if error.errno in _FULL:
        return DiskFull(
            N_("The disk is full: the screenshot cannot be saved in {folder}."),
            hint=N_("Free some space, or copy the screenshot instead."),
            folder=folder,
        )
    return OutputNotWritable(
        N_("The screenshot cannot be saved in {folder}: {reason}."),
        hint=N_("Make the folder writable, or copy the screenshot instead."),
        folder=folder,
        reason=error.strerror or type(error).__name__,
    )
