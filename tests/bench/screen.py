"""Every painted picture in the file, at its time: ``make bench-screen``.

A painter changes a barcode 20 times a second on a 1920x1080 desktop. Printed are the barcodes
missing or out of order, how far time stamps are from when they were painted (up to a constant:
the middle of all), pictures dropped and the length.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.geometry import Rect
from tests.support.command import run_json
from tests.support.painting import painted, painter
from tests.support.recordings import barcodes, first_seen

BAR = Rect(64, 64, 512, 256)
LIMIT_MS = 15.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--formats", nargs="+", default=["webm", "mp4", "av1"])
    chosen = parser.parse_args()
    failed = 0
    with VirtualDesktop("1920x1080") as desktop, tempfile.TemporaryDirectory() as name:
        folder, env = Path(name), desktop.environment
        for form in chosen.formats:
            output = folder / f"{form}.{'mp4' if form == 'mp4' else 'webm'}"
            log = folder / f"{form}.log"
            with painter(env, "barcode", "--rate", "20", "--log", str(log)):
                result = run_json(
                    *("record", "--target", "all", "--duration", str(chosen.seconds)),
                    *("--format", form, "--output", str(output)),
                    env=env,
                )
            numbers = [sighting.number for sighting in barcodes(output, BAR)]
            seen, at = first_seen(barcodes(output, BAR)), painted(log)
            lags = [(seen[number] - at[number]) * 1000 for number in seen]
            middle = statistics.median(lags)
            off = sorted(abs(lag - middle) for lag in lags)
            p95 = off[int(len(off) * 0.95)]
            missing = set(range(min(seen), max(seen) + 1)) - set(seen)
            in_order = numbers == sorted(number for number in numbers if number is not None)
            late = abs(result["duration_s"] - chosen.seconds)
            good = not missing and in_order and p95 <= LIMIT_MS and late <= 0.1
            good &= form == "av1" or result["frames_dropped"] == 0
            failed += not good
            print(
                f"{form:<5} {len(seen)} barcodes, {len(missing)} missing, "
                f"{'in order' if in_order else 'OUT OF ORDER'}; time stamps p95 {p95:.1f} ms, "
                f"worst {off[-1]:.1f} ms; {result['frames_dropped']} dropped; "
                f"{result['duration_s']} s; {'good' if good else 'MISSED'}",
                flush=True,
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
