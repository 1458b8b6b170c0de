"""Small files that are replaced as a whole: who reads one sees the old or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from recorder_app.media.outfile import storage_error, sync_folder


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of `target`, durably, once all is written.

    For this user's eyes only. After an error `target` is as it was. Raises StorageError.
    """
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".recorder-", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        sync_folder(target.parent)
    except OSError as error:
        raise storage_error(error, target) from error
