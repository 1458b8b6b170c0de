"""Memory of a long take: ``make bench-memory``. Ten minutes of synthetic 1080p30 by default.

Printed is the resident memory each minute; growth is judged from the end of the first minute on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

LIMIT_MB_A_MINUTE = 1.0
SAMPLE_S = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--format", default="webm")
    parser.add_argument("--target", default="synthetic:pattern@1920x1080")
    chosen = parser.parse_args()
    seconds = chosen.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / f"take.{'mp4' if chosen.format == 'mp4' else 'webm'}"
        command = [
            *(sys.executable, "-m", "recorder_app", "record", "--target", chosen.target),
            *("--duration", str(seconds), "--format", chosen.format, "--output", str(output)),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            samples = _watch(process, seconds)
    settled = [(at_s, mb) for at_s, mb in samples if at_s >= min(60.0, seconds / 3)]
    (first_s, first_mb), (last_s, last_mb) = settled[0], settled[-1]
    growth = (last_mb - first_mb) / ((last_s - first_s) / 60)
    for at_s, mb in samples[:: max(1, round(60 / SAMPLE_S))]:
        print(f"{at_s:6.0f} s  {mb:7.1f} MB")
    print(
        f"{chosen.format}: {first_mb:.1f} MB at {first_s:.0f} s, "
        f"{last_mb:.1f} MB at {last_s:.0f} s: "
        f"{growth:+.2f} MB a minute (at most {LIMIT_MB_A_MINUTE}); exit {process.returncode}"
    )
    return 0 if growth <= LIMIT_MB_A_MINUTE and process.returncode == 0 else 1


def _watch(process: subprocess.Popen[bytes], seconds: float) -> list[tuple[float, float]]:
    began, watched = time.monotonic(), psutil.Process(process.pid)
    samples: list[tuple[float, float]] = []
    # The last moments are left out: finishing the file is not recording.
    while (at_s := time.monotonic() - began) < seconds - 1 and process.poll() is None:
        samples.append((at_s, watched.memory_info().rss / 1e6))
        time.sleep(SAMPLE_S)
    process.wait(120)
    return samples


if __name__ == "__main__":
    sys.exit(main())
