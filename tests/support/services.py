"""Small services on a desktop's bus, whose lines tell what was asked of them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping

from tests.support.command import ROOT
from tests.support.hands import LIMIT_S, wait_until
from tests.support.line_program import LineProgram


class Service(LineProgram):
    """A running tests/support/bus_service.py."""

    def wait_for(self, start: str, limit_s: float = LIMIT_S) -> str:
        """Return the first line that starts so, waiting for it."""
        lines = wait_until(lambda: [one for one in self.lines if one.startswith(start)], limit_s)
        return lines[0]


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
