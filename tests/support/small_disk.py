"""A disk of its own for a user, small, that is full and has room again: a file system in memory."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Self

import pytest

_ROOM_BYTES = 256 * 1024 * 1024


class SmallDisk:
    """Is mounted at `folder`, which is made; for root only, others skip their test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def fill(self, left_bytes: int = 0) -> None:
        """Leave room for no more than so many bytes."""
        self._resize(self._used() + left_bytes)

    def make_room(self) -> None:
        self._resize(_ROOM_BYTES)

    def __enter__(self) -> Self:
        options = f"size={_ROOM_BYTES},mode=0700"
        command = ["mount", "-t", "tmpfs", "-o", options, "small-disk", str(self.folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("NOT CHECKED: only root can have a disk of its own")
        return self

    def __exit__(self, *_exception: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def _used(self) -> int:
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def _resize(self, size_bytes: int) -> None:
        options = f"remount,size={size_bytes}"
        subprocess.run(["mount", "-o", options, str(self.folder)], check=True)
