"""Programs that paint something known on a desktop."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xcffib
import xcffib.xproto

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


def paint_root(display: str, pixels: npt.NDArray[np.uint8]) -> None:
    """Have the desktop itself show `pixels`, rows of BGRX as large as the screen."""
    height, width = pixels.shape[:2]
    connection = xcffib.connect(display=display)
    try:
        screen = connection.get_setup().roots[0]
        pixmap, context = connection.generate_id(), connection.generate_id()
        core = connection.core
        core.CreatePixmap(screen.root_depth, pixmap, screen.root, width, height)
        core.CreateGC(context, pixmap, 0, [])
        # As many rows at once as fit into a request.
        rows = 60_000 // width
        for top in range(0, height, rows):
            part = pixels[top : top + rows].tobytes()
            count = min(rows, height - top)
            core.PutImage(
                xcffib.xproto.ImageFormat.ZPixmap,
                *(pixmap, context, width, count, 0, top, 0, screen.root_depth),
                *(len(part), part),
            )
        core.ChangeWindowAttributes(screen.root, xcffib.xproto.CW.BackPixmap, [pixmap])
        core.ClearArea(False, screen.root, 0, 0, width, height)
        core.GetInputFocus().reply()
    finally:
        connection.disconnect()
