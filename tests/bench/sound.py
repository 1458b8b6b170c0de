"""Half an hour of microphone and system sound: ``make bench-sound``.

Flashes and beeps go through a real display and a PipeWire server into one take with separate
tracks. Printed are offset, spread and drift of each track against the picture, what was lost, and
the memory.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media import avsync
from recorder_app.media.containers import inspect
from tests.support.clapper import Clap, clapper, offsets_ms
from tests.support.command import Recorder, environment

LIMIT_DRIFT_MS = 5.0
LIMIT_MB_A_MINUTE = 1.0
_SAMPLE_S = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--format", default="webm")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="sound-") as name,
        VirtualDesktop("1280x720", sound="pipewire") as desktop,
    ):
        folder = Path(name)
        env = environment(desktop.environment, home=folder)
        output = folder / f"take.{'mp4' if chosen.format == 'mp4' else 'webm'}"
        with clapper(env, folder, "speakers", "mic_in") as claps:
            recorder = Recorder(env)
            try:
                settings = {
                    "target": f"region:{claps.region}",
                    "format": chosen.format,
                    "mic": "default",
                    "system_audio": True,
                    "separate_tracks": True,
                }
                reply = recorder.send("start", settings=settings, output=str(output))
                assert "error" not in reply, reply
                memory = _watch(recorder, chosen.minutes * 60)
                recorder.send("stop")
                result = recorder.result()["result"]
            finally:
                recorder.close()
            truth = claps.claps()
        return _report(output, result, truth, memory)


def _watch(recorder: Recorder, seconds: float) -> list[tuple[float, float]]:
    began, watched = time.monotonic(), psutil.Process(recorder.pid)
    samples = []
    while (at_s := time.monotonic() - began) < seconds:
        samples.append((at_s, watched.memory_info().rss / 1e6))
        time.sleep(_SAMPLE_S)
    return samples


def _report(
    output: Path,
    result: dict[str, Any],
    truth: list[Clap],
    memory: list[tuple[float, float]],
) -> int:
    flashes = avsync.flashes(output)
    worst = 0.0
    for track, sound in enumerate(result["sounds"]):
        beeps = avsync.beeps(output, track)
        # Track 0 is the microphone, which hears the second sink.
        offsets = np.array(offsets_ms(flashes, beeps, truth, sink=1 - track))
        at_s = np.array(flashes[: len(offsets)])
        slope, _ = np.polyfit(at_s, offsets, 1)
        drift = float(slope * (at_s[-1] - at_s[0]))
        worst = max(worst, abs(drift))
        median = float(np.median(offsets))
        spread = float(np.percentile(np.abs(offsets - median), 95))
        print(
            f"{sound['track']:<13} {len(offsets)} of {len(flashes)} beeps: offset {median:+.1f} ms,"
            f" spread {spread:.1f} ms, drift {drift:+.1f} ms (at most {LIMIT_DRIFT_MS});"
            f" lost {sound['frames_lost']}, gaps {sound['gaps']},"
            f" clock {sound['drift_ppm']:+.1f} ppm"
        )
    settled = [(at_s, mb) for at_s, mb in memory if at_s >= min(60.0, memory[-1][0] / 3)]
    (first_s, first_mb), (last_s, last_mb) = settled[0], settled[-1]
    growth = (last_mb - first_mb) / ((last_s - first_s) / 60)
    print(
        f"memory {first_mb:.1f} MB at {first_s:.0f} s, {last_mb:.1f} MB at {last_s:.0f} s:"
        f" {growth:+.2f} MB a minute (at most {LIMIT_MB_A_MINUTE})"
    )
    info = inspect(output)
    print(
        f"{info.duration_s:.3f} s in the file, {result['duration_s']:.3f} s recorded,"
        f" {result['frames_dropped']} pictures dropped; warnings: {result['warnings']}"
    )
    return 0 if worst <= LIMIT_DRIFT_MS and growth <= LIMIT_MB_A_MINUTE else 1


if __name__ == "__main__":
    sys.exit(main())
