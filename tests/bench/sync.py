"""Flash and beep on a real desktop: ``make bench-sync``.

Printed is how far sound lies from the picture in WebM and MP4, without and with three pauses.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from installers.virtual_desktop import VirtualDesktop
from tests.support.command import ROOT, environment

LIMIT_OFFSET_MS = 20.0
LIMIT_SPREAD_MS = 12.0


def main() -> int:
    failed = False
    with (
        tempfile.TemporaryDirectory() as home,
        VirtualDesktop("1920x1080", sound="pipewire") as desktop,
    ):
        env = environment(desktop.environment, home=Path(home))
        for form in ("webm", "mp4"):
            for pauses in (0, 3):
                command = [sys.executable, "-m", "recorder_app", "selftest", "av-sync", "--json"]
                command += ["--duration", "20", "--format", form, "--pauses", str(pauses)]
                done = subprocess.run(
                    command, env=env, cwd=ROOT, capture_output=True, text=True, check=False
                )
                if not done.stdout:
                    print(f"{form}: {done.stderr}")
                    failed = True
                    continue
                report = json.loads(done.stdout)
                failed |= abs(report["offset_ms"]) > LIMIT_OFFSET_MS
                failed |= report["spread_ms"] > LIMIT_SPREAD_MS
                print(
                    f"{form:<5} {pauses} pauses: {report['events']} events, median offset"
                    f" {report['offset_ms']:+.1f} ms (at most {LIMIT_OFFSET_MS}), spread"
                    f" {report['spread_ms']:.1f} ms (at most {LIMIT_SPREAD_MS}),"
                    f" drift {report['drift_ms']:+.1f} ms"
                )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
