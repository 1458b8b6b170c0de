"""Programs that paint something known on a desktop."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support.command import ROOT


@contextlib.contextmanager
def painter(env: Mapping[str, str], mode: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run installers/painter.py; inside, the first picture is on the screen."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "installers" / "painter.py"), mode, *options],
        env=dict(env),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def painted(log: Path) -> dict[int, float]:
    """Return when each number was painted, in seconds of the monotonic clock."""
    lines = (line.split() for line in log.read_text().splitlines())
    return {int(number): int(at_ns) / 1e9 for number, at_ns in lines}
