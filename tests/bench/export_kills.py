"""``kill -9`` while recordings are exported: ``make bench-export-kills``. 50 kills by default.

Each time an export is handed in, a new version or a file of its own, and ``recorder-app jobs run``
is killed at a random moment of it. Looked for are half files under a final name, damage to the
library, exports that are not done in the end or done twice, and unfinished files that were left.
The status is 1 if there was anything.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from recorder_app.services.library import library_path
from tests.support.command import environment
from tests.support.export_kills import kill_exports
from tests.support.takes import virtual


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=4)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="export-kills-") as name:
        folder = Path(name)
        env = environment(home=folder)
        # The library of that home, for this process as for those it starts.
        os.environ.clear()
        os.environ.update(env)
        videos = folder / "Videos"
        videos.mkdir()
        take = folder / "take.webm"
        virtual(take, "pattern@640x360", limit_s=12.0).run()
        done = kill_exports(library_path(), take, videos, chosen.kills, env, chosen.seed)
    for what, found in (
        ("half a file", done.half),
        ("lost or done twice", done.lost),
        ("left behind", done.left),
        ("library", done.problems),
    ):
        for each in found:
            print(f"{what}: {each}")
    faults = len(done.half) + len(done.lost) + len(done.left) + len(done.problems)
    print(
        f"{chosen.kills} kills, {done.in_an_export} of them in an export and {done.while_named} "
        f"while it got its name: {done.exports} exports done, {faults} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
