"""CPU of a recording beside ffmpeg's x11grab at the same codec settings: ``make bench-cpu``.

Both record the same private 1920x1080 desktop in turns, so that the machine's mood of the minute
falls on both. Printed are CPU seconds (user and system, of the recorder alone) for each second of
recording, and our share of ffmpeg's.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media import profiles
from recorder_app.media.containers import inspect
from tests.support.painting import painter

SIZE = "1920x1080"
FPS = 30
GOALS = {"typing": 0.5, "motion": 1.1}
EXTENSIONS = {"webm": "webm", "mp4": "mp4"}


def ours(output: Path, form: str, seconds: float) -> list[str]:
    return [
        *(sys.executable, "-m", "recorder_app", "record", "--target", "all"),
        *("--duration", str(seconds), "--format", form, "--output", str(output), "--overwrite"),
    ]


def ffmpeg(output: Path, form: str, seconds: float, display: str) -> list[str]:
    """Return the command with the options of our own profile."""
    known = profiles.load()
    name = known.profile(form).video[0]
    encoder = known.encoders[name]
    options = encoder.all_options(profiles.DEFAULT_QUALITY)
    bit_rate = encoder.quality[profiles.DEFAULT_QUALITY].bit_rate
    command = [
        *("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
        *("-f", "x11grab", "-framerate", str(FPS), "-video_size", SIZE, "-draw_mouse", "1"),
        *("-i", display, "-t", str(seconds), "-c:v", name, "-pix_fmt", encoder.pixel_format),
        *("-g", str(2 * FPS), "-threads", str(min(4, os.cpu_count() or 1))),
    ]
    for option, value in options.items():
        command += [f"-{option}", value]
    if bit_rate:
        command += ["-b:v", str(bit_rate)]
    return [*command, str(output)]


def cpu_seconds(command: list[str], env: Mapping[str, str]) -> float:
    """Run `command` to its end and return the CPU time of it and its children."""
    process = subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.send_signal(signal.SIGKILL)
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each turn")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--workloads", nargs="+", default=list(GOALS))
    parser.add_argument("--formats", nargs="+", default=list(EXTENSIONS))
    chosen = parser.parse_args()
    print(f"{chosen.turns} turns of {chosen.seconds:.0f} s each, {SIZE} at {FPS} fps")
    print(f"{'workload':<9}{'format':<7}{'ours':>8}{'ffmpeg':>8}{'share':>7}{'goal':>6}  pictures")
    missed = 0
    with VirtualDesktop(SIZE) as desktop, tempfile.TemporaryDirectory() as folder:
        env = desktop.environment
        for workload in chosen.workloads:
            for form in chosen.formats:
                spent = {"ours": 0.0, "ffmpeg": 0.0}
                pictures = {}
                with painter(env, workload):
                    for _ in range(chosen.turns):
                        for name in spent:
                            output = Path(folder) / f"{name}.{EXTENSIONS[form]}"
                            command = (
                                ours(output, form, chosen.seconds)
                                if name == "ours"
                                else ffmpeg(output, form, chosen.seconds, desktop.display)
                            )
                            spent[name] += cpu_seconds(command, env)
                            pictures[name] = inspect(output).video_frames
                            time.sleep(0.5)
                total = chosen.seconds * chosen.turns
                share = spent["ours"] / spent["ffmpeg"]
                missed += share > GOALS[workload]
                print(
                    f"{workload:<9}{form:<7}{spent['ours'] / total:>8.3f}"
                    f"{spent['ffmpeg'] / total:>8.3f}{share:>7.2f}{GOALS[workload]:>6.2f}"
                    f"  {pictures['ours']} and {pictures['ffmpeg']} in the last turn",
                    flush=True,
                )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
