"""An hour with a device whose clock is a thousandth off: ``make bench-drift``.

On a clock that jumps, through the real pipeline into a file. Printed is where the beeps of the last
minute are, against where they should be, and the length.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from recorder_app.capture.synthetic_sound import SyntheticSound
from recorder_app.media import avsync
from recorder_app.media.clock import VirtualClock
from recorder_app.pipeline.plan import SoundPlan
from tests.support import takes

LIMIT_MS = 5.0
_START_NS = 500_000_000
_FPS = 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    chosen = parser.parse_args()
    worst = 0.0
    for suffix, fault in (("webm", "fast"), ("webm", "slow"), ("mp4", "fast"), ("mp4", "slow")):
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / f"take.{suffix}"
            clock = VirtualClock(_START_NS, parties=2)
            sound = SoundPlan(SyntheticSound(f"beep-{fault}@48000x1", clock), "microphone")
            take = takes.Take(
                output,
                "still@64x64",
                clock,
                limit_s=chosen.minutes * 60,
                sounds=(sound,),
                fps=_FPS,
                profile=suffix,
            )
            take.session.start()
            finished = take.session.wait()
            assert finished is not None
            assert finished.result is not None, finished.error
            beeps = np.array(avsync.beeps(output))
            errors = (beeps - np.floor(beeps) - 0.5) * 1000
            start_s, samples = avsync.read_sound(output)
            length_s = start_s + len(samples) / 48000
            worst = max(worst, float(np.abs(errors[-60:]).max()))
            print(
                f"{suffix} {fault}: {len(errors)} beeps, worst {np.abs(errors).max():.2f} ms,"
                f" last minute {errors[-60:].min():+.2f} to {errors[-60:].max():+.2f} ms"
                f" (at most {LIMIT_MS}); sound {length_s:.3f} s, picture"
                f" {finished.result.duration_s:.3f} s"
            )
    return 0 if worst <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
