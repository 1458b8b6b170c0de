"""``kill -9`` at random moments: ``make bench-kills``. 100 kills by default.

Takes of moving and still screens, in WebM and MP4, are killed 2 to 10 s after their first picture.
Printed is how much of each could not be played, which may be at most 0.8 s.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recorder_app.media.containers import inspect
from tests.support.command import Recorder, environment
from tests.support.recordings import pictures, track_ends

LIMIT_S = 0.8
TAKES = [
    (name, form, mic)
    for name in ("pattern", "still")
    for form in ("webm", "mp4")
    for mic in ("none", "synthetic:tone")
]


def lost_seconds(folder: Path, number: int, after_s: float) -> tuple[str, float]:
    """Kill one take and return its kind and the seconds that cannot be played."""
    name, form, mic = TAKES[number % len(TAKES)]
    output = folder / f"{number}.{form}"
    take = Recorder(environment(home=folder))
    try:
        settings = {"target": f"synthetic:{name}@640x360", "format": form, "mic": mic}
        take.send("start", settings=settings, output=str(output))
        first = take.wait_for(lambda e: e["type"] == "statistics" and e["elapsed_s"] > 0)
        time.sleep(max(0.0, after_s - first["elapsed_s"]))
        take.signal(signal.SIGKILL)
        take.exit_code()
    finally:
        take.close()
    info = inspect(output)
    decoded = sum(1 for _ in pictures(output))
    if decoded != info.video_frames:
        raise SystemExit(f"{output.name}: {decoded} of {info.video_frames} pictures decode")
    # The track that lost most counts.
    sound = "" if mic == "none" else " + sound"
    return f"{name} {form}{sound}", after_s - min(track_ends(output))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    chosen = parser.parse_args()
    # Seeded: the same moments in every run.
    moments = random.Random(9)
    losses: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(lost_seconds, Path(name), number, moments.uniform(2, 10))
            for number in range(chosen.kills)
        ]
        for job in jobs:
            kind, lost_s = job.result()
            losses.setdefault(kind, []).append(lost_s)
    for kind, lost in sorted(losses.items()):
        print(f"{kind:<21} {len(lost)} kills, all play; lost {max(lost):.2f} s at most")
    return 0 if max(map(max, losses.values())) <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
