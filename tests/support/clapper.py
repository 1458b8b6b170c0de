"""A program that flashes and beeps at moments it logs: ``python -m tests.support.clapper``.

Prints ``ready X,Y,WxH`` with the flash's place, then claps until it is ended. Each line of the log
is one clap: when it was shown, then when it was heard from each sink, in monotonic nanoseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recorder_app.capture.flash_window import FlashWindow
from recorder_app.capture.pulse_player import BeepPlayer
from recorder_app.media.clock import NS_PER_MS, NS_PER_S, SystemClock
from tests.support.command import ROOT

_AHEAD_NS = 150 * NS_PER_MS
_FLASH_NS = 100 * NS_PER_MS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--every", type=float, default=1.0)
    parser.add_argument("sinks", nargs="+")
    options = parser.parse_args()
    clock, never = SystemClock(), threading.Event()
    window = FlashWindow(clock)
    players = [BeepPlayer(clock, sink) for sink in options.sinks]
    for player in players:
        threading.Thread(target=player.run, args=(never,), daemon=True).start()
    for player in players:
        assert player.is_playing.wait(10)
    rect = window.rect
    print(f"ready {rect.x},{rect.y},{rect.width}x{rect.height}", flush=True)
    every_ns = round(options.every * NS_PER_S)
    number = 0
    at_ns = clock.now_ns() + every_ns
    with options.log.open("w", buffering=1) as log:
        while True:
            clock.wait_until(at_ns - _AHEAD_NS, never)
            for player in players:
                player.beep_at(at_ns)
            clock.wait_until(at_ns, never)
            shown_ns = window.show(is_lit=True)
            clock.wait_until(at_ns + _FLASH_NS, never)
            window.show(is_lit=False)
            log.write(f"{shown_ns} {' '.join(str(p.heard_ns[-1]) for p in players)}\n")
            number += 1
            # Uneven, so that each clap can be told from the others.
            at_ns += every_ns + number * 37 % 200 * NS_PER_MS


@dataclass(frozen=True)
class Clap:
    """When one was shown and heard, in seconds of the monotonic clock."""

    shown_s: float
    heard_s: tuple[float, ...]


class Clapper:
    """The running program: `region` is where it flashes."""

    def __init__(self, region: str, log: Path) -> None:
        self.region = region
        self._log = log

    def claps(self) -> list[Clap]:
        rows = [line.split() for line in self._log.read_text().splitlines()]
        times = [[int(each) / 1e9 for each in row] for row in rows]
        return [Clap(row[0], tuple(row[1:])) for row in times]


@contextlib.contextmanager
def clapper(
    env: Mapping[str, str], folder: Path, *sinks: str, every_s: float = 1.0
) -> Iterator[Clapper]:
    """Run the program on a desktop; inside, it flashes and beeps."""
    log = folder / "claps.log"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.support.clapper"),
            *("--log", str(log), "--every", str(every_s), *sinks),
        ],
        env=dict(env),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        word, _, region = process.stdout.readline().strip().partition(" ")
        assert word == "ready"
        yield Clapper(region, log)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def offsets_ms(
    flashes: list[float], beeps: list[float], claps: list[Clap], sink: int = 0
) -> list[float]:
    """Return how much later than its flash each beep is in a file than it was in truth.

    A file holds a run of the claps; their uneven distances tell which. The last may not be in the
    log yet.
    """
    flashes = flashes[: len(claps)]
    seen, shown = np.array(flashes), np.array([clap.shown_s for clap in claps])
    starts = range(len(shown) - len(seen) + 1)
    first = min(starts, key=lambda at: float(np.std(seen - shown[at : at + len(seen)])))
    found = []
    for flash_s, clap in zip(flashes, claps[first:], strict=False):
        near = [beep_s for beep_s in beeps if abs(beep_s - flash_s) < 0.4]
        if near:
            error_s = (near[0] - flash_s) - (clap.heard_s[sink] - clap.shown_s)
            found.append(error_s * 1000)
    return found


if __name__ == "__main__":
    main()
