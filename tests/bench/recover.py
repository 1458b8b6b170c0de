"""Takes are killed, and so is their recovery: ``make bench-recover``. 50 takes by default.

Each take, in WebM or MP4 and with sound, is killed at a random moment; its recovery is killed at
random moments until it comes through. Printed is how many became whole files; each must decode to
its end, tell its length and hold every packet that the first file held.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recorder_app.media.probe import probe
from recorder_app.pipeline.journal import journal_path
from recorder_app.pipeline.recovery import find_cut_short
from tests.support.command import Recorder, environment
from tests.support.recordings import pictures

_MOST_TRIES = 12


def killed_take(output: Path, form: str, after_s: float) -> None:
    take = Recorder(environment(home=output.parent))
    try:
        settings = {"target": "synthetic:pattern@640x360", "mic": "synthetic:tone", "format": form}
        take.send("start", settings=settings, output=str(output))
        first = take.wait_for(lambda e: e["type"] == "statistics" and e["elapsed_s"] > 0)
        time.sleep(max(0.0, after_s - first["elapsed_s"]))
        take.signal(signal.SIGKILL)
        take.exit_code()
    finally:
        take.close()


def recovered(output: Path, moments: random.Random) -> int:
    """Recover a take by the command, which is killed but for the last time; return the kills."""
    command = [sys.executable, "-m", "recorder_app", "recover", "--apply"]
    for kills in range(_MOST_TRIES):
        process = subprocess.Popen(
            [*command, "--folder", str(output.parent)],
            env=environment(home=output.parent),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            # Later each time, so that it comes through in the end.
            process.wait(moments.uniform(0.3, 1.2) * (1 + kills / 2))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            probe(output)
        else:
            return kills
    raise SystemExit(f"{output.name} was not recovered")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=50)
    chosen = parser.parse_args()
    # Seeded: the same moments in every run.
    moments = random.Random(5)
    kills = 0
    for number in range(chosen.takes):
        with tempfile.TemporaryDirectory() as name:
            form = ("webm", "mp4")[number % 2]
            output = Path(name) / f"{number}.{form}"
            killed_take(output, form, moments.uniform(1, 4))
            before = [track.packets for track in probe(output).tracks]
            kills += recovered(output, moments)
            after = probe(output)
            if [track.packets for track in after.tracks] != before:
                raise SystemExit(f"{output.name}: {after.tracks} instead of {before}")
            if sum(1 for _ in pictures(output)) != before[0] or _told_s(output) is None:
                raise SystemExit(f"{output.name} does not decode, or tells no length")
            hidden = {each.name for each in output.parent.iterdir() if each.name.startswith(".")}
            if find_cut_short([output.parent]) or journal_path(output).name not in hidden:
                raise SystemExit(f"{output.name} is not finished: {hidden}")
    print(f"{chosen.takes} takes killed, {kills} recoveries killed; every take is whole")
    return 0


def _told_s(path: Path) -> float | None:
    """Return the length that the file itself tells."""
    entries = ("-show_entries", "format=duration", "-of", "csv=p=0")
    done = subprocess.run(
        ["ffprobe", "-v", "error", *entries, str(path)], check=True, capture_output=True, text=True
    )
    return float(done.stdout) if done.stdout.strip() not in ("", "N/A") else None


if __name__ == "__main__":
    sys.exit(main())
