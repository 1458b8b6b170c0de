"""Giving what is finished its name without ever replacing another file."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

# Bytes of a name; there must be room for a number and for what a sidecar is called.
_LONGEST_NAME = 200


def rename_new(old: Path, new: Path) -> None:
    """Rename the file or folder `old`, but never onto another one.

    Raises FileExistsError and other OSErrors.
    """
    if os.name == "nt" or old.is_dir():
        # A folder never takes the place of a file, nor of one that is not empty; on Windows
        # nothing takes the place of anything.
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
        os.rename(old, new)
        return
    try:
        os.link(old, new)
    except FileExistsError:
        raise
    except OSError:
        # A disk without hard links: the name is taken first, by an empty file of ours.
        os.close(os.open(new, os.O_CREAT | os.O_EXCL, 0o600))
        os.replace(old, new)
    else:
        os.unlink(old)


def free_names(folder: Path, name: str) -> Iterator[Path]:
    """Yield paths in `folder` like `name`, then numbered ones; shortened where it is too long."""
    stem, suffix = os.path.splitext(name)
    # Names need not be UTF-8; one that is, is not cut within a letter.
    whole, room = os.fsencode(stem), _LONGEST_NAME - len(os.fsencode(suffix))
    if len(whole) > room:
        stem = whole[:room].decode(errors="ignore")
    yield folder / f"{stem}{suffix}"
    number = 1
    while True:
        number += 1
        yield folder / f"{stem} ({number}){suffix}"
