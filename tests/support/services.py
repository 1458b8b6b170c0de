"""Small services on a desktop's bus, whose lines tell what was asked of them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping

from tests.support.command import ROOT
from tests.support.hands import LIMIT_S, wait_until


class Service:
    """A running tests/support/bus_service.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, start: str, limit_s: float = LIMIT_S) -> str:
        """Return the first line that starts so, waiting for it."""
        lines = wait_until(lambda: [one for one in self.lines if one.startswith(start)], limit_s)
        return lines[0]

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))


@contextlib.contextmanager
def service(env: Mapping[str, str], kind: str) -> Iterator[Service]:
    """Run the service `kind` on the bus of `env`; inside, it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.bus_service", kind],
        env=dict(env),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    running = Service(process)
    try:
        running.wait_for("ready")
        yield running
    finally:
        running.close()
