"""Two writers for a minute and a runner killed 100 times: ``make bench-jobs``.

Two processes enter recordings and jobs and do them, all at once. Then ``recorder-app jobs run`` is
killed at random moments of its work on posters, strips and checksums. Printed is what was lost, and
the status is 1 if that was anything.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from recorder_app.services.library import library_path
from tests.support.command import environment
from tests.support.jobs import kill_runners, two_writers
from tests.support.takes import virtual


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kills", type=int, default=100)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(home=folder)
        # The library of that home, for this process as for those it starts.
        os.environ.clear()
        os.environ.update(env)
        began = time.monotonic()
        wrote = two_writers(folder, chosen.seconds, env)
        print(
            f"two writers, {chosen.seconds:.0f} s: {wrote.recordings} recordings and "
            f"{wrote.handed_in} jobs, all done after {time.monotonic() - began:.0f} s; "
            f"lost {wrote.lost}, done twice {wrote.repeated}, "
            f"complaints {wrote.complaints or 'none'}, check {wrote.problems or 'ok'}",
            flush=True,
        )
        take = folder / "take.webm"
        virtual(take, "pattern@1280x720", limit_s=60.0).run()
        killed = kill_runners(library_path(), take, chosen.kills, env)
        print(
            f"{chosen.kills} kills, {killed.in_a_job} of them in a job: {killed.jobs} jobs done, "
            f"not done {killed.not_done or 'none'}, half written {killed.half_written or 'nothing'}"
            f", check {killed.problems or 'ok'}"
        )
    lost = [wrote.lost, wrote.complaints, wrote.problems]
    return 1 if any([*lost, killed.not_done, killed.half_written, killed.problems]) else 0


if __name__ == "__main__":
    sys.exit(main())
